"""How much is measured: bounded in count and in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """Sizes of a run; `folder` is its own and goes with it."""

    folder: Path
    say: Callable[[str], None]
    """Is told what is being measured, for a person who waits."""
    rounds: int = 3
    core_reps: int = 12_000
    batch_reps: int = 20_000
    worker_reps: int = 10_000
    event_by_event_reps: int = 1_000
    latency_s: float = 45.0
    pipe_s: float = 20.0
    recoveries: int = 3

    def quick(self) -> BenchPlan:
        """Return the same with less of everything: under two minutes."""
        return BenchPlan(
            folder=self.folder,
            say=self.say,
            rounds=1,
            core_reps=4_000,
            batch_reps=6_000,
            worker_reps=4_000,
            event_by_event_reps=300,
            latency_s=8.0,
            pipe_s=4.0,
            recoveries=1,
        )
