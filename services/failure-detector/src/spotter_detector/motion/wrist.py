"""Reps from an IMU: cycles of rotation where the limb turns, of vertical velocity where it is carried.

Curls, raises, pulldowns and pull-ups rotate the forearm about one axis; presses and squats carry it. Both are counted
all the time, and the one that moves more emits the reps: of rotation when the far point is reached, of vertical
velocity when a cycle is complete, since its extremes are mid-way. A sensor on a bar always counts vertical velocity.

A rep has its times and no velocity. Which half of a cycle is concentric is unknown, and integrated over a phase the
accelerometer's tilt error alone (1° is 0.17 m/s²) is 0.17 m/s after a second: not good enough for a velocity loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from spotter.domain.fast_dataclass import record
from spotter_detector.motion.attitude import Attitude, Axis, Vector, update_attitude, update_axis
from spotter_detector.motion.parameters import WristParameters
from spotter_detector.motion.records import IMU_BAR, IMU_WRIST, RepFound
from spotter_detector.motion.sample_parser import BIN_US, SampleRow
from spotter_detector.motion.swings import Cycle, Point, Swings, extent, swing

_STEP_US = BIN_US[IMU_WRIST]
_STEP_S = _STEP_US / 1e6
_UP: Vector = (1.0, 0.0, 0.0)
# The source of the reps changes when the other moves this much more, ...
_CLEARLY = 1.25
# ... and a cycle during which it changes is emitted once: it may overlap the last one by this share (design choices).
_OVERLAP = 0.4
# A cycle of the other source is kept for this long, in case it takes over before the first has emitted the rep.
_PASSED_STEPS = 25


@record(frozen=True, slots=True)
class WristState:
    """State of a set's IMU.

    `last_step` and `last_turn` are the steps at which the last rep was emitted and had its far point; `passed` is the
    newest cycle of the source that did not lead, and `passed_step` when it came.
    """

    attitude: Attitude = Attitude()
    rotation: Vector = (0.0, 0.0, 0.0)
    axis: Axis = Axis()
    turning: Swings = Swings()
    carried: Swings = Swings()
    carries: bool = False
    last_step: int | None = None
    last_turn: int | None = None
    passed: Cycle | None = None
    passed_step: int = 0


def step(state: WristState, row: SampleRow, signal: str, wrist: WristParameters) -> tuple[WristState, RepFound | None]:
    """Process a row of 80 ms.

    >>> from math import cos, pi
    >>> state, reps = WristState(), []
    >>> for number in range(250):  # a curl every 4 s: up and down in 3, rest for 1
    ...     t = number * 0.08 % 4.0
    ...     rate = 3.0 * cos(pi * t / 3) if t < 3 else 0.0
    ...     state, rep = step(state, SampleRow(number, 0, (0.0, 0.0, 9.81, 0.0, 0.0, rate)), "imu_wrist", WristParameters())
    ...     if rep: reps.append((round(rep.turned_us / 1e6, 2), round(rep.known_us / 1e6, 2), rep.cycle_s))
    >>> reps  # the first when it is back, the others when they turn
    [(1.28, 3.12, None), (5.28, 6.24, 4.0), (9.36, 9.44, 4.08), (13.28, 13.36, 3.92), (17.28, 17.36, 4.0)]
    """
    if row.broken:
        state = WristState(turning=Swings(usual=state.turning.usual), carried=Swings(usual=state.carried.usual))
    attitude, rise_mps = update_attitude(state.attitude, row.values, _STEP_S)
    keep = exp(-_STEP_S / wrist.leak_s)
    (rx, ry, rz), (wx, wy, wz) = state.rotation, row.values[3:]
    rotation = (rx * keep + wx * _STEP_S, ry * keep + wy * _STEP_S, rz * keep + wz * _STEP_S)
    axis = update_axis(state.axis, rotation, _STEP_S, wrist.memory_s)
    here, rise = Point(row.number, rotation), Point(row.number, (rise_mps, 0.0, 0.0))
    turning, turned = swing(state.turning, here, axis.direction, wrist.floor_rad, keep, wrist, at_far=True)
    carried, lifted = swing(state.carried, rise, _UP, wrist.floor_mps, 1.0, wrist, at_far=False)
    carries = signal == IMU_BAR or _carries(state.carries, turning, axis.direction, carried, wrist)
    cycle, given_step = lifted if carries else turned, row.number
    passed, passed_step = state.passed, state.passed_step
    if carries != state.carries:
        recent = passed is not None and row.number - passed_step <= _PASSED_STEPS
        if cycle is None and passed is not None and recent and passed.started >= (state.last_step or 0):
            cycle, given_step = passed, passed_step
        passed = None
    elif (other := turned if carries else lifted) is not None:
        passed, passed_step = other, row.number
    rep, last_step, last_turn = None, state.last_step, state.last_turn
    if cycle is not None and not _overlaps(cycle, given_step, last_step):
        rep = _rep(cycle, given_step, row.number, last_turn)
        last_step, last_turn = row.number, cycle.turned
    counts = (turning, carried, carries, last_step, last_turn, passed, passed_step)
    return WristState(attitude, rotation, axis, *counts), rep


def run(
    state: WristState, rows: Sequence[SampleRow], signal: str, wrist: WristParameters
) -> tuple[WristState, list[RepFound]]:
    """Process rows one after the other."""
    reps: list[RepFound] = []
    for row in rows:
        state, rep = step(state, row, signal, wrist)
        if rep is not None:
            reps.append(rep)
    return state, reps


def _carries(carries: bool, turning: Swings, along: Vector, carried: Swings, wrist: WristParameters) -> bool:
    turned_rad = extent(turning, along)
    lifted_rad = wrist.lever_rad_per_mps * extent(carried, _UP)
    return lifted_rad * _CLEARLY > turned_rad if carries else lifted_rad > _CLEARLY * turned_rad


def _overlaps(cycle: Cycle, now: int, last_step: int | None) -> bool:
    """Whether a cycle overlaps one that the other source has already emitted."""
    return last_step is not None and last_step - cycle.started > _OVERLAP * (now - cycle.started)


def _rep(cycle: Cycle, ended: int, now: int, last_turn: int | None) -> RepFound:
    return RepFound(
        started_us=cycle.started * _STEP_US,
        ended_us=ended * _STEP_US,
        known_us=(now + 1) * _STEP_US,
        concentric=None,
        eccentric=None,
        turned_us=cycle.turned * _STEP_US,
        cycle_s=None if last_turn is None else round((cycle.turned - last_turn) * _STEP_S, 2),
        complete=True,
    )
