"""How a lifter's parameters make a set, and what is believed of a lifter nobody knows.

A lifter has, in one exercise: reps at a load over the population's (log), velocity at a load over the population's, the
slope of the line from first velocity to log reps, the velocity at failure, the exponent of the curve, the log of the
one-repetition maximum, and (where velocities are times over a usual travel) the log scale of them. A set at a load where
the population's first velocity is g has

    v1 = s·(g + faster),  v_last = s·(v_fail + w),  log N = reps at the line's centre + more + slope·(g − centre) + e

and its curve; g, w and e vary by set. The individual line is that of García-Ramos 2021 and Miras-Moreno 2022 (reps against
fastest velocity, a line a lifter), its sd about .17 of log reps; that velocity at failure is a lifter's own, and not that
of the 1RM, is García-Ramos 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from spotter_detector.model.exercise_models import (
    CURVE_SD,
    DAY_SD_MPS,
    LINE_WITHIN_SD,
    SLOPE_CV,
    ExerciseModel,
    exercise_model,
)
from spotter_detector.model.load_to_reps import log_reps_at

Floats = NDArray[np.float64]

PARAMETERS = 7
# Places of a lifter's parameters.
REPS_OFFSET, V1_OFFSET, SLOPE, V_FAIL, CURVE, LOG_1RM, LOG_SCALE = range(PARAMETERS)
# Places of what varies by set: first velocity of the population at the load, velocity at failure, log reps, curve.
_SET_V1, _SET_V_FAIL, _SET_LOG_REPS, _SET_CURVE = range(4)
# Nothing known of the load, as where a set begins cold (design choice).
VAGUE_LOG_N, VAGUE_LOG_N_SD = log(10.0), 0.45
# Sd of the log 1RM of whoever trains (design choice): a load in kg then says nothing until one was lifted.
_LOG_1RM, _LOG_1RM_SD = log(80.0), 1.0
# A 1RM that a lifter was told is off by about the same in all sets, which their parameters take up; what is left by set,
# in points of % (design choice).
_PCT_SD = 1.0
# Sd of the curve's exponent between the sets of one lifter (design choice).
_CURVE_WITHIN_SD = 0.03
_TIMED_LOG_SD = 0.05
_SCALE_SD_NONE = 1e-4
_PCT_MIN, _PCT_MAX = 20.0, 110.0


@dataclass(frozen=True, slots=True)
class Belief:
    """A Gaussian over a lifter's parameters: mean (7,), covariance (7, 7)."""

    mean: Floats
    cov: Floats


@dataclass(frozen=True, slots=True)
class SetLoad:
    """What is known of a set's load; %1RM is taken where both are."""

    pct_1rm: float | None = None
    load_kg: float | None = None


@cache
def population_belief(model_class: str, kind: str) -> Belief:
    """What is believed of a lifter nobody knows: the exercise's row, shrunk to by all that is learned.

    >>> belief = population_belief("bench_press", "velocity")
    >>> belief.mean[[SLOPE, V_FAIL, CURVE]].round(2).tolist(), np.sqrt(np.diag(belief.cov))[:5].round(3).tolist()
    ([4.5, 0.17, 1.22], [0.238, 0.032, 0.45, 0.028, 0.2])
    """
    model = exercise_model(model_class)
    scale_sd = float(np.hypot(model.rom_log_sd, _TIMED_LOG_SD)) if kind == "timing" else _SCALE_SD_NONE
    mean = np.array([0.0, 0.0, model.line_slope, model.v_last_mps, model.curve_mean, _LOG_1RM, 0.0])
    sd = np.array(
        [
            model.load_between_sd(),
            model.v1_between_sd_mps(),
            SLOPE_CV * model.line_slope,
            model.v_last_between_sd_mps,
            CURVE_SD,
            _LOG_1RM_SD,
            scale_sd,
        ]
    )
    believed = Belief(mean, np.diag(sd * sd))
    for figures_of_all in (believed.mean, believed.cov):
        figures_of_all.flags.writeable = False
    return believed


@dataclass(frozen=True, slots=True)
class SetVariation:
    """What varies by set, in n sets: mean and variance (n, 4), and the derivative of the first by the log 1RM (n,)."""

    mean: Floats
    variance: Floats
    by_1rm: Floats


