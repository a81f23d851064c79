"""Chunks as they arrive, made into one even stream: late ones wait for each other, second copies are dropped.

Samples are averaged over bins that are anchored in absolute time. They are rounded to whole units first and summed as
integers, so that the same samples give the same bins however they were cut into chunks. A chunk that lies ahead of what
is known waits until the hole before it is filled, or until two more seconds and a second chunk say that nothing comes
(design choice); what is older than the stream is dropped. The first chunk waits likewise, since an earlier one may be
on its way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spotter.domain.fast_dataclass import record, replace
from spotter_detector.motion.records import BAR_POSITION, BAR_VELOCITY, IMU_BAR, IMU_WRIST, Chunk

BIN_US = {BAR_VELOCITY: 20_000, BAR_POSITION: 20_000, IMU_BAR: 80_000, IMU_WRIST: 80_000}
# Whole units a m/s, m, m/s² or rad/s: finer than any sensor, and sums of 2,048 of them stay exact.
UNITS = {BAR_VELOCITY: 1e5, BAR_POSITION: 1e6, IMU_BAR: 1e4, IMU_WRIST: 1e4}
# A hole up to half a chunk is no lost chunk but a clock that wanders; beyond this it is one all the same.
_JOIN_US = 250_000
# Of a wander beyond the first, so much is followed with each chunk: a fifth (design choice).
_EVEN_US, _FOLLOWED = 1_000, 5
_WAIT_US = 2_000_000
# No bar and no limb comes near this in any of the units; sums stay exact below it.
_SAMPLE_MAX = 1e4
_HELD_US_MAX, _HELD_RUNS_MAX = 12_000_000, 8


@record(frozen=True, slots=True)
class Bins:
    """Sums of samples by bin, in order of time.

    `sums` is flat: for each bin channel by channel, and at last of the samples' times after the bin's begin, µs.
    """

    t0_us: int
    end_us: int
    chunks: int
    numbers: tuple[int, ...]
    counts: tuple[int, ...]
    sums: tuple[int, ...]


@record(frozen=True, slots=True)
class SampleStream:
    """Where the stream stands: the time up to which it is known, the bin still open, the last row, what waits."""

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

    `broken` tells that the stream has a hole before it.
    """

    number: int
    time_us: int
    values: tuple[float, ...]
    broken: bool = False


def take(intake: SampleStream, chunk: Chunk, *, last: bool = False) -> tuple[SampleStream, list[SampleRow]]:
    """Take a chunk in and give the rows that are complete now; `last` gives up waiting.

    >>> early, late = (Chunk(t, 50.0, "bar_velocity", (0.1,) * 50) for t in (0, 1_000_000))
    >>> intake, rows = take(SampleStream(), late)
    >>> len(rows)
    0
    >>> intake, rows = take(intake, early)
    >>> len(rows), rows[0], len(take(intake, early)[1])
    (100, SampleRow(number=0, time_us=0, values=(0.1,), broken=False), 0)
    """
    bins = _binned(_steadied(intake, chunk), intake.cursor_us)
    rows: list[SampleRow] = []
    if bins is not None:
        intake = replace(intake, held=_merged(intake.held, bins))
    while intake.held and (last or _may_go(intake)):
        first, *others = intake.held
        intake = _append(replace(intake, held=tuple(others)), first, chunk.signal, rows)
    return intake, rows


def flush(intake: SampleStream, signal: str) -> tuple[SampleStream, list[SampleRow]]:
    """Give up waiting for what is missing, as at the end of a set."""
    return take(intake, Chunk(0, 1.0, signal, ()), last=True)


def _steadied(intake: SampleStream, chunk: Chunk) -> Chunk:
    """Follow a clock that wanders from chunk to chunk slowly, so that samples in order stay evenly spaced."""
    if intake.cursor_us is None or intake.held:
        return chunk
    off_us = chunk.t0_us - intake.cursor_us
    half_us = round(len(chunk.samples) / chunk.rate_hz * 5e5)
    if not _EVEN_US < abs(off_us) <= min(_JOIN_US, half_us):
        return chunk
    return replace(chunk, t0_us=intake.cursor_us + off_us // _FOLLOWED)


def _binned(chunk: Chunk, cursor_us: int | None) -> Bins | None:
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


def _merged(held: tuple[Bins, ...], one: Bins) -> tuple[Bins, ...]:
    """Put bins among those that wait: a copy goes, neighbours become one."""
    runs: list[Bins] = []
    for run in sorted((*held, one), key=lambda run: (run.t0_us, -run.end_us)):
        if runs and run.end_us <= runs[-1].end_us:
            continue
        if runs and run.t0_us <= runs[-1].end_us + _bridged_us(run):
            runs[-1] = _joined(runs[-1], run)
        else:
            runs.append(run)
    return tuple(runs)


def _joined(early: Bins, late: Bins) -> Bins:
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


def _bridged_us(run: Bins) -> int:
    return min(_JOIN_US, (run.end_us - run.t0_us) // run.chunks // 2)


def _may_go(intake: SampleStream) -> bool:
    first = intake.held[0]
    if intake.cursor_us is not None and first.t0_us <= intake.cursor_us + _bridged_us(first):
        return True
    chunks = sum(run.chunks for run in intake.held)
    span_us = intake.held[-1].end_us - first.t0_us
    if chunks >= 2 and span_us >= _WAIT_US:
        return True
    return span_us >= _HELD_US_MAX or len(intake.held) > _HELD_RUNS_MAX


def _append(intake: SampleStream, run: Bins, signal: str, rows: list[SampleRow]) -> SampleStream:
    channels = len(run.sums) // len(run.numbers)
    number, count, sums = intake.open_bin, intake.open_count, intake.open_sums
    last_bin, last_row = intake.last_bin, intake.last_row
    for place, following in enumerate(run.numbers):
        if last_bin is not None and following <= last_bin:
            continue
        added = run.sums[place * channels : (place + 1) * channels]
        if number == following:
            count, sums = count + run.counts[place], tuple(a + b for a, b in zip(sums, added, strict=True))
            continue
        if number is not None:
            last_bin, last_row = _close(number, count, sums, last_bin, last_row, signal, rows)
        number, count, sums = following, run.counts[place], added
    if number is not None and run.end_us >= (number + 1) * BIN_US[signal]:
        last_bin, last_row = _close(number, count, sums, last_bin, last_row, signal, rows)
        number, count, sums = None, 0, ()
    return replace(
        intake,
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
    """Add the row of a bin, and those of empty bins before it on the line between their neighbours."""
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
