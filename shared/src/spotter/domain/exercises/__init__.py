"""The catalogue of exercises: risk, muscles, model and names of each.

`risk` has the risk classes, `entry` one exercise, `catalogue` all of a gym (`catalogue.json` has those that ship), `words`
canonical words, `languages` those of other languages, `sides` left and right, `grammar` what words mean together, `matching`
finds an exercise by a text, `joints` the joint that hurts.
"""

from __future__ import annotations

from spotter.domain.exercises.catalogue import UNKNOWN, Catalogue, builtin_catalogue
from spotter.domain.exercises.entry import MODALITIES, MUSCLES, Exercise, ExerciseFields
from spotter.domain.exercises.joints import JOINTS, Joint, joint_of
from spotter.domain.exercises.matching import Match, find, match, meant, search
from spotter.domain.exercises.risk import RISKS, Risk
from spotter.domain.exercises.sides import SingleSide, without_side
from spotter.domain.exercises.words import words

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
    "SingleSide",
    "builtin_catalogue",
    "find",
    "joint_of",
    "match",
    "meant",
    "search",
    "without_side",
    "words",
]
