"""`spotter-gateway`: delivers advice, as a process of the distributed host."""

from __future__ import annotations

import argparse

from fastapi import FastAPI

from spotter.http.server import Server, server_config
from spotter.http.tokens import Keyring
from spotter.logging_config import configure_logging
from spotter.settings import Limits, Settings
from spotter.streaming.gc_tuning import tune
from spotter.streaming.kafka import KafkaLog
from spotter_gateway.app import create_app


def main() -> None:
    """Serve until a signal."""
    settings, limits = Settings(), Limits()
    parser = argparse.ArgumentParser(description="Deliver advice from Kafka to phones, watches and screens.")
    parser.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s; 0: any)")
    options = parser.parse_args()
    configure_logging("gateway", level=settings.log_level, as_json=settings.log_json, audit_file=settings.audit_log)
    log = KafkaLog(settings.kafka, settings.topic_prefix)
    app = create_app(log, Keyring.load(settings.key_file), limits, running=log)
    server = make_server(app, options.host, options.port, limits)
    tune()
    server.run()


def make_server(app: FastAPI, host: str, port: int, limits: Limits) -> Server:
    """Build the server of the gateway's application."""
    gateway = app.state.gateway
    config = server_config(app, limits, host=host, port=port)
    return Server(config, limits, close_connections=gateway.hub.close_connections, check=gateway.check)


if __name__ == "__main__":
    main()
