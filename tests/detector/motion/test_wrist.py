"""Reps from an IMU on a wrist or a bar."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from spotter_detector.motion import Chunk, RepFound, advance, segmenter


def curls(count: int, *, rate_hz: float = 100.0, sign: float = 1.0, seed: int = 0) -> npt.NDArray[np.float64]:
    """Rows of an IMU on a forearm that turns by two radians and back, in 1.6 s each, then rests for one."""
    t = np.arange(0.0, 2.0 + 4.2 * count, 1.0 / rate_hz)
    into = (t - 1.0) % 4.2
    angle_rate = np.where(
        (t < 1.0) | (into > 3.2),
        0.0,
        np.where(into < 1.6, 1.0, -1.0) * np.pi / 1.6 * np.sin(np.pi * into / 1.6 % np.pi),
    )
    angle = np.cumsum(angle_rate) / rate_hz
    rows = np.random.default_rng(seed).normal(0.0, 0.05, (len(t), 6))
    rows[:, 0] += sign * 9.81 * np.cos(angle)
    rows[:, 1] += sign * 9.81 * np.sin(angle)
    rows[:, 5] -= angle_rate
    return rows


def presses(count: int, *, rate_hz: float = 100.0) -> npt.NDArray[np.float64]:
    """Rows of an IMU that is carried half a metre up and down, in 1.2 s each, and hardly turns."""
    t = np.arange(0.0, 1.0 + 3.4 * count, 1.0 / rate_hz)
    into = (t - 1.0) % 3.4
    moving = (t >= 1.0) & (into < 2.4)
    velocity = np.where(moving, np.where(into < 1.2, 1.0, -1.0) * 0.65 * np.sin(np.pi * into / 1.2 % np.pi), 0.0)
    rows = np.random.default_rng(1).normal(0.0, 0.05, (len(t), 6))
    rows[:, 2] += 9.81 + np.gradient(velocity, 1.0 / rate_hz)
    return rows


def find(rows: npt.NDArray[np.float64], *, signal: str = "imu_wrist", rate_hz: float = 100.0) -> list[RepFound]:
    """The reps found in chunks of a fifth of a second."""
    state, findings = segmenter(signal), []
    size = max(1, round(rate_hz / 5))
    for first in range(0, len(rows), size):
        chunk = Chunk(round(first * 1e6 / rate_hz), rate_hz, signal, rows[first : first + size].tolist())
        state, more = advance(state, chunk)
        findings += more
    assert all(isinstance(finding, RepFound) for finding in findings)
    return [finding for finding in findings if isinstance(finding, RepFound)]


@pytest.mark.parametrize("rate_hz", [12.0, 25.0, 50.0, 100.0, 200.0])
def test_a_limb_that_turns_is_counted(rate_hz: float) -> None:
    """Ten curls are ten reps, from 12 to 200 samples a second."""
    assert 10 == len(find(curls(10, rate_hz=rate_hz), rate_hz=rate_hz))


def test_either_sign_of_gravity_gives_the_same() -> None:
    """Whether a resting sensor reads gravity upwards or downwards makes no difference."""
    assert len(find(curls(8))) == len(find(curls(8, sign=-1.0)))


@pytest.mark.parametrize("signal", ["imu_wrist", "imu_bar"])
def test_a_limb_or_bar_that_is_carried_is_counted(signal: str) -> None:
    """Ten presses are ten reps, although nothing turns."""
    assert 10 == len(find(presses(10), signal=signal))


def test_a_rep_has_its_times_and_no_velocity() -> None:
    """A wrist shows when, not how fast: cycles of 4.2 s, and no phases."""
    _, *later = find(curls(8))

    assert [pytest.approx(4.2, abs=0.35)] * 7 == [rep.cycle_s for rep in later]
    assert {None} == {rep.concentric for rep in later}


def test_reps_are_known_at_most_seven_tenths_of_a_second_after_their_end() -> None:
    """A rep is given while it is new."""
    assert all(0.7 >= (rep.known_us - rep.ended_us) / 1e6 for rep in find(curls(8)) + find(presses(8)))


def test_rest_and_tremor_are_no_reps() -> None:
    """A still wrist that trembles counts nothing."""
    assert [] == find(np.random.default_rng(2).normal([0, 0, 9.81, 0, 0, 0], 0.1, (3000, 6)))
