"""The metrics that processes export to Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

EVENTS_IN = Counter("spotter_events_in_total", "Events received by ingest", ["status"])
EVENTS_STEPPED = Counter("spotter_events_stepped_total", "Events processed", ["processor"])
EVENTS_REJECTED = Counter("spotter_events_rejected_total", "Events dead-lettered", ["processor", "reason"])
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
