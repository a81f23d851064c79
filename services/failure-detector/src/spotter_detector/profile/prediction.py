"""From a profile to the starting values of the lifter's next set."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.model.prior import Prior
from spotter_detector.profile.generative_model import LOG_1RM, SLOPE, Belief, SetLoad, figures, set_variation


def predicted_prior(cold: Prior, belief: Belief, *, knows_1rm: bool) -> Prior:
    """The starting values of a set of this lifter: the cold ones with all that was learned in their place.

    A load in kg is taken where the lifter's 1RM was learned from loads in kg; %1RM is taken first.

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.profile.generative_model import population_belief
    >>> cold = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> prior = predicted_prior(cold, population_belief("bench_press", "velocity"), knows_1rm=False)
    >>> [(round(one.v1_mean_mps, 3), round(one.v_last_sd_mps, 3), round(one.log_n_sd, 3)) for one in (cold, prior)]
    [(0.529, 0.041, 0.317), (0.529, 0.041, 0.305)]
    """
    model = exercise_model(cold.model_class)
    load = SetLoad(cold.pct_1rm, cold.load_kg if knows_1rm else None)
    own = set_variation(model, [load], belief.mean)
    own_mean, own_variance = own.mean[0], own.variance[0]
    if load.pct_1rm is None and load.load_kg is None:
        # A plan of reps narrows what is believed of the load.
        g = model.velocity_at_mps(cold.log_n_mean)
        variance = max(cold.log_n_sd**2 - model.load_sd**2, 0.05**2) / model.line_slope**2
        own_mean, own_variance = np.array([g, *own_mean[1:]]), np.array([variance, *own_variance[1:]])
    made = figures(model, belief.mean, own_mean[None], own.by_1rm)
    at, by_lifter, by_own = made.at[0], made.by_lifter[0], made.by_own[0]
    cov = by_lifter @ belief.cov @ by_lifter.T + (by_own * own_variance) @ by_own.T
    # What is lost by taking slope times velocity for linear.
    cov[2, 2] += belief.cov[SLOPE, SLOPE] * own_variance[0]
    if load.load_kg is not None:
        cov[2, 2] += belief.cov[SLOPE, SLOPE] * belief.cov[LOG_1RM, LOG_1RM] * float(own.by_1rm[0]) ** 2
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


def _readable(value: float) -> float:
    return round(float(value), 6)
