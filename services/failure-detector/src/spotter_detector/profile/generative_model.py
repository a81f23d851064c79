"""How a lifter's parameters make a set, and the belief about an unknown lifter.

A lifter has, in one exercise: an offset of log reps at a load from the population's, an offset of the velocity at a
load, the slope of the line from first velocity to log reps, the velocity at failure, the exponent of the curve, the log
of the one-repetition maximum, and (where velocities are times over a usual travel) the log scale of them. A set at a
load where the population's first velocity is g has

    v1 = bent(s·(g + v1_offset)),  v_last = s·(v_fail + w),
    log N = reps at the line's centre + reps_offset + slope·(g − centre) + e

and its curve; g, w and e are the set's own effects. The individual line is that of García-Ramos 2021 and Miras-Moreno
2022 (reps against fastest velocity, a line a lifter), its sd about .17 of log reps; that velocity at failure is a
lifter's own, and not that of the 1RM, is García-Ramos 2020.
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
    SCALE_LOG_SD,
    SLOPE_CV,
    ExerciseModel,
    exercise_model,
    log_reps_at,
)
from spotter_detector.model.grid import bent

Floats = NDArray[np.float64]

PARAMETERS = 7
# Indices of a lifter's parameters.
REPS_OFFSET, V1_OFFSET, SLOPE, V_FAIL, CURVE, LOG_1RM, LOG_SCALE = range(PARAMETERS)
# Indices of a set's effects: the population's first velocity at the load (g), velocity at failure (w), log reps (e),
# curve.
_SET_V1, _SET_V_FAIL, SET_LOG_REPS, _SET_CURVE = range(4)
# Paces alone: a lifter's reps to failure at the load they are used to over the usual ones, and from set to set where no
# load is told; what a lifter's pace keeps to failure over what it usually does, and from set to set (design choices).
# Lifters differ less than the sets of one do: the first sets are drawn towards the usual reps. The scale means nothing.
PACE_LOG_N_SD, _PACE_LOAD_LOG_N_SD = 0.20, 0.02
_PACE_RETENTION_SD, _PACE_RETENTION_WITHIN_SD = 0.12, 0.15
_PACE_SCALE_SD = 1e-4
# Load unknown, as in a population prior (design choice).
VAGUE_LOG_N, VAGUE_LOG_N_SD = log(10.0), 0.75
# Sd of the log 1RM over all lifters (design choice): a load in kg then means nothing until one was lifted.
_LOG_1RM, _LOG_1RM_SD = log(80.0), 1.0
# The error of a reported 1RM is about the same in all sets, and absorbed by the lifter's parameters; the rest by set,
# in points of % (design choice).
_PCT_SD = 1.5
# Sd of the curve's exponent between the sets of one lifter (design choice).
_CURVE_WITHIN_SD = 0.03
_TIMED_LOG_SD = 0.05
_PCT_MIN, _PCT_MAX = 20.0, 110.0


@dataclass(frozen=True, slots=True)
class Belief:
    """A Gaussian over a lifter's parameters: mean (7,), covariance (7, 7)."""

    mean: Floats
    cov: Floats


@dataclass(frozen=True, slots=True)
class SetLoad:
    """A set's load as far as it is known; %1RM is used if both are given."""

    pct_1rm: float | None = None
    load_kg: float | None = None


@cache
def population_belief(model_class: str, kind: str) -> Belief:
    """Return the belief about an unknown lifter: the exercise's row, towards which everything learned is shrunk.

    >>> belief = population_belief("bench_press", "velocity")
    >>> belief.mean[[SLOPE, V_FAIL, CURVE]].round(2).tolist(), np.sqrt(np.diag(belief.cov))[:5].round(3).tolist()
    ([4.5, 0.15, 1.32], [0.226, 0.028, 0.45, 0.036, 0.2])
    """
    model = exercise_model(model_class)
    travel_sd = float(np.hypot(model.rom_log_sd, _TIMED_LOG_SD)) if kind == "timing" else 0.0
    scale_sd = float(np.hypot(SCALE_LOG_SD, travel_sd))
    mean = np.array([0.0, 0.0, model.line_slope, model.v_last_mps, model.curve_mean, _LOG_1RM, 0.0])
    if kind == "pace":
        mean[V_FAIL] = 0.0
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
    if kind == "pace":
        sd[[REPS_OFFSET, V_FAIL, LOG_SCALE]] = PACE_LOG_N_SD, _PACE_RETENTION_SD, _PACE_SCALE_SD
    belief = Belief(mean, np.diag(sd * sd))
    for array in (belief.mean, belief.cov):
        array.flags.writeable = False
    return belief


