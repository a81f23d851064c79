"""Chunks made into one even stream as they arrive: out-of-order chunks wait, duplicates are dropped.

Samples are averaged over bins that are anchored in absolute time. They are rounded to whole units first and summed as
integers, so that the same samples give the same bins however they were split into chunks. A chunk ahead of the stream
waits until the gap before it is filled, or until two more seconds and a second chunk show that nothing comes (design
choice); samples older than the stream are dropped. The first chunk waits likewise, since an earlier one may still be in
transit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spotter.domain.fast_dataclass import record, replace
from spotter_detector.motion.records import BAR_POSITION, BAR_VELOCITY, IMU_BAR, IMU_WRIST, Chunk

BIN_US = {BAR_VELOCITY: 20_000, BAR_POSITION: 20_000, IMU_BAR: 80_000, IMU_WRIST: 80_000}
# Whole units per m/s, m, m/s² or rad/s: finer than any sensor, and sums of 2,048 of them stay exact.
UNITS = {BAR_VELOCITY: 1e5, BAR_POSITION: 1e6, IMU_BAR: 1e4, IMU_WRIST: 1e4}
# A gap of up to half a chunk is clock drift and no lost chunk, up to this limit.
_JOIN_US = 250_000
# Drift beyond the first value is followed by a fifth with each chunk (design choice).
_EVEN_US, _FOLLOWED = 1_000, 5
_WAIT_US = 2_000_000
# Far beyond any bar or limb in any of the units; sums stay exact below it.
_SAMPLE_MAX = 1e4
_HELD_US_MAX, _HELD_RUNS_MAX = 12_000_000, 8


@record(frozen=True, slots=True)
class Bins:
    """Sums of samples by bin, in order of time.

    `sums` is flat: for each bin the channels, then the samples' times after the bin's start, µs.
    """

    t0_us: int
    end_us: int
    chunks: int
    numbers: tuple[int, ...]
    counts: tuple[int, ...]
    sums: tuple[int, ...]


@record(frozen=True, slots=True)
class SampleStream:
    """State of the stream: the time up to which it is complete, the open bin, the last row, chunks that wait."""

    cursor_us: int | None = None
    open_bin: int | None = None
    open_count: int = 0
    open_sums: tuple[int, ...] = ()
    last_bin: int | None = None
    last_row: tuple[float, ...] = ()
    held: tuple[Bins, ...] = ()


@record(frozen=True, slots=True)
class SampleRow:
    """The mean of a bin by channel, in the signal's own unit, and of its samples' times.

    `broken`: the stream has a gap before it.
    """

    number: int
    time_us: int
    values: tuple[float, ...]
    broken: bool = False


def add_chunk(stream: SampleStream, chunk: Chunk, *, last: bool = False) -> tuple[SampleStream, list[SampleRow]]:
    """Add a chunk and return the rows that are complete now; `last` stops waiting for earlier ones.

    >>> early, late = (Chunk(t, 50.0, "bar_velocity", (0.1,) * 50) for t in (0, 1_000_000))
    >>> stream, rows = add_chunk(SampleStream(), late)
    >>> len(rows)
    0
    >>> stream, rows = add_chunk(stream, early)
    >>> len(rows), rows[0], len(add_chunk(stream, early)[1])
    (100, SampleRow(number=0, time_us=0, values=(0.1,), broken=False), 0)
    """
    bins = _to_bins(_follow_clock(stream, chunk), stream.cursor_us)
    rows: list[SampleRow] = []
    if bins is not None:
        stream = replace(stream, held=_insert(stream.held, bins))
    while stream.held and (last or _is_ready(stream)):
        first, *others = stream.held
        stream = _append(replace(stream, held=tuple(others)), first, chunk.signal, rows)
    return stream, rows


def flush(stream: SampleStream, signal: str) -> tuple[SampleStream, list[SampleRow]]:
    """Return the rows that still wait, as at the end of a set."""
    return add_chunk(stream, Chunk(0, 1.0, signal, ()), last=True)


def _follow_clock(stream: SampleStream, chunk: Chunk) -> Chunk:
    """Follow clock drift from chunk to chunk slowly, so that samples in order stay evenly spaced."""
    if stream.cursor_us is None or stream.held:
        return chunk
    off_us = chunk.t0_us - stream.cursor_us
    half_us = round(len(chunk.samples) / chunk.rate_hz * 5e5)
    if not _EVEN_US < abs(off_us) <= min(_JOIN_US, half_us):
        return chunk
    return replace(chunk, t0_us=stream.cursor_us + off_us // _FOLLOWED)


def _to_bins(chunk: Chunk, cursor_us: int | None) -> Bins | None:
    if not len(chunk.samples):
        return None
    samples = np.nan_to_num(np.asarray(chunk.samples, dtype=np.float64))
    samples = np.clip(samples, -_SAMPLE_MAX, _SAMPLE_MAX).reshape(len(samples), -1)
    values = np.rint(samples * UNITS[chunk.signal]).astype(np.int64)
    period_us = 1e6 / chunk.rate_hz
    times = chunk.t0_us + np.rint(np.arange(len(values)) * period_us).astype(np.int64)
    end_us = int(times[-1]) + round(period_us)
    if cursor_us is not None and times[0] < cursor_us - period_us / 2:
        fresh = times >= cursor_us - period_us / 2
        times, values = times[fresh], values[fresh]
        if not len(times):
            return None
    numbers = times // BIN_US[chunk.signal]
    values = np.column_stack((values, times - numbers * BIN_US[chunk.signal]))
    firsts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    return Bins(
        t0_us=int(times[0]),
        end_us=end_us,
        chunks=1,
        numbers=tuple(numbers[firsts].tolist()),
        counts=tuple(np.diff(firsts, append=len(times)).tolist()),
        sums=tuple(np.add.reduceat(values, firsts, axis=0).ravel().tolist()),
    )


def _insert(held: tuple[Bins, ...], new: Bins) -> tuple[Bins, ...]:
    """Insert bins among those that wait: duplicates are dropped, neighbours joined."""
    runs: list[Bins] = []
    for run in sorted((*held, new), key=lambda run: (run.t0_us, -run.end_us)):
        if runs and run.end_us <= runs[-1].end_us:
            continue
        if runs and run.t0_us <= runs[-1].end_us + _gap_us_max(run):
            runs[-1] = _join(runs[-1], run)
        else:
            runs.append(run)
    return tuple(runs)


def _join(early: Bins, late: Bins) -> Bins:
    channels = len(late.sums) // len(late.numbers)
    overlapping = late.t0_us < early.end_us - 1_000
    skip = sum(number <= early.numbers[-1] for number in late.numbers) if overlapping else 0
    numbers, counts, sums = list(early.numbers), list(early.counts), list(early.sums)
    if not overlapping and late.numbers[0] == numbers[-1]:
        skip = 1
        counts[-1] += late.counts[0]
        for channel in range(channels):
            sums[channel - channels] += late.sums[channel]
    return Bins(
        t0_us=early.t0_us,
        end_us=late.end_us,
        chunks=early.chunks + late.chunks,
        numbers=(*numbers, *late.numbers[skip:]),
        counts=(*counts, *late.counts[skip:]),
        sums=(*sums, *late.sums[skip * channels :]),
    )


def _gap_us_max(run: Bins) -> int:
    return min(_JOIN_US, (run.end_us - run.t0_us) // run.chunks // 2)


def _is_ready(stream: SampleStream) -> bool:
    first = stream.held[0]
    if stream.cursor_us is not None and first.t0_us <= stream.cursor_us + _gap_us_max(first):
        return True
    chunks = sum(run.chunks for run in stream.held)
    span_us = stream.held[-1].end_us - first.t0_us
    if chunks >= 2 and span_us >= _WAIT_US:
        return True
    return span_us >= _HELD_US_MAX or len(stream.held) > _HELD_RUNS_MAX


def _append(stream: SampleStream, run: Bins, signal: str, rows: list[SampleRow]) -> SampleStream:
    channels = len(run.sums) // len(run.numbers)
    number, count, sums = stream.open_bin, stream.open_count, stream.open_sums
    last_bin, last_row = stream.last_bin, stream.last_row
    for index, following in enumerate(run.numbers):
        if last_bin is not None and following <= last_bin:
            continue
        added = run.sums[index * channels : (index + 1) * channels]
        if number == following:
            count, sums = count + run.counts[index], tuple(a + b for a, b in zip(sums, added, strict=True))
            continue
        if number is not None:
            last_bin, last_row = _close(number, count, sums, last_bin, last_row, signal, rows)
        number, count, sums = following, run.counts[index], added
    if number is not None and run.end_us >= (number + 1) * BIN_US[signal]:
        last_bin, last_row = _close(number, count, sums, last_bin, last_row, signal, rows)
        number, count, sums = None, 0, ()
    return replace(
        stream,
        cursor_us=run.end_us,
        open_bin=number,
        open_count=count,
        open_sums=sums,
        last_bin=last_bin,
        last_row=last_row,
    )


def _close(
    number: int,
    count: int,
    sums: Sequence[int],
    last_bin: int | None,
    last_row: tuple[float, ...],
    signal: str,
    rows: list[SampleRow],
) -> tuple[int, tuple[float, ...]]:
    """Add the row of a bin, and interpolate those of empty bins before it."""
    unit = UNITS[signal] * count
    row = (*(value / unit for value in sums[:-1]), sums[-1] / count)
    missing = number - last_bin - 1 if last_bin is not None else 0
    if 0 < missing * BIN_US[signal] <= 2 * _JOIN_US and last_bin is not None:
        for step in range(1, missing + 1):
            share = step / (missing + 1)
            between = tuple(a + share * (b - a) for a, b in zip(last_row, row, strict=True))
            rows.append(_row(last_bin + step, between, signal))
        missing = 0
    rows.append(_row(number, row, signal, broken=missing > 0))
    return number, row


def _row(number: int, means: tuple[float, ...], signal: str, *, broken: bool = False) -> SampleRow:
    return SampleRow(number, number * BIN_US[signal] + round(means[-1]), means[:-1], broken)
