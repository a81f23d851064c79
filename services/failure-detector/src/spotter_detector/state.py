"""The detector's state of a lifter: observed reps and small summaries, stored under their field names as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from spotter.domain.events.lifting import RepKind, Side
from spotter.domain.fast_dataclass import record
from spotter_detector.model import Prior
from spotter_detector.motion import Segmenter
from spotter_detector.profile import Profile, Term

LIFTER = "lifter"
MOTION = "motion"
SETS_SEARCHED = 8
"""How many of the newest sets are searched for an event's identity."""
FORGOTTEN_KEPT = 64
"""How many names of dropped sets are remembered."""
LIFTER_EVENTS_KEPT = 64
"""How many events that belong to no set are remembered by their identity."""


def set_entry(set_key: str) -> str:
    """Return the name of a set's entry."""
    return f"set:{set_key}"


NoteKind = Literal["started", "amended", "rep_amended", "rep_voided", "effort", "ended", "voided"]


@record(frozen=True, slots=True)
class Note:
    """An event about a set, other than a rep, as it was sent."""

    kind: NoteKind
    identity: str
    """Fingerprint of the event's source and id."""
    content: str
    """Fingerprint of its content."""
    event_id: str
    source: str
    at_us: int
    """Corrected."""
    received_us: int
    set_id: str | None
    """As sent, like `set_key`."""
    set_key: str | None
    fields: Mapping[str, Any]
    """What else it says, by the event's field names."""
    config: int = 0
    """Version of the gym's configuration that it carried."""
    tie: int = 0
    """Order of arrival among events of the same time."""
    timed: bool = True
    """The sender's clock at sending is known; otherwise the time of the event may be that of its receipt."""


@record(frozen=True, slots=True)
class RepRecord:
    """One rep as observed, with its corrections applied."""

    source: str
    """Event source and device id: who counted."""
    identity: str
    """Fingerprint of the reporting event's source and id."""
    content: str
    """Fingerprint of its content, which distinguishes a duplicate from a conflict."""
    event_id: str
    sent_number: int | None
    number: int
    """As sent, or else the next of its set."""
    started_us: int
    ended_us: int
    """Corrected, like `started_us`: every comparison uses it."""
    received_us: int
    measured: Mapping[str, Any]
    """Fields of the rep as reported and amended, without absent ones."""
    device: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    fresh: bool = True
    voided: bool = False
    revision: int = 1
    estimates: int = 1
    """Revision of its newest estimate: every rep has one from its arrival on."""
    start_told: bool = False
    """The device reported the start; otherwise it is computed back from the end."""
    load_kg: float | None = None
    """As reported for this rep; in a drop set, the load in force."""
    called_rir: float | None = None
    """Reps in reserve that the lifter reported after it; −1: the attempt at the next one failed."""
    found_in: str | None = None
    """Set if we found it in a signal; it was not reported as a rep."""
    side: Side | None = None
    """`left`, `right` or `both`."""
    kind: RepKind | None = None
    """`calibration` and `warmup` reps are shown, never judged."""
    assisted: bool | None = None
    """A machine or a partner took load off: the rep proves no strength."""
    exercise: str | None = None
    """As sent, like `set_id` and `set_key`."""
    set_id: str | None = None
    set_key: str | None = None
    config: int = 0
    """Version of the gym's configuration that its event carried."""
    tie: int = 0
    """Order of arrival among events of the same time."""
    sent_us: int = 0
    """Its end by the clock of its device."""
    original: Mapping[str, Any] | None = None
    """Fields as they were sent, of those that corrections and numbering have changed."""

    @property
    def order(self) -> tuple[int, int]:
        """Sort key among the reps of its set."""
        return (self.ended_us, self.number)


@record(frozen=True, slots=True)
class UnderWay:
    """A rep that has started and not ended."""

    identity: str
    rep_number: int | None
    started_us: int
    received_us: int
    overdue: bool = False
    source: str = ""
    """Event source that reported the start."""
    overdue_after_us: int | None = None
    """How long it may take, as computed when it started; None: its start is no alarm."""


