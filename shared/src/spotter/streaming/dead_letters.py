"""Why an event could not be used: each reason of a dead letter, what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class DeadLetterReason:
    """A reason in words for people."""

    meaning: str
    mend: str
    """What the sender can do about it."""


REASONS: Final[Mapping[str, DeadLetterReason]] = MappingProxyType(
    {
        "already_ended": DeadLetterReason(
            "The set had ended before; the first end stays.", "Nothing, if that is right; else correct its reps."
        ),
        "changes_nothing": DeadLetterReason("All that the event says holds already.", "Nothing: it is as you said."),
        "duplicate_rep": DeadLetterReason(
            "The device has reported this rep before, with the same number and values; it is counted once.",
            "Nothing, if it was one rep; else send it with the next number.",
        ),
        "id_conflict": DeadLetterReason(
            "An earlier event of the same source and id has other content, and stays.",
            "Use a new id; to change what was sent, send a correction.",
        ),
        "internal_error": DeadLetterReason(
            "A bug: the record is kept here as it came.", "Report it to the project, with the detail."
        ),
        "moved_already": DeadLetterReason(
            "The set was moved to another lifter before.", "To move it on, send `set.moved` for that lifter."
        ),
        "no_lifter": DeadLetterReason("The event names no athlete.", "Name one in `athlete_id`."),
        "rep_conflict": DeadLetterReason(
            "The set has a rep of this number with other values, which stays.", "Correct it with `rep.amended`."
        ),
        "same_lifter": DeadLetterReason(
            "The set is to be moved to the lifter whose it is.", "Name the lifter who did it in `to_athlete_id`."
        ),
        "set_voided": DeadLetterReason(
            "The set was voided: it never happened, and has no reps.", "Send what was lifted under a new `set_id`."
        ),
        "too_many_grants": DeadLetterReason(
            "As many grants of budget run as a lifter can have.", "Wait until one expires, then grant it anew."
        ),
        "too_old": DeadLetterReason(
            "The set is one of more than 28 days ago, of which only what it taught is kept.",
            "Nothing: it stays as it is.",
        ),
        "unknown_rep": DeadLetterReason(
            "The set has no rep of this number.", "Send the rep first, or correct the number."
        ),
        "unknown_set": DeadLetterReason("The lifter has no such set.", "Send its reps first, or correct the `set_id`."),
        "unreadable": DeadLetterReason(
            "The record is no event that this version reads.", "Send it anew with a version of Spotter that knows it."
        ),
    }
)

UNKNOWN: Final = DeadLetterReason(
    "A reason of another version of Spotter.", "Look it up in the documentation of the version that runs."
)


def reason_named(name: str) -> DeadLetterReason:
    """Return a reason by its name; `UNKNOWN` for one that this version does not have."""
    return REASONS.get(name, UNKNOWN)
