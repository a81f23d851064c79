"""Whether the rate that chunks of raw motion say agrees with when they began: told to their sender, best effort.

A sensor that says 200 Hz and sends 24 samples a second is read eight times too fast, and no rep in it is right.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.lifting import MotionSampled
from spotter.domain.time import micros

STREAMS_MAX: Final = 4096
"""Signals whose times are kept; beyond that the least recent one is forgotten."""
_CHUNKS_KEPT: Final = 8
_CHUNKS_MIN: Final = 3
_PAUSE_US: Final = 10_000_000
_OFF: Final = 0.1
"""How far off a rate may be (design choice: a device's own clock drifts by less, one chunk's time jitters by more)."""


@dataclass(slots=True)
class _Signal:
    """The newest chunk of a signal, and of those before it their samples and the time to the next one, µs."""

    rate_hz: float
    t0_us: int
    samples: int
    before: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_CHUNKS_KEPT))


class ChunkTimes:
    """The times of the newest chunks of each signal."""

    def __init__(self, signals_max: int = STREAMS_MAX) -> None:
        self._signals_max = signals_max
        self._signals: OrderedDict[tuple[str | None, ...], _Signal] = OrderedDict()

    def caution(self, event: Event) -> str | None:
        """Process a chunk; return what to tell its sender where the rate contradicts the times of the last chunks."""
        data = event.data
        if not isinstance(data, MotionSampled):
            return None
        device = data.device.id if data.device else None
        key = (data.gym_id, data.athlete_id, event.source, device, data.signal)
        t0_us, count = micros(data.t0), len(data.samples)
        signal = self._signals.get(key)
        if signal is None or signal.rate_hz != data.rate_hz or not 0 <= t0_us - signal.t0_us <= _PAUSE_US:
            if signal is not None and signal.rate_hz == data.rate_hz and 0 < signal.t0_us - t0_us <= _PAUSE_US:
                return None  # a chunk that comes late
            self._signals[key] = _Signal(data.rate_hz, t0_us, count)
            if len(self._signals) > self._signals_max:
                self._signals.popitem(last=False)
            return None
        self._signals.move_to_end(key)
        if t0_us > signal.t0_us:
            signal.before.append((signal.samples, t0_us - signal.t0_us))
            signal.t0_us, signal.samples = t0_us, count
        return _contradiction(signal)


def _contradiction(signal: _Signal) -> str | None:
    """Return what is wrong; a chunk that was lost, or came at an uneven time, is not."""
    if len(signal.before) < _CHUNKS_MIN:
        return None
    usual_hz = median(samples / gap_us * 1e6 for samples, gap_us in signal.before)
    overall_hz = sum(samples for samples, _ in signal.before) / sum(gap_us for _, gap_us in signal.before) * 1e6
    if abs(usual_hz / overall_hz - 1.0) > _OFF:
        return None
    if min(abs(usual_hz / signal.rate_hz - 1.0), abs(overall_hz / signal.rate_hz - 1.0)) <= _OFF:
        return None
    return (
        f"rate: rate_hz says {signal.rate_hz:g}, the chunks' own times {overall_hz:.3g} Hz; send the true rate, "
        "or no rep is measured right"
    )
