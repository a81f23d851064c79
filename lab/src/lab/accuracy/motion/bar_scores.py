"""Scores of the segmentation on simulated bar signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np

from lab.accuracy.motion.bars import Sensor, bar_set
from spotter_detector.motion import Chunk, Lift, MotionFinding, RepFound, StallFound, advance, finish, segmenter

GRIND_S = 6.0
_GRID_US = 20_000


@dataclass(frozen=True, slots=True)
class BarScores:
    """Figures over many sets; times in s, errors of the concentric time over the sets counted exactly.

    Errors of the mean velocity are shares of the true one: the mean of their sizes, their mean, and the 90th percentile.

    `stall_late_max_s` is the largest |detection − (stall + grind)|; None without stalls.
    """

    condition: str
    sets: int
    reps: int
    exact_share: float
    off_by_more_share: float
    concentric_median_s: float
    concentric_mae_s: float
    concentric_p90_s: float
    concentric_bias_s: float
    within_60_ms_share: float
    mean_velocity_error: float
    mean_velocity_bias: float
    mean_velocity_p90: float
    known_after_p50_s: float
    known_after_p99_s: float
    known_after_max_s: float
    attempts_right_share: float
    stalls: int
    stalls_in_time_share: float | None
    stall_late_max_s: float | None
    false_stalls: int
    cost_us_per_s: float


def bar_scores(
    condition: str,
    *,
    signal: str,
    sets: int,
    seed: int,
    rate_hz: float = 50.0,
    sensor: Sensor | None = None,
    stall: bool = False,
    faults: bool = False,
    racks: bool = False,
) -> BarScores:
    """Simulate sets and score the reps found in them.

    With `faults` samples are missing or wrong here and there; with `racks` the bar comes from a rack and goes back, and
    the exercise is known.
    """
    errors: list[float] = []
    velocity_errors: list[float] = []
    detection_s: list[float] = []
    wrong: list[int] = []
    late: list[float] = []
    attempts, false_stalls, reps, seconds, cost_s = 0, 0, 0, 0.0, 0.0
    for number in range(sets):
        rng = np.random.default_rng((seed, number))
        bar_lift = bar_set(rng, rate_hz=rate_hz, sensor=sensor, stall=stall, racks=racks)
        samples: list[float | None] = list(bar_lift.velocity_mps if signal == "bar_velocity" else bar_lift.position_m)
        if faults:
            _spoil(samples, rng, bar_lift.rate_hz)
        late_us = int(rng.integers(0, _GRID_US))
        chunks = list(_chunks(samples, signal, bar_lift.rate_hz, late_us))
        before = process_time()
        lift = Lift(lowered_first=bar_lift.from_above, on_lifter=stall) if racks else None
        findings = _findings(chunks, signal, lift)
        cost_s += process_time() - before
        seconds += len(bar_lift.velocity_mps) / rate_hz
        complete = [rep for rep in findings if isinstance(rep, RepFound) and rep.complete]
        attempts += bar_lift.attempts == sum(isinstance(rep, RepFound) and not rep.complete for rep in findings)
        wrong.append(abs(len(complete) - len(bar_lift.reps)))
        reps += len(bar_lift.reps)
        if not wrong[-1]:
            for true, rep in zip(bar_lift.reps, complete, strict=True):
                assert rep.concentric is not None
                errors.append(rep.concentric.seconds - (true.ended_s - true.started_s))
                velocity_errors.append(rep.concentric.mean_velocity_mps / true.mean_velocity_mps - 1.0)
                detection_s.append((rep.known_us - late_us) / 1e6 - true.ended_s)
        stalls = [finding for finding in findings if isinstance(finding, StallFound)]
        if bar_lift.stall_since_s is None:
            false_stalls += len(stalls)
        else:
            late.append((stalls[0].known_us - late_us) / 1e6 - bar_lift.stall_since_s - GRIND_S if stalls else np.inf)
            false_stalls += max(0, len(stalls) - 1)
    size, off = np.abs(errors), np.array(wrong)
    return BarScores(
        condition=condition,
        sets=sets,
        reps=reps,
        exact_share=float((off == 0).mean()),
        off_by_more_share=float((off > 1).mean()),
        concentric_median_s=float(np.median(size)),
        concentric_mae_s=float(size.mean()),
        concentric_p90_s=float(np.percentile(size, 90)),
        concentric_bias_s=float(np.mean(errors)),
        within_60_ms_share=float((size <= 0.06).mean()),
        mean_velocity_error=float(np.abs(velocity_errors).mean()),
        mean_velocity_bias=float(np.mean(velocity_errors)),
        mean_velocity_p90=float(np.percentile(np.abs(velocity_errors), 90)),
        known_after_p50_s=float(np.median(detection_s)),
        known_after_p99_s=float(np.percentile(detection_s, 99)),
        known_after_max_s=float(np.max(detection_s)),
        attempts_right_share=attempts / sets,
        stalls=len(late),
        stalls_in_time_share=float((np.abs(late) <= 0.5).mean()) if late else None,
        stall_late_max_s=float(np.abs(late).max()) if late else None,
        false_stalls=false_stalls,
        cost_us_per_s=cost_s / seconds * 1e6,
    )


def _spoil(samples: list[float | None], rng: np.random.Generator, rate_hz: float) -> None:
    """Leave out up to 0.2 s about every five seconds, and put a spike of any size at about every seventh."""
    for _ in range(round(len(samples) / rate_hz / 5.0)):
        first, count = int(rng.integers(0, len(samples))), round(rng.uniform(0.0, 0.2) * rate_hz)
        samples[first : first + count] = [None] * len(samples[first : first + count])
    for _ in range(round(len(samples) / rate_hz / 7.0)):
        index = int(rng.integers(1, len(samples)))
        before = samples[index]
        samples[index] = None if before is None else before + rng.choice((-1.0, 1.0)) * 10.0 ** rng.uniform(0.3, 3.0)


def _chunks(samples: list[float | None], signal: str, rate_hz: float, late_us: int) -> Iterator[Chunk]:
    """Yield chunks of a fifth of a second; their first sample is anywhere between two bins."""
    size = max(1, round(rate_hz / 5))
    for first in range(0, len(samples), size):
        yield Chunk(late_us + round(first * 1e6 / rate_hz), rate_hz, signal, samples[first : first + size])


def _findings(chunks: list[Chunk], signal: str, lift: Lift | None) -> list[MotionFinding]:
    state = segmenter(signal, lift, longest_grind_s=GRIND_S)
    findings: list[MotionFinding] = []
    for chunk in chunks:
        state, more = advance(state, chunk)
        findings += more
    return findings + finish(state)[1]
