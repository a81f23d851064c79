"""The sizes of a bench run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """Sizes of a run; `folder` is a temporary one."""

    folder: Path
    say: Callable[[str], None]
    """Prints what is being measured."""
    rounds: int = 3
    core_reps: int = 12_000
    batch_reps: int = 20_000
    worker_reps: int = 10_000
    event_by_event_reps: int = 1_000
    latency_s: float = 45.0
    pipe_s: float = 20.0
    recoveries: int = 3

    def quick(self) -> BenchPlan:
        """Return a plan that takes under two minutes."""
        return replace(
            self,
            rounds=1,
            core_reps=4_000,
            batch_reps=6_000,
            worker_reps=4_000,
            event_by_event_reps=300,
            latency_s=8.0,
            pipe_s=4.0,
            recoveries=1,
        )
