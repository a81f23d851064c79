"""The advisor as a worker of the distributed host."""

from __future__ import annotations

from spotter.settings import Settings
from spotter.streaming.faust import run_worker
from spotter.streaming.gc_tuning import tune
from spotter_advisor.processor import Advisor


def work(settings: Settings) -> int:
    """Run until a signal ends it; returns the exit code."""
    tune()
    return run_worker(Advisor(), settings)
