"""A season's figures as a table for people, or as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from lab.season.figures import Figures
from lab.season.people import TrainingPlan

_WIDTH: Final = 110
"""Columns when the output is not a terminal."""
_REMARKS_SHOWN: Final = 20


def print_table(figures: Figures, plan: TrainingPlan, spent_s: float) -> None:
    """Print the figures on standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    title = f"{plan.lifters} simulated lifters, {plan.weeks} weeks (seed {plan.seed})"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("measured")
    table.add_column("", justify="right")
    for name, shown in rows(figures):
        table.add_row(name, shown)
    table.add_section()
    for name, count in sorted(figures.counts.items()):
        table.add_row(name, f"{count:,}")
    for name, units in sorted(figures.units.items()):
        table.add_row(f"units {name}", f"{units / 100:,.1f}")
    console.print(table)
    for remark in figures.remarks[:_REMARKS_SHOWN]:
        console.print(f"  {remark}", markup=False)
    if len(figures.remarks) > _REMARKS_SHOWN:
        console.print(f"  and {len(figures.remarks) - _REMARKS_SHOWN} more remarks")
    console.print(f"took {spent_s:.0f} s, {1000 * spent_s / max(figures.counts['sets'], 1):.2f} ms a set")


def print_json(figures: Figures, plan: TrainingPlan, spent_s: float) -> None:
    """Print everything as one JSON object."""
    shares = dict(rows(figures))
    counted = {"counts": figures.counts, "units": figures.units, "remarks": figures.remarks}
    print(
        json.dumps({"plan": asdict(plan), "took_s": round(spent_s, 1), "shares": shares, **counted}, ensure_ascii=False)
    )


def rows(figures: Figures) -> list[tuple[str, str]]:
    """Return the figures that are shares, formatted."""
    shares = [
        ("ended within a rep of the target, informed lifters", "near target (informed)", "follows (informed)"),
        ("the same, new lifters", "near target (new)", "follows (new)"),
        ("hard sets by advice, of work sets", "hard sets by advice", "work sets"),
        (
            "the same, with 20 sets in 4 weeks",
            "hard sets by advice after 20 in 4 weeks",
            "work sets after 20 in 4 weeks",
        ),
        ("hard sets in all, of work sets", "hard sets", "work sets"),
        ("offers made, of those that rules and budget allow", "offers made", "offers owed"),
    ]
    return [(name, f"{100 * figures.share(part, whole):.1f} %") for name, part, whole in shares]
