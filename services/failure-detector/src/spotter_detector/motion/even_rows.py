"""Means of bins made into rows at the same distance, whatever the rate and the moment of the first sample.

A bin of 20 ms has one sample at 50 Hz, none or two at others, and the centre of those it has moves. So rows of a bar
are interpolated at the middle of each bin between the means before and after it. Up to 0.2 s of missing samples are
bridged that way; after longer ones the first row is `broken`. A mean of a bar that is far from the one before it and
from the one after it, to the same side, is a spike of the sensor: no bar goes there and back at twelve times gravity.
An IMU's bins are longer, hold some samples each, and are rows as they are.
"""

from __future__ import annotations

from spotter.domain.fast_dataclass import record, replace
from spotter.domain.motion_limits import BRIDGED_S
from spotter_detector.motion.records import BAR_POSITION, BAR_VELOCITY, IMU_BAR, IMU_WRIST, SampleRow

BIN_US = {BAR_VELOCITY: 20_000, BAR_POSITION: 20_000, IMU_BAR: 80_000, IMU_WRIST: 80_000}
# Whole units per m/s, m, m/s² or rad/s: finer than any sensor, and sums of 2,048 of them stay exact.
UNITS = {BAR_VELOCITY: 1e5, BAR_POSITION: 1e6, IMU_BAR: 1e4, IMU_WRIST: 1e4}
_BRIDGED_US = round(BRIDGED_S * 1e6)
# Between the samples around a bridged gap is one period more, of the slowest rate or of a bin.
_PERIOD_US_MAX = 80_000
# The smallest spike by signal: in its unit, and in its unit per second between two means (design choices).
_SPIKES = {BAR_VELOCITY: (1.0, 0.0), BAR_POSITION: (0.05, 2.5)}


@record(frozen=True, slots=True)
class BinMean:
    """The mean of a bin's samples by channel, in the signal's own unit, and of their times."""

    time_us: int
    values: tuple[float, ...]


@record(frozen=True, slots=True)
class Track:
    """State between means and rows.

    `last` is the newest mean that rows were made up to, `next` the one that waits for its successor, to be told from a
    spike; `broken`: the next row has a gap before it; `spikes`: how many means were left out.
    """

    last: BinMean | None = None
    next: BinMean | None = None
    broken: bool = False
    spikes: int = 0


def add_mean(track: Track, mean: BinMean, signal: str, rows: list[SampleRow]) -> Track:
    """Process the mean of the next bin, and add the rows that are complete now.

    >>> track, rows = Track(), []
    >>> for time_us, position_m in ((5_000, 1.0), (28_000, 1.0), (52_000, 1.7), (75_000, 1.0), (99_000, 1.01)):
    ...     track = add_mean(track, BinMean(time_us, (position_m,)), "bar_position", rows)
    >>> [(row.time_us, row.values[0]) for row in rows], track.spikes
    ([(10000, 1.0), (30000, 1.0), (50000, 1.0), (70000, 1.0)], 1)
    """
    waiting = track.next
    if signal not in _SPIKES:
        return _carried_on(track, mean, BIN_US[signal], rows)
    if waiting is None:
        return replace(_extended(track, mean, signal, mean.time_us, rows), next=mean)
    if track.last is not None and track.last != waiting and _is_spike(track.last, waiting, mean, signal):
        return replace(track, next=mean, spikes=track.spikes + 1)
    return replace(_extended(track, waiting, signal, mean.time_us, rows), next=mean)


def end_track(track: Track, signal: str, rows: list[SampleRow]) -> Track:
    """Add the rows up to the newest mean, which nothing follows."""
    return track if track.next is None else _extended(track, track.next, signal, track.next.time_us, rows)


def _extended(track: Track, mean: BinMean, signal: str, known_us: int, rows: list[SampleRow]) -> Track:
    last, broken, bin_us = track.last, track.broken, BIN_US[signal]
    if last is None or mean.time_us - last.time_us > _BRIDGED_US + _PERIOD_US_MAX:
        return replace(track, last=mean, broken=last is not None)
    # The first middle of a bin after the last mean, up to this one.
    number = (last.time_us - bin_us // 2) // bin_us + 1
    span_us = mean.time_us - last.time_us
    while (at_us := number * bin_us + bin_us // 2) <= mean.time_us:
        share = (at_us - last.time_us) / span_us
        values = tuple(a + share * (b - a) for a, b in zip(last.values, mean.values, strict=True))
        rows.append(SampleRow(number, at_us, values, known_us, broken))
        broken = False
        number += 1
    return replace(track, last=mean, broken=broken)


def _carried_on(track: Track, mean: BinMean, bin_us: int, rows: list[SampleRow]) -> Track:
    """Add a mean as the row of its bin, after those of the bins before it that have none."""
    last, number = track.last, mean.time_us // bin_us
    missing = 0 if last is None else number - last.time_us // bin_us - 1
    bridged = missing * bin_us <= _BRIDGED_US + _PERIOD_US_MAX
    if last is not None and bridged:
        for step in range(1, missing + 1):
            share = step / (missing + 1)
            values = tuple(a + share * (b - a) for a, b in zip(last.values, mean.values, strict=True))
            at_us = last.time_us + round(share * (mean.time_us - last.time_us))
            rows.append(SampleRow(number - missing + step - 1, at_us, values, mean.time_us))
    rows.append(SampleRow(number, mean.time_us, mean.values, mean.time_us, not bridged))
    return replace(track, last=mean)


def _is_spike(before: BinMean, mean: BinMean, after: BinMean, signal: str) -> bool:
    span_us = after.time_us - before.time_us
    if span_us > _BRIDGED_US + _PERIOD_US_MAX:
        return False
    least, per_s = _SPIKES[signal]
    least = max(least, per_s * span_us / 2e6)
    here = mean.values[0]
    out, back = here - before.values[0], here - after.values[0]
    return out * back > 0.0 and min(abs(out), abs(back)) >= least
