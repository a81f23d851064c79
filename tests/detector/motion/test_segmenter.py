"""Chunks however they come: cut, late, twice, with a restart in between."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.accuracy.motion.bars import bar_set
from spotter_detector import motion
from spotter_detector.motion import (
    Chunk,
    MotionFinding,
    advance,
    finish,
    segmenter,
    segmenter_from_json,
    segmenter_to_json,
)

T0_US = 1_767_607_200_123_456
SIGNALS = ("bar_velocity", "bar_position", "imu_bar", "imu_wrist")


def recording(signal: str, seed: int = 3) -> tuple[float, list[float] | list[list[float]]]:
    """Rate and samples of a signal with reps in it, and for a bar a stall."""
    bar = bar_set(np.random.default_rng(seed), stall=True)
    if signal == "bar_velocity":
        return bar.rate_hz, bar.velocity_mps.tolist()
    if signal == "bar_position":
        return bar.rate_hz, bar.position_m.tolist()
    t = np.arange(0, 30, 0.01)
    rng = np.random.default_rng(seed)
    rows = rng.normal(0.0, 0.05, (len(t), 6))
    rows[:, 2] += 9.81 + 1.5 * np.sin(2 * np.pi * t / 3)
    rows[:, 4] += 1.5 * np.cos(2 * np.pi * t / 3) * (t > 3)
    return 100.0, rows.tolist()


def cut(signal: str, lengths: list[int]) -> list[Chunk]:
    """The recording as chunks of these lengths, over and over."""
    rate_hz, samples = recording(signal)
    chunks: list[Chunk] = []
    first = 0
    while first < len(samples):
        length = lengths[len(chunks) % len(lengths)]
        t0_us = T0_US + round(first * 1e6 / rate_hz)
        chunks.append(Chunk(t0_us, rate_hz, signal, samples[first : first + length]))
        first += length
    return chunks


def find(chunks: list[Chunk], *, stored: bool = False) -> list[MotionFinding]:
    """What is found in chunks, with the state written and read after each of them if asked."""
    state, findings = segmenter(chunks[0].signal), []
    for chunk in chunks:
        state, more = advance(state, chunk)
        findings += more
        if stored:
            read = segmenter_from_json(json.loads(json.dumps(segmenter_to_json(state))))
            assert state == read
            state = read
    return [*findings, *finish(state)[1]]


@cache
def whole(signal: str) -> list[MotionFinding]:
    """What is found in a recording in large pieces."""
    return find(cut(signal, [200 if signal.startswith("bar") else 400]))


@pytest.mark.parametrize("signal", SIGNALS)
def test_there_is_something_to_find(signal: str) -> None:
    """The recordings that the other tests cut up have reps in them."""
    assert 4 <= len(whole(signal))


@pytest.mark.parametrize("signal", SIGNALS)
@settings(max_examples=12, deadline=None)
@given(lengths=st.lists(st.integers(min_value=5, max_value=120), min_size=1, max_size=5))
def test_how_a_signal_is_cut_into_chunks_makes_no_difference(signal: str, lengths: list[int]) -> None:
    """The findings are the same chunk by chunk and in large pieces."""
    assert whole(signal) == find(cut(signal, lengths))


@pytest.mark.parametrize("signal", SIGNALS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_late_and_second_copies_make_no_difference(signal: str, data: st.DataObject) -> None:
    """The findings are the same for half-second chunks up to two positions late, some of them duplicated."""
    chunks = cut(signal, [50 if signal.startswith("imu") else 25])
    shifts = data.draw(st.lists(st.floats(0, 2), min_size=len(chunks), max_size=len(chunks)))
    order = sorted(range(len(chunks)), key=lambda index: index + shifts[index])
    for index in data.draw(st.lists(st.sampled_from(range(len(chunks))), max_size=10)):
        order.insert(data.draw(st.integers(order.index(index) + 1, len(order))), index)

    assert whole(signal) == find([chunks[index] for index in order])


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_state_survives_a_restart_at_any_chunk(signal: str) -> None:
    """Written as JSON and read again after each chunk, it goes on as if nothing had happened."""
    assert whole(signal) == find(cut(signal, [30]), stored=True)


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_state_stays_small(signal: str) -> None:
    """However long a set, its state stays under four kilobytes, an IMU's under thirteen, while chunks come in order."""
    state, largest = segmenter(signal), 0
    for chunk in cut(signal, [25]):
        state, _ = advance(state, chunk)
        largest = max(largest, len(json.dumps(segmenter_to_json(state), separators=(",", ":"))))

    assert (4096 if signal.startswith("bar") else 13_312) > largest


