"""The bench's rows as one table for people, or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from lab.bench.rows import BenchRow, BenchTarget, shown

FILE_WIDTH = 180
"""Columns when the output is not a terminal."""


def print_table(rows: Sequence[BenchRow], machine: Mapping[str, str], spent_s: float) -> None:
    """Print the table on standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = FILE_WIDTH
    title = "What Spotter takes on this machine (medians over rounds)"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("measured", "median", "low – high", "beside", "to reach", "notes"):
        table.add_column(name, overflow="fold")
    group = ""
    for row in rows:
        if row.group != group and group:
            table.add_section()
        group = row.group
        table.add_row(
            escape(f"{row.group}: {row.name}"),
            " · ".join(shown(name, value) for name, value in row.figures.items()) or "–",
            _spread(row),
            row.beside,
            _target(row),
            Text(row.note, style="red" if row.failed else "dim"),
        )
    console.print(table)
    for name, value in machine.items():
        console.print(f"  {name:12s} {value}", markup=False)
    console.print(f"  {'took':12s} {spent_s:.0f} s", markup=False)


def print_json(rows: Sequence[BenchRow], machine: Mapping[str, str], spent_s: float) -> None:
    """Print everything as one JSON object."""
    records = [{**asdict(row), "reached": row.reached} for row in rows]
    print(json.dumps({"machine": machine, "took_s": round(spent_s, 1), "rows": records}, ensure_ascii=False))


def _spread(row: BenchRow) -> str:
    if row.rounds < 2 or row.lowest is None or row.highest is None:
        return ""
    name = next(iter(row.figures))
    return f"{shown(name, row.lowest)} – {shown(name, row.highest)}"


def _target(row: BenchRow) -> Text:
    if row.target is None:
        return Text("")
    if row.reached is None:
        return Text(_limit(row.target))
    word, style = ("reached", "green") if row.reached else ("missed", "yellow")
    return Text(f"{_limit(row.target)}: {word}", style=style)


def _limit(target: BenchTarget) -> str:
    return f"{'≥' if target.at_least else '≤'} {shown(target.figure, target.limit)}"
