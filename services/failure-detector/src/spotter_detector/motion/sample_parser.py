"""Chunks made into one even stream as they arrive: out-of-order chunks wait, duplicates are dropped.

Samples are averaged over bins that are anchored in absolute time. They are rounded to whole units first and summed as
integers, so that the same samples give the same bins however they were split into chunks. A chunk ahead of the stream
waits until the gap before it is filled, or until two more seconds and a second chunk show that nothing comes (design
choice); samples older than the stream are dropped. The first chunk waits likewise, since an earlier one may still be in
transit.

What is missing or impossible is left out; `even_rows` makes evenly spaced rows of the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spotter.domain.fast_dataclass import record, replace
from spotter.domain.motion_limits import ACCELERATIONS, TURNING_RADPS_MAX, limit_of
from spotter_detector.motion.even_rows import BIN_US, UNITS, BinMean, Track, add_mean, end_track
from spotter_detector.motion.records import Chunk, SampleRow

__all__ = ["BIN_US", "UNITS", "SampleRow", "SampleStream", "add_chunk", "flush"]

# A gap of up to half a chunk is clock drift and no lost chunk, up to this limit.
_JOIN_US = 250_000
# Drift beyond the first value is followed by a fifth with each chunk (design choice).
_EVEN_US, _FOLLOWED = 1_000, 5
_WAIT_US = 2_000_000
# Times of samples are whole multiples of this, so that a chunk's own rounding of its start moves none to another bin.
_TICK_US = 100
# Far beyond any bar or limb in any of the units; sums stay exact below it.
_SAMPLE_MAX = 1e4
_ABSENT = (np.nan,) * 6  # A row of an IMU that is missing.
_HELD_US_MAX, _HELD_RUNS_MAX = 12_000_000, 8


@record(frozen=True, slots=True)
class Bins:
    """Sums of samples by bin, in order of time; none where all samples are missing.

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
    """State of the stream: the time up to which it is complete, the open bin, chunks that wait, rows being made."""

    cursor_us: int | None = None
    open_bin: int | None = None
    open_count: int = 0
    open_sums: tuple[int, ...] = ()
    last_bin: int | None = None
    held: tuple[Bins, ...] = ()
    track: Track = Track()


def add_chunk(stream: SampleStream, chunk: Chunk, *, last: bool = False) -> tuple[SampleStream, list[SampleRow]]:
    """Add a chunk and return the rows that are complete now; `last` stops waiting for earlier ones.

    >>> early, late = (Chunk(t, 50.0, "bar_velocity", (0.1,) * 50) for t in (0, 1_000_000))
    >>> stream, rows = add_chunk(SampleStream(), late)
    >>> len(rows)
    0
    >>> stream, rows = add_chunk(stream, early)
    >>> len(rows), rows[0], len(add_chunk(stream, early)[1])
    (98, SampleRow(number=0, time_us=10000, values=(0.1,), known_us=40000, broken=False), 0)
    """
    bins = _to_bins(_follow_clock(stream, chunk), stream.cursor_us)
    rows: list[SampleRow] = []
    if bins is not None:
        stream = replace(stream, held=_insert(stream.held, bins))
    while stream.held and (last or _is_ready(stream)):
        first, *others = stream.held
        stream = _append(replace(stream, held=tuple(others)), first, chunk.signal, rows)
    if last:
        stream = _end(stream, chunk.signal, rows)
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
    samples, used = _usable(chunk)
    period_us = 1e6 / chunk.rate_hz
    times = chunk.t0_us + np.rint(np.arange(len(samples)) * period_us).astype(np.int64)
    times = (times + _TICK_US // 2) // _TICK_US * _TICK_US
    t0_us, end_us = int(times[0]), int(times[-1]) + round(period_us)
    if cursor_us is not None and times[0] < cursor_us - period_us / 2:
        fresh = times >= cursor_us - period_us / 2
        if not fresh.any():
            return None
        t0_us = int(times[fresh][0])
        used &= fresh
    if not used.any():
        return Bins(t0_us, end_us, 1, (), (), ())
    samples, times = np.clip(samples[used], -_SAMPLE_MAX, _SAMPLE_MAX), times[used]
    values = np.rint(samples * UNITS[chunk.signal]).astype(np.int64)
    numbers = times // BIN_US[chunk.signal]
    values = np.column_stack((values, times - numbers * BIN_US[chunk.signal]))
    firsts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    return Bins(
        t0_us=t0_us,
        end_us=end_us,
        chunks=1,
        numbers=tuple(numbers[firsts].tolist()),
        counts=tuple(np.diff(firsts, append=len(times)).tolist()),
        sums=tuple(np.add.reduceat(values, firsts, axis=0).ravel().tolist()),
    )


def _usable(chunk: Chunk) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return samples as rows (samples × channels), and which of them are there and possible."""
    if chunk.signal.startswith("imu"):
        rows: list[object] = [_ABSENT if row is None else row for row in chunk.samples]
        samples = np.array(rows, dtype=np.float64).reshape(-1, len(_ABSENT))
    else:
        samples = np.array(chunk.samples, dtype=np.float64).reshape(-1, 1)
    sizes = np.abs(samples)
    limited = (sizes[:, :ACCELERATIONS] <= limit_of(chunk.signal)).all(axis=1)
    limited &= (sizes[:, ACCELERATIONS:] <= TURNING_RADPS_MAX).all(axis=1)
    return samples, np.asarray(np.isfinite(samples).all(axis=1) & limited)


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
    if not early.numbers or not late.numbers:
        full = early if early.numbers else late
        return replace(full, t0_us=early.t0_us, end_us=late.end_us, chunks=early.chunks + late.chunks)
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
    channels = len(run.sums) // max(1, len(run.numbers))
    number, count, sums = stream.open_bin, stream.open_count, stream.open_sums
    last_bin, track = stream.last_bin, stream.track
    for index, following in enumerate(run.numbers):
        if last_bin is not None and following <= last_bin:
            continue
        added = run.sums[index * channels : (index + 1) * channels]
        if number == following:
            count, sums = count + run.counts[index], tuple(a + b for a, b in zip(sums, added, strict=True))
            continue
        if number is not None:
            track, last_bin = add_mean(track, _mean(number, count, sums, signal), signal, rows), number
        number, count, sums = following, run.counts[index], added
    if number is not None and run.end_us >= (number + 1) * BIN_US[signal]:
        track, last_bin = add_mean(track, _mean(number, count, sums, signal), signal, rows), number
        number, count, sums = None, 0, ()
    return replace(
        stream,
        cursor_us=run.end_us,
        open_bin=number,
        open_count=count,
        open_sums=sums,
        last_bin=last_bin,
        track=track,
    )


def _end(stream: SampleStream, signal: str, rows: list[SampleRow]) -> SampleStream:
    """Close the open bin, and make the rows that waited for what came after it."""
    track, last_bin = stream.track, stream.last_bin
    if stream.open_bin is not None:
        mean = _mean(stream.open_bin, stream.open_count, stream.open_sums, signal)
        track, last_bin = add_mean(track, mean, signal, rows), stream.open_bin
    track = end_track(track, signal, rows)
    return replace(stream, open_bin=None, open_count=0, open_sums=(), last_bin=last_bin, track=track)


def _mean(number: int, count: int, sums: Sequence[int], signal: str) -> BinMean:
    unit = UNITS[signal] * count
    return BinMean(number * BIN_US[signal] + round(sums[-1] / count), tuple(value / unit for value in sums[:-1]))
