"""What comes with reps: breaths, reports before the first rep, the bar put down, an earlier set, a rep reported twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.parameters import uniform
from lab.accuracy.wide import parameters as wide


def with_breaths(reps: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    """Return reps with a few breaths between them, which give nothing back."""
    waits_s = random.uniform(*wide.BREATH_S, len(reps)) * (random.uniform(size=len(reps)) < wide.BREATH_SHARE)
    waits_s[0] = 0.0
    return [
        replace(rep, end_s=rep.end_s + later_s) for rep, later_s in zip(reps, np.cumsum(waits_s).tolist(), strict=True)
    ]


def after_set(earlier: list[DeviceReport], reps: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    """Return a set with an earlier one before it, which nobody ended; its reports count for nothing here."""
    first = reps[0]
    shift_s = first.end_s - first.duration_s - uniform(wide.MERGED_S, random) - earlier[-1].end_s
    return [*(replace(rep, end_s=rep.end_s + shift_s, truth=None) for rep in earlier), *reps]


def with_no_reps(reps: list[DeviceReport], rom_m: float, random: np.random.Generator) -> list[DeviceReport]:
    """Return a set with what a device reports besides its reps, in order of time."""
    first = next(index for index, rep in enumerate(reps) if rep.truth is not None)
    before = _before(reps[first], int(random.choice(len(wide.BEFORE_SHARES), p=wide.BEFORE_SHARES)), rom_m, random)
    after: list[DeviceReport] = []
    if random.uniform() < wide.PUT_DOWN_SHARE:
        after = [_put_down(reps[-1], rom_m, random)]
    own = reps[first:]
    if random.uniform() < wide.REPEAT_SHARE:
        index = int(random.integers(len(own)))
        again = replace(own[index], end_s=own[index].end_s + uniform(wide.REPEAT_S, random), truth=None)
        own = [*own[: index + 1], again, *own[index + 1 :]]
    return [*reps[:first], *before, *own, *after]


def _before(first: DeviceReport, count: int, rom_m: float, random: np.random.Generator) -> list[DeviceReport]:
    reports: list[DeviceReport] = []
    begins_s = first.end_s - first.duration_s
    for _ in range(count):
        report = _any(rom_m, random)
        report.end_s = begins_s - uniform(wide.BEFORE_S, random)
        begins_s = report.end_s - report.duration_s
        reports.insert(0, report)
    return reports


def _put_down(last: DeviceReport, rom_m: float, random: np.random.Generator) -> DeviceReport:
    report = _any(rom_m, random)
    if random.uniform() < wide.PUT_DOWN_SHORT_SHARE:
        travel_m = rom_m * uniform(wide.PUT_DOWN_TRAVEL, random)
        velocity_mps = last.velocity_mps * uniform(wide.PUT_DOWN_SPEED, random)
        report = DeviceReport(0.0, velocity_mps, travel_m, travel_m / velocity_mps, None)
    report.end_s = last.end_s + uniform(wide.PUT_DOWN_S, random) + report.duration_s
    return report


def _any(rom_m: float, random: np.random.Generator) -> DeviceReport:
    travel_m, velocity_mps = rom_m * uniform(wide.ANY_TRAVEL, random), uniform(wide.ANY_SPEED_MPS, random)
    return DeviceReport(0.0, velocity_mps, travel_m, travel_m / velocity_mps, None)
