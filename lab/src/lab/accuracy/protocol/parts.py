"""Sets of several parts: the error where a device tells side, kind and help of each rep, and where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy import subject
from lab.accuracy.answers import truth_of
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parts import HABITS, PartedSet, parted_sets


@dataclass(frozen=True, slots=True)
class PartRow:
    """Mean absolute error of min(RIR, 6) over all reps of sets of one habit, cold.

    Attributes
    ----------
    labelled, bare : float
        With and without side, kind and help of each rep.
    plain : float
        Of the reps of each side that are judged, as sets of their own.
    end_labelled, end_bare : float
        The same after the last rep of a set only.
    """

    habit: str
    sets: int
    labelled: float
    bare: float
    plain: float
    end_labelled: float
    end_bare: float


def part_rows(family: str, exercise: str, plan: ProtocolPlan) -> list[PartRow]:
    """Score each habit."""
    rows: list[PartRow] = []
    for habit in HABITS:
        sets: list[PartedSet] = []
        for seed in plan.seeds:
            sets += parted_sets(habit, family, exercise, max(plan.shape_sets // (4 * len(plan.seeds)), 1), seed)
        labelled, bare = _errors([parted.labelled for parted in sets]), _errors([parted.bare for parted in sets])
        plain = _errors([part for parted in sets for part in parted.plain])
        rows.append(PartRow(habit, len(sets), labelled[0], bare[0], plain[0], labelled[1], bare[1]))
    return rows


def _errors(sets: Sequence[LabelledSet]) -> tuple[float, float]:
    """Return the error over all reps, and after the last rep of each set."""
    truth = truth_of(sets)
    estimated = subject.ask(sets, [subject.cold(lifted_set) for lifted_set in sets])
    errors = capped_errors(truth, estimated.answers(truth))
    is_last = np.append(truth.set_index[1:] != truth.set_index[:-1], True)
    return float(errors.mean()), float(errors[is_last].mean())
