"""Why an event could not be used: each reason of a dead letter, with a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id_conflict": "An earlier event of the same source and id has other content, and stays: use a new id.",
        "internal_error": "A bug: the record is kept here as it came. Report it, with the detail.",
        "moved_already": "The set was moved to another lifter before: to move it on, send `set.moved` for that lifter.",
        "no_lifter": "The event names no athlete.",
        "rep_conflict": "The set has a rep of this number with other values, which stays: correct it with `rep.amended`.",
        "same_lifter": "The set is to be moved to the lifter whose it is: name the lifter who did it.",
        "too_many_grants": "As many grants of budget run as a lifter can have: wait until one expires.",
        "too_old": "The set is one of more than 28 days ago, of which only what it taught is kept.",
        "unknown_rep": "The set has no rep of this number: send the rep first, or correct the number.",
        "unknown_set": "The lifter has no such set: send its reps first, or correct the `set_id`.",
        "unreadable": "The record is no event that this version reads.",
    }
)
