"""Sets that are more than one run of equal reps: two sides, help at the end, a machine's calibration at the beginning.

Each set is made twice from the same reps: as a device reports it that tells side, kind and help, and as one that does
not. The two sides are two sets of one lifter at one load, so they differ as two sets of one day do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Literal, TypeAlias

import numpy as np

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import devices, habits, timing
from lab.accuracy.simulation.conditions import Conditions
from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.lifters import draw
from lab.accuracy.simulation.parameters import Range, uniform
from lab.accuracy.truth import TrueSet
from spotter_detector.model import Observation

Habit: TypeAlias = Literal["alternating", "side_by_side", "assisted", "calibrated"]
HABITS: tuple[Habit, ...] = ("alternating", "side_by_side", "assisted", "calibrated")
_STREAM = 78
_LOAD_PCT = (75.0, 75.0)
# Time to change hands and until the loaded reps begin, s; help: reps, and velocity over that of the last rep alone;
# calibration: reps, their velocity over that of the first loaded one (design choices).
_CHANGE_S: Range = (6.0, 20.0)
_ASSISTED_REPS = (1, 2, 3)
_ASSISTED_FASTER: Range = (1.0, 1.8)
_CALIBRATION_REPS = 3
_CALIBRATION_FASTER: Range = (1.4, 2.0)


@dataclass(frozen=True, slots=True)
class PartedSet:
    """A set as a device reports it that tells side, kind and help of each rep; as one that does not; its plain parts.

    `plain` are the own reps of each side, each as a set of its own: what can be known at best.
    """

    labelled: LabelledSet
    bare: LabelledSet
    plain: tuple[LabelledSet, ...]


@dataclass(slots=True)
class _Rep:
    """A report with what may be told of it."""

    report: DeviceReport
    side: str | None = None
    kind: str = "work"
    assisted: bool = False


def parted_sets(habit: Habit, family: str, exercise: str, count: int, seed: int) -> list[PartedSet]:
    """Simulate sets of this habit, each of another lifter.

    >>> [parted] = parted_sets("alternating", "home", "bench_press", 1, seed=1)
    >>> [rep.side for rep in parted.labelled.reps[:3]], {rep.side for rep in parted.bare.reps}, len(parted.plain)
    (['left', 'right', 'left'], {None}, 2)
    """
    random = np.random.default_rng((_STREAM, HABITS.index(habit), seed))
    made: list[PartedSet] = []
    for lifter, sides in enumerate(draw(family, exercise, count, 2, seed, Conditions(load_pct=_LOAD_PCT))):
        body = timing.draw_body(exercise, random)
        reports = [_reports(side, body, random, left=habit == "assisted") for side in sides]
        reps = _MAKERS[habit](reports, random)
        is_one_armed = habit in ("alternating", "side_by_side")
        plain = (
            [[rep for rep in reps if rep.side == side] for side in ("left", "right")]
            if is_one_armed
            else [[rep for rep in reps if rep.kind == "work" and not rep.assisted]]
        )
        made.append(
            PartedSet(
                _labelled(lifter, sides[0], reps, with_labels=True),
                _labelled(lifter, sides[0], reps, with_labels=False),
                tuple(_labelled(lifter, sides[0], part, with_labels=False) for part in plain if part),
            )
        )
    return made


def _reports(true: TrueSet, body: timing.LifterBody, random: np.random.Generator, *, left: bool) -> list[DeviceReport]:
    rir = habits.ending(true.reps_possible, 0.0, random).rir if left else 0
    lifted = timing.lift(true, body, true.reps_possible - rir, random)
    return devices.measure(lifted, "velocity", true.sensor_sd_mps, random)


def _alternating(sides: Sequence[list[DeviceReport]], random: np.random.Generator) -> list[_Rep]:
    """Left and right in turn until one side has no rep left; each rep takes its own time."""
    del random
    fewest = min(len(side) for side in sides)
    in_turn = chain.from_iterable(zip_longest(*(_intervals(side[:fewest]) for side in sides)))
    made: list[_Rep] = []
    end_s = 0.0
    for index, (report, took_s) in enumerate(in_turn):
        end_s += took_s
        made.append(_Rep(replace(report, end_s=end_s), side=("left", "right")[index % 2]))
    return made


def _intervals(side: Sequence[DeviceReport]) -> list[tuple[DeviceReport, float]]:
    ends_s = [0.0, *(report.end_s for report in side)]
    return [(report, report.end_s - before_s) for report, before_s in zip(side, ends_s, strict=False)]


def _side_by_side(sides: Sequence[list[DeviceReport]], random: np.random.Generator) -> list[_Rep]:
    """Every rep of the left side, then every rep of the right."""
    left, right = sides
    begins_s = left[-1].end_s + uniform(_CHANGE_S, random)
    return [
        *(_Rep(report, side="left") for report in left),
        *(_Rep(replace(report, end_s=report.end_s + begins_s), side="right") for report in right),
    ]


def _assisted(sides: Sequence[list[DeviceReport]], random: np.random.Generator) -> list[_Rep]:
    """A partner helps with the last reps, whether the lifter could go on alone or not."""
    own = sides[0]
    last = own[-1]
    apart_s = own[-1].end_s - own[-2].end_s if len(own) > 1 else 3.0
    made = [_Rep(report) for report in own]
    for index in range(int(random.choice(_ASSISTED_REPS))):
        faster = uniform(_ASSISTED_FASTER, random)
        report = replace(
            last,
            end_s=last.end_s + (index + 1) * apart_s,
            velocity_mps=last.velocity_mps * faster,
            duration_s=last.duration_s / faster,
        )
        made.append(_Rep(report, assisted=True))
    return made


def _calibrated(sides: Sequence[list[DeviceReport]], random: np.random.Generator) -> list[_Rep]:
    """A machine measures the travel with reps without a load, and loads then."""
    first = sides[0][0]
    made: list[_Rep] = []
    for index in range(_CALIBRATION_REPS):
        faster = uniform(_CALIBRATION_FASTER, random)
        report = replace(
            first,
            end_s=3.0 * index,
            velocity_mps=first.velocity_mps * faster,
            duration_s=first.duration_s / faster,
            truth=None,
        )
        made.append(_Rep(report, kind="calibration"))
    begins_s = made[-1].report.end_s + uniform(_CHANGE_S, random)
    return [*made, *(_Rep(replace(report, end_s=report.end_s + begins_s)) for report in sides[0])]


_MAKERS = {
    "alternating": _alternating,
    "side_by_side": _side_by_side,
    "assisted": _assisted,
    "calibrated": _calibrated,
}


def _labelled(lifter: int, true: TrueSet, reps: Sequence[_Rep], *, with_labels: bool) -> LabelledSet:
    observations: Sequence[Observation] = devices.observe([rep.report for rep in reps], "velocity")
    if with_labels:
        observations = [
            replace(observation, side=rep.side, kind=rep.kind, assisted=rep.assisted)
            for observation, rep in zip(observations, reps, strict=True)
        ]
    truth = tuple(rep.report.truth for rep in reps)
    return LabelledSet(
        exercise=true.lifter.exercise,
        lifter=lifter,
        order=0,
        at_days=0.0,
        load_kg=None,
        pct_1rm=true.pct_1rm,
        reps=tuple(observations),
        truth=truth,
        failed_attempt=None,
        reps_possible=true.reps_possible,
        ended_rir=next((rir for rir in reversed(truth) if rir is not None), 0),
        failed=False,
        reported_rir=None,
        faults=frozenset(),
        true=true,
    )
