"""Faults of devices and of lifters, put into a set's reports.

A report that is no rep has the truth None. Slow first reps and pauses happen to the lifter and are drawn here, but
lifted in `timing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from lab.accuracy.simulation.conditions import Fault
from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.parameters import parameters, uniform
from lab.accuracy.simulation.timing import PauseDuration

_SHORTEST_APART_S = 0.05


def drawn(faults: tuple[tuple[Fault, float | None], ...], random: np.random.Generator) -> frozenset[Fault]:
    """Draw the faults of one set."""
    of = parameters().faults
    draws = random.uniform(size=len(faults)).tolist()
    return frozenset(
        name
        for (name, share), draw in zip(faults, draws, strict=True)
        if draw < (getattr(of, name).share if share is None else share)
    )


def first_slower(random: np.random.Generator) -> float:
    """Draw the velocity of a slow first rep, as a share of its usual one."""
    return uniform(parameters().faults.slow_first.slower, random)


def pause_in(reps_possible: int, random: np.random.Generator) -> PauseDuration:
    """Draw a pause in a set with this many reps possible."""
    of = parameters().faults.pause
    pause_s = uniform(of.pause_s, random)
    after = max(round(uniform(of.after_share, random) * reps_possible), 1)
    share = of.back_max * (1.0 - np.exp(-pause_s / of.back_s)) * np.exp(of.back_log_sd * random.standard_normal())
    return PauseDuration(after, pause_s, min(round(share * after), after))


def put_in(reports: list[DeviceReport], faults: frozenset[Fault], random: np.random.Generator) -> list[DeviceReport]:
    """Return the reports with these faults in them, in the order of time."""
    for name in _ORDER:
        if name in faults:
            reports = _MAKERS[name](reports, random)
    return sorted(reports, key=lambda report: report.end_s)


def _outlier(reports: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().faults.outlier
    index = int(random.integers(len(reports)))
    factor = uniform(of.high if random.uniform() < 0.5 else of.low, random)
    duration_too = random.uniform() < 0.5
    report = reports[index]
    off = replace(
        report,
        velocity_mps=report.velocity_mps * factor,
        duration_s=report.duration_s / factor if duration_too else report.duration_s,
    )
    return [*reports[:index], off, *reports[index + 1 :]]


def _missed(reports: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    if len(reports) < 3:
        return reports
    # A missing first or last report can't be noticed.
    index = int(random.integers(1, len(reports) - 1))
    return [*reports[:index], *reports[index + 1 :]]


def _double(reports: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().faults.double
    report = reports[int(random.integers(len(reports)))]
    again = DeviceReport(
        end_s=report.end_s + uniform(of.apart_s, random),
        velocity_mps=report.velocity_mps + of.velocity_sd * float(random.standard_normal()),
        rom_m=report.rom_m + of.rom_sd * float(random.standard_normal()),
        duration_s=report.duration_s,
        truth=None,
    )
    return [*reports, again]


def _ghost(reports: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().faults.ghost
    index = int(random.integers(len(reports)))
    before = reports[index]
    if index + 1 < len(reports):
        after = reports[index + 1]
        room_s = max(after.end_s - after.duration_s - before.end_s, _SHORTEST_APART_S)
    else:
        room_s = 2.0
    ghost = _like(before, uniform(of.rom, random), uniform(of.velocity, random))
    return [*reports, replace(ghost, end_s=before.end_s + float(random.uniform(0.3, 0.95)) * room_s)]


def _unrack(reports: list[DeviceReport], random: np.random.Generator) -> list[DeviceReport]:
    of = parameters().faults.unrack
    is_short = random.uniform() < of.short
    rom, velocity = (of.short_rom, of.short_velocity) if is_short else (of.long_rom, of.long_velocity)
    apart_s = uniform(of.apart_s, random)
    if random.uniform() < 0.5:
        first = reports[0]
        unrack = _like(first, uniform(rom, random), uniform(velocity, random))
        return [replace(unrack, end_s=first.end_s - first.duration_s - apart_s), *reports]
    last = reports[-1]
    rerack = _like(last, uniform(rom, random), uniform(velocity, random))
    return [*reports, replace(rerack, end_s=last.end_s + apart_s + rerack.duration_s)]


def _like(report: DeviceReport, rom_share: float, velocity_share: float) -> DeviceReport:
    """Build a report that is no rep, with shares of another's travel and velocity."""
    rom_m, velocity_mps = report.rom_m * rom_share, report.velocity_mps * velocity_share
    return DeviceReport(report.end_s, velocity_mps, rom_m, report.duration_s * rom_share / velocity_share, None)


_MAKERS: Mapping[str, Callable[[list[DeviceReport], np.random.Generator], list[DeviceReport]]] = {
    "outlier": _outlier,
    "missed": _missed,
    "double": _double,
    "ghost": _ghost,
    "unrack": _unrack,
}
# What changes reps before what adds reports, so that a second report repeats the outlier and no ghost is missed.
_ORDER = tuple(_MAKERS)
