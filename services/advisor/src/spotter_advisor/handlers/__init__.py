"""The handler of each event, a file for each, and the messages that they publish."""
