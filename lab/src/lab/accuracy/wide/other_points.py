"""Lifters of the other family as points, each with a grid of sets: the load's share of strength, and the set's fatigue.

A set's velocities follow v0·(1 − 1/(R/(1 − v_fail/v0) − fatigue·(k − 1))), R the strength left in loads, whose
distribution is the same for all lifters of an exercise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import numpy as np

from lab.accuracy.answers import Floats, Whole
from lab.accuracy.oracles.normal import Singles
from lab.accuracy.oracles.other_law import chances, survival
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.laws import strength_left, strength_log_sd
from lab.accuracy.wide.sessions import KINDS, draw_session

_SESSIONS: Final = 8000
_STRENGTHS: Final = 48
_FATIGUES: Final = 5
_NEVER: Final = 1e-30
# Runs of reps whose fits are kept for the next rep: those of the assignments of one set.
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class OtherPoints:
    """P lifters as points; of each set one of R strengths and F fatigues, and N = 1 … 60 reps possible.

    Attributes
    ----------
    z : array (4, P)
        Their numbers, standard normal in the population.
    course : array (60, P, R, F)
        Velocity of each rep.
    mass : array (P, R, F, 60)
        P(N), times the probability of the fatigue.
    kinds : array (3, R)
        Probability of each kind of set with each strength left.
    """

    z: Floats
    course: Singles
    mass: Singles
    kinds: Floats
    _fits: dict[bytes, Singles] = field(default_factory=dict)

    def part(self, chosen: Whole) -> OtherPoints:
        """Return these lifters."""
        return replace(self, z=self.z[:, chosen], course=self.course[:, chosen], mass=self.mass[chosen], _fits={})

    def log_evidence(self, velocities: Floats, course: Floats) -> Floats:
        """Return log P(N, velocities, course); see `LifterPoints`."""
        possible = slice(len(velocities) - 1, None)
        log_fit = self._log_fit(velocities)
        most = log_fit.max(axis=(1, 2), keepdims=True)
        fit = np.exp(log_fit - most)
        by_strength = (fit[:, :, None, :] @ self.mass[..., possible])[:, :, 0]  # (P, R, N)
        prior = np.einsum("kr,kn->rn", self.kinds, course[:, possible])
        by_reps = np.einsum("prn,rn->pn", by_strength, prior)
        log_evidence: Floats = np.log(np.maximum(by_reps, _NEVER)) + most[:, :, 0]
        return log_evidence

    def _log_fit(self, velocities: Floats) -> Singles:
        """Return the log density of the velocities in each cell, (P, R, F), from that of all but the last one."""
        done = len(velocities)
        before = self._fits.pop(velocities[:-1].tobytes(), None) if done > 1 else None
        if before is None:
            before = np.zeros(self.course.shape[1:], dtype=np.float32)
            for index in range(done - 1):
                before = before + self._of_rep(index, float(velocities[index]))
        log_fit: Singles = before + self._of_rep(done - 1, float(velocities[-1]))
        self._fits[velocities.tobytes()] = log_fit
        if len(self._fits) > _KEPT:
            del self._fits[next(iter(self._fits))]
        return log_fit

    def _of_rep(self, index: int, velocity_mps: float) -> Singles:
        lifting, device = parameters().lifting, parameters().device
        share, cv = (1.0, lifting.cv) if index else (lifting.first_share, float(np.hypot(lifting.cv, lifting.first_cv)))
        expected = np.float32(share) * self.course[index]
        variance = np.float32(cv**2) * expected**2 + np.float32(device.sensor_sd**2 + device.velocity_step**2 / 12.0)
        density: Singles = -0.5 * (
            (np.float32(velocity_mps) - expected) ** 2 / variance + np.log(2.0 * np.pi * variance)
        )
        return density


def lifters_at(exercise: str, z: Floats) -> OtherPoints:
    """Return the lifters with these numbers, (4, P): scale, fatigue, velocity at failure, velocity at no load."""
    of, law, lifting = wide.EXERCISES_WIDE[exercise], parameters().other[exercise], parameters().lifting
    scale = np.exp(wide.SCALE_LOG_SD * z[0])
    v_fail = scale * np.maximum(of.v_last + of.v_last_between_sd * z[2], wide.VELOCITY_LAST_MIN_MPS)
    v0 = scale * (law.v0 + law.v0_sd * z[3])
    steps, weight = np.polynomial.hermite_e.hermegauss(_FATIGUES)
    fatigue = law.fatigue * np.exp(wide.LINE_BETWEEN_SD * z[1][:, None] + wide.LINE_WITHIN_SD * steps)
    strength, kinds = _strengths(exercise)
    used = fatigue[:, None, :] * np.arange(lifting.reps_max)[:, None, None, None]
    capacity = (strength / (1.0 - v_fail / v0)[:, None])[:, :, None] - used  # (60, P, R, F)
    course = v0[:, None, None] * (1.0 - 1.0 / np.maximum(capacity, 1.0))
    by_cell = np.moveaxis(course, 0, -1)
    done = survival(by_cell, v_fail[:, None, None, None, None], of.v_last_within_sd, lifting.velocity_floor_mps)
    mass = chances(done)[..., 0] * (weight / weight.sum())[:, None]
    return OtherPoints(z, course.astype(np.float32), mass.astype(np.float32), kinds)


@cache
def _strengths(exercise: str) -> tuple[Floats, Floats]:
    """Return strengths left in loads, (R,), and the probability of each with each kind of set, (3, R)."""
    random = np.random.default_rng(_SESSIONS)
    plans = [plan for _ in range(_SESSIONS) for plan in draw_session(0.0, random)]
    today = np.exp(strength_log_sd(exercise) * random.standard_normal(len(plans)))
    loads = np.array(
        [
            plan.pct_1rm / 100.0 / strength_left(float(strength), plan.pct_1rm, plan.lost)
            for plan, strength in zip(plans, today, strict=True)
        ]
    )
    kind = np.array([KINDS.index(plan.kind) for plan in plans])
    edges = np.linspace(loads.min(), loads.max() + 1e-9, _STRENGTHS + 1)
    weight = np.array([np.histogram(loads[kind == number], edges)[0] for number in range(len(KINDS))]) / len(plans)
    return 2.0 / (edges[1:] + edges[:-1]), weight
