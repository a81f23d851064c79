"""Reps from the velocity or position of a bar, while they happen.

Travel decides what is a rep, and velocity when it began and ended: noise in velocity averages out of travel, and the
drift of a position sensor is slow. A rise from rest is the way up; it is a rep once it has most of the usual travel
(the lifter's own, else that of the way down before it, else a minimum) and the bar is slow or turns. A way up that
turns back earlier is an attempt. In between the bar must go down.

A rep ends at its lockout: where velocity first falls under `moving_mps` within 5 % of the usual top, or turns its sign.
How a bar sways in the hands afterwards is no lifting.

A stall is reported while it lasts, once per rep, so that help is called before the rep ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from spotter_detector.motion.bar_state import DOWN, FROM_ABOVE, FROM_BELOW, UP, BarState, Lockout
from spotter_detector.motion.edges import ending, onset
from spotter_detector.motion.even_rows import BIN_US
from spotter_detector.motion.parameters import BarParameters
from spotter_detector.motion.records import (
    BAR_POSITION,
    BAR_VELOCITY,
    LoweringFound,
    MotionFinding,
    Phase,
    RepFound,
    SampleRow,
    StallFound,
)
from spotter_detector.motion.stalls import FREE, MEAN, unwatched, update_stall

_STEP_US = BIN_US[BAR_VELOCITY]
_STEP_S = _STEP_US / 1e6
_KEPT = 75  # Velocities kept to find edges in: 1.5 s.
_MEAN = 5  # Samples of 20 ms; 0.1 s halves the noise of 50 Hz.
_SPAN = 3  # Samples from one position to the one that its velocity is taken from.
_SETTLED = 10  # Samples after a rise is detected until its start can be found.
_PAST_PEAK = 0.6  # Or once the rise is this much slower than its peak.
_AFTER = 8  # Samples after a lockout was seen that help to find it.
_HELD = 50  # Samples in which a bar that is held goes nowhere.
_ROMS_KEPT = 5
_TURN_M = 0.05
# Shares of the usual travel: from which on a resting bar is at its top, and up to which it is still on the floor.
_TOP, _OFF = 0.85, 0.15
_BOTTOM = 0.2  # By what share of the usual travel bottoms differ.


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
    ...     rows.append(SampleRow(number, number * 20_000, (velocity,), number * 20_000))
    >>> for rep in run(BarState(), rows, "bar_velocity", BarParameters(), 6.0)[1]:
    ...     up, down = rep.concentric, rep.eccentric
    ...     print(round(up.seconds, 2), up.mean_velocity_mps, up.travel_m, round(down.seconds, 2), rep.known_us / 1e6)
    0.79 0.6332 0.4997 1.21 3.24
    0.79 0.6332 0.4997 1.21 7.24
    """
    state = replace(state, velocities=list(state.velocities))
    findings: list[MotionFinding] = []
    for row in rows:
        if row.broken:
            state = BarState(
                rests=state.rests,
                on_lifter=state.on_lifter,
                roms_m=state.roms_m,
                usual_m=state.usual_m,
                rep_ended_us=state.rep_ended_us,
            )
        _step(state, row, signal, bar, grind_s, findings)
    return state, findings


def _step(
    state: BarState, row: SampleRow, signal: str, bar: BarParameters, grind_s: float, findings: list[MotionFinding]
) -> None:
    row, velocity = _moved(state, row) if signal == BAR_POSITION else (row, row.values[0])
    if signal == BAR_VELOCITY:
        state.position_m += velocity * _STEP_S
    velocities = state.velocities
    velocities.append(round(velocity, 5))
    if len(velocities) > _KEPT:
        del velocities[0]
    mean = sum(velocities[-_MEAN:]) / _MEAN
    now_us = row.time_us
    state.seen += 1
    if abs(mean) >= bar.moving_mps:
        state.slow_us = None
    elif state.slow_us is None:
        state.slow_us = now_us
    still_s = 0.0 if state.slow_us is None else (now_us - state.slow_us) / 1e6
    state.peak_mps = max(state.peak_mps, state.way * mean)
    if state.way == UP:
        _step_up(state, mean, row, still_s, bar, findings)
    else:
        _step_down(state, mean, row, still_s, bar, findings)
    _check_stall(state, row, bar, grind_s, findings)


