"""Reps from an IMU: cycles that are like one another, whether the limb turns or is carried.

A recording is not a set: it holds getting ready, the set, and putting away. A rep is a cycle of a chain of cycles that
are alike (`cycles`); nothing before the first or after the last is counted. The first rep is known when the second shows
that it was one, each later one within 0.7 s of its end.

A rep has its times and no velocity. Which half of a cycle is concentric is unknown, and integrated over a phase the
accelerometer's tilt error alone (1° is 0.17 m/s²) is 0.17 m/s after a second: not good enough for a velocity loss.
"""

from __future__ import annotations

from collections.abc import Sequence

from spotter.domain.fast_dataclass import record
from spotter_detector.motion.cycles import conclude, restart, search
from spotter_detector.motion.likeness import TURN_G
from spotter_detector.motion.links import UNIT, Cycle, CycleSearch, Row
from spotter_detector.motion.parameters import WristParameters
from spotter_detector.motion.records import IMU_WRIST, RepFound, SampleRow
from spotter_detector.motion.sample_parser import BIN_US

_STEP_US = BIN_US[IMU_WRIST]
_G_MPS2 = 9.80665
# Beyond any limb, in g and in TURN_G g per rad/s; squares of sums stay exact below it.
_VALUE_MAX = 100.0


@record(frozen=True, slots=True)
class WristState:
    """State of a set's IMU."""

    cycles: CycleSearch = CycleSearch()


def run(state: WristState, rows: Sequence[SampleRow], wrist: WristParameters) -> tuple[WristState, list[RepFound]]:
    """Process rows one after the other.

    >>> from math import cos, pi, sin
    >>> def row(number):  # a curl every 4 s: up and down in 3, rest for 1
    ...     t = min(number * 0.08 % 4.0, 3.0)
    ...     angle, rate = 1 - cos(2 * pi * t / 3), 2 * pi / 3 * sin(2 * pi * t / 3)
    ...     return SampleRow(number, 0, (9.81 * cos(angle), 9.81 * sin(angle), 0.0, 0.0, 0.0, rate))
    >>> _, reps = run(WristState(), [row(number) for number in range(250)], WristParameters())
    >>> [(rep.ended_us / 1e6, rep.known_us / 1e6) for rep in reps]  # the first is known with the second
    [(3.0, 7.44), (7.24, 7.92), (11.4, 12.08), (15.56, 16.24)]
    """
    reps: list[RepFound] = []
    cycles = state.cycles
    first = 0
    for last in range(1, len(rows) + 1):
        if last == len(rows) or rows[last].broken:
            if first < len(rows) and rows[first].broken:
                cycles = restart(cycles)
            run_of_rows = [_row(row) for row in rows[first:last]]
            if run_of_rows:
                cycles, counted = search(cycles, rows[first].number, run_of_rows, wrist)
                reps += [_rep(cycle) for cycle in counted]
            first = last
    return WristState(cycles), reps


def finish(state: WristState, wrist: WristParameters) -> tuple[WristState, list[RepFound]]:
    """Return the reps that the end of the signal completes."""
    cycles, counted = conclude(state.cycles, wrist)
    return WristState(cycles), [_rep(cycle) for cycle in counted]


def _row(row: SampleRow) -> Row:
    force, turn = row.values[:3], row.values[3:]
    scaled = (*(value / _G_MPS2 for value in force), *(value * TURN_G for value in turn))
    return tuple(round(UNIT * min(max(value, -_VALUE_MAX), _VALUE_MAX)) for value in scaled)


def _rep(cycle: Cycle) -> RepFound:
    return RepFound(
        started_us=cycle.start * _STEP_US + _STEP_US // 2,
        ended_us=cycle.end * _STEP_US + _STEP_US // 2,
        known_us=(cycle.counted + 1) * _STEP_US,
        concentric=None,
        eccentric=None,
        complete=True,
    )
