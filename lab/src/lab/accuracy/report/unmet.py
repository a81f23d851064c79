"""What was tried for a target that is not met, and why it fails: kept as data beside the report."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from lab.accuracy.protocol.targets import AccuracyTarget

_PLACE = ("about", "family", "exercise", "case", "measure")


@dataclass(frozen=True, slots=True)
class Unmet:
    """A target that is not met; empty texts where nothing is known of it yet."""

    target: AccuracyTarget
    tried: str
    why: str


def explained(missed: Sequence[AccuracyTarget]) -> list[Unmet]:
    """Put what was tried, and why it fails, beside each target that is not met.

    >>> target = AccuracyTarget("motion", "recorded", "watch", "left out", "sets off by more than one", 3.0, 2.0)
    >>> [one.tried != "" and one.why != "" for one in explained([target])]
    [True]
    """
    explanations = tomllib.loads((files(__package__) / "unmet.toml").read_text(encoding="utf-8"))["unmet"]
    unmet: list[Unmet] = []
    for target in missed:
        entry = next(
            (explanation for explanation in explanations if _is_about(explanation, target)), {"tried": "", "why": ""}
        )
        unmet.append(Unmet(target, entry["tried"], entry["why"]))
    return unmet


def _is_about(entry: dict[str, str], target: AccuracyTarget) -> bool:
    return all(entry[name] == getattr(target, name) for name in _PLACE if name in entry)
