"""The failure-detector as a worker of the distributed host."""

from __future__ import annotations

from spotter.settings import Settings
from spotter.streaming.faust import run_worker
from spotter.streaming.gc_tuning import tune
from spotter.streaming.warmup import warm_up
from spotter_detector.processor import FailureDetector


def work(settings: Settings) -> int:
    """Run until a signal stops it; return the exit code."""
    warm_up([FailureDetector()])
    tune()
    return run_worker(FailureDetector(), settings)
