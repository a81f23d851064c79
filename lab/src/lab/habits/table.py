"""The result of a run as a table for people, or as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from lab.habits.runner import HabitTally, WorkoutTrial

_WIDTH: Final = 132
"""Columns when the output is not a terminal."""
_SHOWN: Final = 40
_KINDS: Final = 3


def print_table(tally: HabitTally, spent_s: float) -> None:
    """Print the result on standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    judged = tally.judged()
    events = sum(trial.events for trial in tally.trials) / max(len(tally.trials), 1)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("habit")
    table.add_column("workouts", justify="right")
    table.add_column("exact", justify="right")
    table.add_column("what differs")
    for habit, trials in by_habit(judged):
        exact = sum(trial.exact for trial in trials)
        kinds = ", ".join(f"{kind} {count}" for kind, count in kinds_of(trials).most_common(_KINDS))
        table.add_row(habit, f"{len(trials):,}", f"{exact / len(trials):.2%}", kinds)
    console.print(table)
    inexact = [trial for trial in judged if not trial.exact]
    for trial in inexact[:_SHOWN]:
        console.print(f"  {trial.seed}: {explanation(trial)}", markup=False)
    if len(inexact) > _SHOWN:
        console.print(f"  and {len(inexact) - _SHOWN} more that differ")
    for trial in tally.trials:
        if trial.ambiguous:
            console.print(f"  {trial.seed}: nobody could know: {', '.join(sorted(set(trial.ambiguous)))}", markup=False)
    console.print(f"{len(tally.trials):,} workouts of {events:.0f} events: {tally.share_exact():.2%} exact")
    console.print(f"{tally.share_ambiguous():.2%} that nobody could know; took {spent_s:.0f} s")


def print_json(tally: HabitTally, spent_s: float) -> None:
    """Print the result as one JSON object."""
    judged = tally.judged()
    habits = {
        habit: {
            "workouts": len(trials),
            "exact": sum(trial.exact for trial in trials),
            "differences": dict(kinds_of(trials)),
        }
        for habit, trials in by_habit(judged)
    }
    document = {
        "workouts": len(tally.trials),
        "exact": tally.share_exact(),
        "ambiguous": tally.share_ambiguous(),
        "took_s": round(spent_s, 1),
        "habits": habits,
        "inexact": [
            {
                "seed": trial.seed,
                "habits": sorted(trial.habits),
                "differences": [f"{deviation.kind}: {deviation.detail}" for deviation in trial.deviations],
            }
            for trial in judged
            if not trial.exact
        ],
    }
    print(json.dumps(document, ensure_ascii=False))


def by_habit(trials: list[WorkoutTrial]) -> list[tuple[str, list[WorkoutTrial]]]:
    """Return the workouts with each habit, the most common habit first."""
    counts = Counter(habit for trial in trials for habit in trial.habits)
    return [(habit, [trial for trial in trials if habit in trial.habits]) for habit, _ in counts.most_common()]


def kinds_of(trials: list[WorkoutTrial]) -> Counter[str]:
    """Count the workouts with each kind of difference."""
    return Counter(kind for trial in trials for kind in {deviation.kind for deviation in trial.deviations})


def explanation(trial: WorkoutTrial) -> str:
    """Return what differs in a workout, in a line."""
    counts = Counter(deviation.kind for deviation in trial.deviations)
    details = {deviation.kind: deviation.detail for deviation in reversed(trial.deviations)}
    return "; ".join(
        f"{kind}: {details[kind]}" + (f" (and {count - 1} more)" if count > 1 else "") for kind, count in counts.items()
    )
