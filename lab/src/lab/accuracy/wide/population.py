"""Lifters of the wide world as points, and what each would do: reps possible, first velocity, where a set ends.

The points fill the lifter's four numbers evenly (an additive recurrence, Roberts 2018), so that a mean over them is an
integral over the population, the same in every run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np

from lab.accuracy.answers import Floats, Whole
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.first_velocity import first_velocity
from lab.accuracy.wide.lifters import KINDS, draw_session

CURVES: Final = 5
_DIMENSIONS: Final = 4
_LOAD_DRAWS: Final = 4000
_LOADS: Final = 60
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Population:
    """P lifters as points, by reps possible N = 1 … 60.

    Attributes
    ----------
    z : array (4, P)
        Their numbers, standard normal in the population.
    scale, v_last_mps : array (P,)
    curve : array (P,)
        Index of the exponent in `exponents`.
    exponents : array (5,)
    mass : array (3, P, 60)
        Probability of each kind of set with N reps possible.
    v1_mps, v1_variance : array (P, 60)
        First velocity of a set with N reps possible.
    v_last_variance : float
    """

    z: Floats
    scale: Floats
    v_last_mps: Floats
    curve: Whole
    exponents: Floats
    mass: Floats
    v1_mps: Floats
    v1_variance: Floats
    v_last_variance: float

    def part(self, chosen: Whole) -> Population:
        """Return these lifters."""
        return replace(
            self,
            z=self.z[:, chosen],
            scale=self.scale[chosen],
            v_last_mps=self.v_last_mps[chosen],
            curve=self.curve[chosen],
            mass=self.mass[:, chosen],
            v1_mps=self.v1_mps[chosen],
            v1_variance=self.v1_variance[chosen],
        )


@cache
def population(exercise: str, points: int) -> Population:
    """Return points that fill the population of an exercise evenly."""
    return lifters_at(exercise, even_normals(points))


def lifters_at(exercise: str, z: Floats) -> Population:
    """Return the lifters with these numbers, (4, P): scale, line, velocity at failure, curve, each standard normal."""
    home, of = parameters().home[exercise], wide.EXERCISES_WIDE[exercise]
    scale = np.exp(wide.SCALE_LOG_SD * z[0])
    line_offset = wide.LINE_BETWEEN_SD * z[1]
    v_last_mps = np.maximum(of.v_last + of.v_last_between_sd * z[2], wide.VELOCITY_LAST_MIN_MPS)
    levels = [(index + _HALF) / CURVES for index in range(CURVES)]
    exponents = np.clip(
        home.curve + home.curve_sd * np.array([NormalDist().inv_cdf(x) for x in levels]), *home.curve_range
    )
    curve = np.minimum((cumulative(z[3]) * CURVES).astype(np.int64), CURVES - 1)
    x, weight = _loads(exercise)
    mass, mean, square = _by_reps(x, weight, first_velocity(exercise, x), line_offset)
    v1 = mean * scale[:, None]
    v1_variance = (np.maximum(square - mean**2, 0.0) + wide.DAY_SD_MPS**2) * scale[:, None] ** 2
    return Population(z, scale, scale * v_last_mps, curve, exponents, mass, v1, v1_variance, of.v_last_within_sd**2)


def _by_reps(x: Floats, weight: Floats, v1_mps: Floats, offset: Floats) -> tuple[Floats, Floats, Floats]:
    """Return P(kind, N) (3, P, 60), and mean and mean square of the first velocity given N (P, 60), at scale 1."""
    reps_max = parameters().lifting.reps_max
    edges = np.log(np.concatenate([[1e-9], np.arange(1, reps_max) + _HALF, [1e9]]))
    below = cumulative((edges - x[:, None] - offset[:, None, None]) / wide.LINE_WITHIN_SD)  # (P, loads, 61)
    of_load = np.diff(below, axis=-1)
    mass: Floats = np.einsum("kl,pln->kpn", weight, of_load)
    all_kinds = weight.sum(axis=0)
    whole = np.maximum(np.einsum("l,pln->pn", all_kinds, of_load), 1e-300)
    mean = np.einsum("l,pln->pn", all_kinds * v1_mps, of_load) / whole
    square = np.einsum("l,pln->pn", all_kinds * v1_mps**2, of_load) / whole
    return mass, mean, square


@cache
def _loads(exercise: str) -> tuple[Floats, Floats]:
    """Return log reps usual at the load of a set, (60,), and the probability of each with each kind of set, (3, 60)."""
    home, lifting = parameters().home[exercise], parameters().lifting
    random = np.random.default_rng(_LOAD_DRAWS)
    plans = [plan for _ in range(_LOAD_DRAWS) for plan in draw_session(0.0, random)]
    x = np.array([lifting.log_reps_at(plan.pct_1rm) + home.load_shift - plan.lost for plan in plans])
    kind = np.array([KINDS.index(plan.kind) for plan in plans])
    edges = np.linspace(x.min(), x.max() + 1e-9, _LOADS + 1)
    weight = np.array([np.histogram(x[kind == number], edges)[0] for number in range(len(KINDS))]) / len(plans)
    return 0.5 * (edges[1:] + edges[:-1]), weight


def even_normals(points: int) -> Floats:
    """Return points that fill a normal population evenly, (4, points)."""
    root = 1.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (_DIMENSIONS + 1.0))
    step = np.array([root ** -(dimension + 1.0) for dimension in range(_DIMENSIONS)])
    uniform = (_HALF + step[:, None] * np.arange(1, points + 1)) % 1.0
    normal: Floats = np.vectorize(NormalDist().inv_cdf)(np.clip(uniform, 1e-6, 1.0 - 1e-6)).astype(np.float64)
    return normal


def cumulative(z: Floats) -> Floats:
    """Return the normal distribution function, within 8e-5 (Bowling 2009)."""
    probability: Floats = 1.0 / (1.0 + np.exp(-np.clip(0.07056 * z**3 + 1.5976 * z, -700.0, 700.0)))
    return probability
