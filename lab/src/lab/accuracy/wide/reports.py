"""What comes with reps: breaths, reports before the first rep, the bar put down, an earlier set, a rep reported twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.parameters import parameters, uniform
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


def with_a_repeat(reps: list[DeviceReport], done: int, random: np.random.Generator) -> list[DeviceReport]:
    """Return reps of which one of those done may be reported twice."""
    if random.uniform() >= wide.REPEAT_SHARE:
        return reps
    index = int(random.integers(done))
    again = replace(reps[index], end_s=reps[index].end_s + uniform(wide.REPEAT_S, random), truth=None)
    return [*reps[: index + 1], again, *reps[index + 1 :]]


def with_reports_before(reps: list[DeviceReport], rom_m: float, random: np.random.Generator) -> list[DeviceReport]:
    """Return a set with reports before its first rep: the bar unracked or moved, a machine's calibration."""
    first = next(index for index, rep in enumerate(reps) if rep.truth is not None)
    before = _before(reps[first], int(random.choice(len(wide.BEFORE_SHARES), p=wide.BEFORE_SHARES)), rom_m, random)
    return [*reps[:first], *before, *reps[first:]]


def until(reps: list[DeviceReport], left: int) -> list[DeviceReport]:
    """Return a set up to its rep with so many left, with what is reported of that rep."""
    last = next(index for index, rep in enumerate(reps) if rep.truth == left)
    while last + 1 < len(reps) and reps[last + 1].truth is None:
        last += 1
    return reps[: last + 1]


def with_other_arm(
    reps: list[DeviceReport], others: list[DeviceReport], random: np.random.Generator
) -> list[DeviceReport]:
    """Return a set that another arm goes on with, as of one."""
    shift_s = reps[-1].end_s + uniform(wide.ARMS_CHANGED_S, random) - others[0].end_s + others[0].duration_s
    return [*reps, *(replace(rep, end_s=rep.end_s + shift_s) for rep in others)]


def with_put_down(reps: list[DeviceReport], rom_m: float, random: np.random.Generator) -> list[DeviceReport]:
    """Return a set after which the bar may be put down as if it were a rep."""
    if random.uniform() >= wide.PUT_DOWN_SHARE:
        return reps
    return [*reps, _put_down(reps[-1], rom_m, random)]


def _before(first: DeviceReport, count: int, rom_m: float, random: np.random.Generator) -> list[DeviceReport]:
    reports: list[DeviceReport] = []
    begins_s = first.end_s - first.duration_s
    for _ in range(count):
        report = _calibration(rom_m, random) if random.uniform() < wide.CALIBRATION_SHARE else _any(rom_m, random)
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


def _calibration(rom_m: float, random: np.random.Generator) -> DeviceReport:
    travel_m = rom_m * (1.0 + parameters().timing.rom_cv * float(random.standard_normal()))
    velocity_mps = uniform(wide.ANY_SPEED_MPS, random)
    return DeviceReport(0.0, velocity_mps, travel_m, travel_m / velocity_mps, None)
