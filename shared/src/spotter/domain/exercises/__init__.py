"""The catalogue of exercises: risk, muscles, model and names of each.

`risk` has the risk classes, `entry` one exercise, `catalogue` all of a gym (`catalogue.json` has those that ship), `words`
canonical words, `matching` finds an exercise by a text, `joints` the joint that hurts.
"""

from __future__ import annotations

from spotter.domain.exercises.catalogue import UNKNOWN, Catalogue, builtin_catalogue
from spotter.domain.exercises.entry import MODALITIES, MUSCLES, Exercise, ExerciseFields
from spotter.domain.exercises.joints import JOINTS, Joint, joint_of
from spotter.domain.exercises.matching import Match, find, match, search
from spotter.domain.exercises.risk import RISKS, Risk

__all__ = [
    "JOINTS",
    "MODALITIES",
    "MUSCLES",
    "RISKS",
    "UNKNOWN",
    "Catalogue",
    "Exercise",
    "ExerciseFields",
    "Joint",
    "Match",
    "Risk",
    "builtin_catalogue",
    "find",
    "joint_of",
    "match",
    "search",
]
