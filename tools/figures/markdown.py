"""Markdown: tables, templates and how figures are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
EXERCISES: Final = {"bench_press": "bench press", "back_squat": "squat", "deadlift": "deadlift"}


def template(name: str) -> str:
    """Return the text of a section, with places for figures, without its last line's end."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def percent(share: float) -> str:
    """Format a share in percent."""
    return f"{100 * share:.1f} %"


def table(columns: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; `columns` are names separated by " | "."""
    rule = " | ".join("---" for _ in columns.split(" | "))
    return "\n".join(f"| {line} |" for line in (columns, rule, *map(" | ".join, rows)))
