"""The lifter's load–velocity line, first velocity of a fresh set by its load, and velocity at failure, with their errors.

The model's relation of load and velocity is slightly bent (the table of reps by %1RM); over the loads that a lifter uses a
line through its ends is within .01 m/s of it, less than its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, Literal

import numpy as np

from spotter.domain.fast_dataclass import record
from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.profile.generative_model import LOG_1RM, SetLoad, set_effects, set_figures
from spotter_detector.profile.profile import Profile
from spotter_detector.profile.term import V_LAST, Term

LoadUnit = Literal["kg", "pct_1rm"]
_USUAL_PCT: Final = (50.0, 90.0)
"""Where no set that is still kept names a load: most training lies between these (design choice)."""
_SPREAD: Final = 0.05
"""The line reaches so far beyond the loads lifted, as a share of them (design choice)."""


@record(frozen=True, slots=True)
class LoadVelocity:
    """First velocity `intercept_mps + slope_mps · load` of a fresh set.

    Attributes
    ----------
    unit : str
        Of the load: `kg`, or `pct_1rm` where no load in kg was learned from.
    load_min, load_max : float
        Between these the line was learned.
    intercept_mps, slope_mps, intercept_sd_mps, slope_sd_mps, cov : float
        The line, its standard errors and the covariance of the two.
    set_sd_mps : float
        Scatter of single sets about the lifter's line, m/s.
    """

    unit: LoadUnit
    load_min: float
    load_max: float
    intercept_mps: float
    slope_mps: float
    intercept_sd_mps: float
    slope_sd_mps: float
    cov: float
    set_sd_mps: float

    def at(self, load: float) -> tuple[float, float]:
        """Return first velocity and its standard error at a load."""
        variance = self.intercept_sd_mps**2 + 2.0 * load * self.cov + (load * self.slope_sd_mps) ** 2
        return self.intercept_mps + load * self.slope_mps, sqrt(max(variance, 0.0))


def load_velocity(profile: Profile, terms: Sequence[Term]) -> LoadVelocity | None:
    """Return the line of a velocity profile; `terms` are its sets that are still kept. None: no load was ever named.

    >>> from spotter_detector.model import Observation, build_prior
    >>> from spotter_detector.profile import ObservedOutcome, posterior_profile, likelihood_of_set
    >>> def term(load_kg, first_mps, reps):
    ...     prior = build_prior(
    ...         "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, load_kg=load_kg)
    ...     fall = (first_mps - 0.17) / (reps - 1)
    ...     made = [Observation(n + 1, 2.8 * n, first_mps - fall * n, None, 0.42, None) for n in range(reps)]
    ...     return likelihood_of_set(prior, made, ObservedOutcome(failed=True))
    >>> terms = [term(80.0, 0.46, 9), term(70.0, 0.58, 15), term(75.0, 0.53, 12)]
    >>> line = load_velocity(posterior_profile(None, terms), terms)
    >>> line.unit, round(line.load_min), round(line.load_max), [round(line.at(load)[0], 1) for load in (70.0, 80.0)]
    ('kg', 66, 84, [0.6, 0.5])
    """
    unit: LoadUnit = "kg" if profile.knows_1rm else "pct_1rm"
    of_kind = [term for term in terms if term.kind == profile.kind]
    if not profile.knows_1rm and all(term.pct_1rm is None for term in of_kind):
        return None
    model, belief = exercise_model(profile.model_class), profile.belief()
    loads = [load for term in of_kind if (load := term.load_kg if unit == "kg" else term.pct_1rm) is not None]
    scale = 0.01 * float(np.exp(belief.mean[LOG_1RM])) if unit == "kg" else 1.0
    low, high = (min(loads), max(loads)) if loads else (scale * _USUAL_PCT[0], scale * _USUAL_PCT[1])
    ends = (low * (1.0 - _SPREAD), high * (1.0 + _SPREAD))
    if ends[1] <= ends[0]:
        return None  # all of them without any load
    effects = set_effects(
        model, [SetLoad(load_kg=load) if unit == "kg" else SetLoad(pct_1rm=load) for load in ends], belief.mean
    )
    figures = set_figures(model, belief.mean, effects.mean, effects.by_1rm)
    through = np.array([[ends[1], -ends[0]], [-1.0, 1.0]]) / (ends[1] - ends[0])
    intercept_mps, slope_mps = through @ figures.at[:, 0]
    of_ends = figures.by_lifter[:, 0] @ belief.cov @ figures.by_lifter[:, 0].T
    cov = through @ of_ends @ through.T
    sds = np.sqrt(np.maximum(np.diag(cov), 0.0))  # rounding may leave a variance of nothing just below it
    return LoadVelocity(
        unit=unit,
        load_min=round(ends[0], 2),
        load_max=round(ends[1], 2),
        intercept_mps=_significant(intercept_mps),
        slope_mps=_significant(slope_mps),
        intercept_sd_mps=_significant(sds[0]),
        slope_sd_mps=_significant(sds[1]),
        cov=_significant(cov[0, 1]),
        set_sd_mps=_significant(abs(figures.by_effects[:, 0, 0]).mean() * sqrt(float(effects.variance[:, 0].mean()))),
    )


def velocity_at_failure(profile: Profile) -> tuple[float, float]:
    """Return the velocity of the last rep possible and its standard error, m/s, by a velocity profile.

    >>> from spotter_detector.profile.posterior import population_profile
    >>> [round(value, 2) for value in velocity_at_failure(population_profile("bench_press", "velocity"))]
    [0.15, 0.04]
    """
    model, belief = exercise_model(profile.model_class), profile.belief()
    effects = set_effects(model, [SetLoad()], belief.mean)
    figures = set_figures(model, belief.mean, effects.mean, effects.by_1rm)
    slopes = figures.by_lifter[0, V_LAST]
    return _significant(figures.at[0, V_LAST]), _significant(sqrt(float(slopes @ belief.cov @ slopes)))


def _significant(value: float) -> float:
    return float(f"{float(value):.5g}")
