"""From a profile to the prior of the lifter's next set."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.model.prior import Prior
from spotter_detector.model.timing import by_pace, with_reps
from spotter_detector.profile.generative_model import LOG_1RM, SLOPE, Belief, SetLoad, set_effects, set_figures
from spotter_detector.profile.habit import RepsHabit
from spotter_detector.profile.term import CURVE, LOG_N, V_LAST


def predicted_prior(cold: Prior, belief: Belief, *, knows_1rm: bool) -> Prior:
    """Return the prior of a set of this lifter: the population prior `cold` with the learned values in place.

    A load in kg is used if the lifter's 1RM was learned from loads in kg; %1RM takes precedence.

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.profile.generative_model import population_belief
    >>> cold = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> prior = predicted_prior(cold, population_belief("bench_press", "velocity"), knows_1rm=False)
    >>> [(round(p.v1_mean_mps, 3), round(p.v_last_sd_mps, 3), round(p.log_n_sd, 3)) for p in (cold, prior)]
    [(0.529, 0.05, 0.317), (0.529, 0.05, 0.31)]
    """
    model = exercise_model(cold.model_class)
    load = SetLoad(cold.pct_1rm, cold.load_kg if knows_1rm else None)
    effects = set_effects(model, [load], belief.mean)
    effects_mean, effects_variance = effects.mean[0], effects.variance[0]
    if load.pct_1rm is None and load.load_kg is None:
        # Planned reps narrow the belief about the load.
        g = model.velocity_at_mps(cold.log_n_mean)
        variance = max(cold.log_n_sd**2 - model.load_sd**2, 0.05**2) / model.line_slope**2
        effects_mean, effects_variance = np.array([g, *effects_mean[1:]]), np.array([variance, *effects_variance[1:]])
    figures = set_figures(model, belief.mean, effects_mean[None], effects.by_1rm, is_bent=False)
    at, by_lifter, by_effects = figures.at[0], figures.by_lifter[0], figures.by_effects[0]
    cov = by_lifter @ belief.cov @ by_lifter.T + (by_effects * effects_variance) @ by_effects.T
    # What the linearisation of slope times velocity leaves out.
    cov[2, 2] += belief.cov[SLOPE, SLOPE] * effects_variance[0]
    if load.load_kg is not None:
        cov[2, 2] += belief.cov[SLOPE, SLOPE] * belief.cov[LOG_1RM, LOG_1RM] * float(effects.by_1rm[0]) ** 2
    return replace(
        cold,
        v1_mean_mps=_readable(at[0]),
        v1_sd_mps=_readable(sqrt(cov[0, 0])),
        v_last_mean_mps=_readable(at[1]),
        v_last_sd_mps=_readable(sqrt(cov[1, 1])),
        log_n_mean=_readable(at[2]),
        log_n_sd=_readable(sqrt(cov[2, 2])),
        v1_log_n_cov=_readable(cov[0, 2]),
        curve_mean=_readable(at[3]),
        curve_sd=_readable(sqrt(cov[3, 3])),
        v1_v_last_cov=_readable(cov[0, 1]),
        v_last_log_n_cov=_readable(cov[1, 2]),
    )


def predicted_pace_prior(usual: Prior, belief: Belief, habit: RepsHabit, load: SetLoad) -> Prior:
    """Return the prior of a set that is measured by paces: `usual` with the lifter's reps, retention and curve in place.

    Reps to failure at a like load are known by what was told of the `load`, else by the lifter's habit. One who varies
    the load, or breaks the habit, does about as many, give or take more.
    """
    model = exercise_model(usual.model_class)
    effects = set_effects(model, [load], belief.mean, habit.sds)
    figures = set_figures(model, belief.mean, effects.mean, effects.by_1rm, is_bent=False)
    at, by_lifter, by_effects = figures.at[0], figures.by_lifter[0], figures.by_effects[0]
    cov = by_lifter @ belief.cov @ by_lifter.T + (by_effects * effects.variance[0]) @ by_effects.T
    learned = replace(
        by_pace(usual),
        retention_offset=_readable(at[V_LAST]),
        retention_sd=_readable(sqrt(cov[V_LAST, V_LAST])),
        curve_mean=_readable(at[CURVE]),
        curve_sd=_readable(sqrt(cov[CURVE, CURVE])),
    )
    is_untold = load.pct_1rm is None and load.load_kg is None
    of_lifter = cov[LOG_N, LOG_N] - habit.sds[is_untold] ** 2
    steady, varied = (sqrt(of_lifter + sd**2) for sd in (habit.steady_sd, habit.varied_sds[is_untold]))
    return replace(
        with_reps(learned, float(at[LOG_N]), steady),
        untold=with_reps(learned, float(at[LOG_N]), varied),
        untold_share=habit.broken_share,
    )


def _readable(value: float) -> float:
    return round(float(value), 6)
