"""Which reports of a set may be its reps: the last ones but for a put-down, after none to three that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, inf, log, pi
from typing import Final

import numpy as np

from lab.accuracy.answers import Floats
from lab.accuracy.simulation import timing
from lab.accuracy.simulation.lifters import draw
from lab.accuracy.simulation.parameters import Range, parameters
from lab.accuracy.wide import parameters as wide
from spotter_detector.model import Observation

# Between an earlier set and this one there is no gap like it; a repeat comes sooner than any rep.
_EARLIER_SET_S: Final = 60.0
# Assignments this much less likely by travel and time than the best are left out.
_NEGLIGIBLE: Final = 25.0
_SQUARES_SD: Final = (2.0 * pi) ** 0.5


@dataclass(frozen=True, slots=True)
class Travel:
    """What is known of a lifter's log travel."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class ReportAssignment:
    """Reports `first` … `last` (exclusive) are reps; log likelihood of all but the reps' velocities, prior included."""

    first: int
    last: int
    put_down: bool
    log_likelihood: float


def usual_travel(exercise: str) -> Travel:
    """Return what is known of an unknown lifter's travel."""
    return Travel(log(parameters().body[exercise].rom), wide.TRAVEL_LOG_SD)


def own_reports(reports: Sequence[Observation]) -> list[int]:
    """Return the indices of the reports that can be of this set and are no repeats."""
    begins = max(
        (index for index in range(1, len(reports)) if reports[index].end_s - reports[index - 1].end_s > _EARLIER_SET_S),
        default=0,
    )
    kept = [begins]
    for index in range(begins + 1, len(reports)):
        if reports[index].end_s - reports[kept[-1]].end_s > wide.REPEAT_S[1] + 0.02:
            kept.append(index)
    return kept


def assignments(reports: Sequence[Observation], travel: Travel, *, under_way: bool = False) -> list[ReportAssignment]:
    """Return the assignments of these reports of one set, without repeats, that are not negligible.

    Nothing is put down while a set is `under_way`.
    """
    made: list[ReportAssignment] = []
    for before, share in enumerate(wide.BEFORE_SHARES):
        for put_down in (False,) if under_way else (False, True):
            last = len(reports) - put_down
            if before >= last:
                continue
            prior = log(share) + (log(wide.PUT_DOWN_SHARE) if put_down else 0.0)
            made.append(
                ReportAssignment(before, last, put_down, prior + _log_likelihood(reports, before, last, travel))
            )
    best = max((each.log_likelihood for each in made), default=0.0)
    return [each for each in made if each.log_likelihood > best - _NEGLIGIBLE]


def travel_after(travel: Travel, reports: Sequence[Observation], best: ReportAssignment) -> Travel:
    """Return what is known of the travel after a set, by its best assignment."""
    travels = np.log([_travel(report) for report in reports[best.first : best.last]])
    precision, own = 1.0 / travel.sd**2, len(travels) / _rep_travel_sd() ** 2
    mean = (precision * travel.mean + own * float(travels.mean())) / (precision + own)
    return Travel(mean, (precision + own) ** -0.5)


def _log_likelihood(reports: Sequence[Observation], first: int, last: int, travel: Travel) -> float:
    logs = [log(_travel(report)) for report in reports]
    sd = _rep_travel_sd()
    mean, variance, total = travel.mean, travel.sd**2, 0.0
    for value in logs[first:last]:
        spread = variance + sd**2
        total -= 0.5 * ((value - mean) ** 2 / spread) + log(_SQUARES_SD * spread**0.5)
        gain = variance / spread
        mean, variance = mean + gain * (value - mean), variance * (1.0 - gain)
    usual = exp(mean)
    for index, report in enumerate(reports):
        if index < first:
            total += _before(logs[index] - mean, sd) + logs[index] - mean
            total += _even(_velocity(report), wide.ANY_SPEED_MPS)
        elif index >= last:
            total += _put_down(report, reports[last - 1], usual) + logs[index] - mean
        if index > 0:
            total += _rest(reports[index - 1], report, index <= first, index >= last)
    return total


def _before(log_share: float, sd: float) -> float:
    """Return the log density of the travel of a report before the first rep, as a share of the usual."""
    anyhow = exp(_even(exp(log_share), wide.ANY_TRAVEL))
    calibrating = exp(-0.5 * (log_share / sd) ** 2) / (_SQUARES_SD * sd * exp(log_share))
    density = (1.0 - wide.CALIBRATION_SHARE) * anyhow + wide.CALIBRATION_SHARE * calibrating
    return log(density) if density > 0.0 else -inf


def _put_down(report: Observation, rep: Observation, usual_m: float) -> float:
    share, speed = _travel(report) / usual_m, _velocity(report)
    anyhow = exp(_even(share, wide.ANY_TRAVEL) + _even(speed, wide.ANY_SPEED_MPS))
    last_mps = _velocity(rep)
    short = exp(_even(share, wide.PUT_DOWN_TRAVEL) + _even(speed / last_mps, wide.PUT_DOWN_SPEED)) / last_mps
    density = (1.0 - wide.PUT_DOWN_SHORT_SHARE) * anyhow + wide.PUT_DOWN_SHORT_SHARE * short
    return log(density) if density > 0.0 else -inf


def _rest(before: Observation, report: Observation, opening: bool, closing: bool) -> float:
    rest_s = report.end_s - before.end_s - (report.duration_s or 0.0)
    if opening:
        return _even(rest_s, wide.BEFORE_S)
    if closing:
        return _even(rest_s, wide.PUT_DOWN_S)
    mean, sd = _usual_rest()
    value = log(max(rest_s, 0.05))
    usual = exp(-0.5 * ((value - mean) / sd) ** 2) / (_SQUARES_SD * sd * max(rest_s, 0.05))
    breath = exp(_even(rest_s - exp(mean), wide.BREATH_S))
    return log((1.0 - wide.BREATH_SHARE) * usual + wide.BREATH_SHARE * breath + 1e-12)


def _even(value: float, limits: Range) -> float:
    """Return the log density of an even distribution; a little outside, as rounding may put it there."""
    least, most = limits
    slack = 0.05 * (most - least)
    return -log(most - least) if least - slack <= value <= most + slack else -inf


def _travel(report: Observation) -> float:
    return max(report.rom_m or 0.0, 0.02)


def _velocity(report: Observation) -> float:
    return max(report.velocity_mps or 0.0, 0.02)


def _rep_travel_sd() -> float:
    """Return the sd of a rep's reported log travel: the lifter's, the device's, and rounding to centimetres."""
    of = parameters()
    return float(np.hypot(of.timing.rom_cv, np.hypot(of.device.rom_sd, of.device.rom_step / 12**0.5) / 0.5))


@cache
def _usual_rest() -> tuple[float, float]:
    """Return mean and sd of the log of the time between reps, of lifters simulated for it."""
    random = np.random.default_rng(5)
    rests: list[float] = []
    for [true] in draw("home", "bench_press", 400, 1, seed=5):
        body = timing.draw_body("bench_press", random)
        reps = timing.lift(true, body, true.reps_possible, random)
        rests += [rep.end_s - before.end_s - rep.concentric_s for before, rep in pairwise(reps)]
    logs: Floats = np.log(rests)
    return float(logs.mean()), float(logs.std())
