"""The catalogue of exercises: what each risks, what it works, how it is modelled, and what people call it.

A file a concern: `entry` (one exercise), `catalogue` (all of a gym's, `catalogue.json` those that ship), `words` (names
as canonical words), `names` (who bears which name), `matching` (from a text to an exercise), `joints` (where it hurts).
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
