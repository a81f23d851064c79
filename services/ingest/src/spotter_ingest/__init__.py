"""Validates the events that devices and apps send and writes them to the log."""
