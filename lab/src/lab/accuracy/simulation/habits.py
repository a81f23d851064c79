"""When a lifter ends a set, and how many reps they call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.simulation.parameters import parameters


@dataclass(frozen=True, slots=True)
class SetEnding:
    """How a set ends: reps left, whether the next was tried and failed, and the lifter's own call."""

    rir: int
    failed: bool
    reported_rir: float | None


def ending(reps_possible: int, to_failure: float, random: np.random.Generator) -> SetEnding:
    """The end of an earlier set: known failure so often, else a stop a few reps before, mostly called."""
    of = parameters().habits
    failed, stop, called, noise = random.uniform(), random.uniform(), random.uniform(), random.standard_normal()
    if failed < to_failure:
        return SetEnding(0, failed=True, reported_rir=None)
    rir = min(int(np.searchsorted(np.cumsum(of.stop_rir)[:-1], stop)), reps_possible - 1)
    return SetEnding(rir, failed=False, reported_rir=call(rir, noise) if called < of.called else None)


def call(rir: int, noise: float) -> float:
    """What a lifter calls with so many reps in reserve, `noise` being standard normal.

    >>> [call(rir, noise) for rir, noise in ((0, -1.0), (2, 0.0), (3, 1.0))]
    [0.0, 2.0, 3.5]
    """
    of = parameters().habits
    return max(round((rir + of.call_bias + of.call_sd * noise) / of.call_step) * of.call_step, 0.0)
