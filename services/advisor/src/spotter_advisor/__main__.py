"""`spotter-advisor`: the advisor as a process of the distributed host."""

from __future__ import annotations

import argparse
import sys

from spotter.logging_config import configure_logging
from spotter.settings import Settings
from spotter.streaming.faust import run_worker
from spotter.streaming.gc_tuning import tune
from spotter_advisor.processor import Advisor


def main() -> None:
    """Run until a signal ends it."""
    settings = Settings()
    parser = argparse.ArgumentParser(
        description="Turn estimates on Kafka into advice and keep the weekly failure budget."
    )
    parser.add_argument("--host", default=settings.host, help="address of health and metrics (%(default)s)")
    parser.add_argument(
        "--port", type=int, default=settings.port, help="port of health and metrics (%(default)s; 0: any)"
    )
    options = parser.parse_args()
    configure_logging("advisor", level=settings.log_level, as_json=settings.log_json)
    tune()
    sys.exit(run_worker(Advisor(), settings.model_copy(update={"host": options.host, "port": options.port})))


if __name__ == "__main__":
    main()
