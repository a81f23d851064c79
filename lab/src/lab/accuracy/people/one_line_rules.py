"""One-line rules on the same reports: absolute velocity, loss from the fastest rep, and the lifter's own line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lab.accuracy.answers import Floats
from lab.accuracy.people.alarm_scores import AlarmTrace
from lab.accuracy.sets import LabelledSet

# Least velocity of a completed rep as handed down in tables of velocity-based training (González-Badillo 2010, Conceição 2016).
_LEAST_MPS: Mapping[str, float] = {"bench_press": 0.17, "back_squat": 0.30, "deadlift": 0.15}
_MARGIN_MPS = 0.03
_LOSS_SHARE = 0.20
_STOP_RIR = 2.5
# Lifters call more than this badly.
_LINE_RIR_MAX = 6.0
_LINE_SETS_MIN = 3
_SPREAD_MIN_MPS = 0.02


def least_velocity(lifted_set: LabelledSet) -> AlarmTrace:
    """Stop at a rep slower than the least velocity of a completed rep + .03 m/s."""
    over = [_velocity(rep.velocity_mps) - _LEAST_MPS.get(lifted_set.exercise, 0.25) for rep in lifted_set.reps]
    return AlarmTrace([-value for value in over], [value < _MARGIN_MPS for value in over])


def fixed_loss(lifted_set: LabelledSet) -> AlarmTrace:
    """Stop at a rep a fifth slower than the set's fastest report so far."""
    velocities = np.array([_velocity(rep.velocity_mps) for rep in lifted_set.reps])
    loss = 1.0 - velocities / np.maximum.accumulate(velocities)
    return AlarmTrace(loss.tolist(), (loss >= _LOSS_SHARE).tolist())


def line(lifted_set: LabelledSet, from_ends: Floats) -> AlarmTrace:
    """Stop at two reps left by a line (intercept, slope per m/s) from velocity to reps left."""
    left = [from_ends[0] + from_ends[1] * _velocity(rep.velocity_mps) for rep in lifted_set.reps]
    return AlarmTrace([-value for value in left], [value < _STOP_RIR for value in left])


def line_through_ends(sets: Sequence[LabelledSet]) -> Floats | None:
    """Return the line through the ends of sets: velocity of the last report, and the reps left as called.

    None with under three such ends, or with ends of one velocity.
    """
    ends = [
        (_velocity(lifted_set.reps[-1].velocity_mps), min(lifted_set.reported_rir or 0.0, _LINE_RIR_MAX))
        for lifted_set in sets
        if lifted_set.failed or lifted_set.reported_rir is not None
    ]
    if len(ends) < _LINE_SETS_MIN:
        return None
    velocity, left = np.array(ends).T
    if np.ptp(velocity) < _SPREAD_MIN_MPS:
        return None
    slope, intercept = np.polyfit(velocity, left, 1)
    return np.array([intercept, slope])


def _velocity(velocity_mps: float | None) -> float:
    return 0.0 if velocity_mps is None else velocity_mps
