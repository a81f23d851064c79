"""The checks of `spotter doctor`: each returns a finding and, if something is wrong, a remedy."""