def set_variation(model: ExerciseModel, loads: Sequence[SetLoad], lifter: Floats) -> SetVariation:
    """What varies by set, at these loads of a lifter with parameters (7,).

    >>> model = exercise_model("bench_press")
    >>> found = set_variation(model, [SetLoad(pct_1rm=75.0)], population_belief("bench_press", "velocity").mean)
    >>> found.mean.round(3).tolist(), np.sqrt(found.variance).round(3).tolist()
    ([[0.529, 0.0, 0.0, 0.0]], [[0.019, 0.03, 0.17, 0.03]])
    """
    one_rm_kg = exp(float(lifter[LOG_1RM]))
    by_load = {load: _first_velocity(model, load, one_rm_kg) for load in dict.fromkeys(loads)}
    rows = [by_load[load] for load in loads]
    mean, variance = np.zeros((len(rows), 4)), np.empty((len(rows), 4))
    variance[:] = (0.0, model.v_last_within_sd_mps**2, LINE_WITHIN_SD**2, _CURVE_WITHIN_SD**2)
    mean[:, _SET_V1] = [row[0] for row in rows]
    variance[:, _SET_V1] = [row[1] for row in rows]
    return SetVariation(mean, variance, np.array([row[2] for row in rows]))


def _first_velocity(model: ExerciseModel, load: SetLoad, one_rm_kg: float) -> tuple[float, float, float]:
    if load.pct_1rm is None and load.load_kg is None:
        return model.velocity_at_mps(VAGUE_LOG_N + model.load_shift), (VAGUE_LOG_N_SD / model.line_slope) ** 2, 0.0
    pct = load.pct_1rm
    if pct is None:
        assert load.load_kg is not None
        pct = 100.0 * load.load_kg / one_rm_kg
    pct = min(max(pct, _PCT_MIN), _PCT_MAX)
    steep = 0.5 * (_velocity_at(model, pct + 1.0) - _velocity_at(model, pct - 1.0))
    variance = DAY_SD_MPS**2 + (_PCT_SD * steep) ** 2
    return _velocity_at(model, pct), variance, -steep * pct if load.pct_1rm is None else 0.0


def _velocity_at(model: ExerciseModel, pct_1rm: float) -> float:
    return model.velocity_at_mps(log_reps_at(pct_1rm) + model.load_shift)


@dataclass(frozen=True, slots=True)
class SetFigures:
    """The four figures of n sets (n, 4), and their derivatives by the lifter's parameters (n, 4, 7) and by set (n, 4, 4)."""

    at: Floats
    by_lifter: Floats
    by_own: Floats


def figures(model: ExerciseModel, lifter: Floats, own: Floats, by_1rm: Floats) -> SetFigures:
    """The four figures of sets with these values (n, 4) of what varies by set.

    >>> model = exercise_model("bench_press")
    >>> population_prior = population_belief("bench_press", "velocity").mean
    >>> figures(model, population_prior, np.array([[0.515, 0.0, 0.0, 0.0]]), np.zeros(1)).at.round(3).tolist()
    [[0.515, 0.17, 2.42, 1.22]]
    """
    scale, slope = exp(float(lifter[LOG_SCALE])), float(lifter[SLOPE])
    off = own[:, _SET_V1] - model.line_velocity_mps
    at = np.empty((len(own), 4))
    at[:, 0] = scale * (own[:, _SET_V1] + lifter[V1_OFFSET])
    at[:, 1] = scale * (own[:, _SET_V_FAIL] + lifter[V_FAIL])
    at[:, 2] = model.line_log_n + lifter[REPS_OFFSET] + slope * off + own[:, _SET_LOG_REPS]
    at[:, 3] = lifter[CURVE] + own[:, _SET_CURVE]
    by_lifter = np.zeros((len(own), 4, PARAMETERS))
    by_lifter[:, 0, V1_OFFSET] = by_lifter[:, 1, V_FAIL] = scale
    by_lifter[:, :2, LOG_SCALE] = at[:, :2]
    by_lifter[:, 0, LOG_1RM] = scale * by_1rm
    by_lifter[:, 2, LOG_1RM] = slope * by_1rm
    by_lifter[:, 2, REPS_OFFSET] = by_lifter[:, 3, CURVE] = 1.0
    by_lifter[:, 2, SLOPE] = off
    by_own = np.zeros((len(own), 4, 4))
    by_own[:, 0, _SET_V1] = by_own[:, 1, _SET_V_FAIL] = scale
    by_own[:, 2, _SET_V1] = slope
    by_own[:, 2, _SET_LOG_REPS] = by_own[:, 3, _SET_CURVE] = 1.0
    return SetFigures(at, by_lifter, by_own)
