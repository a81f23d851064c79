"""When a lifter ends a set, and the reps in reserve they report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.simulation.parameters import parameters


@dataclass(frozen=True, slots=True)
class SetEnding:
    """The end of a set: reps left, whether the next one was tried and failed, and the reps in reserve reported."""

    rir: int
    failed: bool
    reported_rir: float | None


def ending(reps_possible: int, to_failure: float, random: np.random.Generator) -> SetEnding:
    """Draw the end of an earlier set: a known failure, or a stop some reps before it, usually with a report."""
    of = parameters().habits
    failed, stop, called, noise = random.uniform(), random.uniform(), random.uniform(), random.standard_normal()
    if failed < to_failure:
        return SetEnding(0, failed=True, reported_rir=None)
    rir = min(int(np.searchsorted(np.cumsum(of.stop_rir)[:-1], stop)), reps_possible - 1)
    return SetEnding(rir, failed=False, reported_rir=call(rir, noise) if called < of.called else None)


def call(rir: int, noise: float) -> float:
    """Return what a lifter reports at these reps in reserve; `noise` is standard normal.

    >>> [call(rir, noise) for rir, noise in ((0, -1.0), (2, 0.0), (3, 1.0))]
    [0.0, 2.0, 3.5]
    """
    of = parameters().habits
    return max(round((rir + of.call_bias + of.call_sd * noise) / of.call_step) * of.call_step, 0.0)
