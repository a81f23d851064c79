"""Reps from raw motion: each device's signal is segmented as it comes, and what is found becomes reps of the set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spotter.domain.event_types import PEAK_VELOCITY_RANGE_MPS, PHASE_RANGE_S, ROM_RANGE_M, VELOCITY_RANGE_MPS
from spotter.domain.events import corrected
from spotter.domain.events.lifting import Device, MotionSampled
from spotter.domain.events.outputs import RepOverdue
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.ids import derived_id, fingerprint
from spotter_detector.lifecycle import profile_update, reps, set_transfer, sets
from spotter_detector.lifecycle.device_clock import MINUTE_US, SECOND_US, micros, moment
from spotter_detector.lifecycle.profile_update import Measure
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.motion import (
    GRIND_S,
    Chunk,
    LoweringFound,
    MotionFinding,
    Phase,
    RepFound,
    Segmenter,
    StallFound,
    advance,
    finish,
    segmenter,
)
from spotter_detector.state import MOTION, LiftedSet, Motion, RepRecord, Stream

STREAMS_MAX: Final = 4
"""Signals of one lifter that are followed side by side; the one not heard of for longest gives way."""
FORGOTTEN_US: Final = 10 * MINUTE_US
"""A signal that pauses for longer begins anew."""


class MotionChanges:
    """What a chunk has changed."""

    def __init__(self) -> None:
        self.before: dict[str, LiftedSet] = {}
        """Sets as they were, by key."""
        self.arrived: dict[str, list[RepRecord]] = {}
        """Reps that were found, by set."""


@record(frozen=True, slots=True)
class _Signal:
    """Where reps are found."""

    source: str
    set_id: str | None
    by: Measure
    device: Device | None


def take(turn: UnitOfWork, data: MotionSampled) -> MotionChanges:
    """Segment a chunk, and take what is found into its set."""
    sent_us, t0_us = micros(data.t0), micros(corrected(turn.event, data.t0))
    source = source_of(turn, data)
    known = _motion(turn)
    stream = next((one for one in known.streams if one.key == source), None)
    if stream is None or _is_over(turn, stream, t0_us):
        stream = Stream(source, _begun(turn, data), t0_us, data.set_id, None)
    chunk = Chunk(sent_us, data.rate_hz, data.signal, data.samples, t0_us - sent_us)
    state, found = advance(stream.segmenter, chunk)
    done = MotionChanges()
    signal = _Signal(source, data.set_id, profile_update.measure_of(data), data.device)
    set_key = _found(turn, signal, found, done) or stream.set_key
    newest_us = max(stream.newest_us, t0_us)
    _keep(turn, known, Stream(source, state, newest_us, data.set_id, set_key))
    return done


def end(turn: UnitOfWork, one: LiftedSet) -> MotionChanges:
    """Find what still waited for a chunk that never came, when its set ends."""
    done = MotionChanges()
    known = _motion(turn)
    for stream in known.streams:
        if stream.set_key == one.key:
            _, found = finish(stream.segmenter)
            signal = _Signal(stream.key, one.set_id, profile_update.measure_in(one.profile), None)
            _found(turn, signal, [item for item in found if not isinstance(item, StallFound)], done)
    left = tuple(stream for stream in known.streams if stream.set_key != one.key)
    if left != known.streams:
        turn.changes[MOTION] = Motion(left) if left else None
    return done


def source_of(turn: UnitOfWork, data: MotionSampled) -> str:
    """Name who measured: the event's source, the device and the signal."""
    device = data.device.id if data.device and data.device.id else ""
    return f"{turn.event.source}\x1f{device}\x1f{data.signal}"


def _motion(turn: UnitOfWork) -> Motion:
    known = turn.changes.get(MOTION, turn.state.get(MOTION))
    return known if isinstance(known, Motion) else Motion()


def _keep(turn: UnitOfWork, known: Motion, stream: Stream) -> None:
    others = [one for one in known.streams if one.key != stream.key]
    others.sort(key=lambda one: one.newest_us)
    turn.changes[MOTION] = Motion((*others[-(STREAMS_MAX - 1) :], stream))


def _is_over(turn: UnitOfWork, stream: Stream, t0_us: int) -> bool:
    if stream.set_id is not None and turn.event.data.set_id not in (None, stream.set_id):
        return True
    if t0_us - stream.newest_us > FORGOTTEN_US:
        return True
    one = turn.find(stream.set_key) if stream.set_key is not None else None
    if one is None or one.ended_us is None or (one.moved_to and one.end_reason is None):
        return False  # it runs, here or where it was moved to
    return t0_us > one.ended_us


def _begun(turn: UnitOfWork, data: MotionSampled) -> Segmenter:
    """Begin with a signal, by what is learned of the lifter where a set is open."""
    named = turn.named(data.set_id) if data.set_id is not None else iter(turn.open_sets())
    one = next((found for found in named if found.is_open), None)
    if one is None:
        return segmenter(data.signal)
    grind_s = GRIND_S if one.start.grind_s is None else max(one.start.grind_s, 1.0)
    return segmenter(data.signal, longest_grind_s=grind_s, usual_rom_m=one.start.rom_m)


