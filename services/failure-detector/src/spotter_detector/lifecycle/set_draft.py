"""A set while events are assigned to it, and what they say of it beside its reps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spotter.domain.time import MINUTE_US, SECOND_US
from spotter_detector.lifecycle.event_order import Item, order_of, sent_times
from spotter_detector.state import LiftedSet, Note, RepRecord

SILENCE_US: Final = 90 * SECOND_US
"""A set is over this long after its last rep."""
NO_REP_US: Final = 15 * MINUTE_US
"""A set without any rep is over after this."""
REOPEN_US: Final = 10 * MINUTE_US
"""A set that ended longer ago than this is not reopened."""


class SetDraft:
    """A set while events are assigned to it."""

    __slots__ = (
        "base",
        "end_reason",
        "ended_us",
        "exercise",
        "inherited",
        "keys",
        "last_us",
        "moved_from",
        "moved_to",
        "names",
        "notes",
        "opened_us",
        "opener",
        "refused",
        "reps",
        "tie",
        "touched",
        "voided",
    )  # fmt: skip

    def __init__(self, opener: Item | None, opened_us: int, name: str | None) -> None:
        self.base: LiftedSet | None = None
        self.opener = opener
        """The event that opened it."""
        self.opened_us = opened_us
        self.tie = 0 if opener is None else opener.tie
        self.names: tuple[str | None, ...] = (name,)
        """Its set id, None if it was not named, and further ones of other recorders."""
        self.exercise: str | None = None
        self.inherited: Mapping[str, Any] = {}
        self.reps: list[RepRecord] = []
        self.refused: list[RepRecord] = []
        """Reps that are not counted."""
        self.notes: list[Note] = []
        self.last_us: int | None = None
        self.ended_us: int | None = None
        self.end_reason: str | None = None
        self.voided = False
        self.moved_from = ""
        self.moved_to = ""
        self.keys: list[str] = []
        """Keys of the sets that it was stored as."""
        self.touched = False

    @classmethod
    def of(cls, lifted_set: LiftedSet) -> SetDraft:
        """Return a stored set as a draft."""
        name = None if lifted_set.set_id == lifted_set.key else lifted_set.set_id
        draft = cls(None, lifted_set.opened_us, name)
        draft.base = lifted_set
        draft.tie = lifted_set.tie
        draft.names = (name, *lifted_set.other_ids)
        draft.exercise = lifted_set.context.get("exercise")
        draft.reps = list(lifted_set.reps)
        draft.refused = list(lifted_set.refused)
        draft.notes = list(lifted_set.notes)
        draft.last_us = max([sent_times(rep)[1] for rep in lifted_set.reps[-2:]], default=None)
        draft.ended_us, draft.end_reason = lifted_set.ended_us, lifted_set.end_reason
        draft.inherited = lifted_set.inherited
        draft.voided = lifted_set.voided
        draft.moved_from, draft.moved_to = lifted_set.moved_from, lifted_set.moved_to
        draft.keys = [lifted_set.key]
        return draft

    @property
    def events(self) -> list[Item]:
        """The events about it."""
        return [*self.reps, *self.refused, *self.notes]

    @property
    def active_us(self) -> int:
        """When something last happened in it."""
        return self.opened_us if self.last_us is None else self.last_us

    @property
    def silence_us(self) -> int:
        """When it is over if nothing more happens in it."""
        return self.opened_us + NO_REP_US if self.last_us is None else self.last_us + SILENCE_US

    @property
    def over_us(self) -> int:
        """When it ended, or will."""
        return self.silence_us if self.ended_us is None else self.ended_us

    def is_running(self, at_us: int) -> bool:
        """Whether it runs at a moment that is not before its opening."""
        if self.voided:
            return False
        return at_us <= self.silence_us if self.ended_us is None else at_us < self.ended_us

    @property
    def opened(self) -> tuple[int, int]:
        """When it opened, for the order among sets."""
        return (self.opened_us, self.tie)

    def fits(self, exercise: str | None) -> bool:
        """Whether an event that names this exercise can be about the set."""
        return exercise is None or self.exercise is None or exercise == self.exercise

    def add_rep(self, rep: RepRecord) -> None:
        """Add a rep."""
        ended_us = sent_times(rep)[1]
        self.reps.append(rep)
        self.last_us = ended_us if self.last_us is None else max(self.last_us, ended_us)
        if self.exercise is None and not self.voided:
            self.exercise = rep.exercise
        self.touched = True

    def add_note(self, note: Note) -> None:
        """Add another event."""
        self.notes.append(note)
        if note.kind in ("started", "amended"):
            self.exercise = note.fields.get("exercise", self.exercise)
        self.touched = True

    def continues(self, at_us: int) -> bool:
        """Whether something that happened at a moment shows that the set had not ended as it is held to have."""
        if self.ended_us is None:
            return False
        return at_us > (self.active_us if self.end_reason == "silence" else self.ended_us)

    def close(self, at_us: int, reason: str) -> None:
        """End it."""
        self.ended_us, self.end_reason, self.touched = at_us, reason, True


def context_of(draft: SetDraft) -> dict[str, Any]:
    """Return what is reported of a set beside its reps: the newest of each field, and what its first rep brings."""
    context: dict[str, Any] = dict(draft.inherited)
    notes = sorted((note for note in draft.notes if note.kind in ("started", "amended")), key=order_of)
    first = min(draft.reps, key=order_of, default=None)
    if first is not None and (not notes or order_of(first) < order_of(notes[0])):
        context |= _brought(first)
    for note in notes:
        context |= note.fields
    if "exercise" not in context and draft.exercise is not None:
        context["exercise"] = draft.exercise
    return context


def _brought(rep: RepRecord) -> dict[str, Any]:
    load_kg = (rep.original or {}).get("load_kg", rep.load_kg)
    return {name: value for name, value in (("exercise", rep.exercise), ("load_kg", load_kg)) if value is not None}
