"""What is learned of a lifter across sets: one profile for each exercise, velocity metric and device family.

A closed set teaches one `Term`, made from its own reports and outcome and from nothing that was learned before. A
`Profile` is the posterior of the lifter's parameters by all terms: the same whatever the order they are given in, and a
set is unlearned by learning again without its term.

* `outcome`: how a set ended, as far as anybody knows;
* `reading`: what the reports of one set say of its first and last velocity, reps possible and curve, as a `term`;
* `law`: how a lifter's parameters make those four, and what is believed of a lifter nobody knows;
* `learning`: from terms to a `profile`;
* `prediction`: from a profile to the starting values of the next set;
* `readiness`: how far a day is off the lifter's own; `strength`: the one-repetition maximum.
"""

from __future__ import annotations

from spotter_detector.profile.outcome import SetOutcome
from spotter_detector.profile.posterior import posterior_profile
from spotter_detector.profile.profile import Profile, profile_from_json, profile_to_json
from spotter_detector.profile.readiness import DayOffset, day_offset
from spotter_detector.profile.set_likelihood import likelihood_of_set, likelihoods_of_sets
from spotter_detector.profile.strength import OneRepMax, one_rep_max
from spotter_detector.profile.term import Term, term_from_json, term_to_json

__all__ = [
    "DayOffset",
    "OneRepMax",
    "Profile",
    "SetOutcome",
    "Term",
    "day_offset",
    "likelihood_of_set",
    "likelihoods_of_sets",
    "one_rep_max",
    "posterior_profile",
    "profile_from_json",
    "profile_to_json",
    "term_from_json",
    "term_to_json",
]
