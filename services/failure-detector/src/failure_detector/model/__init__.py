"""How many reps are left in a running set: the within-set filter.

A pure function of a set's pinned starting values and its observed reps, in closed-form numpy, for many sets at once.
A file a concern:

* what is known before a set: `exercise_models`, `reps_by_load`, `starting_values`, pinned as `start`;
* what a rep is: `flags` (travel and jumps), `pauses` (the time between reps), `timing` (reps without m/s), `tempo`, and
  `course`, which goes along a set with all of these and makes `steps` of it;
* what it says: `grid` (hypotheses and prior), `update` (one rep into the posteriors), `failed_attempt`, `summary` and
  `confidence`;
* `filter` runs it, with `cache`.

A profile that is learned across sets is another source of `Start`. A further shape of rep (an unrack known for one only
later, one rep split in two, a rep with a helper's hands on it) is a file beside `flags`, taken up in `course`.
"""

from __future__ import annotations

from failure_detector.model.exercise_models import EXERCISE_MODELS, ExerciseModel
from failure_detector.model.filter import Filter
from failure_detector.model.records import Observation, RepEstimate, Request
from failure_detector.model.start import Start, start_from_json, start_to_json
from failure_detector.model.starting_values import starting_values

MODEL_VERSION = "within-set-1"

__all__ = [
    "EXERCISE_MODELS",
    "MODEL_VERSION",
    "ExerciseModel",
    "Filter",
    "Observation",
    "RepEstimate",
    "Request",
    "Start",
    "start_from_json",
    "start_to_json",
    "starting_values",
]
