"""What is wrong with a row of the alarm table: a rule of one line is better, or so is knowing less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lab.accuracy.people.alarm_scores import AlarmScore
from lab.accuracy.people.alarm_table import MODEL, AlarmRow

# What a single set among a few dozen makes of it is no finding.
_AUC_SLACK: Final = 0.005
_YOUDEN_SLACK: Final = 0.03
FAILING_MAX: Final = 0.01
RULES: Final = ("MVT + .03", "loss of 20 %", "others' line", "own line")


@dataclass(frozen=True, slots=True)
class RedRow:
    """A row of the model's and what is better than it, or is wrong."""

    reports: str
    memory: int | None
    load: bool
    why: str


def red_rows(rows: Sequence[AlarmRow]) -> list[RedRow]:
    """Return what is wrong with the model's rows of all lifters."""
    together = [row for row in rows if row.lifter is None]
    return [
        RedRow(row.reports, row.memory, row.load, why)
        for row in together
        if row.score.name == MODEL
        for why in _reasons(row, [other for other in together if other.reports == row.reports])
    ]


def _reasons(row: AlarmRow, others: Iterable[AlarmRow]) -> Iterator[str]:
    if row.score.failing_easy > FAILING_MAX:
        yield "*failing* in easy sets"
    for other in others:
        if other.score.name in RULES and _knows(other) <= _knows(row):
            yield from _better(other.score.name, other.score, row.score)
        elif other.score.name == MODEL and not other.load:
            if row.load and other.memory == row.memory:
                yield from _better("the load untold", other.score, row.score)
            elif other.load == row.load and _knows(other) < _knows(row):
                yield from _better(f"{other.memory or 'no'} earlier sets", other.score, row.score)


def _better(name: str, score: AlarmScore, than: AlarmScore) -> Iterator[str]:
    if score.auc > than.auc + _AUC_SLACK:
        yield f"{name}: AUC {score.auc:.3f}"
    if score.youden > than.youden + _YOUDEN_SLACK:
        yield f"{name}: J {score.youden:.2f}"


def _knows(row: AlarmRow) -> float:
    return float("inf") if row.memory is None else float(row.memory)
