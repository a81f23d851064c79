"""Sending a recording again as if it happened now, and what came of it."""
