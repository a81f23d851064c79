"""The informed oracle of the other family: it knows the truth about the lifter, so each set has its own courses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.accuracy.oracles.knowledge import Knowledge, rows_of
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.oracles.other_law import OtherGrid, chances, course_shares, load_density, loads_of, survival
from lab.accuracy.oracles.readings import Readings, read
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import OtherLifter, OtherSet

_SETS_AT_ONCE = 16
_SPREADS = 3.2


def posteriors(sets: Sequence[LabelledSet], knowledge: Knowledge, grid: OtherGrid) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each rep of each set, (reps, 61)."""
    readings = read(sets, knowledge.sense)
    by_length = np.argsort(readings.counts, kind="stable")
    posteriors_by_set: list[Floats] = [np.empty(0)] * len(sets)
    for start in range(0, len(sets), _SETS_AT_ONCE):
        places = by_length[start : start + _SETS_AT_ONCE]
        rows = _judge([sets[index] for index in places.tolist()], readings.part(places), knowledge, grid)
        for index, row in zip(places.tolist(), rows, strict=True):
            posteriors_by_set[index] = row
    return posteriors_by_set


def _judge(sets: Sequence[LabelledSet], readings: Readings, knowledge: Knowledge, grid: OtherGrid) -> list[Floats]:
    exercise, lifting = sets[0].exercise, parameters().lifting
    lifters = [_lifter(lifted_set) for lifted_set in sets]
    v0 = np.array([athlete.v0_mps for athlete in lifters])
    ends = np.array([athlete.v_fail_mean_mps for athlete in lifters])
    steps = _SPREADS * np.linspace(-1.0, 1.0, grid.fatigue)
    fatigue = np.array([np.log(athlete.fatigue) + athlete.fatigue_sd * steps for athlete in lifters])
    load = loads_of(exercise, grid.load)
    pct = np.array([lifted_set.pct_1rm for lifted_set in sets], dtype=float) if knowledge.load else None
    day = load_density(load, 1.0 - ends / v0, lifters[0].strength_sd, pct)  # (n, l)
    weight = np.exp(-0.5 * steps**2)[None, :, None] * day[:, None, :]

    shares = course_shares(fatigue, load, lifting.reps_max)  # (n, f, l, reps)
    course = v0[:, None, None, None] * shares
    done = survival(course, ends[:, None, None, None, None], lifters[0].v_fail_sd_mps, lifting.velocity_floor_mps)
    expected = weight[..., None] * chances(done)[..., 0]
    fit = np.zeros((len(sets), readings.values.shape[1], *weight.shape[1:]))
    total = np.zeros_like(weight)
    for index in range(fit.shape[1]):
        value = readings.values[:, index, None, None]
        expected_value = course[..., index]
        variance = readings.added_variance[:, index, None, None] + (readings.cv[index] * expected_value) ** 2
        total -= 0.5 * ((value - expected_value) ** 2 / variance + np.log(variance))
        fit[:, index] = np.exp(total - total.max(axis=(1, 2), keepdims=True))
    cells = fit.shape[2] * fit.shape[3]
    by_reps = fit.reshape(len(sets), -1, cells) @ expected.reshape(len(sets), cells, -1)
    return rows_of(by_reps, readings)


def _lifter(lifted_set: LabelledSet) -> OtherLifter:
    if not isinstance(lifted_set.true, OtherSet):
        raise ValueError(
            f"set {lifted_set.order} of lifter {lifted_set.lifter} is not of the other family: use its own oracle"
        )
    return lifted_set.true.lifter
