"""Lifters of the home family as points: what each would do, and how well it agrees with the velocities of a set."""

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
from lab.accuracy.wide.normals import cumulative
from lab.accuracy.wide.sessions import KINDS, draw_session

CURVES: Final = 5
_LOAD_DRAWS: Final = 4000
_LOADS: Final = 60
_HALF: Final = 0.5
_NEVER: Final = 1e-150


@dataclass(frozen=True, slots=True)
class HomePoints:
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

    def part(self, chosen: Whole) -> HomePoints:
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

    def log_evidence(self, velocities: Floats, course: Floats) -> Floats:
        """Return log P(N, velocities, course); see `LifterPoints`."""
        possible = slice(len(velocities) - 1, None)
        prior = np.einsum("kpn,kn->pn", self.mass[:, :, possible], course[:, possible])
        sums = _sums(velocities, self.exponents)
        ff, fl, ll, f, last = (part[:, possible][self.curve] for part in sums[:5])
        p1, p2 = 1.0 / self.v1_variance[:, possible], 1.0 / self.v_last_variance
        m1, m2 = self.v1_mps[:, possible], self.v_last_mps[:, None]
        a, b, c = p1 + ff, fl, p2 + ll
        h, g = p1 * m1 + f, p2 * m2 + last
        determinant = a * c - b * b
        quadratic = (c * h * h - 2.0 * b * h * g + a * g * g) / determinant - p1 * m1 * m1 - p2 * m2 * m2
        log_evidence: Floats = (
            0.5 * (quadratic + np.log(p1 * p2 * np.maximum(prior, _NEVER) ** 2 / determinant)) + sums[5]
        )
        return log_evidence


def lifters_at(exercise: str, z: Floats) -> HomePoints:
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
    return HomePoints(z, scale, scale * v_last_mps, curve, exponents, mass, v1, v1_variance, of.v_last_within_sd**2)


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


def _sums(velocities: Floats, exponents: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, float]:
    """Return sums over reps, by exponent and reps possible (5, 60), of their information on first and last velocity."""
    lifting = parameters().lifting
    done = len(velocities)
    used = _used(tuple(exponents.tolist()))[:, :, :done]
    share = np.ones(done)
    share[0] = lifting.first_share
    cv = np.full(done, lifting.cv)
    cv[0] = np.hypot(lifting.cv, lifting.first_cv)
    # Variation goes by the true velocity: in a run of reps the mean of neighbours tells it better than one report.
    smooth = np.convolve(np.pad(velocities, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    weight = 1.0 / ((cv * smooth) ** 2 + parameters().device.sensor_sd ** 2)
    sooner, later = (1.0 - used) * share, used * share
    valued = weight * velocities
    constant = 0.5 * float(np.log(weight / (2.0 * np.pi)).sum()) - 0.5 * float((valued * velocities).sum())
    return (
        sooner**2 @ weight,
        (sooner * later) @ weight,
        later**2 @ weight,
        sooner @ valued,
        later @ valued,
        constant,
    )


@cache
def _used(exponents: tuple[float, ...]) -> Floats:
    """Return the share of the way to the last velocity at each rep, (5, N, rep); at one rep possible all of it."""
    reps_max = parameters().lifting.reps_max
    possible = np.arange(1.0, reps_max + 1)[:, None]
    ratio = np.clip((np.arange(1.0, reps_max + 1) - 1.0) / np.maximum(possible - 1.0, 1.0), 0.0, 1.0)
    ratio[0] = 1.0
    used: Floats = ratio ** np.array(exponents)[:, None, None]
    return used
