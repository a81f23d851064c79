"""How many reps are left in a running set: the within-set filter.

A pure function of a set's pinned starting values and its observed reps, in closed-form numpy, for many sets at once.
A file a concern:

* what is known before a set: `exercise_models`, `reps_by_load`, `build_prior`, pinned as `prior`;
* what a report is: `flags` (the verdicts), `travel`, `attempts` (failed ones, by time and speed), `consistency`, and
  `judging`, which holds each report against all so far and judges earlier ones again;
* what a rep is measured by: `pauses` (the time between reps), `timing` (reps without m/s), `tempo`, `drops`, `sides`
  (left and right in turn), and `course`, which goes along a set with all of these (`standing` is what it keeps) and makes
  `steps`;
* what it says: `grid` (hypotheses and prior), `update` (one rep into the posteriors), `failed_attempt`, `calls` (the
  lifter's own word), `summary`, `confidence` and `grinding` (when a rep is overdue);
* `filter` runs it, with `cache`.

What was learned of a lifter across sets comes in by the starting values: `spotter_detector.profile` makes it.
"""

from __future__ import annotations

from spotter_detector.model.exercise_models import EXERCISE_MODELS, ExerciseModel
from spotter_detector.model.filter import Filter
from spotter_detector.model.grind import overdue_after_s
from spotter_detector.model.prior import Prior, prior_from_json, prior_to_json
from spotter_detector.model.prior_builder import build_prior
from spotter_detector.model.records import Observation, RepEstimate, Request
from spotter_detector.model.rir_report import FAILED_NEXT

MODEL_VERSION = "within-set-4"

__all__ = [
    "EXERCISE_MODELS",
    "FAILED_NEXT",
    "MODEL_VERSION",
    "ExerciseModel",
    "Filter",
    "Observation",
    "Prior",
    "RepEstimate",
    "Request",
    "build_prior",
    "overdue_after_s",
    "prior_from_json",
    "prior_to_json",
]
