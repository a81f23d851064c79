"""Reps counted in raw motion: simulated bars and recorded watch sets, kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab.accuracy.motion.bar_scores import BarScores, bar_scores
from lab.accuracy.motion.bar_table import RATES_HZ
from lab.accuracy.motion.baseline import count_peaks
from lab.accuracy.motion.watch import RATE_HZ, watch_sets
from lab.accuracy.motion.wrist_counts import WristCount, reps_in
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.targets import AccuracyTarget

_EXACT_MIN, _OFF_BY_MORE_MAX = 0.70, 2
_BAR_EXACT_MIN, _CONCENTRIC_MAX_S = 0.99, 0.060
_VELOCITY_MAX, _VELOCITY_MAX_AT_25_HZ = 0.05, 0.08
# Shares of recorded sets counted exactly and within one rep, at least.
_WRISTS_MIN: Final[Mapping[str, tuple[float | None, float | None]]] = {
    **dict.fromkeys(("as recorded", "random pads", "2 g shock", "frozen tail"), (0.80, 0.95)),
    "cut": (0.87, 0.97),
    **dict.fromkeys(("spar_watch, set started", "spar_watch, one person left out"), (None, 0.93)),
}
# Share of stalls that must be detected in time.
_STALLS_MIN = 0.99
# The gyroscope's columns in a watch's rows.
_GYROSCOPE = slice(3, 6)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A recorded set: its reps, the count, and a peak counter's."""

    name: str
    reps: int
    counted: int
    peaks: int


def bar_rows(plan: ProtocolPlan) -> list[BarScores]:
    """Score simulated bars at several rates with noise .03 m/s, with faults, and with a stall in the last rep."""
    seed, sets = plan.seeds[0], plan.bar_sets
    return [
        *(
            bar_scores(f"{rate_hz:g} Hz", signal="bar_velocity", sets=sets, seed=seed, rate_hz=rate_hz)
            for rate_hz in RATES_HZ
        ),
        bar_scores("50 Hz, faults", signal="bar_velocity", sets=sets, seed=seed + 2, faults=True),
        bar_scores("200 Hz, racks", signal="bar_velocity", sets=sets, seed=seed + 3, rate_hz=200.0, racks=True),
        bar_scores("50 Hz, a stall in each set", signal="bar_velocity", sets=sets, seed=seed + 1, stall=True),
    ]


def watch_rows(folder: Path) -> list[WatchRow]:
    """Count recorded wrist sets that are cut to the exercise; empty without recordings."""
    return [
        WatchRow(
            lifted_set.name,
            lifted_set.reps,
            len(reps_in(lifted_set.rows, RATE_HZ)),
            count_peaks(lifted_set.rows[:, _GYROSCOPE], RATE_HZ),
        )
        for lifted_set in watch_sets(folder)
    ]


def exact_share(rows: list[WatchRow]) -> float:
    """Return the share of recorded sets that are counted exactly."""
    return sum(row.counted == row.reps for row in rows) / len(rows)


def off_by_more(rows: list[WatchRow]) -> int:
    """Return how many recorded sets are off by more than one rep."""
    return sum(abs(row.counted - row.reps) > 1 for row in rows)


def of_bars(rows: list[BarScores]) -> Iterator[AccuracyTarget]:
    """Yield the targets for simulated bars."""
    for row in rows:
        where = ("motion", "simulated", "bar velocity", row.condition)
        yield AccuracyTarget(*where, "count exact", row.exact_share, _BAR_EXACT_MIN, at_least=True)
        yield AccuracyTarget(*where, "concentric time, mean error, s", row.concentric_mae_s, _CONCENTRIC_MAX_S)
        most = _VELOCITY_MAX_AT_25_HZ if row.condition == "25 Hz" else _VELOCITY_MAX
        yield AccuracyTarget(*where, "mean velocity, mean error", row.mean_velocity_error, most)
        if row.stalls_in_time_share is not None:
            share = row.stalls_in_time_share
            yield AccuracyTarget(*where, "stall called within .5 s", share, _STALLS_MIN, at_least=True)


def of_watch(rows: list[WatchRow]) -> Iterator[AccuracyTarget]:
    """Yield the targets for recorded watch sets."""
    if rows:
        where = ("motion", "recorded", "watch", "cut to the exercise")
        yield AccuracyTarget(*where, "count exact", exact_share(rows), _EXACT_MIN, at_least=True)
        yield AccuracyTarget(*where, "sets off by more than one", float(off_by_more(rows)), float(_OFF_BY_MORE_MAX))


def of_wrists(rows: Sequence[WristCount]) -> Iterator[AccuracyTarget]:
    """Yield the targets for wrists: sets inside their recordings, and people who train nothing."""
    for row in rows:
        limits = (
            _WRISTS_MIN.get(row.case) if row.recorded else (1.0, None) if row.case.startswith("two minutes") else None
        )
        if limits is None:
            continue
        where = ("motion", "recorded" if row.recorded else "simulated", "wrist", row.case)
        for measure, value, limit in zip(
            ("count exact", "within one"), (row.exact, row.within_one), limits, strict=True
        ):
            if limit is not None:
                yield AccuracyTarget(*where, measure, value, limit, at_least=True)
