"""The knowledge of an oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lab.accuracy.answers import RIR_MAX
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.oracles.readings import Readings, Sense


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge of an oracle besides the law and the population.

    Attributes
    ----------
    lifter : str
        `nothing`: the population oracle; `sets`: the learned one, by the lifter's earlier sets; `everything`: the informed
        one, with the truth about the lifter and nothing of the set.
    load : bool
        Whether the loads of all sets in % of the 1RM are known.
    sense : str
        `velocity`, or `durations` of the concentric phase and no travel.

    >>> Knowledge("sets").sense
    'velocity'
    """

    lifter: Literal["nothing", "sets", "everything"]
    load: bool = False
    sense: Sense = "velocity"


def rows_of(by_reps: Floats, readings: Readings) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each rep, from weights (n, reps done, reps possible)."""
    rows: list[Floats] = []
    for index, count in enumerate(readings.counts.tolist()):
        row = np.zeros((count, RIR_MAX + 1))
        for done in range(1, count + 1):
            left = by_reps[index, done - 1, done - 1 :]
            row[done - 1, : len(left)] = left / left.sum()
        rows.append(row)
    return rows
