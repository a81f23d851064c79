"""How far a day is off the lifter's own: the first velocity of a set at a known load against the lifter's baseline."""

from __future__ import annotations

from math import sqrt

import numpy as np

from spotter.domain.fast_dataclass import record
from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.profile.generative_model import SetLoad, figures, set_variation
from spotter_detector.profile.profile import Profile
from spotter_detector.profile.term import FIGURES, V1, Term


@record(frozen=True, slots=True)
class DayOffset:
    """First velocity of a set less the lifter's own at this load, m/s, and the sd of what is usual."""

    offset_mps: float
    usual_sd_mps: float

    @property
    def in_sds(self) -> float:
        """The offset in usual sds: −2 and less is a sign of fatigue on the second day running."""
        return self.offset_mps / self.usual_sd_mps


def day_offset(profile: Profile, term: Term) -> DayOffset | None:
    """The day of one set, by its own term and a profile that was learned without it.

    None where the load is not known in a way that the profile has learned, or the set had no velocity.

    >>> from spotter_detector.model import Observation, build_prior
    >>> from spotter_detector.profile import SetOutcome, posterior_profile, likelihood_of_set
    >>> prior = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> def term(first_mps):
    ...     reps = [Observation(n + 1, 2.8 * n, first_mps - 0.03 * n, None, 0.42, None) for n in range(10)]
    ...     return likelihood_of_set(prior, reps, SetOutcome(failed=True))
    >>> found = day_offset(posterior_profile(None, [term(0.52)] * 5), term(0.44))
    >>> round(found.offset_mps, 3), round(found.in_sds, 1)
    (-0.086, -2.5)
    """
    load = SetLoad(term.pct_1rm, term.load_kg if profile.knows_1rm else None)
    if term.kind != "velocity" or profile.kind != "velocity" or not profile.learned_sets:
        return None
    if load.pct_1rm is None and load.load_kg is None:
        return None
    model, belief = exercise_model(profile.model_class), profile.belief()
    own = set_variation(model, [load], belief.mean)
    own_mean, own_variance = own.mean[0], own.variance[0]
    made = figures(model, belief.mean, own_mean[None], own.by_1rm)
    at, by_lifter, by_own = made.at[0], made.by_lifter[0], made.by_own[0]
    cov = by_lifter @ belief.cov @ by_lifter.T + (by_own * own_variance) @ by_own.T
    # What the set alone says of its first velocity: its message with all else left open.
    alone = term.precision_matrix() + np.diag([0.0, *(1.0 / np.diag(cov)[1:])])
    shift = np.array(term.shift) + np.array([0.0, *(at[1:] / np.diag(cov)[1:])])
    message = np.linalg.inv(alone + 1e-9 * np.eye(FIGURES))
    seen_mps, seen_variance = float((message @ shift)[V1]), float(message[V1, V1])
    return DayOffset(seen_mps - float(at[V1]), sqrt(float(cov[V1, V1]) + seen_variance))
