"""Raw motion made into reps: simulated bars, and recorded watch sets, apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.accuracy.motion.bar_scores import BarScores, bar_scores
from lab.accuracy.motion.baseline import count_peaks
from lab.accuracy.motion.cross_validation import candidates, counts, leave_one_out
from lab.accuracy.motion.watch import RATE_HZ, watch_sets
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.targets import AccuracyTarget

_EXACT_MIN, _OFF_BY_MORE_MAX = 0.70, 2
_BAR_EXACT_MIN, _CONCENTRIC_MAX_S = 0.99, 0.060
# A stall in each of these sets must be called in time.
_STALLS_MIN = 0.99
# Columns of a watch's rows that are of the gyroscope.
_GYROSCOPE = slice(3, 6)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A recorded set: reps of the logger, counted with numbers fitted on other exercises, and by a peak counter."""

    name: str
    reps: int
    counted: int
    peaks: int


def bar_rows(plan: ProtocolPlan) -> list[BarScores]:
    """Simulated bars at 50 Hz with noise .03 m/s, some of them stuck in the last rep."""
    seed = plan.seeds[0]
    return [
        bar_scores("50 Hz", signal="bar_velocity", sets=plan.bar_sets, seed=seed),
        bar_scores("50 Hz, a stall in each set", signal="bar_velocity", sets=plan.bar_sets, seed=seed + 1, stall=True),
    ]


def watch_rows(folder: Path, plan: ProtocolPlan) -> list[WatchRow]:
    """Recorded sets of a wrist, each exercise counted with numbers that the others chose; none where there are none."""
    sets = watch_sets(folder)
    if not sets:
        return []
    wrists = candidates(plan.wrist_candidates)
    left_out = leave_one_out(sets, wrists, counts(sets, wrists))
    return [
        WatchRow(lifted_set.name, lifted_set.reps, score.counted, count_peaks(lifted_set.rows[:, _GYROSCOPE], RATE_HZ))
        for lifted_set, score in zip(sets, left_out, strict=True)
    ]


def exact_share(rows: list[WatchRow]) -> float:
    """Share of recorded sets that are counted exactly."""
    return sum(row.counted == row.reps for row in rows) / len(rows)


def off_by_more(rows: list[WatchRow]) -> int:
    """How many recorded sets are off by more than one rep."""
    return sum(abs(row.counted - row.reps) > 1 for row in rows)


def of_bars(rows: list[BarScores]) -> Iterator[AccuracyTarget]:
    """Targets of simulated bars."""
    for row in rows:
        where = ("motion", "simulated", "bar velocity", row.condition)
        yield AccuracyTarget(*where, "count exact", row.exact_share, _BAR_EXACT_MIN, at_least=True)
        yield AccuracyTarget(*where, "concentric time, mean error, s", row.concentric_mae_s, _CONCENTRIC_MAX_S)
        if row.stalls_in_time_share is not None:
            share = row.stalls_in_time_share
            yield AccuracyTarget(*where, "stall called within .5 s", share, _STALLS_MIN, at_least=True)


def of_watch(rows: list[WatchRow]) -> Iterator[AccuracyTarget]:
    """Targets of recorded watch sets."""
    if rows:
        where = ("motion", "recorded", "watch", "left one exercise out")
        yield AccuracyTarget(*where, "count exact", exact_share(rows), _EXACT_MIN, at_least=True)
        yield AccuracyTarget(*where, "sets off by more than one", float(off_by_more(rows)), float(_OFF_BY_MORE_MAX))
