"""`spotter-dashboard`: the coach's page and the history as a process of the distributed host."""

from __future__ import annotations

import argparse
import os

from spotter.http.server import Server, server_config
from spotter.http.tokens import Keyring
from spotter.logging_config import configure_logging
from spotter.settings import Limits
from spotter.streaming.gc_tuning import tune
from spotter.streaming.kafka import KafkaLog
from spotter_dashboard.service import Process
from spotter_dashboard.settings import DashboardSettings

GATHER_S = 0.1
"""A page may be a little later for a reader that costs half (design choice)."""
NICER = 5
"""Where processors are short, advice goes before pages."""


def main() -> None:
    """Serve until a signal ends it."""
    settings, limits = DashboardSettings(), Limits()
    parser = argparse.ArgumentParser(description="Show the coach what happens, and answer about what happened.")
    parser.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s; 0: any)")
    options = parser.parse_args()
    configure_logging("dashboard", level=settings.log_level, as_json=settings.log_json, audit_file=settings.audit_log)
    source = KafkaLog(settings.kafka, settings.topic_prefix, gather_s=GATHER_S)
    process = Process(source, Keyring.load(settings.key_file), settings.database_url, source.stop)
    config = server_config(process.app, limits, host=options.host, port=options.port)
    server = Server(config, limits, close_connections=process.dashboard.live.close, check=process.check)
    tune()
    if hasattr(os, "nice"):
        os.nice(NICER)
    server.run()


if __name__ == "__main__":
    main()