def _moved(state: BarState, row: SampleRow) -> tuple[SampleRow, float]:
    """Return the velocity between positions, and the row at the time of it, in their middle."""
    state.positions_m = (*state.positions_m, row.values[0])[-_SPAN - 1 :]
    if len(state.positions_m) <= _SPAN:
        state.position_m = row.values[0]
        return row, 0.0
    first, *between, last = state.positions_m
    velocity = (last - first) / (_SPAN * _STEP_S)
    # At the end of the step that the velocity is the middle of, as where velocities are summed.
    state.position_m = sum(between) / len(between) + velocity * _STEP_S / 2
    return replace(row, time_us=row.time_us - _SPAN * _STEP_US // 2), velocity


def _step_up(
    state: BarState, mean: float, row: SampleRow, still_s: float, bar: BarParameters, findings: list[MotionFinding]
) -> None:
    """Process a sample on the way up or at the top."""
    position = state.position_m
    if position > state.extreme_m or (state.given and still_s > 0.0):
        state.extreme_m = position
    if state.began_us is None and (state.seen >= _SETTLED or mean < _PAST_PEAK * state.peak_mps):
        state.began_us = _start_us(state, row.time_us, bar, UP)
        # By the time that a rise is detected the bar has left its bottom, a little after a halt.
        state.left_m = min(state.left_m, state.position_m - _since(state, row.time_us, state.began_us))
    fall = state.extreme_m - position
    usual = _usual(state)
    if not state.given and not state.from_rack:
        _find_lockout(state, mean, row.time_us, bar)
        travel = state.extreme_m - state.left_m
        if state.lockout is not None:
            waited_us = row.time_us - state.lockout.seen_us
            enough_s = bar.still_unknown_s if usual is None else bar.still_s
            if waited_us >= enough_s * 1e6 or fall >= bar.lift_m:
                _emit(state, *_locked_out(state, state.lockout, row.time_us, bar), row, bar, findings, complete=True)
        elif (
            usual is not None
            and fall >= max(_TURN_M, bar.down_share * usual)
            and travel >= max(_TURN_M, bar.attempt_share * usual)
            and (state.rests == FROM_BELOW or state.lowering is not None)
        ):
            ended_us = _end_us(state, row.time_us, bar, UP)
            _emit(state, ended_us, state.extreme_m, row, bar, findings, complete=False)
    if fall >= (_TURN_M if state.given or usual is None else max(_TURN_M, bar.down_share * usual)):
        _turn(state, DOWN, row.time_us, bar)
    elif _is_held(state, bar):
        state.way, state.left_m, state.extreme_m, state.began_us, state.given = DOWN, position, position, None, False


def _is_held(state: BarState, bar: BarParameters) -> bool:
    """Whether the bar was lifted a little, out of its rack or off the floor, and is held there: the rep begins later."""
    if state.given or state.lowering is not None or state.seen < _HELD:
        return False
    usual = _usual(state)
    if state.position_m - state.left_m >= (bar.rom_min_m if usual is None else max(_TURN_M, _OFF * usual)):
        return False
    return abs(sum(state.velocities[-_HELD:])) * _STEP_S < bar.lift_m


def _find_lockout(state: BarState, mean: float, now_us: int, bar: BarParameters) -> None:
    """Note where the way up ends, or forget it where the bar goes on."""
    usual = _usual(state)
    if state.lockout is not None:
        went_on_m = bar.lift_m if usual is None else max(bar.lift_m, bar.went_on_share * usual)
        if state.position_m - state.lockout.position_m > went_on_m:
            state.lockout = None
        return
    height = state.position_m - state.left_m
    if usual is None:
        ends = height >= bar.rom_min_m and mean < bar.moving_mps
    else:
        top = usual if state.lowering is None else min(usual, state.lowering.travel_m)
        slow = height >= bar.top_share * top and mean < bar.moving_mps
        ends = slow or (height >= bar.complete_share * usual and mean <= 0.0)
    if not ends:
        return
    near_top = usual is None or height >= bar.top_share * usual
    state.lockout = Lockout(now_us, state.position_m, bar.moving_mps if near_top else 0.0)


def _locked_out(state: BarState, lockout: Lockout, now_us: int, bar: BarParameters) -> tuple[int, float]:
    """Return when and where the way up ended; what the bar did long after is left aside."""
    after = max(0, (now_us - lockout.seen_us) // _STEP_US - _AFTER)
    velocities = state.velocities[: len(state.velocities) - after]
    back = len(velocities) - 1 - ending(velocities, bar.moving_mps, lockout.level_mps)
    ended_us = now_us - round((after + back) * _STEP_US)
    return ended_us, state.position_m - _since(state, now_us, ended_us)


def _step_down(
    state: BarState, mean: float, row: SampleRow, still_s: float, bar: BarParameters, findings: list[MotionFinding]
) -> None:
    """Process a sample on the way down, at the bottom, or before any movement."""
    position = state.position_m
    if state.began_us is None and state.left_m - position >= bar.lift_m and mean < -bar.moving_mps:
        state.began_us = _start_us(state, row.time_us, bar, DOWN)
    if position < state.extreme_m or still_s > 0.0:
        state.extreme_m = position
    if state.began_us is None and still_s > 0.0:
        state.left_m = position
    rising = position - state.extreme_m >= bar.lift_m and mean >= bar.moving_mps
    if state.began_us is not None and not state.given and (rising or still_s >= bar.still_s):
        _end_lowering(state, row, bar, findings)
    if rising:
        _turn(state, UP, row.time_us, bar)


def _end_lowering(state: BarState, row: SampleRow, bar: BarParameters, findings: list[MotionFinding]) -> None:
    """Complete a way down, if it was long enough."""
    assert state.began_us is not None
    usual, travel = _usual(state), state.left_m - state.extreme_m
    if travel < (bar.rom_min_m if usual is None else 0.5 * usual):
        return
    state.given, state.from_rack = True, False
    ended_us = _end_us(state, row.time_us, bar, DOWN)
    state.lowering = _phase(state.began_us, ended_us, travel, state.peak_mps)
    if state.rests == 0:
        state.rests = FROM_ABOVE
    elif state.rests == FROM_BELOW and state.rep_ended_us is not None:
        findings.append(LoweringFound(state.rep_ended_us, state.lowering, row.known_us))


def _emit(
    state: BarState,
    ended_us: int,
    top_m: float,
    row: SampleRow,
    bar: BarParameters,
    findings: list[MotionFinding],
    *,
    complete: bool,
) -> None:
    """Emit a rep or an attempt."""
    began_us = state.began_us if state.began_us is not None else _start_us(state, row.time_us, bar, UP)
    travel = top_m - state.left_m
    if state.rests == 0:
        state.rests = FROM_BELOW
    lowering = state.lowering if state.rests == FROM_ABOVE else None
    way_up = _phase(began_us, ended_us, travel, state.peak_mps)
    findings.append(
        RepFound(
            started_us=way_up.started_us if lowering is None else lowering.started_us,
            ended_us=way_up.ended_us,
            known_us=row.known_us,
            concentric=way_up,
            eccentric=lowering,
            complete=complete,
        )
    )
    state.given, state.lowering, state.lockout = True, None, None
    if complete:
        state.roms_m = (*state.roms_m, travel)[-_ROMS_KEPT:]
        state.rep_ended_us, state.top_m = way_up.ended_us, top_m


def _turn(state: BarState, way: int, now_us: int, bar: BarParameters) -> None:
    if way == UP and not state.given:
        state.lowering = None
    state.way, state.left_m, state.extreme_m = way, state.extreme_m, state.position_m
    state.began_us = _start_us(state, now_us, bar, DOWN) if way == DOWN else None
    state.seen, state.peak_mps, state.given, state.slow_us = 0, 0.0, False, None
    state.stuck, state.lockout = FREE, None


def _check_stall(
    state: BarState, row: SampleRow, bar: BarParameters, grind_s: float, findings: list[MotionFinding]
) -> None:
    height = state.position_m - state.left_m if state.way == UP else 0.0
    if not _is_lifting(state, height):
        state.stuck = unwatched(state.stuck)
        return
    last = state.velocities[-MEAN:]
    standing = sum(last) < bar.moving_mps * len(last)
    state.stuck, since_us = update_stall(state.stuck, now_us=row.time_us, standing=standing, grind_s=grind_s)
    if since_us is not None:
        usual = _usual(state)
        usual_m = None if usual is None else round(usual, 3)
        findings.append(StallFound(since_us, row.known_us, round(height, 3), usual_m))


def _is_lifting(state: BarState, height: float) -> bool:
    """Whether a rep is under way: its lowering was complete, or it is off the floor; a shift of the bar is none."""
    usual = _usual(state)
    if state.way != UP:
        if usual is None or not state.given or state.rests != FROM_ABOVE or not state.on_lifter:
            return False
        # A bar that rests far above the usual bottom is in its rack, one far below it on the floor.
        return abs((state.left_m - state.extreme_m) / usual - 1.0) < _BOTTOM
    if state.given or usual is None or height >= _TOP * usual:
        return False
    if state.top_m is not None and state.position_m > state.top_m - (1.0 - _TOP) * usual:
        return False
    return state.lowering is not None if state.rests == FROM_ABOVE else height >= max(_TURN_M, _OFF * usual)


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


def _since(state: BarState, now_us: int, then_us: int) -> float:
    """Return how far the bar has moved up since a time that its velocities reach back to."""
    count = round((now_us - then_us) / _STEP_US)
    return sum(state.velocities[max(0, len(state.velocities) - count) :]) * _STEP_S


def _phase(began_us: int, ended_us: int, travel_m: float, peak_mps: float) -> Phase:
    ended_us = max(ended_us, began_us + 100_000)
    mean = travel_m / (ended_us - began_us) * 1e6
    return Phase(began_us, ended_us, round(mean, 4), round(max(peak_mps, mean), 4), round(travel_m, 4))
