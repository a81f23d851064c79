"""What every host must make of raw motion. Subclasses provide the fixture `host`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spotter.domain.events import Event
from spotter.domain.events.lifting import MotionSampled
from spotter.domain.events.outputs import RepOverdue
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

RATE_HZ = 50.0
CHUNK = 50
ROM_M = 0.45
PEAKS_MPS = (0.80, 0.77, 0.72, 0.66, 0.58)


class MotionCases:
    """A bar's velocity, a second at a time."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    def test_reps_are_found_as_they_happen(self, lifter: Lifter) -> None:
        """Each rep has its count, its estimate and its advice before the next one is done."""
        lifter.send(lifter.start(0))
        seen = []
        for chunk in chunks(lifter, bar(PEAKS_MPS)):
            lifter.send(chunk)
            seen.append(len(lifter.estimates))
        assert list(range(len(PEAKS_MPS) + 1)) == sorted(set(seen))
        assert ["motion"] * len(PEAKS_MPS) == [rep.found_in for rep in lifter.counted]
        assert [1, 2, 3, 4, 5] == [estimate.rep_number for estimate in lifter.estimates if estimate.arrival]
        assert {"velocity"} == {estimate.mode for estimate in lifter.estimates}
        assert [0, 1, 2, 3, 4, 5] == [advice.after_rep for advice in lifter.advice]
        assert not any(advice.late for advice in lifter.advice)

    def test_what_is_measured_is_what_was_lifted(self, lifter: Lifter) -> None:
        """Mean velocity, travel and duration of the way up."""
        lifter.send(*chunks(lifter, bar(PEAKS_MPS)))
        for rep, peak in zip(lifter.counted, PEAKS_MPS, strict=True):
            up_s = ROM_M / (peak * 2 / np.pi)
            assert rep.concentric_s == pytest.approx(up_s, abs=0.08)
            assert rep.mean_velocity_mps == pytest.approx(ROM_M / up_s, rel=0.1)
            assert rep.rom_m == pytest.approx(ROM_M, rel=0.05)

    def test_the_exercise_says_which_way_the_lift_goes(self, lifter: Lifter) -> None:
        """A pulldown's handle goes down in its concentric phase: the same reps as of a press that goes up."""
        lifter.send(lifter.start(0, exercise="lat_pulldown"), *chunks(lifter, -bar_from_below(PEAKS_MPS)))
        newest = {rep.rep_number: rep for rep in lifter.counted}  # told again with its eccentric phase
        for rep, peak in zip(newest.values(), PEAKS_MPS, strict=True):
            assert rep.mean_velocity_mps == pytest.approx(peak * 2 / np.pi, rel=0.1)

    def test_missing_samples_are_bridged(self, lifter: Lifter) -> None:
        """One null in each chunk costs no rep and little precision."""
        lifter.send(lifter.start(0), *chunks(lifter, bar(PEAKS_MPS), missing=17))
        for rep, peak in zip(lifter.counted, PEAKS_MPS, strict=True):
            assert rep.mean_velocity_mps == pytest.approx(peak * 2 / np.pi, rel=0.1)

    def test_motion_alone_opens_a_set(self, lifter: Lifter) -> None:
        """Where no set is open the first rep that is found opens one; a bar at rest opens none."""
        lifter.send(*chunks(lifter, np.zeros(500)))
        assert [] == lifter.opened
        lifter.send(*chunks(lifter, bar(PEAKS_MPS), at_s=10))
        assert 1 == len(lifter.opened)

    def test_chunks_twice_late_and_out_of_order_change_nothing(self, lifter: Lifter, host: Harness) -> None:
        """Bad Wi-Fi sends what it has again, and some of it late: the same reps are found."""
        calm = Lifter(host, lifter.base)
        calm.send(*chunks(calm, bar(PEAKS_MPS)))
        sent = chunks(lifter, bar(PEAKS_MPS))
        for index in range(1, len(sent) - 1, 3):
            sent[index], sent[index + 1] = sent[index + 1], sent[index]
        sent.insert(5, sent[2])
        lifter.send(*sent)
        assert found(calm) == found(lifter)

    def test_a_crash_in_the_middle_of_a_rep(self, lifter: Lifter, host: Harness) -> None:
        """The signal goes on where it was."""
        calm = Lifter(host, lifter.base)
        calm.send(*chunks(calm, bar(PEAKS_MPS)))
        for index, chunk in enumerate(chunks(lifter, bar(PEAKS_MPS))):
            lifter.send(chunk)
            if index % 5 == 2:
                host.crash()
        assert found(calm) == found(lifter)
        assert [estimate.rir for estimate in calm.estimates] == [estimate.rir for estimate in lifter.estimates]

    def test_a_stuck_bar_is_told_of_while_it_is_stuck(self, lifter: Lifter) -> None:
        """Failing is said before the rep ends, and not after it."""
        stuck = np.concatenate([bar(PEAKS_MPS[:3]), down_and_half_up(), np.zeros(int(8 * RATE_HZ))])
        lifter.send(lifter.start(0), *chunks(lifter, stuck))
        overdue = lifter.told(RepOverdue, "estimates.v1")
        assert [4] == [overdue.rep_number for overdue in overdue]
        assert "failing" in [advice.action for advice in lifter.advice]

    def test_a_stuck_bar_of_yesterday_alarms_nobody(self, lifter: Lifter) -> None:
        """An upload of the past finds the reps and raises no alarm."""
        stuck = np.concatenate([bar(PEAKS_MPS[:3]), down_and_half_up(), np.zeros(int(8 * RATE_HZ))])
        lifter.send(lifter.start(0), *chunks(lifter, stuck, sent_s=600))
        assert [] == lifter.told(RepOverdue, "estimates.v1")
        assert 3 <= len(lifter.counted)

    def test_a_device_that_counts_and_samples_is_counted_once(self, lifter: Lifter) -> None:
        """The device's own report of a rep and the rep found in its signal are one rep of two sources."""
        signal = bar(PEAKS_MPS[:2])
        lifter.send(lifter.start(0), *chunks(lifter, signal))
        ended_s = [(rep.rep_time - lifter.base) / timedelta(seconds=1) for rep in lifter.counted]
        own = [lifter.rep(index + 1, at_s, 0.5, concentric_s=0.9) for index, at_s in enumerate(ended_s)]
        before = lifter.estimates[-1].rir
        lifter.send(*own)
        last = lifter.estimates[-2:]
        assert any("second_source" in estimate.flags for estimate in last)
        assert lifter.estimates[-1].rir == pytest.approx(before, abs=2.5)


