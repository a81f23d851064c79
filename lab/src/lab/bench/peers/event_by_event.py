"""The detector's worker, waiting for the broker after each event: `python -m lab.bench.peers.event_by_event`."""

from __future__ import annotations

import sys

from failure_detector.processor import FailureDetector
from spotter.bus.faust_host import run_worker
from spotter.settings import Settings
from spotter.telemetry import configure_logging

if __name__ == "__main__":
    settings = Settings()
    configure_logging("event-by-event", level=settings.log_level, as_json=settings.log_json)
    sys.exit(run_worker(FailureDetector(), settings, one_by_one=True))
