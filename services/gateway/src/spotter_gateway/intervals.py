"""How often what happens by the clock happens."""

from __future__ import annotations

from dataclasses import dataclass

from spotter_gateway.redelivery import EVERY_MS


@dataclass(frozen=True, slots=True)
class Pace:
    """Intervals; other than these only in tests."""

    heartbeat_s: float = 2.0
    check_s: float = 1.0
    """Between two looks at whether a bearer may go on; a revoked token has to be out within 5 s."""
    repeat_ms: int = EVERY_MS
    stalled_s: float = 4.0
    """Without an answer of the log for so long, where it is asked every second, there are no signs of life."""
    retry_s: float = 0.5
    """After the log didn't answer."""
