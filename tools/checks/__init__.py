"""Checks of the repository's own rules, run by ``make check``: ``python -m tools.checks [NAME ...] [--count]``."""
