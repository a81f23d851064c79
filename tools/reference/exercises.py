"""The page of the exercises that ship: its head is written by hand, the tables below it come from the catalogue."""

from __future__ import annotations

from typing import Final

from spotter.domain.exercises import Exercise, builtin_catalogue
from spotter.domain.exercises.risk import RISKS

HEADING: Final = "## The exercises that ship"


def exercises(page: str) -> str:
    """Return the page with its tables anew; raises ValueError where the heading above them is missing."""
    head, heading, _ = page.partition(HEADING)
    if not heading:
        raise ValueError(f"docs/reference/exercises.md has no heading {HEADING!r}")
    tables = []
    for risk, traits in RISKS.items():
        rows = [_row(entry) for entry in builtin_catalogue() if entry.risk == risk]
        tables += [
            f"### `{risk}` ({', '.join(traits.rule_ids)})",
            "",
            traits.exercises,
            "",
            "| id | name | muscles | model class |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    return "\n".join([head + heading, "", "◆ needs a spotter.", "", *tables])


def _row(entry: Exercise) -> str:
    muscles = ", ".join(f"{group} {share:.0%}".replace("%", " %") for group, share in entry.shares.items())
    model_class = "–" if entry.model_class == "unknown" else entry.model_class
    return f"| `{entry.exercise}` | {entry.name}{' ◆' if entry.needs_spotter else ''} | {muscles} | {model_class} |"
