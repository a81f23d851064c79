"""The commands of `spotter`, one a file."""
