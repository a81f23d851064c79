"""Reps from raw motion: each signal of a device is segmented as it arrives, and the reps found are added to the set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spotter.domain.event_types import PEAK_VELOCITY_RANGE_MPS, PHASE_RANGE_S, ROM_RANGE_M, VELOCITY_RANGE_MPS
from spotter.domain.events import corrected
from spotter.domain.events.lifting import Device, MotionSampled
from spotter.domain.events.outputs import RepOverdue
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.ids import derived_id, fingerprint
from spotter.domain.time import MINUTE_US, SECOND_US, micros, moment_of
from spotter_detector import motion
from spotter_detector.lifecycle import profile_update, reps, set_transfer
from spotter_detector.lifecycle.assignment import assign, extend_moved, find_running
from spotter_detector.lifecycle.profile_update import Measure
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import MOTION, LiftedSet, Motion, RepRecord, Stream

STREAMS_MAX: Final = 4
"""Signals of one lifter that are segmented side by side; beyond that the least recent one is dropped."""
FORGOTTEN_US: Final = 10 * MINUTE_US
"""A signal that pauses for longer starts again."""


class MotionChanges:
    """What a chunk, or the end of a signal, has changed."""

    def __init__(self) -> None:
        self.before: dict[str, LiftedSet] = {}
        """Sets as they were, by key."""
        self.arrived: dict[str, list[RepRecord]] = {}
        """Reps that were found, by set."""


@record(frozen=True, slots=True)
class _Signal:
    """The signal that reps are found in."""

    source: str
    set_id: str | None
    by: Measure
    device: Device | None


def segment_chunk(work: UnitOfWork, data: MotionSampled) -> MotionChanges:
    """Segment a chunk and add the findings to their sets."""
    sent_us, t0_us = micros(data.t0), micros(corrected(work.event, data.t0))
    source = source_of(work, data)
    stored = _stored_motion(work)
    stream = next((other for other in stored.streams if other.key == source), None)
    if stream is None or _is_over(work, stream, t0_us) or _is_other_lift(work, stream, data):
        stream = Stream(source, _new_segmenter(work, data), t0_us, data.set_id, None)
    chunk = motion.Chunk(sent_us, data.rate_hz, data.signal, data.samples, t0_us - sent_us)
    started = _open_set(work, data)
    # Only an event of the lifter opens a set that has no rep.
    expected = started is not None and not started.reps
    state, findings = motion.advance(replace(stream.segmenter, expected=expected), chunk)
    changes = MotionChanges()
    signal = _Signal(source, data.set_id, profile_update.measure_of(data), data.device)
    set_key = _add_findings(work, signal, findings, changes) or stream.set_key
    newest_us = max(stream.newest_us, t0_us)
    _store(work, stored, Stream(source, state, newest_us, data.set_id, set_key))
    return changes


def has_signals(work: UnitOfWork, lifted_set: LiftedSet) -> bool:
    """Whether signals of a set are being segmented."""
    return any(work.current_key(stream.set_key) == lifted_set.key for stream in _stored_motion(work).streams)


def end_signals(work: UnitOfWork, lifted_set: LiftedSet) -> MotionChanges:
    """Flush what still waited for a missing chunk when a set ends, and drop the set's signals."""
    changes = MotionChanges()
    stored = _stored_motion(work)
    for stream in stored.streams:
        if work.current_key(stream.set_key) == lifted_set.key:
            _, findings = motion.finish(stream.segmenter)
            signal = _Signal(stream.key, lifted_set.set_id, profile_update.measure_in(lifted_set.profile), None)
            _add_findings(
                work, signal, [finding for finding in findings if not isinstance(finding, motion.StallFound)], changes
            )
    left = tuple(stream for stream in stored.streams if work.current_key(stream.set_key) != lifted_set.key)
    if left != stored.streams:
        work.changes[MOTION] = Motion(left) if left else None
    return changes


def source_of(work: UnitOfWork, data: MotionSampled) -> str:
    """Return who measured: the event's source, the device and the signal."""
    device = data.device.id if data.device and data.device.id else ""
    return f"{work.event.source}\x1f{device}\x1f{data.signal}"


