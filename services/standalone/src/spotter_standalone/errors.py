"""The error that the `spotter` command prints as one line."""

from __future__ import annotations


class CliError(Exception):
    """A foreseeable failure; the message says what is wrong, where, and what to do."""
