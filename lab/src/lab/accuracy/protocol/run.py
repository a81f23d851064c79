"""A run of what is not about recorded lifters: the parts of a plan side by side, the longest ones first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lab.accuracy.motion.bar_scores import BarScores
from lab.accuracy.motion.wrist_counts import WristCount, wrist_counts
from lab.accuracy.protocol.motion import WatchRow, bar_rows, watch_rows
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.rules import fixed_rules, wrong_alerts
from lab.accuracy.protocol.simulations import Simulated, simulated
from lab.accuracy.protocol.wide import WideFigures, wide_figures

T = TypeVar("T")
Progress = Callable[[str], None]


@dataclass(slots=True)
class RunResults:
    """The results of the parts measured, each empty if it was not."""

    wide: list[WideFigures] = field(default_factory=list)
    narrow: list[Simulated] = field(default_factory=list)
    bars: list[BarScores] = field(default_factory=list)
    watch: list[WatchRow] = field(default_factory=list)
    wrists: list[WristCount] = field(default_factory=list)


def measured(
    plan: ProtocolPlan,
    parts: Collection[str],
    recordings: Path | None,
    pool: Executor,
    say: Progress,
    *,
    quick: bool = False,
) -> RunResults:
    """Measure the wide world, the narrow one and motion, as far as they are among the parts.

    Parameters
    ----------
    recordings : Path or None
        A folder of recorded wrists.
    say : callable
        Prints each finished part.
    """
    watched = recordings / "watch" if recordings is not None and (recordings / "watch").is_dir() else None
    rules = [pool.submit(wrong_alerts, exercise, plan) for exercise in plan.exercises] if "narrow" in parts else []
    # Few long parts at the end would leave a processor idle: the other family's oracles take longest.
    families = sorted(plan.families, reverse=True)
    wide: dict[tuple[str, str], Future[WideFigures]] = {}
    narrow: dict[tuple[str, str], Future[Simulated]] = {}
    wrists: list[Future[list[WristCount]]] = []
    if "motion" in parts:
        wrists.append(_noted(pool.submit(wrist_counts, recordings, plan.seeds[0], quick), say, lambda _: "wrists"))
    for family in families:
        if "narrow" in parts:
            fixed = fixed_rules([future.result() for future in rules])
            for exercise in plan.exercises:
                future = pool.submit(simulated, family, exercise, plan, fixed)
                narrow[family, exercise] = _noted(future, say, Simulated.progress)
        if "wide" in parts:
            for exercise in plan.exercises:
                wide[family, exercise] = _noted(
                    pool.submit(wide_figures, family, exercise, plan), say, WideFigures.progress
                )
    bars = [_noted(pool.submit(bar_rows, plan), say, lambda _: "bar signals")] if "motion" in parts else []
    watch = [pool.submit(watch_rows, watched)] if watched is not None and "motion" in parts else []
    pairs = [(family, exercise) for family in plan.families for exercise in plan.exercises]
    return RunResults(
        wide=[wide[pair].result() for pair in pairs if pair in wide],
        narrow=[narrow[pair].result() for pair in pairs if pair in narrow],
        bars=_joined(bars),
        watch=_joined(watch),
        wrists=_joined(wrists),
    )


def _noted(future: Future[T], say: Progress, text: Callable[[T], str]) -> Future[T]:
    """Have it said when a result is there; a failure is raised where the result is asked for."""

    def note(done: Future[T]) -> None:
        if not done.cancelled() and done.exception() is None:
            say(text(done.result()))

    future.add_done_callback(note)
    return future


def _joined(futures: Sequence[Future[list[T]]]) -> list[T]:
    return [row for future in futures for row in future.result()]
