"""Device reports of true reps: noise, rounding and missing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.simulation.conditions import Measured
from lab.accuracy.simulation.parameters import DeviceParameters, parameters
from lab.accuracy.simulation.timing import TimedRep
from spotter_detector.model import Observation

# The limits of the public API.
_ROM_MIN_M = 0.02
_DURATION_RANGE_S = (0.1, 30.0)


@dataclass(slots=True)
class DeviceReport:
    """One report of a device, before faults change it; `truth` as in a labelled set, the last two if the device tells them."""

    end_s: float
    velocity_mps: float
    rom_m: float
    duration_s: float
    truth: int | None
    started_s: float | None = None
    eccentric_s: float | None = None


def measure(
    reps: Sequence[TimedRep], measured: Measured, sensor_sd_mps: float, random: np.random.Generator
) -> list[DeviceReport]:
    """Return the reports of these reps.

    A tracker derives the duration from the same signal as the velocity, so together they carry no more information than
    one alone; a watch times the concentric phase with its own error.
    """
    of, timing = parameters().device, parameters().timing
    z = random.standard_normal((3, len(reps)))
    reports: list[DeviceReport] = []
    for index, rep in enumerate(reps):
        velocity_mps = max(rep.velocity_mps + sensor_sd_mps * float(z[0, index]), of.velocity_min)
        rom_m = rep.rom_m + of.rom_sd * float(z[1, index])
        if measured == "velocity":
            duration_s = rom_m / velocity_mps
        else:
            duration_s = rep.concentric_s * float(np.exp(timing.duration_log_sd * z[2, index]))
        reports.append(DeviceReport(rep.end_s, velocity_mps, rom_m, duration_s, rep.rir))
        if measured == "phases":
            reports[-1].eccentric_s = rep.eccentric_s
    return reports


def observe(reports: Sequence[DeviceReport], measured: Measured) -> tuple[Observation, ...]:
    """Return the reports as a model sees them: rounded, the first at 0 s."""
    of = parameters().device
    with_rom = measured == "velocity"
    return tuple(
        Observation(
            rep_number=index + 1,
            end_s=_to_step(report.end_s - reports[0].end_s, of.time_step),
            velocity_mps=_velocity(report, of) if with_rom else None,
            duration_s=None if measured == "cycles" else _duration(report, of),
            rom_m=max(_to_step(report.rom_m, of.rom_step), _ROM_MIN_M) if with_rom else None,
            velocity_sd_mps=None,
            eccentric_s=None if report.eccentric_s is None else _to_step(report.eccentric_s, of.time_step),
            started_s=None if report.started_s is None else _to_step(report.started_s - reports[0].end_s, of.time_step),
        )
        for index, report in enumerate(reports)
    )


def _velocity(report: DeviceReport, of: DeviceParameters) -> float:
    return max(_to_step(report.velocity_mps, of.velocity_step), of.velocity_min)


def _duration(report: DeviceReport, of: DeviceParameters) -> float:
    least, most = _DURATION_RANGE_S
    return min(max(_to_step(report.duration_s, of.time_step), least), most)


def _to_step(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)
