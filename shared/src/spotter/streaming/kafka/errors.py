"""What keeps topics from being used."""

from __future__ import annotations


class TopicsDiffer(Exception):
    """Topics are missing, or differ in what can't be changed; the message says what to do."""
