"""Checks of the machine: Python, packages, clock."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spotter_cli.doctor import Finding
from spotter_cli.doctor.dependencies import program_output

PYTHON_MIN: Final = (3, 11)
MEMBERS: Final = ("kernel", "ingest", "failure-detector", "advisor", "gateway", "dashboard", "standalone", "cli")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)
_INSTALL: Final = "install again: make install"


def check_python() -> Finding:
    """Check the Python version."""
    version_here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON_MIN:
        wanted = ".".join(map(str, PYTHON_MIN))
        return Finding("Python", "broken", f"{version_here} at {sys.executable}", f"install Python {wanted} or newer")
    return Finding("Python", "ok", f"{version_here} at {sys.executable}")


def check_packages() -> Finding:
    """Check that all dependencies of Spotter are installed."""
    missing = sorted(set(_missing()))
    if missing:
        return Finding("packages", "broken", f"not installed: {', '.join(missing)}", _INSTALL)
    return Finding("packages", "ok", f"Spotter {version('spotter-standalone')} with all dependencies")


def _missing() -> Iterator[str]:
    for member in MEMBERS:
        name = f"spotter-{member}"
        try:
            wanted = [requirement for requirement in requires(name) or [] if ";" not in requirement]
        except PackageNotFoundError:
            yield name
            continue
        for requirement in wanted:
            if match := _NAME.match(requirement):
                try:
                    version(match.group())
                except PackageNotFoundError:
                    yield match.group()


def check_clock(now: datetime) -> Finding:
    """Check that the clock is plausible and synchronised, and that time zones are known."""
    clock = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Finding("clock", "broken", "the time zone database is missing", f"{_INSTALL} (package tzdata)")
    if now < _RELEASED:
        return Finding("clock", "broken", f"{clock} is before this release of Spotter", "set the clock")
    synchronised = program_output(["timedatectl", "show", "--property=NTPSynchronized", "--value"], 5).strip()
    if synchronised == "no":
        remedy = "turn synchronisation on: timedatectl set-ntp true"
        return Finding("clock", "warning", f"{clock}, not synchronised", remedy)
    return Finding("clock", "ok", f"{clock}{', synchronised' if synchronised == 'yes' else ''}")
