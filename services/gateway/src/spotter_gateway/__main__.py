"""`spotter-gateway`: the door for advice as a process of the distributed host."""

from __future__ import annotations

import argparse
import asyncio
import logging
import socket
import sys

import uvicorn
from fastapi import FastAPI

from spotter.http.tokens import Keyring
from spotter.logging_config import configure_logging
from spotter.settings import Limits, Settings
from spotter.streaming.gc_tuning import tune
from spotter.streaming.kafka import KafkaLog
from spotter_gateway.app import Gateway, create_app

PING_S = 10.0
"""A socket whose other side has vanished is closed after at most twice this time."""
GOODBYE_S = 5

logger = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Says goodbye to its clients before it waits for them, and stops when its gateway can't go on."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self.broken = False
        self._gateway = gateway
        self._watching: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and watch the gateway."""
        await super().startup(sockets)
        if self.started:
            self._watching = asyncio.create_task(self._watch())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections, then stop."""
        if self._watching is not None:
            self._watching.cancel()
        self._gateway.hub.dismiss()
        await super().shutdown(sockets)

    async def _watch(self) -> None:
        try:
            await self._gateway.failed()
        except Exception:  # whatever it was: the process ends, and its supervisor starts a new one
            logger.exception("the gateway can't go on")
            self.broken = True
            self.should_exit = True


def main() -> None:
    """Serve until a signal ends it."""
    settings, limits = Settings(), Limits()
    parser = argparse.ArgumentParser(description="Deliver advice from Kafka to phones, watches and screens.")
    parser.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s; 0: any)")
    options = parser.parse_args()
    configure_logging("gateway", level=settings.log_level, as_json=settings.log_json)
    log = KafkaLog(settings.kafka, settings.topic_prefix)
    app = create_app(log, Keyring.load(settings.key_file), limits, running=log)
    server = make_server(app, options.host, options.port, limits)
    tune()
    server.run()
    if server.broken or not server.started:
        sys.exit(1)


def make_server(app: FastAPI, host: str, port: int, limits: Limits) -> Server:
    """Build the server of a gateway's application."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        ws_max_size=limits.message_bytes,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,  # packing a frame of 1 KB takes longer than sending it
        timeout_graceful_shutdown=GOODBYE_S,
    )
    return Server(config, app.state.gateway)


if __name__ == "__main__":
    main()
