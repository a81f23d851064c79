"""The one-repetition maximum from the lifter's load–velocity profile, and its error."""

from __future__ import annotations

from math import exp

from spotter.domain.fast_dataclass import record
from spotter_detector.profile.generative_model import LOG_1RM, PARAMETERS
from spotter_detector.profile.profile import Profile


@record(frozen=True, slots=True)
class OneRepMax:
    """An estimate of the 1RM, kg, and its sd."""

    kg: float
    sd_kg: float


def one_rep_max(profile: Profile) -> OneRepMax | None:
    """Return the 1RM from the sets with a load in kg; None if there were none.

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
    (101, 3.7)
    """
    if not profile.knows_1rm:
        return None
    index = LOG_1RM * PARAMETERS - LOG_1RM * (LOG_1RM - 1) // 2
    kg = exp(profile.mean[LOG_1RM])
    return OneRepMax(round(kg, 2), round(kg * profile.cov[index] ** 0.5, 2))
