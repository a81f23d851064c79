"""Sets that end in a failed attempt, in all the shapes in which devices report one, and normal sets.

Normal sets end with up to three reps in reserve and have no faults. The others end with a failed attempt, reported as

* `short_slow`: a slow rep of short travel;
* `split`: one grinding rep in two by a dip;
* `helped`: a very slow full rep, then a much faster one with a helper's hands on the bar;
* `pauses_subtracted`: a full rep at a usual velocity by a device that leaves the time in which the bar did not move out
  of its duration, and tells when each rep began;
* `no_end`: a start and no rep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import devices, habits, timing
from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.lifters import draw
from lab.accuracy.simulation.parameters import parameters, uniform

Shape: TypeAlias = Literal["short_slow", "split", "helped", "pauses_subtracted", "no_end"]
SHAPES: tuple[Shape, ...] = ("short_slow", "split", "helped", "pauses_subtracted", "no_end")
_STREAM = 77
_TRUTH_FAILED = -1


@dataclass(frozen=True, slots=True)
class FailedEnding:
    """A set, the shape of its failed attempt, and when the attempt began.

    Attributes
    ----------
    shape : str or None
        None: a normal set.
    started_s : float or None
        Of `no_end`: when the attempt began, s from the set's first report.
    """

    labelled: LabelledSet
    shape: Shape | None
    started_s: float | None


def ended_sets(family: str, exercise: str, count: int, seed: int) -> list[FailedEnding]:
    """Simulate sets, each of another lifter: half of them normal, half with a failed attempt.

    >>> sets = ended_sets("home", "bench_press", 40, seed=1)
    >>> sum(ending.shape is None for ending in sets), sum(ending.labelled.failed for ending in sets)
    (20, 20)
    """
    of = parameters().failed_shapes
    random = np.random.default_rng((_STREAM, seed))
    shares = np.array([of.short_slow, of.split, of.helped, of.pauses_subtracted, of.no_end])
    made: list[FailedEnding] = []
    for lifter, [true] in enumerate(draw(family, exercise, count, 1, seed)):
        is_normal = lifter % 2 == 0
        shape = None if is_normal else SHAPES[int(random.choice(len(SHAPES), p=shares / shares.sum()))]
        rir = habits.ending(true.reps_possible, 0.0, random).rir if is_normal else 0
        body = timing.draw_body(exercise, random)
        lifted = timing.lift(true, body, true.reps_possible - rir, random)
        reports = devices.measure(lifted, "velocity", true.sensor_sd_mps, random)
        done = len(reports)
        waited_s = body.eccentric_s + body.wait_s * (1.0 + parameters().timing.wait_growth)
        started_s: float | None = None
        if shape == "no_end":
            started_s = reports[-1].end_s + waited_s + uniform(of.started_s, random) - reports[0].end_s
        elif shape is not None:
            reports = reports + _MAKERS[shape](reports[-1], waited_s, random)
            if shape == "pauses_subtracted":
                for report in reports[:done]:
                    report.started_s = report.end_s - report.duration_s
        made.append(
            FailedEnding(
                LabelledSet(
                    exercise=exercise,
                    lifter=lifter,
                    order=0,
                    at_days=0.0,
                    load_kg=None,
                    pct_1rm=true.pct_1rm,
                    reps=devices.observe(reports, "velocity"),
                    truth=tuple(report.truth for report in reports),
                    failed_attempt=done if len(reports) > done else None,
                    reps_possible=true.reps_possible,
                    ended_rir=rir,
                    failed=shape is not None,
                    reported_rir=None,
                    faults=frozenset(),
                    true=true,
                ),
                shape,
                started_s,
            )
        )
    return made


def _short_slow(last: DeviceReport, waited_s: float, random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().failed_shapes
    return [_attempt(last, last.end_s + waited_s, uniform(of.short_rom, random), uniform(of.short_velocity, random))]


def _split(last: DeviceReport, waited_s: float, random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().failed_shapes
    share = uniform(of.split_rom, random)
    before = _attempt(last, last.end_s + waited_s, share, uniform(of.split_velocity, random))
    dip_s = uniform(of.split_apart_s, random)
    after = _attempt(last, before.end_s + dip_s, 1.0 - share, uniform(of.split_velocity, random))
    return [before, after]


def _helped(last: DeviceReport, waited_s: float, random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().failed_shapes
    slow = _attempt(last, last.end_s + waited_s, 1.0, uniform(of.helped_slow, random))
    fast = _attempt(last, slow.end_s, 1.0, uniform(of.helped_fast, random))
    fast.end_s = slow.end_s + uniform(of.helped_apart_s, random)
    fast.truth = None
    return [slow, fast]


def _pauses_subtracted(last: DeviceReport, waited_s: float, random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().failed_shapes
    attempt = _attempt(last, last.end_s + waited_s, 1.0, uniform(of.stalled_velocity, random))
    attempt.started_s = attempt.end_s - attempt.duration_s
    attempt.end_s += uniform(of.stalled_s, random)
    return [attempt]


def _attempt(last: DeviceReport, began_s: float, rom_share: float, velocity_share: float) -> DeviceReport:
    """Build a report of a failed attempt with shares of the last rep's travel and velocity."""
    velocity_mps = max(last.velocity_mps * velocity_share, parameters().device.velocity_min)
    rom_m = last.rom_m * rom_share
    return DeviceReport(began_s + rom_m / velocity_mps, velocity_mps, rom_m, rom_m / velocity_mps, _TRUTH_FAILED)


_MAKERS: Mapping[Shape, Callable[[DeviceReport, float, np.random.Generator], list[DeviceReport]]] = {
    "short_slow": _short_slow,
    "split": _split,
    "helped": _helped,
    "pauses_subtracted": _pauses_subtracted,
}
