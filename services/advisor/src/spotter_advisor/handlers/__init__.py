"""What each event does: one handler a file, over one unit of work."""
