"""What keeps a database file from being used."""

from __future__ import annotations


class LogInUse(Exception):
    """The file is open in another process."""