def test_what_waits_is_bounded() -> None:
    """A stream whose chunks all lie far apart keeps no more than twelve seconds and nine pieces waiting."""
    state = segmenter("imu_wrist")
    for number in range(200):
        state, _ = advance(state, Chunk(number * 3_000_000, 100.0, "imu_wrist", [[0.0, 0.0, 9.81, 0.0, 0.0, 0.0]] * 40))
        assert 9 >= len(state.intake.held)


@pytest.mark.parametrize("signal", SIGNALS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.sampled_from([0.0, 0.3, 5.0, 1e6, 1e300]), rate_hz=st.floats(1, 2000))
def test_nonsense_is_survived(signal: str, seed: int, size: float, rate_hz: float) -> None:
    """Noise, absurd values and jumping clocks lead to finite numbers or nothing, and a state that can be written."""
    rng = np.random.default_rng(seed)
    state = segmenter(signal)
    for _ in range(12):
        shape = (int(rng.integers(1, 200)), 6) if signal.startswith("imu") else int(rng.integers(1, 200))
        samples = (rng.standard_cauchy(shape) * size).clip(-1e300, 1e300).tolist()
        state, findings = advance(state, Chunk(T0_US + int(rng.integers(0, 20_000_000)), rate_hz, signal, samples))
        for finding in findings:
            json.dumps(asdict(finding), allow_nan=False)
        json.dumps(segmenter_to_json(state), allow_nan=False)


def test_chunks_of_another_signal_are_left_aside() -> None:
    """A device that sends two signals is segmented by each of them apart."""
    state = segmenter("bar_velocity")

    assert (state, []) == advance(state, Chunk(0, 50.0, "bar_position", [0.1] * 50))


@pytest.mark.parametrize("rate_hz", [20.0, 30.0, 50.0, 200.0, 1000.0])
def test_a_bar_is_counted_at_any_rate(rate_hz: float) -> None:
    """From 20 to 1000 samples a second the same reps are found."""
    bar = bar_set(np.random.default_rng(11), rate_hz=rate_hz)
    samples, size = bar.velocity_mps.tolist(), round(rate_hz / 5)
    state, findings = segmenter("bar_velocity"), []
    for first in range(0, len(samples), size):
        chunk = Chunk(round(first * 1e6 / rate_hz), rate_hz, "bar_velocity", samples[first : first + size])
        state, more = advance(state, chunk)
        findings += more

    assert len(bar.reps) == sum(isinstance(finding, motion.RepFound) and finding.complete for finding in findings)


@pytest.mark.parametrize("wander_s", [0.02, 0.1])
def test_a_clock_that_wanders_costs_no_rep(wander_s: float) -> None:
    """A device that stamps each chunk when it sends it, up to a tenth of a second late, is counted all the same."""
    for seed in range(8):
        rng = np.random.default_rng((seed, 1))
        bar = bar_set(rng)
        state, findings = segmenter("bar_velocity"), []
        for first in range(0, len(bar.velocity_mps), 20):
            t0_us = T0_US + first * 20_000 + round(rng.uniform(0.0, wander_s) * 1e6)
            samples = bar.velocity_mps[first : first + 20].tolist()
            state, more = advance(state, Chunk(t0_us, 50.0, "bar_velocity", samples))
            findings += more
        findings += finish(state)[1]
        assert len(bar.reps) == sum(isinstance(finding, motion.RepFound) and finding.complete for finding in findings)


def test_how_long_a_chunk_was_on_its_way_makes_no_difference() -> None:
    """A corrected clock is that of the first chunk, until the sender's own clock is set."""
    chunks = cut("bar_velocity", [25])
    rng = np.random.default_rng(4)
    shifted = [replace(chunk, shift_us=5_000_000 + int(rng.integers(0, 900_000))) for chunk in chunks]
    steady = [replace(chunk, t0_us=chunk.t0_us + shifted[0].shift_us) for chunk in chunks]

    assert find(steady) == find(shifted, stored=True)
