"""What the `spotter` command can't do, said in one line for the person in front of it."""

from __future__ import annotations


class Trouble(Exception):
    """Something foreseeable is in the way: the message says what, where, and what to do."""

    exit_code = 1
