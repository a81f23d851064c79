"""Scores of the segmentation on simulated bar signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np

from lab.accuracy.motion.bars import BarSet, Sensor, bar_set
from spotter_detector.motion import Chunk, MotionFinding, RepFound, StallFound, advance, finish, segmenter

GRIND_S = 6.0


@dataclass(frozen=True, slots=True)
class BarScores:
    """Figures over many sets; times in s, errors of the concentric time over the sets counted exactly.

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
) -> BarScores:
    """Simulate sets and score the reps found in them."""
    errors: list[float] = []
    detection_s: list[float] = []
    wrong: list[int] = []
    late: list[float] = []
    attempts, false_stalls, reps, seconds, cost_s = 0, 0, 0, 0.0, 0.0
    for number in range(sets):
        bar_lift = bar_set(np.random.default_rng((seed, number)), rate_hz=rate_hz, sensor=sensor, stall=stall)
        chunks = list(_chunks(bar_lift, signal))
        before = process_time()
        findings = _findings(chunks, signal)
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
                detection_s.append(rep.known_us / 1e6 - true.ended_s)
        stalls = [finding for finding in findings if isinstance(finding, StallFound)]
        if bar_lift.stall_since_s is None:
            false_stalls += len(stalls)
        else:
            late.append(stalls[0].known_us / 1e6 - bar_lift.stall_since_s - GRIND_S if stalls else np.inf)
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


def _chunks(bar_lift: BarSet, signal: str) -> Iterator[Chunk]:
    samples = (bar_lift.velocity_mps if signal == "bar_velocity" else bar_lift.position_m).tolist()
    size = max(1, round(bar_lift.rate_hz / 5))
    for first in range(0, len(samples), size):
        yield Chunk(round(first * 1e6 / bar_lift.rate_hz), bar_lift.rate_hz, signal, samples[first : first + size])


def _findings(chunks: list[Chunk], signal: str) -> list[MotionFinding]:
    state = segmenter(signal, longest_grind_s=GRIND_S)
    findings: list[MotionFinding] = []
    for chunk in chunks:
        state, more = advance(state, chunk)
        findings += more
    return findings + finish(state)[1]
