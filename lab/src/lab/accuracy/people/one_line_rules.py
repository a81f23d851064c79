"""One-line rules on the same reports: absolute velocity, loss from the fastest rep, and the lifter's own line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lab.accuracy.answers import Floats
from lab.accuracy.baselines.lines import least_absolute
from lab.accuracy.people.alarm_scores import AlarmTrace
from lab.accuracy.sets import LabelledSet

# Least velocity of a completed rep as handed down in tables of velocity-based training (González-Badillo 2010, Conceição 2016).
_LEAST_MPS: Mapping[str, float] = {"bench_press": 0.17, "back_squat": 0.30, "deadlift": 0.15}
_MARGIN_MPS = 0.03
_LOSS_SHARE = 0.20
_STOP_RIR = 2.5
# Of reps further from failure the line says little, and lifters call them badly.
_LINE_RIR_MAX = 6.0
_LINE_SETS_MIN = 3


def least_velocity(lifted_set: LabelledSet) -> AlarmTrace:
    """Stop at a rep slower than the least velocity of a completed rep + .03 m/s."""
    over = [_velocity(rep.velocity_mps) - _LEAST_MPS.get(lifted_set.exercise, 0.25) for rep in lifted_set.reps]
    return AlarmTrace([-value for value in over], [value < _MARGIN_MPS for value in over])


def fixed_loss(lifted_set: LabelledSet) -> AlarmTrace:
    """Stop at a rep a fifth slower than the set's fastest report so far."""
    velocities = np.array([_velocity(rep.velocity_mps) for rep in lifted_set.reps])
    loss = 1.0 - velocities / np.maximum.accumulate(velocities)
    return AlarmTrace(loss.tolist(), (loss >= _LOSS_SHARE).tolist())


def own_line(lifted_set: LabelledSet, earlier: Sequence[LabelledSet], others: Floats) -> AlarmTrace:
    """Stop at two reps left by the lifter's own line from velocity to reps left; with under three sets, by `others`'."""
    called = [before for before in earlier if before.failed or before.reported_rir is not None]
    line = velocity_line(called) if len(called) >= _LINE_SETS_MIN else others
    left = [line[0] + line[1] * _velocity(rep.velocity_mps) for rep in lifted_set.reps]
    return AlarmTrace([-value for value in left], [value < _STOP_RIR for value in left])


def velocity_line(sets: Sequence[LabelledSet]) -> Floats:
    """Return the line (intercept, slope per m/s) from velocity to reps left, over all judged reps near enough to failure."""
    rows = [
        (_velocity(rep.velocity_mps), min(max(left, 0), _LINE_RIR_MAX))
        for lifted_set in sets
        for rep, left in zip(lifted_set.reps, lifted_set.truth, strict=True)
        if left is not None and rep.velocity_mps is not None
    ]
    velocity, left = np.array(rows).T
    return least_absolute(np.column_stack((np.ones(len(velocity)), velocity)), left)


def _velocity(velocity_mps: float | None) -> float:
    return 0.0 if velocity_mps is None else velocity_mps
