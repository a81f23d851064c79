"""The advisor as a worker of the distributed host."""

from __future__ import annotations

from advisor.processor import Advisor
from spotter.bus.faust_host import run_worker
from spotter.settings import Settings
from spotter.tuning import tune


def work(settings: Settings) -> int:
    """Work until a signal ends it; gives the exit code."""
    tune()
    return run_worker(Advisor(), settings)