def _stored_motion(work: UnitOfWork) -> Motion:
    stored = work.changes.get(MOTION, work.state.get(MOTION))
    return stored if isinstance(stored, Motion) else Motion()


def _store(work: UnitOfWork, stored: Motion, stream: Stream) -> None:
    others = [other for other in stored.streams if other.key != stream.key]
    others.sort(key=lambda other: other.newest_us)
    work.changes[MOTION] = Motion((*others[-(STREAMS_MAX - 1) :], stream))


def _is_over(work: UnitOfWork, stream: Stream, t0_us: int) -> bool:
    if stream.set_id is not None and work.event.data.set_id not in (None, stream.set_id):
        return True
    if t0_us - stream.newest_us > FORGOTTEN_US:
        return True
    set_key = work.current_key(stream.set_key)
    lifted_set = work.find(set_key) if set_key is not None else None
    if lifted_set is None or lifted_set.ended_us is None or (lifted_set.moved_to and lifted_set.end_reason is None):
        return False  # still running, here or with the lifter it was moved to
    return t0_us > lifted_set.ended_us


def _new_segmenter(work: UnitOfWork, data: MotionSampled) -> motion.Segmenter:
    """Return a segmenter with the lifter's own limits if a set is open."""
    lifted_set = _open_set(work, data)
    if lifted_set is None:
        return motion.segmenter(data.signal)
    grind_s = motion.GRIND_S if lifted_set.start.grind_s is None else max(lifted_set.start.grind_s, 1.0)
    lift = _lift_of(work, lifted_set)
    return motion.segmenter(data.signal, lift, longest_grind_s=grind_s, usual_rom_m=lifted_set.start.rom_m)


def _open_set(work: UnitOfWork, data: MotionSampled) -> LiftedSet | None:
    return next((lifted_set for lifted_set in work.open_sets() if _is_named(lifted_set, data.set_id)), None)


def _lift_of(work: UnitOfWork, lifted_set: LiftedSet) -> motion.Lift:
    """Return how the bar goes in a set's exercise; in those that need a spotter it lies on the lifter at the bottom."""
    exercise = work.exercise_of(lifted_set)
    lowered_first = None if exercise.first_phase is None else exercise.first_phase == "eccentric"
    return motion.Lift(exercise.direction == "down", lowered_first, exercise.needs_spotter)


def _is_other_lift(work: UnitOfWork, stream: Stream, data: MotionSampled) -> bool:
    """Whether the signal was read for an exercise in which the bar goes another way than in the set that is open."""
    lifted_set = _open_set(work, data)
    return lifted_set is not None and _lift_of(work, lifted_set) != stream.segmenter.lift


def _is_named(lifted_set: LiftedSet, set_id: str | None) -> bool:
    return set_id is None or set_id == lifted_set.set_id or set_id in lifted_set.other_ids


def _add_findings(
    work: UnitOfWork, signal: _Signal, findings: Sequence[motion.MotionFinding], changes: MotionChanges
) -> str | None:
    """Add findings to their sets; return the key of the last set with a rep."""
    set_key = None
    for index, finding in enumerate(findings):
        if isinstance(finding, motion.RepFound):
            set_key = _add_rep(work, signal, finding, index, changes) or set_key
        elif isinstance(finding, motion.LoweringFound):
            _add_lowering(work, signal, finding, changes)
        else:
            _add_stall(work, signal, finding)
    return set_key


