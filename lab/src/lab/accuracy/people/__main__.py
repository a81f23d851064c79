"""Print the alarm table of recorded lifters and the figures of recorded curls: `python -m lab.accuracy.people`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from lab.accuracy.people.alarm_table import MEMORIES, AlarmRow, alarm_rows
from lab.accuracy.people.curls import CurlScore, curl_scores
from lab.accuracy.people.red_rows import red_rows
from lab.accuracy.protocol.people import properties_of
from lab.accuracy.recording_reader import UnreadableSets, read_recorded

ROOT: Final = Path(__file__).resolve().parents[5]
_ALARM = "{:<8} {:<12} {:<5} {:<13} {:<7} {:>6} {:>7} {:>5} {:>5} {:>8} {:>6} {:>8}"
_PROPERTY = "{:<30} {:<8} {:>5} {:>7} {:>6}"
_CURLS = "{:<12} {:>5} {:>5} {:>6} {:>6} {:>11} {:>8} {:>10} {:>14}"


def main() -> int:
    """Print the tables; return the exit code, 2 if a file of recorded sets is invalid."""
    options = _options()
    memories = (0,) if options.cold else (0, None) if options.season else MEMORIES
    try:
        lifts = read_recorded(options.lifts)
        curls = read_recorded(options.curls)
    except (UnreadableSets, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(_ALARM.format("reports", "learned", "load", "alarm", "lifter", "sets", "AUC", "J", "J any", "AUC end", "J end",
                        "failing"))  # fmt: skip
    rows = list(alarm_rows(lifts, memories))
    for row in rows:
        if row.lifter is None or options.lifters:
            print(_alarm_line(row))
    print()
    for red in red_rows(rows):
        print(f"red: {red.reports} {_learned(red.memory)}{', load told' if red.load else ''}: {red.why}")
    print()
    print(_PROPERTY.format("property", "learned", "sets", "broken", "worst"))
    for of_people in properties_of(lifts):
        held = of_people.row
        print(_PROPERTY.format(held.name, of_people.learned, held.sets, f"{held.broken:.3f}", f"{held.worst:.2f}"))
    print()
    print(_CURLS.format("curls", "sets", "reps", "MAE", "RMSE", "at failure", "F1 <= 2", "last safe", "not premature"))
    for score in curl_scores(curls):
        print(_curl_line(score))
    return 0


def _alarm_line(row: AlarmRow) -> str:
    score = row.score
    return _ALARM.format(
        row.reports,
        _learned(row.memory),
        "told" if row.load else "",
        score.name,
        "all" if row.lifter is None else f"{row.lifter + 1}",
        f"{score.hard}/{score.easy}",
        f"{score.auc:.3f}",
        f"{score.youden:.2f}",
        f"{score.youden_any:.2f}",
        f"{score.auc_end:.3f}",
        f"{score.youden_end:.2f}",
        "" if score.failing_easy != score.failing_easy else f"{score.failing_easy:.3f}",
    )


def _learned(memory: int | None) -> str:
    return {0: "cold", None: "season"}.get(memory, f"last {memory} sets")


def _curl_line(score: CurlScore) -> str:
    shares = (score.near_f1, score.last_safe, score.not_premature)
    errors = (score.error, score.root_error, score.error_at_failure)
    return _CURLS.format(score.name, score.sets, score.reps, *(f"{value:.2f}" for value in (*errors, *shares)))


def _options() -> argparse.Namespace:
    recorded = Path(os.environ.get("SPOTTER_RECORDED", ROOT.parent / "shared" / "data"))
    parser = argparse.ArgumentParser(
        prog="python -m lab.accuracy.people",
        description="The alarm on recorded lifters, and recorded curls by timing alone. J: Youden's index of stop.",
    )
    parser.add_argument(
        "--lifts", type=Path, default=recorded / "lifts" / "sets.jsonl", help="called sets (%(default)s)"
    )
    parser.add_argument(
        "--curls", type=Path, default=recorded / "curls" / "sets.jsonl", help="failed sets (%(default)s)"
    )
    parser.add_argument("--lifters", action="store_true", help="each lifter too")
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--cold", action="store_true", help="only with nothing learned")
    scope.add_argument("--season", action="store_true", help="only cold, and with all earlier sets learned from")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
