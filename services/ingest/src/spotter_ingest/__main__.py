"""`spotter-ingest`: receives events, as a process of the distributed host."""

from __future__ import annotations

import argparse

from spotter.http.server import Server, server_config
from spotter.http.tokens import Keyring
from spotter.logging_config import configure_logging
from spotter.settings import Limits, Settings
from spotter.streaming.gc_tuning import tune
from spotter.streaming.kafka import KafkaLog
from spotter_ingest.app import create_app


def main() -> None:
    """Serve until a signal."""
    settings, limits = Settings(), Limits()
    parser = argparse.ArgumentParser(description="Accept events from devices and apps and write them to Kafka.")
    parser.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s; 0: any)")
    options = parser.parse_args()
    configure_logging("ingest", level=settings.log_level, as_json=settings.log_json, audit_file=settings.audit_log)
    target = KafkaLog(settings.kafka, settings.topic_prefix)
    app = create_app(target, Keyring.load(settings.key_file), limits, running=target)
    tune()
    Server(server_config(app, limits, host=options.host, port=options.port), limits).run()


if __name__ == "__main__":
    main()
