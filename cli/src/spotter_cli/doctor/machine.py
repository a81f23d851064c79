"""The machine: Python, the packages, the clock."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spotter_cli.doctor.finding import Finding

PYTHON_MIN: Final = (3, 11)
MEMBERS: Final = ("kernel", "ingest", "failure-detector", "advisor", "gateway", "dashboard", "standalone", "cli")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)
_INSTALL: Final = "install again: make install"


def check_python() -> Finding:
    """Look at Python's version."""
    version_here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON_MIN:
        wanted = ".".join(map(str, PYTHON_MIN))
        return Finding("Python", "broken", f"{version_here} at {sys.executable}", f"install Python {wanted} or newer")
    return Finding("Python", "ok", f"{version_here} at {sys.executable}")


def check_packages() -> Finding:
    """Look whether everything that Spotter's parts depend on is installed."""
    missing = sorted(set(_missing()))
    if missing:
        return Finding("packages", "broken", f"not installed: {', '.join(missing)}", _INSTALL)
    return Finding("packages", "ok", f"Spotter {version('spotter-standalone')} with all that it needs")


def _missing() -> Iterator[str]:
    for member in MEMBERS:
        name = f"spotter-{member}"
        try:
            wanted = [requirement for requirement in requires(name) or [] if ";" not in requirement]
        except PackageNotFoundError:
            yield name
            continue
        for requirement in wanted:
            match = _NAME.match(requirement)
            if match is None:
                continue
            try:
                version(match.group())
            except PackageNotFoundError:
                yield match.group()


def check_clock(now: datetime) -> Finding:
    """Look whether the clock can be right, is kept right, and time zones are known."""
    clock = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Finding("clock", "broken", "the time zone database is missing", f"{_INSTALL} (package tzdata)")
    if now < _RELEASED:
        return Finding("clock", "broken", f"{clock} is before this Spotter was made", "set the clock")
    synchronised = _synchronised()
    if synchronised is False:
        return Finding("clock", "odd", f"{clock}, not synchronised", "let the system keep it: timedatectl set-ntp true")
    return Finding("clock", "ok", f"{clock}{', synchronised' if synchronised else ''}")


def _synchronised() -> bool | None:
    """Ask the system; None where it does not say."""
    command = shutil.which("timedatectl")
    if command is None:
        return None
    try:
        asked = subprocess.run(
            [command, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(asked.stdout.strip())
