"""Run a season and print its figures: `python -m lab.season`."""

from __future__ import annotations

import argparse
import os
import sys
import time

from lab.season.people import TrainingPlan
from lab.season.runner import season
from lab.season.table import print_json, print_table


def main() -> int:
    """Run a season; return the exit code. Breaches of rules are counted here; the test asserts that there are none."""
    options = _options()
    plan = TrainingPlan(
        lifters=options.lifters, weeks=options.weeks, sets=options.sets, seed=options.seed, habits=options.habits
    )
    began_s = time.monotonic()
    figures = season(plan, options.jobs)
    spent_s = time.monotonic() - began_s
    (print_json if options.json else print_table)(figures, plan, spent_s)
    return 0


def _options() -> argparse.Namespace:
    usual = TrainingPlan()
    parser = argparse.ArgumentParser(
        prog="python -m lab.season",
        description="Simulate lifters who follow the advice for a season; count the results.",
    )
    parser.add_argument("--lifters", type=int, default=usual.lifters, help="number of lifters (%(default)s)")
    parser.add_argument("--weeks", type=int, default=usual.weeks, help="length of the season (%(default)s)")
    parser.add_argument("--sets", type=int, default=usual.sets, help="sets per session (%(default)s)")
    parser.add_argument("--habits", type=float, default=usual.habits, help="share of lifters with habits (%(default)s)")
    parser.add_argument("--seed", type=int, default=usual.seed, help="random seed (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
