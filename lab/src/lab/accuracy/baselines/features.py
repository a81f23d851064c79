"""The inputs of a baseline: each report's pace, and its loss from the references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Floats, Truth, Whole
from lab.accuracy.scores.error import RIR_CAP
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import Observation


@dataclass(frozen=True, slots=True)
class Features:
    """The inputs for each judged rep, arrays (r,).

    Attributes
    ----------
    pace : array (r,)
        Velocity, m/s; one over the duration where only that is reported; NaN for a rep with neither.
    loss_from_best, loss_from_first : array (r,)
        1 − pace / fastest pace so far, and 1 − pace / first pace.
    done : array (r,)
        Reports so far.
    target : array (r,)
        True reps in reserve, capped.
    """

    pace: Floats
    loss_from_best: Floats
    loss_from_first: Floats
    done: Whole
    target: Floats


def features(sets: Sequence[LabelledSet], truth: Truth) -> Features:
    """Return the inputs for the judged reps of these sets."""
    pace, best, first = (np.full(len(truth.rir), np.nan) for _ in range(3))
    at: dict[tuple[int, int], int] = {
        key: row for row, key in enumerate(zip(truth.set_index.tolist(), truth.rep_index.tolist(), strict=True))
    }
    for index, lifted_set in enumerate(sets):
        paces = pace_of(lifted_set.reps)
        first_pace = best_pace = np.nan
        for rep_index, value in enumerate(paces):
            if not np.isnan(value):
                first_pace = value if np.isnan(first_pace) else first_pace
                best_pace = value if np.isnan(best_pace) else max(value, best_pace)
            row = at.get((index, rep_index))
            if row is not None:
                pace[row], best[row], first[row] = value, best_pace, first_pace
    return Features(
        pace,
        1.0 - pace / best,
        1.0 - pace / first,
        truth.rep_index + 1,
        np.minimum(truth.rir, RIR_CAP).astype(np.float64),
    )


def pace_of(reps: Sequence[Observation]) -> list[float]:
    """Return the pace of each report: its velocity, else 1 / its duration, else 1 / the time since the last one."""
    paces: list[float] = []
    for index, rep in enumerate(reps):
        if rep.velocity_mps is not None:
            paces.append(rep.velocity_mps)
        elif rep.duration_s is not None:
            paces.append(1.0 / rep.duration_s)
        elif index > 0 and rep.end_s > reps[index - 1].end_s:
            paces.append(1.0 / (rep.end_s - reps[index - 1].end_s))
        else:
            paces.append(float("nan"))
    return paces