def _found(turn: UnitOfWork, signal: _Signal, found: Sequence[MotionFinding], done: MotionChanges) -> str | None:
    """Take what was found into sets; gives the key of the last one."""
    set_key = None
    for place, item in enumerate(found):
        if isinstance(item, RepFound):
            set_key = _rep_found(turn, signal, item, place, done)
        elif isinstance(item, LoweringFound):
            _lowering_found(turn, signal, item, done)
        else:
            _stall_found(turn, signal, item)
    return set_key


def _rep_found(turn: UnitOfWork, signal: _Signal, item: RepFound, place: int, done: MotionChanges) -> str:
    # Of a cycle the far point is known best, and is the same in every rep.
    ended_us = item.ended_us if item.turned_us is None else item.turned_us
    one = sets.find_for_rep(turn, signal.set_id, ended_us)
    moved = one is not None and bool(one.moved_to)
    if one is None:
        one = sets.open_set(turn, signal.set_id, ended_us, {}, signal.by)
        done.before[one.key] = one
    elif not one.reps and not moved:
        one = sets.measured_by(turn, one, signal.by)
    if not moved:
        done.before.setdefault(one.key, turn.before(one.key) or one)
    event_id = derived_id("motion", *turn.event.identity, place)
    identity = fingerprint(event_id.encode())
    rep = RepRecord(
        source=signal.source,
        identity=identity,
        content=identity,
        event_id=event_id,
        sent_number=None,
        number=reps.next_number(one),
        started_us=min(item.started_us, ended_us),
        ended_us=ended_us,
        received_us=turn.received_us,
        measured=_measured(item.concentric, item.eccentric),
        device=signal.device.model_dump(exclude_none=True) if signal.device else None,
        fresh=reps.is_fresh(turn.event, item.ended_us),
        start_told=True,
        found_in="motion",
    )
    if moved:
        set_transfer.pass_rep(turn, reps.put_in(turn, one, rep), rep)
        return one.key
    one = sets.go_on(turn, reps.put_in(turn, one, rep), ended_us)
    reps.tell(turn, one, rep)
    done.arrived.setdefault(one.key, []).append(rep)
    return one.key


def _lowering_found(turn: UnitOfWork, signal: _Signal, item: LoweringFound, done: MotionChanges) -> None:
    """Add the way down that followed a rep which had begun from below."""
    seconds = _within(item.phase.seconds, PHASE_RANGE_S)
    for one in turn.newest():
        rep = next((rep for rep in one.reps if rep.ended_us == item.rep_ended_us and rep.source == signal.source), None)
        if rep is None or seconds is None:
            continue
        if not one.moved_to:
            done.before.setdefault(one.key, turn.before(one.key) or one)
        new = replace(rep, measured={**rep.measured, "eccentric_s": seconds}, revision=rep.revision + 1)
        one = turn.put(replace(one, reps=tuple(new if known is rep else known for known in one.reps)))
        if one.moved_to:
            set_transfer.pass_correction(turn, one, new, {"eccentric_s": seconds})
            return
        arrived = done.arrived.get(one.key, [])
        arrived[:] = [new if known is rep else known for known in arrived]
        reps.tell(turn, one, new)
        return


def _stall_found(turn: UnitOfWork, signal: _Signal, item: StallFound) -> None:
    """Tell that the bar is stuck, while somebody can still do something about it."""
    one = sets.find_for_rep(turn, signal.set_id, item.known_us)
    if one is None or not one.is_open or not reps.is_fresh(turn.event, item.known_us):
        return
    turn.facts.append(
        RepOverdue.model_construct(
            gym_id=turn.event.data.gym_id,
            athlete_id=turn.event.data.athlete_id,
            set_id=one.set_id,
            rep_number=reps.next_number(one),
            started_at=moment(item.since_us),
            outlasted_s=(item.known_us - item.since_us) / SECOND_US,
        )
    )


def _measured(concentric: Phase | None, eccentric: Phase | None) -> dict[str, Any]:
    """Give what a rep measured, as far as it lies within what a rep can be."""
    said: dict[str, float | None] = {}
    if concentric is not None:
        said["mean_velocity_mps"] = _within(concentric.mean_velocity_mps, VELOCITY_RANGE_MPS)
        said["peak_velocity_mps"] = _within(concentric.peak_velocity_mps, PEAK_VELOCITY_RANGE_MPS)
        said["rom_m"] = _within(concentric.travel_m, ROM_RANGE_M)
        said["concentric_s"] = _within(concentric.seconds, PHASE_RANGE_S)
    if eccentric is not None:
        said["eccentric_s"] = _within(eccentric.seconds, PHASE_RANGE_S)
    return {name: value for name, value in said.items() if value is not None}


def _within(value: float, span: tuple[float, float]) -> float | None:
    return round(value, 4) if span[0] <= value <= span[1] else None
