"""The catalogue of exercises: risk, muscles, model and names of each.

`risk` has the risk classes, `entry` one exercise, `catalogue` all of a gym (`catalogue.json` has those that ship), `words`
canonical words, `names` the index of names, `matching` finds an exercise by a text, `joints` the joint that hurts.
"""

from __future__ import annotations

from spotter.domain.exercises.catalogue import UNKNOWN, Catalogue, builtin_catalogue
from spotter.domain.exercises.entry import MODALITIES, MUSCLES, Exercise, ExerciseFields, FitCode, Modality
from spotter.domain.exercises.joints import JOINTS, Joint, JointRisk, joint_of
from spotter.domain.exercises.matching import Answer, Match, find, match, search
from spotter.domain.exercises.risk import RISKS, Risk, RiskTraits

__all__ = [
    "JOINTS",
    "MODALITIES",
    "MUSCLES",
    "RISKS",
    "UNKNOWN",
    "Answer",
    "Catalogue",
    "Exercise",
    "ExerciseFields",
    "FitCode",
    "Joint",
    "JointRisk",
    "Match",
    "Modality",
    "Risk",
    "RiskTraits",
    "builtin_catalogue",
    "find",
    "joint_of",
    "match",
    "search",
]