@dataclass(frozen=True, slots=True)
class SetEffects:
    """Effects of n sets: mean and variance (n, 4), and the derivative of the first by the log 1RM (n,)."""

    mean: Floats
    variance: Floats
    by_1rm: Floats


def set_effects(
    model: ExerciseModel, loads: Sequence[SetLoad], lifter: Floats, habit_sds: tuple[float, float] | None = None
) -> SetEffects:
    """Return the distribution of the effects of sets at these loads, for a lifter with parameters (7,).

    `habit_sds` are those of log reps from set to set at a told load and without, of sets that are measured by paces;
    None: of velocities or times.

    >>> model = exercise_model("bench_press")
    >>> variation = set_effects(model, [SetLoad(pct_1rm=75.0)], population_belief("bench_press", "velocity").mean)
    >>> variation.mean.round(3).tolist(), np.sqrt(variation.variance).round(3).tolist()
    ([[0.529, 0.0, 0.0, 0.0]], [[0.028, 0.03, 0.17, 0.03]])
    """
    one_rm_kg = exp(float(lifter[LOG_1RM]))
    by_load = {load: _first_velocity(model, load, one_rm_kg) for load in dict.fromkeys(loads)}
    rows = [by_load[load] for load in loads]
    mean, variance = np.zeros((len(rows), 4)), np.empty((len(rows), 4))
    variance[:] = (0.0, model.v_last_within_sd_mps**2, LINE_WITHIN_SD**2, _CURVE_WITHIN_SD**2)
    mean[:, _SET_V1] = [row[0] for row in rows]
    variance[:, _SET_V1] = [row[1] for row in rows]
    if habit_sds is not None:
        variance[:, _SET_V_FAIL] = _PACE_RETENTION_WITHIN_SD**2
        untold = [load.pct_1rm is None and load.load_kg is None for load in loads]
        variance[:, SET_LOG_REPS] = np.where(untold, habit_sds[1], habit_sds[0]) ** 2
        mean[untold, _SET_V1] = model.velocity_at_mps(model.usual_log_n())
        variance[untold, _SET_V1] = (_PACE_LOAD_LOG_N_SD / model.line_slope) ** 2
    return SetEffects(mean, variance, np.array([row[2] for row in rows]))


def blended(loaded: SetEffects, untold: SetEffects, trust: Floats) -> SetEffects:
    """Return the effects where a told load is right with these probabilities (n,): precisions are averaged.

    >>> model, mean = exercise_model("bench_press"), population_belief("bench_press", "velocity").mean
    >>> loaded, untold = (set_effects(model, [load], mean) for load in (SetLoad(pct_1rm=75.0), SetLoad()))
    >>> np.sqrt(blended(loaded, untold, np.array([0.0])).variance[:, 0]).round(3).tolist()
    [0.167]
    """
    precision = trust / loaded.variance[:, _SET_V1]
    other = (1.0 - trust) / untold.variance[:, _SET_V1]
    share = precision / (precision + other)
    mean, variance = loaded.mean.copy(), loaded.variance.copy()
    mean[:, _SET_V1] = share * loaded.mean[:, _SET_V1] + (1.0 - share) * untold.mean[:, _SET_V1]
    variance[:, _SET_V1] = 1.0 / (precision + other)
    return SetEffects(mean, variance, share * loaded.by_1rm)


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
    """Figures of n sets (n, 4), with derivatives by the lifter's parameters (n, 4, 7) and effects (n, 4, 4)."""

    at: Floats
    by_lifter: Floats
    by_effects: Floats


