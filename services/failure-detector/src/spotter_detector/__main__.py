"""`spotter-failure-detector`: the failure-detector as a process of the distributed host."""

from __future__ import annotations

import argparse
import sys

from spotter.logging_config import configure_logging
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


def main() -> None:
    """Run the worker until a signal stops it."""
    settings = Settings()
    parser = argparse.ArgumentParser(description="Follow sets on Kafka and estimate how many reps are left.")
    parser.add_argument("--host", default=settings.host, help="address of health and metrics (%(default)s)")
    parser.add_argument(
        "--port", type=int, default=settings.port, help="port of health and metrics (%(default)s; 0: any)"
    )
    options = parser.parse_args()
    configure_logging("failure-detector", level=settings.log_level, as_json=settings.log_json)
    sys.exit(work(settings.model_copy(update={"host": options.host, "port": options.port})))


if __name__ == "__main__":
    main()
