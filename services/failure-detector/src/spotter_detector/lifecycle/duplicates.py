"""Reports of one rep: the same counter's again, or another recorder's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spotter_detector.lifecycle.event_order import as_sent, order_of, sent_times
from spotter_detector.state import RepRecord

_VALUES: Final = ("measured", "load_kg", "side", "kind", "assisted", "exercise")


def is_twin(rep: RepRecord, other: RepRecord) -> bool:
    """Whether two reps, as they were sent, have one number of one counter and the same values."""
    return (
        rep.sent_number is not None
        and rep.sent_number == other.sent_number
        and rep.source == other.source
        and all(getattr(rep, name) == getattr(other, name) for name in _VALUES)
    )


def has_values(rep: RepRecord) -> bool:
    """Whether anything of a rep was measured."""
    return any(name != "velocity_metric" for name in rep.measured)


def refusal_of(rep: RepRecord, reps: Sequence[RepRecord]) -> str | None:
    """Return why a rep is not counted beside those before it: `duplicate_rep`, `rep_conflict`; None if it is.

    A device that reports a rep again, at once or after a reconnect, reports the same values. A counter that starts over
    begins at 1, or below its last number. Where nothing was measured only a number repeated at once is a duplicate.
    """
    if rep.sent_number is None or not any(other.sent_number == rep.sent_number for other in reps):
        return None
    own = [other for other in map(as_sent, reps) if _is_same_counter(rep, other)]
    alike = [other for other in own if other.sent_number == rep.sent_number]
    if not alike:
        return None
    before = max((other for other in own if order_of(other) <= order_of(rep)), key=order_of, default=None)
    after = min((other for other in own if order_of(other) > order_of(rep)), key=order_of, default=None)
    repeated = [other for other in (before, after) if other is not None and other.sent_number == rep.sent_number]
    if any(is_twin(rep, other) for other in alike) and (has_values(rep) or repeated):
        return "duplicate_rep"
    if any(rep.sent_number != 1 or sent_times(other)[1] == sent_times(rep)[1] for other in repeated):
        return "rep_conflict"
    return None


def _is_same_counter(rep: RepRecord, other: RepRecord) -> bool:
    return rep.source == other.source and (rep.set_id == other.set_id or None in (rep.set_id, other.set_id))


def may_be_one(rep: RepRecord, other: RepRecord) -> bool:
    """Whether two reps that overlap can be reports of one: of two counters, and not of the left and the right side."""
    return rep.source != other.source and {rep.side, other.side} != {"left", "right"}


def is_overlapping(rep: RepRecord, other: RepRecord) -> bool:
    """Whether reps of two recorders overlap in time; those of one never do."""
    started_us, ended_us = sent_times(rep)
    began_us, done_us = sent_times(other)
    if done_us <= started_us or began_us >= ended_us or not may_be_one(rep, other):
        return False
    # Corrected times may all be that of receipt: then at least the exercise must be the same.
    return ended_us != done_us or rep.exercise is None or other.exercise in (None, rep.exercise)