def bar(peaks_mps: tuple[float, ...]) -> NDArray[np.float64]:
    """Build a bar's velocity: for each rep a way down, a way up as half a sine, and a rest at the top."""
    rest = np.zeros(int(1.2 * RATE_HZ))
    parts = [np.zeros(int(2 * RATE_HZ))]
    for peak in peaks_mps:
        parts += [-half_sine(0.7), half_sine(peak), rest]
    return np.concatenate([*parts, rest])


def bar_from_below(peaks_mps: tuple[float, ...]) -> NDArray[np.float64]:
    """Build a bar's velocity: for each rep a way up as half a sine, a rest, a way down, and a rest at the bottom."""
    rest = np.zeros(int(0.8 * RATE_HZ))
    parts = [np.zeros(int(2 * RATE_HZ))]
    for peak in peaks_mps:
        parts += [half_sine(peak), rest, -half_sine(0.5), rest]
    return np.concatenate([*parts, rest])


def half_sine(peak_mps: float) -> NDArray[np.float64]:
    """Build a way of the usual travel with that peak."""
    seconds = ROM_M / (peak_mps * 2 / np.pi)
    t = np.arange(0, seconds, 1 / RATE_HZ)
    return peak_mps * np.sin(np.pi * t / seconds)


def down_and_half_up() -> NDArray[np.float64]:
    """Build a way down, and one up that stands still in the middle."""
    up = half_sine(0.4)
    return np.concatenate([-half_sine(0.7), up[: len(up) // 2], np.linspace(0.4, 0, 8)])


def chunks(
    lifter: Lifter,
    signal: NDArray[np.float64],
    at_s: float = 0.0,
    sent_s: float | None = None,
    missing: int | None = None,
) -> list[Event]:
    """Build the chunks of a signal, each sent when its last sample is there, or all at `sent_s`, without one sample each."""
    made = []
    for first in range(0, len(signal), CHUNK):
        samples: Any = [float(sample) for sample in signal[first : first + CHUNK].round(4)]
        if missing is not None and missing < len(samples):
            samples[missing] = None
        began_s = at_s + first / RATE_HZ
        t0 = lifter.base + timedelta(seconds=began_s)
        data = MotionSampled(set_id="s1", t0=t0, rate_hz=RATE_HZ, signal="bar_velocity", samples=samples)
        made.append(lifter.event(data, began_s + len(samples) / RATE_HZ, sent_s=sent_s))
    return made


def found(lifter: Lifter) -> list[tuple[int, float | None, float | None]]:
    """Return what was found, without where the lifter's day begins."""
    return [(rep.rep_number, rep.mean_velocity_mps, rep.concentric_s) for rep in lifter.counted]
