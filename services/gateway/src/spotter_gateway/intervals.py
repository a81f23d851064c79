"""Intervals of what the gateway does periodically."""

from __future__ import annotations

from dataclasses import dataclass

from spotter_gateway.redelivery import EVERY_MS


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals; only tests change them."""

    heartbeat_s: float = 2.0
    check_s: float = 1.0
    """Between two checks of clients' tokens; a client with a revoked token must be disconnected within 5 s."""
    repeat_ms: int = EVERY_MS
    stalled_s: float = 4.0
    """Heartbeats stop when the log, which is asked every second, has not answered for this long."""
    retry_s: float = 0.5
    """Wait after the log did not answer."""
