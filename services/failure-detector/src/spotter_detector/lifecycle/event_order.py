"""The order of a lifter's events: by the time of what happened, as it was sent."""

from __future__ import annotations

from typing import Final

from spotter.domain.fast_dataclass import replace
from spotter_detector.state import Note, RepRecord

_RANKS: Final = {"started": 0, "amended": 1, "rep_amended": 3, "rep_voided": 4, "effort": 5, "ended": 6, "voided": 7}
_REP_RANK: Final = 2

Item = RepRecord | Note


def as_sent(rep: RepRecord) -> RepRecord:
    """Return a rep without what corrections and its place in the set have changed."""
    if rep.original is None and not rep.voided and rep.called_rir is None:
        return rep
    return replace(rep, **(rep.original or {}), original=None, voided=False, called_rir=None)


def sent_times(rep: RepRecord) -> tuple[int, int]:
    """Return start and end of a rep as they were sent, µs."""
    if rep.original is None:
        return rep.started_us, rep.ended_us
    return rep.original.get("started_us", rep.started_us), rep.original.get("ended_us", rep.ended_us)


def time_of(item: Item) -> int:
    """Return when an event happened."""
    return item.at_us if isinstance(item, Note) else sent_times(item)[1]


def order_of(item: Item) -> tuple[int, int, int, int, str]:
    """Return the sort key of an event among all of its lifter: its time, then the order of arrival."""
    if isinstance(item, Note):
        return (item.at_us, item.tie, _RANKS[item.kind], 0, item.identity)
    return (sent_times(item)[1], item.tie, _REP_RANK, item.sent_number or 0, item.identity)
