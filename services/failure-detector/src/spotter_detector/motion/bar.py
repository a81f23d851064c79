"""Reps from the velocity or position of a bar, while they happen.

Travel decides what is a rep, and velocity when it began and ended: noise in velocity averages out of travel, and the
drift of a position sensor is slow. A rise from rest is the way up; it is a rep once it has most of the usual travel
(the lifter's own, else that of the way down before it, else a minimum) and the bar stops or turns. A way up that turns
back earlier is an attempt. In between the bar must go down.

A stall is reported while it lasts, once per rep, so that help is called before the rep ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from spotter.domain.fast_dataclass import record
from spotter_detector.motion.edges import ending, onset
from spotter_detector.motion.parameters import BarParameters
from spotter_detector.motion.records import (
    BAR_POSITION,
    BAR_VELOCITY,
    LoweringFound,
    MotionFinding,
    Phase,
    RepFound,
    StallFound,
)
from spotter_detector.motion.sample_parser import BIN_US, SampleRow

_STEP_US = BIN_US[BAR_VELOCITY]
_STEP_S = _STEP_US / 1e6
_KEPT = 75  # Velocities kept to find edges in: 1.5 s.
# 0.1 s halves the noise of 50 Hz; differences of positions need more.
_MEAN = {BAR_VELOCITY: 5, BAR_POSITION: 9}
_SETTLED = 10  # Samples after a rise is detected until its start can be found.
_ROMS_KEPT = 5
_TOP = 0.85  # Share of the usual travel from which on a resting bar is at its top.
_TURN_M = 0.05
DOWN, UP = -1, 1
FROM_ABOVE, FROM_BELOW = 1, -1
MEAN = 15  # Samples of 20 ms over which rest is judged, so that a trembling bar is at rest.
_LATE_US = MEAN * 20_000 // 2


@record(frozen=True, slots=True)
class StallState:
    """Since when the bar is at rest below its top, and whether that was reported."""

    since_us: int | None = None
    told: bool = False


_FREE = StallState()


@dataclass(slots=True)
class BarState:
    """State of a set's bar; only `run` changes it, on a copy.

    Attributes
    ----------
    way : int
        −1 on the way down or at the bottom (and at first), 1 on the way up or at the top.
    position_m, extreme_m, left_m : float
        Position of the bar, its lowest (highest) point on this way down (up), and where this way started.
    began_us, ended_us : int or None
        Edges of this way, once found.
    seen : int
        Samples since this way was detected.
    peak_mps : float
        The fastest mean over 0.1 s of this way.
    slow_us : int or None
        Since when the bar has been at rest.
    lowering : Phase or None
        The way down that led to this bottom.
    given : bool
        This way was emitted as a rep (way up), or its lowering is complete (way down).
    rests : int
        1: this set's reps start from above, −1: from below, 0: unknown yet.
    roms_m, usual_m : tuple of floats, float or None
        Travel of the last reps; of the lifter's earlier sets.
    rep_ended_us : int or None
        End of the last rep.
    last_m : float or None
        The last position, of a position signal.
    velocities : list of floats
        The newest, at most 75.
    """

    way: int = DOWN
    position_m: float = 0.0
    extreme_m: float = 0.0
    left_m: float = 0.0
    began_us: int | None = None
    ended_us: int | None = None
    seen: int = 0
    peak_mps: float = 0.0
    slow_us: int | None = None
    lowering: Phase | None = None
    given: bool = False
    rests: int = 0
    roms_m: tuple[float, ...] = ()
    usual_m: float | None = None
    rep_ended_us: int | None = None
    stuck: StallState = _FREE
    last_m: float | None = None
    velocities: list[float] = field(default_factory=list)


def run(
    state: BarState, rows: Sequence[SampleRow], signal: str, bar: BarParameters, grind_s: float
) -> tuple[BarState, list[MotionFinding]]:
    """Process rows of 20 ms.

    >>> from math import pi, sin
    >>> rows = []
    >>> for number in range(400):  # from above: 0.5 m down in 1.2 s, up in 0.8 s, a second at the top
    ...     t = number * 0.02 % 4.0 - 1.0
    ...     down, up = 0 < t < 1.2, 1.2 < t < 2.0
    ...     velocity = -pi / 4.8 * sin(pi * t / 1.2) if down else pi / 3.2 * sin(pi * (t - 1.2) / 0.8) if up else 0.0
    ...     rows.append(SampleRow(number, number * 20_000, (velocity,)))
    >>> for rep in run(BarState(), rows, "bar_velocity", BarParameters(), 6.0)[1]:
    ...     up, down = rep.concentric, rep.eccentric
    ...     print(round(up.seconds, 2), up.mean_velocity_mps, up.travel_m, round(down.seconds, 2), rep.known_us / 1e6)
    0.81 0.6113 0.4951 1.19 3.24
    0.81 0.6113 0.4951 1.19 7.24
    """
    state = replace(state, velocities=list(state.velocities))
    findings: list[MotionFinding] = []
    for row in rows:
        if row.broken:
            usual = state.usual_m
            state = BarState(rests=state.rests, roms_m=state.roms_m, usual_m=usual, rep_ended_us=state.rep_ended_us)
        _step(state, row, signal, bar, grind_s, findings)
    return state, findings


def _step(
    state: BarState, row: SampleRow, signal: str, bar: BarParameters, grind_s: float, findings: list[MotionFinding]
) -> None:
    value = row.values[0]
    if signal == BAR_POSITION:
        velocity = 0.0 if state.last_m is None else (value - state.last_m) / _STEP_S
        state.last_m = value
    else:
        velocity = value
    state.position_m += velocity * _STEP_S
    velocities = state.velocities
    velocities.append(round(velocity, 5))
    if len(velocities) > _KEPT:
        del velocities[0]
    mean = sum(velocities[-_MEAN[signal] :]) / _MEAN[signal]
    now_us = row.time_us
    state.seen += 1
    if abs(mean) >= bar.moving_mps:
        state.slow_us = None
    elif state.slow_us is None:
        state.slow_us = now_us
    still_s = 0.0 if state.slow_us is None else (now_us - state.slow_us) / 1e6
    state.peak_mps = max(state.peak_mps, state.way * mean)
    if state.way == UP:
        _step_up(state, now_us, still_s, bar, findings)
    else:
        _step_down(state, mean, now_us, still_s, bar, findings)
    _check_stall(state, now_us, bar, grind_s, findings)


def _step_up(state: BarState, now_us: int, still_s: float, bar: BarParameters, findings: list[MotionFinding]) -> None:
    """Process a sample on the way up or at the top."""
    position = state.position_m
    if position > state.extreme_m or (state.given and still_s > 0.0):
        state.extreme_m = position
    if state.began_us is None and state.seen >= _SETTLED:
        state.began_us = _start_us(state, now_us, bar, UP)
    fall = state.extreme_m - position
    usual = _usual(state)
    if not state.given:
        travel = state.extreme_m - state.left_m
        least = bar.rom_min_m if usual is None else bar.complete_share * usual
        enough_s = bar.still_unknown_s if usual is None else bar.still_s
        if travel >= least and (still_s >= enough_s or fall >= bar.lift_m):
            _emit(state, now_us, bar, findings, complete=True)
        elif (
            usual is not None
            and fall >= max(_TURN_M, bar.down_share * usual)
            and travel >= max(_TURN_M, bar.attempt_share * usual)
            and (state.rests == FROM_BELOW or state.lowering is not None)
        ):
            _emit(state, now_us, bar, findings, complete=False)
    if fall >= (_TURN_M if state.given or usual is None else max(_TURN_M, bar.down_share * usual)):
        _turn(state, DOWN, now_us, bar)


def _step_down(
    state: BarState, mean: float, now_us: int, still_s: float, bar: BarParameters, findings: list[MotionFinding]
) -> None:
    """Process a sample on the way down, at the bottom, or before any movement."""
    position = state.position_m
    if state.began_us is None and state.left_m - position >= bar.lift_m and mean < -bar.moving_mps:
        state.began_us = _start_us(state, now_us, bar, DOWN)
    if position < state.extreme_m or still_s > 0.0:
        state.extreme_m = position
    if state.began_us is None and still_s > 0.0:
        state.left_m = position
    rising = position - state.extreme_m >= bar.lift_m and mean >= bar.moving_mps
    if state.began_us is not None and not state.given and (rising or still_s >= bar.still_s):
        _end_lowering(state, now_us, bar, findings)
    if rising:
        _turn(state, UP, now_us, bar)


def _end_lowering(state: BarState, now_us: int, bar: BarParameters, findings: list[MotionFinding]) -> None:
    """Complete a way down, if it was long enough."""
    assert state.began_us is not None
    usual, travel = _usual(state), state.left_m - state.extreme_m
    if travel < (bar.rom_min_m if usual is None else 0.5 * usual):
        return
    state.given = True
    ended_us = _end_us(state, now_us, bar, DOWN)
    state.lowering = _phase(state.began_us, ended_us, travel, state.peak_mps)
    if state.rests == 0:
        state.rests = FROM_ABOVE
    elif state.rests == FROM_BELOW and state.rep_ended_us is not None:
        findings.append(LoweringFound(state.rep_ended_us, state.lowering, now_us))


def _emit(state: BarState, now_us: int, bar: BarParameters, findings: list[MotionFinding], *, complete: bool) -> None:
    """Emit a rep or an attempt."""
    began_us = state.began_us if state.began_us is not None else _start_us(state, now_us, bar, UP)
    ended_us = _end_us(state, now_us, bar, UP)
    travel = state.extreme_m - state.left_m
    if state.rests == 0:
        state.rests = FROM_BELOW
    lowering = state.lowering if state.rests == FROM_ABOVE else None
    way_up = _phase(began_us, ended_us, travel, state.peak_mps)
    findings.append(
        RepFound(
            started_us=way_up.started_us if lowering is None else lowering.started_us,
            ended_us=way_up.ended_us,
            known_us=now_us,
            concentric=way_up,
            eccentric=lowering,
            turned_us=None,
            cycle_s=None,
            complete=complete,
        )
    )
    state.given, state.lowering = True, None
    if complete:
        state.roms_m = (*state.roms_m, travel)[-_ROMS_KEPT:]
        state.rep_ended_us = way_up.ended_us


def _turn(state: BarState, way: int, now_us: int, bar: BarParameters) -> None:
    if way == UP and not state.given:
        state.lowering = None
    state.way, state.left_m, state.extreme_m = way, state.extreme_m, state.position_m
    state.began_us = _start_us(state, now_us, bar, DOWN) if way == DOWN else None
    state.seen, state.peak_mps, state.given, state.slow_us = 0, 0.0, False, None
    state.stuck = _FREE


def _check_stall(
    state: BarState, now_us: int, bar: BarParameters, grind_s: float, findings: list[MotionFinding]
) -> None:
    usual = _usual(state)
    if state.way == UP:
        height = state.position_m - state.left_m
        watched = not state.given and usual is not None and height < _TOP * usual
    else:
        height = 0.0
        watched = state.given and state.rests == FROM_ABOVE
    if not watched:
        state.stuck = _FREE if state.stuck.since_us is not None and not state.stuck.told else state.stuck
        return
    last = state.velocities[-MEAN:]
    standing = sum(last) < bar.moving_mps * len(last)
    state.stuck, since_us = update_stall(state.stuck, now_us=now_us, standing=standing, grind_s=grind_s)
    if since_us is not None:
        findings.append(StallFound(since_us, now_us, round(height, 3), None if usual is None else round(usual, 3)))


def _usual(state: BarState) -> float | None:
    if state.roms_m:
        return median(state.roms_m)
    if state.usual_m is not None:
        return state.usual_m
    return state.lowering.travel_m if state.lowering is not None else None


def _start_us(state: BarState, now_us: int, bar: BarParameters, way: int) -> int:
    """Return when this way began; the samples end within it."""
    signed = [way * velocity for velocity in state.velocities]
    return now_us - round((len(signed) - 1 - onset(signed, bar.moving_mps)) * _STEP_US)


def _end_us(state: BarState, now_us: int, bar: BarParameters, way: int) -> int:
    """Return when this way ended; the samples end after it."""
    signed = [way * velocity for velocity in state.velocities]
    return now_us - round((len(signed) - 1 - ending(signed, bar.moving_mps)) * _STEP_US)


def _phase(began_us: int, ended_us: int, travel_m: float, peak_mps: float) -> Phase:
    ended_us = max(ended_us, began_us + 100_000)
    mean = travel_m / (ended_us - began_us) * 1e6
    return Phase(began_us, ended_us, round(mean, 4), round(max(peak_mps, mean), 4), round(travel_m, 4))


def update_stall(stuck: StallState, *, now_us: int, standing: bool, grind_s: float) -> tuple[StallState, int | None]:
    """Process one sample; return the start of the stall, half of `MEAN` back, once it has lasted longer than `grind_s`.

    >>> stuck, stalls = StallState(), []
    >>> for now_us in range(0, 8_000_000, 20_000):
    ...     stuck, since_us = update_stall(stuck, now_us=now_us, standing=now_us > 1_000_000, grind_s=6.0)
    ...     if since_us is not None: stalls.append((since_us, now_us))
    >>> stalls
    [(870000, 6880000)]
    """
    if not standing:
        return (stuck if stuck.since_us is None else StallState(None, stuck.told)), None
    if stuck.since_us is None:
        return StallState(now_us - _LATE_US, stuck.told), None
    if not stuck.told and now_us - stuck.since_us > grind_s * 1e6:
        return StallState(stuck.since_us, told=True), stuck.since_us
    return stuck, None
