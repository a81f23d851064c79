"""How many reps are left in a running set: the within-set filter.

A pure function of a set's pinned prior and its observed reps, in closed-form numpy, for many sets at once:

* before a set: `exercise_models`, `prior_builder`, which builds a `prior`;
* whose report it is: `strands` (the two sides as told, reps that are not judged), and whether it is of the set at all:
  `set_start` (the reports before its first rep) by `report_odds`; `plans` combines both;
* what a report is: `flags` (the verdicts), `travel`, `attempts` (failed ones, by time and speed), and `rep_classifier`;
  what looks like a failed attempt is evidence, and a finding only where the posterior believes it (`set_end`);
* what a rep measures: `pauses` (times), `timing` (reps without m/s), `eccentric` (the way down), `tempo`, `drops`, `sides` (left and right
  alternating, untold), and `set_tracker`, which combines these (`set_state` is its state, `set_gaps` what lies between
  its reps) into steps;
* what it implies: `grid` (hypotheses and prior), `kalman_update` (one rep into the posteriors), `set_end` (a failed
  attempt, the lifter's own report) and `summary`;
* `filter` runs it, with `cache`, and `results` are its estimates.

What was learned of a lifter across sets enters through the prior: `spotter_detector.profile` provides it.
"""

from __future__ import annotations

from spotter_detector.model.exercise_models import EXERCISE_MODELS
from spotter_detector.model.filter import Filter
from spotter_detector.model.pauses import overdue_after_s
from spotter_detector.model.prior import Prior, prior_from_json, prior_to_json
from spotter_detector.model.prior_builder import build_prior
from spotter_detector.model.records import Observation, RepEstimate, Request
from spotter_detector.model.set_end import FAILED_NEXT
from spotter_detector.model.set_start import reports_before
from spotter_detector.model.strands import is_of_strand, strands_of

MODEL_VERSION = "within-set-7"

__all__ = [
    "EXERCISE_MODELS",
    "FAILED_NEXT",
    "MODEL_VERSION",
    "Filter",
    "Observation",
    "Prior",
    "RepEstimate",
    "Request",
    "build_prior",
    "is_of_strand",
    "overdue_after_s",
    "prior_from_json",
    "prior_to_json",
    "reports_before",
    "strands_of",
]
