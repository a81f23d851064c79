"""The reps of a set from the events about it: numbers, corrections, calls, loads.

All of it follows from the events as they were sent, in order of time, so that it can be computed again whenever one
more arrives.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from spotter.domain.events.lifting import EffortReported, RepCorrection, SetContext
from spotter.domain.fast_dataclass import replace
from spotter_detector.lifecycle.duplicates import is_twin
from spotter_detector.lifecycle.event_order import as_sent, order_of, sent_times
from spotter_detector.lifecycle.set_draft import SetDraft
from spotter_detector.model.set_end import FAILED_NEXT
from spotter_detector.state import Note, RepRecord

CONTEXT: Final = frozenset(SetContext.model_fields) - {"gym_id", "athlete_id", "set_id", "set_key"}
_UNMEASURED: Final = {"started_at", "ended_at", "exercise", "load_kg", "side", "kind", "assisted"}
MEASURED: Final = tuple(name for name in RepCorrection.model_fields if name not in _UNMEASURED)
"""Fields of a rep that are measurements."""
_CORRECTABLE: Final = ("load_kg", "side", "kind", "assisted")
_DERIVED: Final = ("number", "started_us", "ended_us", "measured", "device", "flags", "start_told", "load_kg", "side",
                   "kind", "assisted", "source")  # fmt: skip
FLUSHED_US: Final = 120_000
"""Reps of one counter that end closer together than this are no reps one after the other (design choice)."""
FLUSHED_PAIR: Final = 2
NUMBERS_MAX: Final = 10_000


def numbered(reps: Sequence[RepRecord]) -> list[RepRecord]:
    """Number reps in order of time: as sent, or else, where its counter used that number before, the set's next one."""
    used: dict[str, set[int]] = {}
    highest = 0
    result = []
    for rep in reps:
        numbers = used.setdefault(rep.source, set())
        number, changed = rep.sent_number, rep
        if number is None:
            number = min(NUMBERS_MAX, highest + 1)
        elif number in numbers:
            number = min(NUMBERS_MAX, highest + 1)
            flags = (*(flag for flag in rep.flags if flag != "renumbered"), "renumbered")
            changed = _changed(rep, flags=flags, device={**(rep.device or {}), "rep_id": rep.sent_number})
        result.append(changed if changed.number == number else replace(changed, number=number))
        numbers.add(number)
        highest = max(highest, number)
    return result


def about_us(note: Note, reps: Iterable[RepRecord]) -> int:
    """Return up to when the reps are that a report of effort is about.

    Without the sender's clock it is about all reps that had been received.
    """
    if note.timed:
        return note.at_us
    return max([note.at_us, *(rep.ended_us for rep in reps if rep.received_us <= note.received_us)])


def called_rir(note: Note) -> float | None:
    """Return the reps in reserve that a report says; −1: the attempt at the next one failed; None: not at failure."""
    fields = note.fields
    if fields.get("failed") is not None:
        return FAILED_NEXT if fields["failed"] else None
    return felt_rir(note)


def felt_rir(note: Note) -> float | None:
    """Return the reps in reserve that a report gives, as a number or by RPE."""
    return EffortReported.model_construct(**{name: note.fields.get(name) for name in ("rir", "rpe")}).called_rir


def reported_rep(note: Note, reps: Sequence[RepRecord]) -> RepRecord | None:
    """Return the rep that a report of effort is about, if the set has it: the numbered one, else the last by then."""
    number = note.fields.get("rep_number")
    if number is not None:
        return next((rep for rep in reversed(reps) if rep.number == number), None)
    upto_us = about_us(note, reps)
    return next((rep for rep in reversed(reps) if not rep.voided and rep.ended_us <= upto_us), None)


def reps_of(
    draft: SetDraft, context: Mapping[str, Any], published: Container[str] = ()
) -> tuple[tuple[RepRecord, ...], tuple[RepRecord, ...]]:
    """Return the reps of a set, numbered and corrected, by corrected end, and those that are not counted.

    Of a rep that was reported twice the one stays that was `published`, by its identity.
    """
    primary = draft.names[0]
    counted, refused = _represented([as_sent(rep) for rep in draft.reps], draft.refused, published)
    sent = sorted((_of_recorder(rep, primary) for rep in counted), key=order_of)
    reps = with_clock_flag(numbered(sent))
    notes = sorted(draft.notes, key=order_of)
    for name in ("load_kg", "side"):
        values = values_in_force(name, draft, reps, notes, context)
        if values:
            reps = [_with_value(name, rep, values) for rep in reps]
    if draft.voided:
        reps = [replace(rep, voided=True) for rep in reps]
    for note in notes:
        if note.kind in ("rep_amended", "rep_voided"):
            _correct(reps, note)
    reps.sort(key=lambda rep: rep.order)
    for note in notes:
        if note.kind == "effort" and (rir := called_rir(note)) is not None:
            about = reported_rep(note, reps)
            if about is not None:
                reps[next(index for index, rep in enumerate(reps) if rep is about)] = replace(about, called_rir=rir)
    return tuple(reps), tuple(refused)


