"""Reps left of sets to failure that are known by the times of their reps alone, from each lifter's second set on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lab.accuracy.answers import Flags
from lab.accuracy.people.seasons import Season, estimates, streams_of
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import RepEstimate

LAST_REPS: Final = 8
NEAR_RIR: Final = 2
# What is shown rounds to none left.
_LAST: Final = 0.5


@dataclass(frozen=True, slots=True)
class CurlScore:
    """The figures of one estimator over the last eight reps of each set, 0 … 7 left.

    Attributes
    ----------
    error, root_error : float
        MAE and RMSE of the reps left.
    error_at_failure : float
        MAE at the last rep.
    near_f1 : float
        F1 of "two left or fewer".
    last_safe : float
        Share of sets whose last rep is shown as the last one (under .5 left).
    not_premature : float
        Share of the reps before it that are not shown as the last one.
    """

    name: str
    sets: int
    reps: int
    error: float
    root_error: float
    error_at_failure: float
    near_f1: float
    last_safe: float
    not_premature: float


def curl_scores(lifters: Sequence[Sequence[LabelledSet]]) -> list[CurlScore]:
    """Score the model, cold and learned, and the mean-reps rule on the same reps."""
    streams = streams_of(lifters)
    sets = [lifted_set for stream in streams for lifted_set in stream]
    judged = [index for index, order in enumerate(_orders(streams)) if order > 0]
    answers: dict[str, Sequence[Sequence[float]]] = {
        "model, cold": [_shown(of_set) for of_set in estimates(streams, Season(memory=0)).estimates],
        "model": [_shown(of_set) for of_set in estimates(streams, Season()).estimates],
        "mean reps": _mean_reps(streams),
    }
    return [
        curl_score(name, [sets[index] for index in judged], [shown[index] for index in judged])
        for name, shown in answers.items()
    ]


def curl_score(name: str, sets: Sequence[LabelledSet], shown: Sequence[Sequence[float]]) -> CurlScore:
    """Score what was shown after each report of sets that failed."""
    rows = np.array(
        [
            (left, estimate)
            for lifted_set, of_set in zip(sets, shown, strict=True)
            for left, estimate in zip(lifted_set.truth, of_set, strict=True)
            if left is not None and 0 <= left < LAST_REPS
        ]
    ).reshape(-1, 2)
    left, estimate = rows.T
    error = np.abs(estimate - left)
    return CurlScore(
        name,
        sets=len(sets),
        reps=len(rows),
        error=float(error.mean()),
        root_error=float(np.sqrt((error**2).mean())),
        error_at_failure=float(error[left == 0].mean()),
        near_f1=f1(estimate < NEAR_RIR + 0.5, left <= NEAR_RIR),
        last_safe=float((estimate[left == 0] < _LAST).mean()),
        not_premature=float((estimate[left > 0] >= _LAST).mean()),
    )


def f1(predicted: Flags, true: Flags) -> float:
    """Return the harmonic mean of precision and recall; 0 where nothing is right.

    >>> f1(np.array([True, True, False, False]), np.array([True, False, True, False]))
    0.5
    """
    right = int((predicted & true).sum())
    return 2.0 * right / int(predicted.sum() + true.sum()) if right else 0.0


def _shown(of_set: Sequence[RepEstimate]) -> list[float]:
    return [estimate.rir for estimate in of_set]


def _mean_reps(streams: Sequence[Sequence[LabelledSet]]) -> list[list[float]]:
    """Return, per set, the mean reps of the lifter's earlier failed sets less the reps done; at least none."""
    shown: list[list[float]] = []
    for stream in streams:
        for order, lifted_set in enumerate(stream):
            failed = [len(before.reps) for before in stream[:order] if before.failed]
            mean = float(np.mean(failed)) if failed else float("nan")
            shown.append([max(mean - done, 0.0) for done in range(1, len(lifted_set.reps) + 1)])
    return shown


def _orders(streams: Sequence[Sequence[LabelledSet]]) -> list[int]:
    return [order for stream in streams for order in range(len(stream))]
