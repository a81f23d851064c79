"""Beliefs about lifters of the home family: Gaussians on a grid of curve exponents and travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from lab.accuracy.oracles.home_law import (
    FASTER,
    LAST,
    MORE,
    STATES,
    STEEPER,
    Evidence,
    mean_slope,
    share_used,
    slope_sd,
)
from lab.accuracy.oracles.normal import Floats, Places, nodes
from lab.accuracy.oracles.readings import Readings, Sense
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.home import velocity_at
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import HomeSet

_PCT_STEPS = 2520


@dataclass(frozen=True, slots=True)
class HomeGrid:
    """The resolution of the constants that are not Gaussian: exponents, travels, ranges of unknown loads."""

    curves: int = 7
    travels: int = 6
    loads: int = 4


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Beliefs about n lifters, or about the population (n = 1), on a grid of q exponents and travels.

    Attributes
    ----------
    curve : array (n, q)
        Exponent of the curve.
    unit : array (1, q)
        m/s of a reading of 1: the lifter's travel in m for durations, else 1.
    log_weight : array (n, q)
    mean, cov : array (n, q, 4), (n, q, 4, 4)
        Of the lifters' other constants.
    """

    curve: Floats
    unit: Floats
    log_weight: Floats
    mean: Floats
    cov: Floats

    def part(self, places: Places) -> Beliefs:
        """Return the beliefs about some of the lifters."""
        if len(self.log_weight) == 1:
            places = np.zeros_like(places)
        curve = self.curve if len(self.curve) == 1 else self.curve[places]
        return Beliefs(curve, self.unit, self.log_weight[places], self.mean[places], self.cov[places])


def population(exercise: str, sense: Sense, grid: HomeGrid) -> Beliefs:
    """Return the beliefs about an unknown lifter."""
    of = parameters().home[exercise]
    curve, curve_weight = nodes(of.curve, of.curve_sd, grid.curves, of.curve_range)
    unit, unit_weight = _units(exercise, sense, grid)
    cells = len(curve) * len(unit)
    mean, cov = np.zeros((1, cells, STATES)), np.zeros((1, cells, STATES, STATES))
    mean[..., LAST] = of.v_last
    for state, sd in (
        (MORE, of.load_log_n_sd),
        (FASTER, of.v_load_sd),
        (STEEPER, slope_sd(of)),
        (LAST, of.v_last_between_sd),
    ):
        cov[..., state, state] = sd**2
    weight = np.log(np.outer(curve_weight, unit_weight)).reshape(1, cells)
    return Beliefs(np.repeat(curve, len(unit))[None], np.tile(unit, len(curve))[None], weight, mean, cov)


def informed(sets: Sequence[LabelledSet]) -> Beliefs:
    """Return the truth about the lifters of these sets."""
    of = parameters().home[sets[0].exercise]
    lifters = [lifted_set.true.lifter for lifted_set in sets if isinstance(lifted_set.true, HomeSet)]
    if len(lifters) < len(sets):
        raise ValueError("not all sets are of the home family: use their own oracle")
    true = np.array([(it.alpha, it.beta, it.v_load_offset_mps, it.v_last_mean_mps, it.curve) for it in lifters]).T
    alpha, beta, faster, last, curve = true
    mean = np.zeros((len(sets), 1, STATES))
    mean[:, 0, MORE] = alpha + beta * faster - of.line_log_n
    mean[:, 0, FASTER] = faster
    mean[:, 0, STEEPER] = beta - mean_slope(of)
    mean[:, 0, LAST] = last
    return Beliefs(
        curve[:, None], np.ones((1, 1)), np.zeros((len(sets), 1)), mean, np.zeros((len(sets), 1, STATES, STATES))
    )


def _units(exercise: str, sense: Sense, grid: HomeGrid) -> tuple[Floats, Floats]:
    if sense == "velocity":
        return np.ones(1), np.ones(1)
    body = parameters().body[exercise]
    return nodes(body.rom, body.rom_sd, grid.travels)


@dataclass(frozen=True, slots=True)
class Loads:
    """The population's first velocity (m/s) at the loads of n sets, known or in ranges: arrays (n or 1, ranges)."""

    mps: Floats
    variance: Floats
    log_weight: Floats

    @classmethod
    def of(cls, sets: Sequence[LabelledSet], *, with_load: bool, ranges: int) -> Loads:
        """Return the loads of these sets: known ones, or equally likely ranges of all loads."""
        exercise = sets[0].exercise
        if with_load:
            velocities = np.array([[velocity_at(exercise, _known(lifted_set))] for lifted_set in sets])
            return cls(velocities, np.zeros_like(velocities), np.zeros_like(velocities))
        lifted = _lifted(exercise).reshape(ranges, -1)
        mps, variance = lifted.mean(axis=1)[None], lifted.var(axis=1)[None]
        return cls(mps, variance, np.full_like(mps, -np.log(ranges)))

    def part(self, places: Places) -> Loads:
        """Return the loads of some of the sets."""
        if len(self.mps) == 1:
            return self
        return Loads(self.mps[places], self.variance[places], self.log_weight[places])


@cache
def _lifted(exercise: str) -> Floats:
    """Return the population's first velocities over all loads, equally likely, from light to heavy."""
    least, most = parameters().lifting.load_pct
    pct = least + (most - least) * (np.arange(_PCT_STEPS) + 0.5) / _PCT_STEPS
    return np.array([velocity_at(exercise, float(share)) for share in pct])


def _known(lifted_set: LabelledSet) -> float:
    if lifted_set.pct_1rm is None:
        raise ValueError(
            f"set {lifted_set.order} of lifter {lifted_set.lifter} has no load in % of the 1RM for the oracle"
        )
    return lifted_set.pct_1rm


def evidence(readings: Readings, reps: Floats, beliefs: Beliefs, information: Floats) -> Evidence:
    """Return the evidence (n, q, reps…) of values under each curve; `reps` broadcasts with (n, q, …)."""
    longest = readings.values.shape[1]
    later = share_used(reps, beliefs.curve.reshape(*beliefs.curve.shape, *([1] * (reps.ndim - 2))), longest)
    sooner = 1.0 - later
    weight = information.reshape(len(information), *([1] * (later.ndim - 2)), longest)
    value = readings.values.reshape(weight.shape)
    unit = beliefs.unit.reshape(1, -1, *([1] * (later.ndim - 3)))
    with_sooner, with_later = weight * sooner, weight * later
    return Evidence(
        ff=(with_sooner * sooner).sum(axis=-1) / unit**2,
        fl=(with_sooner * later).sum(axis=-1) / unit**2,
        ll=(with_later * later).sum(axis=-1) / unit**2,
        f=(with_sooner * value).sum(axis=-1) / unit,
        l=(with_later * value).sum(axis=-1) / unit,
    )
