"""The one-process host, the local cluster and the spotter command."""
