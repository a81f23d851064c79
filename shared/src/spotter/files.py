"""Files that only their owner may read: keys, databases, the audit log."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path) -> None:
    """Create an empty file that only its owner may read, or take the others' rights from one that is there.

    SQLite gives its side files (`-wal`, `-shm`) the rights of the database.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    if os.name == "posix" and path.stat().st_uid == os.geteuid() and is_open_to_others(path):
        path.chmod(FILE_MODE)


def is_open_to_others(path: Path) -> bool:
    """Return whether others than its owner may read or write a file; never so where the system has no such rights."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
