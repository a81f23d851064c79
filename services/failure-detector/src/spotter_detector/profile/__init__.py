"""What is learned of a lifter across sets: one profile per exercise, velocity metric and device family.

A closed set contributes one `Term`, made from its own reports and outcome and from nothing learned before. A `Profile`
is the posterior of the lifter's parameters given all terms: it does not depend on their order, and a set is unlearned
by learning again without its term.

* `set_likelihood`: the likelihood of one set's first and last velocity, reps possible and curve, and its outcome, as a `term`;
* `generative_model`: how a lifter's parameters make those four and fade, and the belief about an unknown lifter;
* `posterior`: from terms to a `profile`; `noise`: the sensor's noise;
* `prediction`: from a profile to the prior of the next set;
* `load_velocity`: the first velocity of a fresh set by its load, and the velocity at failure, with their errors;
* `habit`: how a lifter's reps vary from set to set, where only paces are measured;
* `eccentric`: how the time of the way down changes to the end of a set, where no velocity is known;
* `strength`: the one-repetition maximum, and how far a day is off the lifter's usual velocity.
"""

from __future__ import annotations

from spotter_detector.profile.load_velocity import LoadVelocity, load_velocity, velocity_at_failure
from spotter_detector.profile.posterior import posterior_profile
from spotter_detector.profile.profile import Profile, profile_from_json, profile_to_json
from spotter_detector.profile.set_likelihood import ObservedOutcome, likelihood_of_set, likelihoods_of_sets
from spotter_detector.profile.strength import day_offset, one_rep_max
from spotter_detector.profile.term import Term, term_from_json, term_to_json

__all__ = [
    "LoadVelocity",
    "ObservedOutcome",
    "Profile",
    "Term",
    "day_offset",
    "likelihood_of_set",
    "likelihoods_of_sets",
    "load_velocity",
    "one_rep_max",
    "posterior_profile",
    "profile_from_json",
    "profile_to_json",
    "term_from_json",
    "term_to_json",
    "velocity_at_failure",
]