@record(frozen=True, slots=True)
class LiftedSet:
    """One set of a lifter."""

    key: str
    set_id: str
    opened_by: str
    opened_us: int
    received_us: int
    config: int
    """Version of the gym's configuration that it is pinned to."""
    context: Mapping[str, Any]
    """Its context, by the field names of `set.started`."""
    start: Prior
    """Prior of the model, pinned when the set opened (stored as `start`)."""
    reps: tuple[RepRecord, ...] = ()
    """By corrected end, then number."""
    under_way: UnderWay | None = None
    ended_us: int | None = None
    end_reason: str | None = None
    reopened: int = 0
    history: bool = False
    seen: Mapping[str, str] = field(default_factory=dict)
    """Content fingerprint by identity of the other events about this set."""
    profile: str = ""
    """Name of the lifter's profile that it is pinned to and contributes to; empty: none."""
    term: Term | None = None
    """What it contributes to the profile; None while it runs."""
    notes: tuple[Note, ...] = ()
    """The other events about it, in order of time."""
    inherited: Mapping[str, Any] = field(default_factory=dict)
    """Context of the set before that it continues."""
    anchor: str = ""
    """Identity of the event that its key was derived from."""
    other_ids: tuple[str, ...] = ()
    """Further names: another device recorded it under its own."""
    exposure_key: str = ""
    """Key of the first set of the exposure that it is a part of."""
    effort: str = ""
    """Fingerprint of the lifter's report that holds; empty: none."""
    voided: bool = False
    """The set never happened."""
    tie: int = 0
    """Order of arrival among sets that opened at the same time."""
    refused: tuple[RepRecord, ...] = ()
    """Reps that are not counted: reported twice, or with a number of another; kept, because what comes may show more."""
    moved_from: str = ""
    """Key of the set under the lifter it was credited to before."""
    moved_to: str = ""
    """The lifter who has the set now. Here it has ended, and later events about it are forwarded to that lifter;
    without an `end_reason` it was running when it was moved."""

    @property
    def events(self) -> list[RepRecord | Note]:
        """The events about it."""
        return [*self.reps, *self.refused, *self.notes]

    @property
    def is_open(self) -> bool:
        """Whether the set has not ended."""
        return self.ended_us is None

    @property
    def last_us(self) -> int | None:
        """Corrected end of the last rep."""
        return self.reps[-1].ended_us if self.reps else None

    @property
    def active_us(self) -> int:
        """When something last happened in it."""
        return self.reps[-1].ended_us if self.reps else self.opened_us


@record(frozen=True, slots=True)
class SetRef:
    """Index entry of a set of the last 28 days."""

    key: str
    set_id: str
    opened_us: int
    received_us: int
    is_open: bool
    profile: str = ""
    moved: bool = False
    """It was moved to another lifter."""
    other_ids: tuple[str, ...] = ()
    until_us: int = 0
    """Its end, once it has ended."""
    noted_us: int = 0
    """When the newest event about it happened, if that was after its end."""
    tie: int = 0
    """Order of arrival among sets that opened at the same time."""

    @property
    def opened(self) -> tuple[int, int]:
        """When it opened, for the order among sets."""
        return (self.opened_us, self.tie)


@record(frozen=True, slots=True)
class LifterSets:
    """Index of a lifter's sets received in the last 28 days, in the order of their start."""

    sets: tuple[SetRef, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    """(identity, content) fingerprints of the newest events that belong to no set."""
    forgot: bool = False
    """Older sets were dropped."""
    forgotten: tuple[str, ...] = ()
    """Names of the newest of these."""
    bases: Mapping[str, Profile] = field(default_factory=dict)
    """What the dropped sets taught, by profile and kind of measure."""
    newest_us: int = 0
    """When the newest event about a set that has ended happened."""
    waiting: tuple[Note, ...] = ()
    """Events whose set has not arrived yet."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Keys of sets that turned out to be recordings of another one, with the key of that one."""


@record(frozen=True, slots=True)
class Stream:
    """A signal of one device that is being segmented."""

    key: str
    """Source, device and signal."""
    segmenter: Segmenter
    newest_us: int
    set_id: str | None
    """Set id sent with the newest chunk."""
    set_key: str | None
    """Key of the set that the last rep was found for."""


@record(frozen=True, slots=True)
class Motion:
    """Signals that are being segmented."""

    streams: tuple[Stream, ...] = ()
