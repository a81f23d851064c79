"""The detector's state of a lifter: observed reps and small summaries, stored under their field names as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from spotter.domain.fast_dataclass import record
from spotter_detector.model import Prior
from spotter_detector.motion import Segmenter
from spotter_detector.profile import Profile, Term

LIFTER = "lifter"
MOTION = "motion"
SETS_SEARCHED = 8
"""How many of the newest sets are searched for an event's identity."""
LIFTER_EVENTS_KEPT = 64
"""How many events that belong to no set are remembered by their identity."""


def set_entry(set_key: str) -> str:
    """Return the name of a set's entry."""
    return f"set:{set_key}"


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
    called_rir: float | None = None
    """Reps in reserve that the lifter reported after it; −1: the attempt at the next one failed."""
    found_in: str | None = None
    """Set if we found it in a signal; it was not reported as a rep."""
    side: str | None = None
    """`left`, `right` or `both`."""
    kind: str | None = None
    """`calibration` and `warmup` reps are shown, never judged."""
    assisted: bool | None = None
    """A machine or a partner took load off: the rep proves no strength."""

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
    calls: Mapping[str, float] = field(default_factory=dict)
    """Reps in reserve that the lifter reported after reps that have not arrived yet, by rep number."""
    profile: str = ""
    """Name of the lifter's profile that it is pinned to and contributes to; empty: none."""
    term: Term | None = None
    """What it contributes to the profile; None while it runs."""
    efforts: tuple[Mapping[str, Any], ...] = ()
    """Reports of the effort as they were sent, with `source` and the corrected `at_us`."""
    moved_from: str = ""
    """Key of the set under the lifter it was credited to before."""
    moved_to: str = ""
    """The lifter who has the set now. Here it has ended, and later events about it are forwarded to that lifter;
    without an `end_reason` it was running when it was moved."""

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


@record(frozen=True, slots=True)
class LifterSets:
    """Index of a lifter's sets received in the last 28 days, in the order of their start."""

    sets: tuple[SetRef, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    """(identity, content) fingerprints of the newest events that belong to no set."""
    forgot: bool = False
    """Older sets were dropped."""
    bases: Mapping[str, Profile] = field(default_factory=dict)
    """What the dropped sets taught, by profile and kind of measure."""


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
