"""Run the checks: ``python -m tools.checks [NAME ...] [--count]``.

Prints a line for each finding and exits with 1 where there is any; ``--count`` prints how many each folder has instead.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.checks import dead_letters, names
from tools.checks.sources import Finding

ROOT = Path(__file__).resolve().parent.parent.parent
Check = Callable[[Path], list[Finding]]

# The one list of checks: to add one, write it and name it here. A check takes the repository's root. Its group, up to the
# point, selects all checks of that group.
CHECKS: Final[dict[str, Check]] = {
    "names.modules": names.check_modules,
    "names.classes": names.check_classes,
    "names.variables": names.check_variables,
    "dead_letters": dead_letters.check,
}


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run the named checks, or all of them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.checks", description="Check the repository's own rules.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"a check or its group; all are {', '.join(CHECKS)}")
    parser.add_argument("--count", action="store_true", help="print findings per folder, not each one")
    options = parser.parse_args(arguments)
    try:
        checks = selected(options.names)
    except ValueError as unknown:
        parser.error(str(unknown))
    total = 0
    for name, check in checks.items():
        findings = sorted(check(root))
        total += len(findings)
        if options.count:
            folders = Counter(_folder(finding.file) for finding in findings)
            print(f"{name}: {len(findings)}", *(f"  {n:5} {folder}" for folder, n in folders.most_common()), sep="\n")
        else:
            print(*(f"{finding} [{name}]\n" for finding in findings), sep="", end="")
    return min(total, 1)


def selected(wanted: list[str]) -> dict[str, Check]:
    """Return the checks of these names or groups, all where none is named; raises ValueError for an unknown name."""
    if unknown := [name for name in wanted if not any(_matches(name, check) for check in CHECKS)]:
        raise ValueError(f"no check is called {', '.join(unknown)}: choose from {', '.join(CHECKS)}")
    return {check: run for check, run in CHECKS.items() if not wanted or any(_matches(name, check) for name in wanted)}


def _matches(name: str, check: str) -> bool:
    return check == name or check.startswith(f"{name}.")


def _folder(file: Path) -> str:
    return "/".join(file.parts[: file.parts.index("src") + 2] if "src" in file.parts else file.parts[:2])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
