"""Have many workouts reported as people do, and print what Spotter made of them: `python -m lab.habits`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Final

from lab.habits.runner import run
from lab.habits.sheet import print_sheet
from lab.habits.table import print_json, print_table

EXACT_LEAST: Final = 0.995
"""The share of workouts that are to be exact."""


def main() -> int:
    """Run workouts, or show one; return the exit code: 1 where too few are exact."""
    options = _options()
    if options.show is not None:
        print_sheet(options.show)
        return 0
    began_s = time.monotonic()
    tally = run(options.workouts, options.seed, options.jobs)
    (print_json if options.json else print_table)(tally, time.monotonic() - began_s)
    return int(tally.share_exact() < EXACT_LEAST)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lab.habits",
        description="Report simulated workouts as people and their apps do; compare what Spotter makes of them with the truth.",
    )
    parser.add_argument("--workouts", type=int, default=1000, help="number of workouts (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--show", type=int, metavar="SEED", help="show one workout: truth, events, outcome, differences"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