def _represented(
    reps: list[RepRecord], refused: Sequence[RepRecord], published: Container[str]
) -> tuple[list[RepRecord], list[RepRecord]]:
    """Let the report of a rep that was published stand for it, at the time of the earlier one."""
    refused = [as_sent(rep) for rep in refused]
    for index, rep in enumerate(refused):
        if rep.identity not in published:
            continue
        alike = [
            at
            for at, other in enumerate(reps)
            if other.sent_number == rep.sent_number and other.source == rep.source and other.identity not in published
        ]
        at = next((at for at in alike if is_twin(reps[at], rep)), next(iter(alike), None))
        if at is not None:
            early = reps[at]
            reps[at] = rep
            if is_twin(early, rep):
                times = {name: getattr(early, name) for name in ("started_us", "ended_us", "start_told")}
                reps[at] = _changed(rep, **times)
            refused[index] = early
    return reps, refused


def flushed_runs(ends_us: Sequence[int]) -> list[range]:
    """Return the indices of reps that came out of a buffer together: of one time, or several closer than reps can be.

    Two reps that are close, but not of one time, may be one rep that a device counted twice.

    >>> flushed_runs([0, 3_000_000, 3_050_000, 3_100_000, 6_000_000, 6_000_000])
    [range(1, 4), range(4, 6)]
    >>> flushed_runs([0, 3_000_000, 3_050_000])
    []
    """
    runs, first = [], 0
    for index in range(1, len(ends_us) + 1):
        if index < len(ends_us) and ends_us[index] - ends_us[index - 1] < FLUSHED_US:
            continue
        if index - first > FLUSHED_PAIR or (index - first == FLUSHED_PAIR and ends_us[first] == ends_us[index - 1]):
            runs.append(range(first, index))
        first = index
    return runs


def with_clock_flag(reps: list[RepRecord]) -> list[RepRecord]:
    """Say of reps which a device flushed together that nothing is known of their gaps."""
    for source in {rep.source for rep in reps} if len(reps) > 1 else ():
        own = [index for index, rep in enumerate(reps) if rep.source == source]
        for run in flushed_runs([reps[index].ended_us for index in own]):
            for index in (own[at] for at in run):
                if "clock" not in reps[index].flags:
                    reps[index] = _changed(reps[index], flags=(*reps[index].flags, "clock"))
    return reps


def _of_recorder(rep: RepRecord, primary: str | None) -> RepRecord:
    """Tell the reps of a second recording from the first one's, also where one program sends both."""
    if rep.set_id is None or rep.set_id == primary or primary is None or rep.source.endswith(f"\x1f{rep.set_id}"):
        return rep
    return replace(rep, source=f"{rep.source}\x1f{rep.set_id}", original={"source": rep.source})


def _changed(rep: RepRecord, **changes: Any) -> RepRecord:
    original = {name: getattr(rep, name) for name in changes if name in _DERIVED}
    return replace(rep, **changes, original={**original, **(rep.original or {})})


def values_in_force(
    name: str, draft: SetDraft, reps: Sequence[RepRecord], notes: Sequence[Note], context: Mapping[str, Any]
) -> list[tuple[int, Any]]:
    """Return from when on which load or side the reps have that say none; empty where all reps have the set's.

    Another load is a correction of the set's, but in a drop set; another side is a change of hands where the set is
    started again with it.
    """
    changes = ("started", "amended") if name == "load_kg" else ("started",)
    values: list[tuple[int, Any]] = []
    if name in draft.inherited:
        values.append((draft.opened_us, draft.inherited[name]))
    for note in notes:
        value = note.fields.get(name) if note.kind in changes else None
        if value is not None:
            values.append((note.at_us, value))
    if len({value for _, value in values}) > 1 and (name == "side" or context.get("intent") == "drop"):
        return values
    value = context.get(name)
    if value is None or all(getattr(rep, name) in (None, value) for rep in reps):
        return []
    return [(draft.opened_us, value)]


def _with_value(name: str, rep: RepRecord, values: Sequence[tuple[int, Any]]) -> RepRecord:
    if getattr(rep, name) is not None:
        return rep
    ended_us = rep.ended_us
    value = next((value for since_us, value in reversed(values) if since_us <= ended_us), values[0][1])
    return _changed(rep, **{name: value})


def _correct(reps: list[RepRecord], note: Note) -> None:
    number = note.fields["rep_number"]
    alike = [index for index, rep in enumerate(reps) if rep.number == number]
    if not alike:
        return  # its rep has not arrived yet
    # Two devices may use one number: the last one until then is meant.
    index = max((index for index in alike if sent_times(reps[index])[1] <= note.at_us), default=alike[0])
    rep = reps[index]
    if note.kind == "rep_voided":
        reps[index] = replace(rep, voided=True)
        return
    change = note.fields["set"]
    measured = {name: change[name] for name in MEASURED if change.get(name) is not None}
    ended_us = min(note.received_us, change.get("ended_us", rep.ended_us))
    started_us = min(ended_us, change.get("started_us", rep.started_us))
    reps[index] = _changed(
        rep,
        measured={**rep.measured, **measured},
        started_us=started_us,
        ended_us=ended_us,
        start_told=rep.start_told or "started_us" in change,
        **{name: change[name] for name in _CORRECTABLE if change.get(name) is not None},
    )


def standing_effort(notes: Iterable[Note]) -> Note | None:
    """Return the lifter's report that holds: the newest."""
    efforts = [note for note in notes if note.kind == "effort"]
    return max(efforts, key=order_of, default=None)
