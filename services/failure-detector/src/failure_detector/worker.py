"""The failure-detector as a worker of the distributed host."""

from __future__ import annotations

from failure_detector.processor import FailureDetector
from spotter.bus.faust_host import run_worker
from spotter.bus.rehearsal import rehearse
from spotter.settings import Settings
from spotter.tuning import tune


def work(settings: Settings) -> int:
    """Work until a signal ends it; gives the exit code."""
    rehearse([FailureDetector()])
    tune()
    return run_worker(FailureDetector(), settings)
