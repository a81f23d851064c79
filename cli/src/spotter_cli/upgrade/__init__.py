"""Upgrades the model: a shadow re-reads the log beside the running version, compares, and takes its place."""
