"""The one-process host: every service over one SQLite file."""
