"""Whether a bar has stood still below its top for longer than its lifter ever ground through."""

from __future__ import annotations

from spotter.domain.fast_dataclass import record

MEAN = 15
"""Samples of 20 ms over which rest is judged, so that a trembling bar is at rest."""
_LATE_US = MEAN * 20_000 // 2


@record(frozen=True, slots=True)
class StallState:
    """Since when the bar is at rest below its top, and whether that was reported."""

    since_us: int | None = None
    told: bool = False


FREE = StallState()


def unwatched(stuck: StallState) -> StallState:
    """Return the state of a bar that is not below its top; what was reported stays so."""
    return FREE if stuck.since_us is not None and not stuck.told else stuck


def update_stall(stuck: StallState, *, now_us: int, standing: bool, grind_s: float) -> tuple[StallState, int | None]:
    """Process one sample; return the start of the stall, half of `MEAN` back, once it has lasted longer than `grind_s`.

    >>> stuck, stalls = StallState(), []
    >>> for now_us in range(0, 8_000_000, 20_000):
    ...     stuck, since_us = update_stall(stuck, now_us=now_us, standing=now_us > 1_000_000, grind_s=6.0)
    ...     if since_us is not None: stalls.append((since_us, now_us))
    >>> stalls
    [(870000, 6880000)]
    """
    if not standing:
        return (stuck if stuck.since_us is None else StallState(None, stuck.told)), None
    if stuck.since_us is None:
        return StallState(now_us - _LATE_US, stuck.told), None
    if not stuck.told and now_us - stuck.since_us > grind_s * 1e6:
        return StallState(stuck.since_us, told=True), stuck.since_us
    return stuck, None
