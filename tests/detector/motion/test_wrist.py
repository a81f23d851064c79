"""Reps from an IMU on a wrist or a bar."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from lab.accuracy.motion.disturbances import frozen, shocked
from lab.accuracy.motion.wrists import IDLE, KINDS, idle, wrist_set
from spotter_detector.motion import Chunk, RepFound, advance, finish, segmenter


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


def find(
    rows: npt.NDArray[np.float64],
    *,
    signal: str = "imu_wrist",
    rate_hz: float = 100.0,
    end: bool = False,
    expected: bool = False,
    missing: tuple[int, int] = (0, 0),
) -> list[RepFound]:
    """The reps found in chunks of a fifth of a second, without those that start with the samples that are `missing`."""
    state, findings = replace(segmenter(signal), expected=expected), []
    size = max(1, round(rate_hz / 5))
    for first in range(0, len(rows), size):
        if missing[0] <= first < missing[1]:
            continue
        chunk = Chunk(round(first * 1e6 / rate_hz), rate_hz, signal, rows[first : first + size].tolist())
        state, more = advance(state, chunk)
        findings += more
    if end:
        findings += finish(state)[1]
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
    reps = find(curls(8))
    between = [(later.ended_us - rep.ended_us) / 1e6 for rep, later in pairwise(reps)]

    assert [pytest.approx(4.2, abs=0.35)] * 7 == between
    assert {None} == {rep.concentric for rep in reps}


@pytest.mark.parametrize("signal", ["imu_wrist", "imu_bar"])
def test_reps_are_known_at_most_seven_tenths_of_a_second_after_their_end(signal: str) -> None:
    """A rep is given while it is new; the first when the second shows that it was one."""
    for reps in (find(curls(8), signal=signal), find(presses(8), signal=signal)):
        first, *later = reps
        assert all(0.7 >= (rep.known_us - rep.ended_us) / 1e6 for rep in later)
        assert first.known_us <= later[0].known_us


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_is_counted_inside_its_recording(kind: str) -> None:
    """Getting ready and putting away are no reps: of eight sets seven are counted within one rep."""
    recorded = [wrist_set(np.random.default_rng((seed, 3)), kind) for seed in range(8)]
    errors = [len(find(lift.rows, end=True)) - len(lift.reps) for lift in recorded]

    assert 7 <= sum(abs(error) <= 1 for error in errors)


@pytest.mark.parametrize("kind", IDLE)
def test_who_trains_nothing_has_no_reps(kind: str) -> None:
    """Two minutes of sitting, standing and walking hold no rep."""
    for seed in range(3):
        assert [] == find(idle(np.random.default_rng((seed, 4)), kind), end=True)


@pytest.mark.parametrize("rate_hz", [12.0, 50.0, 200.0])
def test_walking_holds_no_rep_at_any_rate(rate_hz: float) -> None:
    """The rate of the samples makes no strides into reps."""
    assert [] == find(idle(np.random.default_rng(6), "walking", rate_hz=rate_hz), rate_hz=rate_hz, end=True)


def test_one_shock_costs_no_rep() -> None:
    """A knock of 2 g in the midst of a set leaves the count as it is."""
    rows = curls(10)
    assert [10] * 6 == [len(find(shocked(np.random.default_rng(seed), rows, 100.0))) for seed in range(6)]


def test_a_frozen_tail_adds_nothing() -> None:
    """A watch that goes on sending its last sample does not go on counting."""
    rows = curls(10)
    assert [10] * 3 == [len(find(frozen(np.random.default_rng(seed), rows, 100.0), end=True)) for seed in range(3)]


def test_the_set_goes_on_after_a_gap() -> None:
    """Two seconds that never arrive cost at most the two reps that they cut, and the next is known at once."""
    rows = curls(10)
    before, after = find(rows[:2150]), find(rows)
    reps = find(rows, missing=(2150, 2350))

    assert len(after) - 2 <= len(reps) <= len(after)
    assert before == reps[: len(before)]
    assert 0.7 >= (reps[len(before)].known_us - reps[len(before)].ended_us) / 1e6


def test_a_second_set_is_known_from_its_first_rep() -> None:
    """After a minute of rest the movement is still known."""
    rest = np.random.default_rng(5).normal([9.81, 0, 0, 0, 0, 0], 0.05, (6000, 6))
    reps = find(np.vstack((curls(5)[:2200], rest, curls(5, seed=1)[:2200])))

    assert 10 == len(reps)
    assert all(0.7 >= (rep.known_us - rep.ended_us) / 1e6 for rep in reps[1:])


def test_small_quick_swings_are_reps_where_a_set_has_been_started() -> None:
    """A straight arm that swings by forty degrees each second may be a walk, unless the lifter has started a set."""
    t = np.arange(0.0, 20.0, 0.01)
    swing = 0.35 * np.sin(2 * np.pi * t / 1.1)
    rows = np.random.default_rng(1).normal(0.0, 0.05, (len(t), 6))
    rows[:, 0] += 9.81 * np.cos(swing)
    rows[:, 1] += 9.81 * np.sin(swing)
    rows[:, 5] -= np.gradient(swing, 0.01)

    assert [] == find(rows, end=True)
    assert 17 <= len(find(rows, end=True, expected=True)) <= 18


def test_rest_and_tremor_are_no_reps() -> None:
    """A still wrist that trembles counts nothing."""
    assert [] == find(np.random.default_rng(2).normal([0, 0, 9.81, 0, 0, 0], 0.1, (3000, 6)))


def test_the_last_rep_of_an_unsteady_set_is_counted_as_the_others_are() -> None:
    """How alike cycles must be is the set's own: noise that all cycles have costs none of them."""
    rows = curls(8)
    noise = np.random.default_rng(5).normal(0.0, 1.0, (len(rows) // 40 + 1, 6)).repeat(40, axis=0)[: len(rows)]
    rows[:, :3] += 1.2 * noise[:, :3]

    assert 8 == len(find(rows, end=True))


def test_strides_with_steps_left_out_between_them_are_a_walk() -> None:
    """Three steps, a step left out, three steps: what moves between two quick stretches is no pause."""
    for rate_hz, seed in ((25.0, 31), (100.0, 31)):
        assert [] == find(idle(np.random.default_rng(seed), "walking", rate_hz=rate_hz), rate_hz=rate_hz, end=True)


@pytest.mark.parametrize(("kind", "seed"), [("sitting", 113), ("sitting", 138), ("standing", 101)])
def test_a_movement_that_is_made_twice_is_no_set(kind: str, seed: int) -> None:
    """An arm goes somewhere and back, and once more: two cycles that nobody announced must be very alike."""
    assert [] == find(idle(np.random.default_rng(seed), kind), end=True)
