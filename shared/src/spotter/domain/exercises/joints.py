"""Joints that exercises load, and the words that lifters use for them."""

from __future__ import annotations

from typing import Final, Literal, get_args

from spotter.domain.exercises.words import words

Joint = Literal["neck", "shoulder", "elbow", "wrist", "lower_back", "hip", "knee", "ankle"]
JOINTS: Final[tuple[Joint, ...]] = get_args(Joint)
JointRisk = Literal["moderate", "high"]
"""How much an exercise loads a joint near failure; a joint without an entry is hardly loaded."""

_WORDS: Final[dict[Joint, frozenset[str]]] = {
    "neck": frozenset({"neck", "cervical"}),
    "shoulder": frozenset({"shoulder", "delt", "rotator", "cuff", "labrum"}),
    "elbow": frozenset({"elbow", "forearm", "epicondyle", "epicondylitis"}),
    "wrist": frozenset({"wrist", "hand", "thumb"}),
    "lower_back": frozenset({"back", "lumbar", "spine", "disc", "sacroiliac", "sciatica"}),
    "hip": frozenset({"hip", "groin"}),
    "knee": frozenset({"knee", "kneecap", "patella", "patellar", "meniscus"}),
    "ankle": frozenset({"ankle", "achille", "foot", "feet", "heel"}),
}
_ELSEWHERE: Final = frozenset({"upper", "mid", "middle"})  # of the back


def joint_of(text: str) -> Joint | None:
    """Return the joint that a lifter means; None if the text names none of those here, or more than one.

    >>> joint_of("Left knee"), joint_of("low back"), joint_of("achilles"), joint_of("everything")
    ('knee', 'lower_back', 'ankle', None)
    """
    meant = frozenset(words(text))
    named = [joint for joint, synonyms in _WORDS.items() if meant & synonyms]
    if len(named) != 1 or (named == ["lower_back"] and meant & _ELSEWHERE):
        return None
    return named[0]
