"""What a baseline reads of a set: each report's pace and the references it is held against."""

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
    """Of each judged rep, arrays (r,).

    Attributes
    ----------
    pace : array (r,)
        Velocity, m/s; where reps bring their time alone, one over it. NaN for a rep without either.
    loss_from_best, loss_from_first : array (r,)
        1 − pace over the fastest so far, and over the first.
    done : array (r,)
        Reports so far, as a counter has it.
    target : array (r,)
        True reps in reserve, capped.
    """

    pace: Floats
    loss_from_best: Floats
    loss_from_first: Floats
    done: Whole
    target: Floats


def features(sets: Sequence[LabelledSet], truth: Truth) -> Features:
    """Features of the judged reps of these sets."""
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
    """The pace of each report: by velocity, else by its duration, else by the time since the last one."""
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