def set_figures(
    model: ExerciseModel, lifter: Floats, effects: Floats, by_1rm: Floats, *, is_bent: bool = True
) -> SetFigures:
    """Return the four figures of sets with these effects (n, 4); the first as the line has it, or bent as reps are.

    >>> model = exercise_model("bench_press")
    >>> mean = population_belief("bench_press", "velocity").mean
    >>> set_figures(model, mean, np.array([[0.515, 0.0, 0.0, 0.0]]), np.zeros(1)).at.round(3).tolist()
    [[0.516, 0.15, 2.42, 1.32]]
    """
    scale, slope = exp(float(lifter[LOG_SCALE])), float(lifter[SLOPE])
    off = effects[:, _SET_V1] - model.line_velocity_mps
    at = np.empty((len(effects), 4))
    line_mps = scale * (effects[:, _SET_V1] + lifter[V1_OFFSET])
    at[:, 1] = scale * (effects[:, _SET_V_FAIL] + lifter[V_FAIL])
    at[:, 0], steepness = bent(line_mps, at[:, 1]) if is_bent else (line_mps, np.ones(len(effects)))
    at[:, 2] = model.line_log_n + lifter[REPS_OFFSET] + slope * off + effects[:, SET_LOG_REPS]
    at[:, 3] = lifter[CURVE] + effects[:, _SET_CURVE]
    by_lifter = np.zeros((len(effects), 4, PARAMETERS))
    by_lifter[:, 0, V1_OFFSET] = by_lifter[:, 1, V_FAIL] = scale
    by_lifter[:, 0, LOG_SCALE], by_lifter[:, 1, LOG_SCALE] = line_mps, at[:, 1]
    by_lifter[:, 0, LOG_1RM] = scale * by_1rm
    by_lifter[:, 2, LOG_1RM] = slope * by_1rm
    by_lifter[:, 2, REPS_OFFSET] = by_lifter[:, 3, CURVE] = 1.0
    by_lifter[:, 2, SLOPE] = off
    by_effects = np.zeros((len(effects), 4, 4))
    by_effects[:, 0, _SET_V1] = by_effects[:, 1, _SET_V_FAIL] = scale
    by_effects[:, 2, _SET_V1] = slope
    by_effects[:, 2, SET_LOG_REPS] = by_effects[:, 3, _SET_CURVE] = 1.0
    for slopes in (by_lifter, by_effects):  # the first velocity is between the line's and that at failure
        slopes[:, 0] *= steepness[:, None]
        slopes[:, 0] += (1.0 - steepness)[:, None] * slopes[:, 1]
    return SetFigures(at, by_lifter, by_effects)


_WEEK_DAYS = 7.0
# Variance that each parameter gains a week, as a random walk (design choice; no figure is published).
DRIFT = np.zeros(PARAMETERS)
DRIFT[[REPS_OFFSET, V1_OFFSET, SLOPE, V_FAIL, CURVE, LOG_1RM, LOG_SCALE]] = (
    *(0.02**2, 0.003**2, 0.03**2, 0.004**2, 0.01**2),
    *(0.01**2, 0.002**2),
)
_OLDEST_WEEKS = 52.0


def weeks_between(earlier_days: float, later_days: float) -> float:
    """Return the weeks from one time to another, 0 … 52.

    >>> weeks_between(3.0, 17.0), weeks_between(5.0, 3.0)
    (2.0, 0.0)
    """
    return min(max(later_days - earlier_days, 0.0) / _WEEK_DAYS, _OLDEST_WEEKS)


def drifted(belief: Belief, model_class: str, kind: str, weeks: float) -> Belief:
    """Return the belief so many weeks later: less certain, but never less than about an unknown lifter.

    >>> population = population_belief("bench_press", "velocity")
    >>> later = drifted(Belief(population.mean, 0.01 * population.cov), "bench_press", "velocity", weeks=10.0)
    >>> (later.cov.diagonal() / population.cov.diagonal())[:4].round(2).tolist()
    [0.09, 0.13, 0.05, 0.13]
    """
    widest = np.diag(population_belief(model_class, kind).cov)
    more = np.minimum(DRIFT * weeks, np.maximum(widest - np.diag(belief.cov), 0.0))
    return Belief(belief.mean, belief.cov + np.diag(more))
