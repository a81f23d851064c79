"""The detector's worker, waiting for the broker after each event: `python -m lab.bench.peers.event_by_event`."""

from __future__ import annotations

import sys

from spotter.logging_config import configure_logging
from spotter.settings import Settings
from spotter.streaming.faust import run_worker
from spotter_detector.processor import FailureDetector

if __name__ == "__main__":
    settings = Settings()
    configure_logging("event-by-event", level=settings.log_level, as_json=settings.log_json)
    sys.exit(run_worker(FailureDetector(), settings, one_by_one=True))