def _add_rep(
    work: UnitOfWork, signal: _Signal, finding: motion.RepFound, index: int, changes: MotionChanges
) -> str | None:
    ended_us = finding.ended_us
    event_id = derived_id("motion", *work.event.identity, index)
    identity = fingerprint(event_id.encode())
    rep = RepRecord(
        source=signal.source,
        identity=identity,
        content=identity,
        event_id=event_id,
        sent_number=None,
        number=0,
        started_us=min(finding.started_us, ended_us),
        ended_us=ended_us,
        received_us=work.received_us,
        measured=_measured(finding.concentric, finding.eccentric),
        device=signal.device.model_dump(exclude_none=True) if signal.device else None,
        fresh=reps.is_fresh(work.event, finding.ended_us),
        start_told=True,
        found_in="motion",
        set_id=signal.set_id,
        set_key=work.event.data.set_key,
        config=work.event.configversion or 0,
        tie=work.tie_at(ended_us),
    )
    assignment = assign(work, rep)
    if assignment.moved is not None:
        lifted_set = extend_moved(work, assignment.moved, rep)
        set_transfer.forward_rep(work, lifted_set, identity)
        return lifted_set.key
    for change in assignment.changes:
        key = change.after.key
        changes.before.setdefault(key, change.before or replace(change.after, reps=()))
        changes.arrived.setdefault(key, []).extend(change.arrived)
    return None if assignment.target is None else assignment.target.key


def _add_lowering(work: UnitOfWork, signal: _Signal, finding: motion.LoweringFound, changes: MotionChanges) -> None:
    """Add the eccentric phase that followed a rep which started from below."""
    seconds = _within(finding.phase.seconds, PHASE_RANGE_S)
    for lifted_set in work.newest():
        rep = next(
            (rep for rep in lifted_set.reps if rep.ended_us == finding.rep_ended_us and rep.source == signal.source),
            None,
        )
        if rep is None or seconds is None:
            continue
        if not lifted_set.moved_to:
            changes.before.setdefault(lifted_set.key, work.before(lifted_set.key) or lifted_set)
        corrected_rep = replace(rep, measured={**rep.measured, "eccentric_s": seconds}, revision=rep.revision + 1)
        if rep.original is not None and "measured" in rep.original:
            sent = {**rep.original["measured"], "eccentric_s": seconds}
            corrected_rep = replace(corrected_rep, original={**rep.original, "measured": sent})
        lifted_set = work.put(
            replace(lifted_set, reps=tuple(corrected_rep if other is rep else other for other in lifted_set.reps))
        )
        if lifted_set.moved_to:
            set_transfer.forward_correction(work, lifted_set, corrected_rep, {"eccentric_s": seconds})
            return
        arrived = changes.arrived.get(lifted_set.key, [])
        arrived[:] = [corrected_rep if other is rep else other for other in arrived]
        reps.publish_rep(work, lifted_set, corrected_rep)
        return


def _add_stall(work: UnitOfWork, signal: _Signal, finding: motion.StallFound) -> None:
    """Publish that the bar is stuck, if the signal is recent enough for anyone to act on it."""
    lifted_set = find_running(work, signal.set_id, work.event.data.set_key, finding.known_us)
    if lifted_set is None or not lifted_set.is_open or not reps.is_fresh(work.event, finding.known_us):
        return
    work.facts.append(
        RepOverdue.model_construct(
            gym_id=work.event.data.gym_id,
            athlete_id=work.event.data.athlete_id,
            set_id=lifted_set.set_id,
            set_key=lifted_set.key,
            rep_number=reps.next_number(lifted_set),
            started_at=moment_of(finding.since_us),
            outlasted_s=(finding.known_us - finding.since_us) / SECOND_US,
        )
    )


def _measured(concentric: motion.Phase | None, eccentric: motion.Phase | None) -> dict[str, Any]:
    """Return the measured fields of a rep that are within their valid ranges."""
    fields: dict[str, float | None] = {}
    if concentric is not None:
        fields["mean_velocity_mps"] = _within(concentric.mean_velocity_mps, VELOCITY_RANGE_MPS)
        fields["peak_velocity_mps"] = _within(concentric.peak_velocity_mps, PEAK_VELOCITY_RANGE_MPS)
        fields["rom_m"] = _within(concentric.travel_m, ROM_RANGE_M)
        fields["concentric_s"] = _within(concentric.seconds, PHASE_RANGE_S)
    if eccentric is not None:
        fields["eccentric_s"] = _within(eccentric.seconds, PHASE_RANGE_S)
    return {name: value for name, value in fields.items() if value is not None}


def _within(value: float, span: tuple[float, float]) -> float | None:
    return round(value, 4) if span[0] <= value <= span[1] else None
