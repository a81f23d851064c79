"""Reps of recorded wrists counted by parameters that were chosen without them: one exercise, or one person, left out.

The method's own parameters are in the middle of ranges. Those of a group are chosen among them and their neighbours by the
other groups' sets of both sources: most sets within one rep, then most exact, and the method's own where several are as
good. So what is shown is what choosing like this gives for exercises and people that nobody had seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lab.accuracy.motion.watch import WatchSet
from spotter.domain.fast_dataclass import replace
from spotter_detector.motion import RepFound
from spotter_detector.motion.parameters import WristParameters
from spotter_detector.motion.sample_parser import SampleRow, SampleStream, add_chunk, flush
from spotter_detector.motion.wrist import WristState, finish, run

_NEIGHBOURS: Final[Mapping[str, tuple[float, ...]]] = {
    "start": (0.7, 0.9),
    "alike": (0.05, 0.15),
    "usual_share": (0.3, 0.7),
    "open_cost": (0.3, 0.5),
    "pace_cost": (0.2, 0.4),
    "enough_of_two": (-0.35, -0.15),
}
_NEIGHBOURS_QUICK: Final = ("start",)
# Rows handed over at once while it is open whether a set that was started has a rep.
_ROWS_AT_ONCE: Final = 6


def left_out_reps(lifts: Sequence[WatchSet], quick: bool) -> list[list[RepFound]]:
    """Count each set by parameters chosen without its group: the exercise of the one lifter, the person of the others."""
    rows = [_rows_of(lift) for lift in lifts]
    counted = [
        [
            _reps_in(of_lift, parameters, started=lift.person != "watch")
            for lift, of_lift in zip(lifts, rows, strict=True)
        ]
        for parameters in _candidates(quick)
    ]
    errors = np.array([[len(reps) - lift.reps for lift, reps in zip(lifts, sets, strict=True)] for sets in counted])
    groups = np.array([lift.exercise if lift.person == "watch" else lift.person for lift in lifts])
    chosen = {group: _chosen(errors[:, groups != group]) for group in dict.fromkeys(groups.tolist())}
    return [counted[chosen[group]][index] for index, group in enumerate(groups.tolist())]


def _candidates(quick: bool) -> list[WristParameters]:
    """Return the method's own parameters and those with another value of one of them."""
    names = _NEIGHBOURS_QUICK if quick else tuple(_NEIGHBOURS)
    changes: list[dict[str, Any]] = [{name: value} for name in names for value in _NEIGHBOURS[name]]
    return [WristParameters(), *(replace(WristParameters(), **change) for change in changes)]


def _chosen(errors: npt.NDArray[np.int64]) -> int:
    """Return the best candidate, by its row of errors."""
    within = (np.abs(errors) <= 1).mean(axis=1)
    exact = (errors == 0).mean(axis=1)
    return max(range(len(errors)), key=lambda index: (within[index], exact[index], -index))


def _rows_of(lift: WatchSet) -> list[SampleRow]:
    stream = SampleStream()
    rows: list[SampleRow] = []
    for chunk in lift.chunks():
        stream, more = add_chunk(stream, chunk)
        rows += more
    return rows + flush(stream, "imu_wrist")[1]


def _reps_in(rows: Sequence[SampleRow], parameters: WristParameters, *, started: bool) -> list[RepFound]:
    state = WristState()
    counted: list[RepFound] = []
    for first, last in pairwise(range(0, len(rows) + _ROWS_AT_ONCE, _ROWS_AT_ONCE)):
        state, reps = run(state, rows[first:last], replace(parameters, expected=started and not counted))
        counted += reps
    return counted + finish(state, parameters)[1]
