"""The lifter's strength: the one-repetition maximum with its error, and how far a day is off the usual velocity."""

from __future__ import annotations

from math import exp, hypot, sqrt

import numpy as np

from spotter.domain.fast_dataclass import record
from spotter_detector.model.exercise_models import DAY_SD_MPS, STUDY_DAY_SD_MPS, exercise_model
from spotter_detector.profile.generative_model import LOG_1RM, PARAMETERS, SetLoad, set_effects, set_figures
from spotter_detector.profile.profile import Profile
from spotter_detector.profile.term import FIGURES, V1, Term

# How far the law from loads to reps is off for one lifter, sd of logs (design choice: what sets leave open shrinks with
# their number, this does not).
_LAW_SD = 0.04
# A 1RM that is less sure is not told.
_TOLD_SD_MAX = 0.075


@record(frozen=True, slots=True)
class OneRepMax:
    """An estimate of the 1RM, kg, and its sd."""

    kg: float
    sd_kg: float

    @property
    def is_sure(self) -> bool:
        """Whether it may be told: its error is at most 7.5 %."""
        return self.sd_kg <= _TOLD_SD_MAX * self.kg


def one_rep_max(profile: Profile) -> OneRepMax | None:
    """Return the 1RM from the sets with a load in kg, and from %1RM where both were told; None if there were none.

    >>> from spotter_detector.model import Observation, build_prior
    >>> from spotter_detector.profile import ObservedOutcome, posterior_profile, likelihood_of_set
    >>> def term(load_kg, first_mps, reps):
    ...     prior = build_prior(
    ...         "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, load_kg=load_kg)
    ...     fall = (first_mps - 0.17) / (reps - 1)
    ...     made = [Observation(n + 1, 2.8 * n, first_mps - fall * n, None, 0.42, None) for n in range(reps)]
    ...     return likelihood_of_set(prior, made, ObservedOutcome(failed=True))
    >>> found = one_rep_max(posterior_profile(None, [term(80.0, 0.46, 9), term(70.0, 0.58, 15), term(75.0, 0.53, 12)]))
    >>> round(found.kg), round(found.sd_kg, 1)
    (99, 5.9)
    """
    if not profile.knows_1rm:
        return None
    index = LOG_1RM * PARAMETERS - LOG_1RM * (LOG_1RM - 1) // 2
    kg = exp(profile.mean[LOG_1RM])
    return OneRepMax(round(kg, 2), round(kg * hypot(sqrt(profile.cov[index]), _LAW_SD), 2))


@record(frozen=True, slots=True)
class DayOffset:
    """First velocity of a set less the lifter's usual one at this load, m/s, and the usual sd."""

    offset_mps: float
    usual_sd_mps: float

    @property
    def in_sds(self) -> float:
        """The offset in usual sds: −2 and less is a sign of fatigue on the second day running."""
        return self.offset_mps / self.usual_sd_mps


def day_offset(profile: Profile, term: Term) -> DayOffset | None:
    """Return the offset of one set, from its term and a profile that was learned without it.

    None if the load is not known in a way that the profile has learned, or the set had no velocity.

    >>> from spotter_detector.model import Observation, build_prior
    >>> from spotter_detector.profile import ObservedOutcome, posterior_profile, likelihood_of_set
    >>> prior = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> def term(first_mps):
    ...     reps = [Observation(n + 1, 2.8 * n, first_mps - 0.03 * n, None, 0.42, None) for n in range(10)]
    ...     return likelihood_of_set(prior, reps, ObservedOutcome(failed=True))
    >>> offset = day_offset(posterior_profile(None, [term(0.52)] * 5), term(0.44))
    >>> round(offset.offset_mps, 3), round(offset.in_sds, 1)
    (-0.093, -2.5)
    """
    load = SetLoad(term.pct_1rm, term.load_kg if profile.knows_1rm else None)
    if term.kind != "velocity" or profile.kind != "velocity" or not profile.learned_sets:
        return None
    if load.pct_1rm is None and load.load_kg is None:
        return None
    model, belief = exercise_model(profile.model_class), profile.belief()
    effects = set_effects(model, [load], belief.mean)
    effects_mean, effects_variance = effects.mean[0], effects.variance[0].copy()
    # Of days on which the lifter means it: slower ones are what an offset shows.
    effects_variance[0] -= DAY_SD_MPS**2 - STUDY_DAY_SD_MPS**2
    figures = set_figures(model, belief.mean, effects_mean[None], effects.by_1rm)
    at, by_lifter, by_effects = figures.at[0], figures.by_lifter[0], figures.by_effects[0]
    cov = by_lifter @ belief.cov @ by_lifter.T + (by_effects * effects_variance) @ by_effects.T
    # The set's own evidence on its first velocity: its message with the other figures marginalised.
    alone = term.precision_matrix() + np.diag([0.0, *(1.0 / np.diag(cov)[1:])])
    shift = np.array(term.shift) + np.array([0.0, *(at[1:] / np.diag(cov)[1:])])
    message = np.linalg.inv(alone + 1e-9 * np.eye(FIGURES))
    seen_mps, seen_variance = float((message @ shift)[V1]), float(message[V1, V1])
    return DayOffset(seen_mps - float(at[V1]), sqrt(float(cov[V1, V1]) + seen_variance))
