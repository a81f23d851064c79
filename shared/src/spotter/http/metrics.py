"""Logs as JSON lines and metrics for Prometheus, set up the same way in every process."""

from __future__ import annotations

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

EVENTS_IN = Counter("spotter_events_in_total", "Events received at the door", ["status"])
EVENTS_STEPPED = Counter("spotter_events_stepped_total", "Events processed", ["processor"])
EVENTS_REJECTED = Counter("spotter_events_rejected_total", "Events dead-lettered", ["processor"])
STEP_SECONDS = Histogram(
    "spotter_step_seconds",
    "Time of one micro-batch, without waiting for the log",
    ["processor"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)
BATCH_EVENTS = Histogram(
    "spotter_batch_events", "Events in a micro-batch", ["processor"], buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500)
)
ADVICE_SENT = Counter("spotter_advice_sent_total", "Advice frames sent to clients", ["action", "late"])
CLIENTS = Gauge("spotter_clients", "Connected clients", ["door"])


def configure_logging(service: str, *, level: str = "INFO", as_json: bool = True) -> None:
    """Send the standard library's and structlog's records to standard error, one line each."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("aiokafka", "faust", "mode", "uvicorn.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
