"""The one list of checks: to add a check, write its module and name it here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.checks import dead_letters, names
from tools.checks.sources import Finding

Check = Callable[[Path], list[Finding]]

# A check takes the repository's root. Its group, up to the point, selects all checks of that group.
CHECKS: Final[dict[str, Check]] = {
    "names.modules": names.check_modules,
    "names.classes": names.check_classes,
    "names.variables": names.check_variables,
    "dead_letters": dead_letters.check,
}


def selected(wanted: list[str]) -> dict[str, Check]:
    """Return the checks of these names or groups, all where none is named; raises ValueError for an unknown name."""
    if unknown := [name for name in wanted if not any(_matches(name, check) for check in CHECKS)]:
        raise ValueError(f"no check is called {', '.join(unknown)}: choose from {', '.join(CHECKS)}")
    return {check: run for check, run in CHECKS.items() if not wanted or any(_matches(name, check) for name in wanted)}


def _matches(name: str, check: str) -> bool:
    return check == name or check.startswith(f"{name}.")
