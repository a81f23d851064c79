"""Samples that no bar and no limb gives, that are missing, or that come at another rate than they say."""

from __future__ import annotations

from datetime import timedelta
from math import inf, nan
from typing import Any

import pytest

from spotter.domain.events import encode
from spotter_ingest.chunk_times import ChunkTimes
from tests.ingest.support import RunningIngest, event
from tests.ingest.validation_cases import NOW, refused, shift, took

GRAVITY = [0.0, 0.0, 9.81, 0.1, 0.0, 0.0]


def motion(samples: list[Any], signal: str = "bar_position", rate_hz: float = 50, **more: Any) -> dict[str, Any]:
    """A chunk that has just ended."""
    t0 = more.pop("t0", (NOW - timedelta(seconds=1)).isoformat())
    return event("motion.sampled", athlete_id="ada", t0=t0, rate_hz=rate_hz, signal=signal, samples=samples, **more)


@pytest.mark.parametrize(
    ("signal", "samples", "mend"),
    [
        ("bar_position", [1400.0] * 50, "metres: millimetres divided by 1000"),
        ("bar_position", [140.0] * 50, "metres: centimetres divided by 100"),
        ("bar_position", [4.6] * 50, "Send metres"),
        ("bar_position", [1.4] * 46 + [3.1] * 4, "Send metres"),
        ("bar_velocity", [0.0, 800.0, -750.0] * 15, "metres per second: millimetres divided by 1000"),
        ("bar_velocity", [0.0, 80.0, -75.0] * 15, "metres per second: centimetres divided by 100"),
        ("imu_wrist", [[0.0, 0.0, 981.0, 0.0, 0.0, 0.0]] * 50, "m/s², gravity included"),
        ("imu_bar", [[0.0, 0.0, -250.0, 0.0, 0.0, 0.0]] * 50, "m/s², gravity included"),
        ("bar_position", [1400.0], "Send metres"),
    ],
)
def test_what_no_bar_does_is_refused_with_the_unit(signal: str, samples: list[Any], mend: str) -> None:
    """Positions over 3 m, velocities over 6 m/s and accelerations over 20 g name the unit to send."""
    problem = refused(motion(samples, signal))

    assert (422, "data.samples", "Impossible motion") == (problem.status, problem.field, problem.title)
    assert problem.mend is not None
    assert mend in problem.mend


@pytest.mark.parametrize(
    ("signal", "samples"),
    [
        ("bar_position", [-2.9, 0.0, 2.9] * 16),
        ("bar_velocity", [-5.9, 0.0, 5.9] * 16),
        ("imu_wrist", [[0.0, 0.0, 9.81, 30.0, 0.0, 0.0]] * 5 + [GRAVITY] * 45),
        ("imu_bar", [[0.0, 0.0, 190.0, 0.0, 0.0, 0.0]] * 5 + [GRAVITY] * 45),
        ("bar_velocity", [None] * 10 + [0.1] * 40),
        ("imu_wrist", [None] * 10 + [GRAVITY] * 40),
    ],
)
def test_what_is_possible_is_taken_without_a_word(signal: str, samples: list[Any]) -> None:
    """Anything up to the limits, and up to 0.2 s of missing samples."""
    assert None is took(motion(samples, signal)).warning


@pytest.mark.parametrize(("signal", "spike"), [("bar_position", 1400.0), ("bar_velocity", -80.0)])
def test_a_single_spike_is_taken_and_counted(signal: str, spike: float) -> None:
    """One impossible sample, or one in fifty, is told; the event is written as it was sent."""
    raw = motion([0.1] * 25 + [spike] + [0.1] * 24, signal)

    valid = took(raw)
    assert (valid.warning or "").startswith("spike: 1 of 50 samples beyond ")
    assert str(spike).encode() in encode(valid.event)


def test_a_row_of_an_imu_that_is_one_spike_is_counted() -> None:
    """A shock beyond the sensor's range is one sample in many."""
    rows = [GRAVITY] * 99 + [[0.0, 900.0, 9.81, 0.0, 0.0, 0.0]]

    assert "spike: 1 of 100 samples beyond 196 m/s² (20 g)" in (took(motion(rows, "imu_wrist", 100)).warning or "")


@pytest.mark.parametrize("wrong", [nan, inf, -inf])
def test_a_sample_that_is_no_number_is_missing(wrong: float) -> None:
    """NaN, as programs write what a sensor did not give, is null in the log, and said to be."""
    valid = took(motion([1.4] * 10 + [wrong] + [1.4] * 39))

    assert "missing: samples that are no number are taken for null (1 of 50)" == valid.warning
    assert [None] == [sample for sample in valid.event.data.model_dump()["samples"] if sample != 1.4]
    assert "missing:" in (took(motion([GRAVITY, [wrong] * 6, GRAVITY], "imu_wrist")).warning or "")


def test_a_longer_gap_is_told() -> None:
    """Over 0.2 s without samples is not bridged."""
    assert "gap: 0.50 s without samples" in (took(motion([1.4] * 10 + [None] * 25 + [1.4] * 15)).warning or "")
    assert "gap: 1.00 s" in (took(motion([None] * 50)).warning or "")


STILL = (0.0, 0.0, 9.81, 0.0, 0.0, 0.0)


def chunk_of(row: tuple[float, ...], seconds: float, times: float = 1.0, rate_hz: float = 50) -> dict[str, Any]:
    """A wrist that sends one row over and over, with a tremor, its acceleration in another unit."""
    rows = [
        [value * times * (0.97 + 0.03 * (number % 3)) for value in row[:3]] for number in range(int(seconds * rate_hz))
    ]
    return motion([[*force, *row[3:]] for force in rows], "imu_wrist", rate_hz)


@pytest.mark.parametrize("signal", ["imu_wrist", "imu_bar"])
@pytest.mark.parametrize(
    ("row", "mend"),
    [
        ([0.0, 0.6, 0.8, 0.0, 0.0, 0.0], "multiply g by 9.80665"),
        ([0.0, 0.02, 0.01, 0.0, 0.0, 0.0], "gravity is missing"),
        ([0.0, 0.0, 32.2, 0.0, 0.0, 0.0], "feet per second squared by 0.3048"),
        ([0.0, 0.0, 9.81, 0.0, 90.0, 0.0], "degrees per second divided by 57.3"),
    ],
)
def test_an_imus_other_units_are_refused(signal: str, row: list[float], mend: str) -> None:
    """Two seconds of g, of no gravity, of feet, or of degrees: gravity and the limits of a limb say so."""
    problem = refused(motion([row] * 100, signal))

    assert (422, "data.samples", "Impossible motion") == (problem.status, problem.field, problem.title)
    assert mend in (problem.mend or "")


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
def test_half_a_second_at_rest_shows_the_unit(rate_hz: float) -> None:
    """Devices send short chunks: what is as steady as rest is refused before the first rep."""
    assert "multiply g" in (refused(chunk_of(STILL, 0.5, 1 / 9.80665, rate_hz)).mend or "")


def test_a_swing_in_degrees_per_second_is_refused() -> None:
    """A curl turns by some hundred degrees in a second, never by as many radians."""
    rows = [[0.0, 0.0, 9.81, 150.0 if 20 <= number < 40 else 1.0, 0.0, 0.0] for number in range(50)]

    assert "degrees per second" in (refused(motion(rows, "imu_wrist")).mend or "")


def test_a_fall_is_no_other_unit() -> None:
    """A bar that is dropped weighs nothing for half a second: told at most, for nothing at rest is so unsteady."""
    fall = [[0.3 * (-1) ** number, 0.1 * (number % 4), 0.2, 1.0, 0.0, 0.0] for number in range(25)]

    assert (took(motion(fall, "imu_bar")).warning or "").startswith("unit: the median acceleration is ")
    assert None is took(motion([GRAVITY] * 50 + fall, "imu_bar")).warning


def test_chunks_too_short_to_be_sure_are_told() -> None:
    """A fifth of a second of g, and a limb that seems to turn three times a second throughout."""
    assert "unit: the median acceleration is 1" in (took(chunk_of(STILL, 0.2, 1 / 9.80665)).warning or "")
    assert "degrees per second" in (took(chunk_of((*STILL[:4], 30.0, 0.0), 1.0)).warning or "")


def test_one_impossible_turn_is_no_unit() -> None:
    """A single row is the sensor's spike; what is counted leaves it out."""
    assert None is took(motion([GRAVITY] * 49 + [[0.0, 0.0, 9.81, 300.0, 0.0, 0.0]], "imu_wrist")).warning


class TestRate:
    """The chunks' own times say what the rate is."""

    def cautions(self, gaps_s: list[float], count: int = 50, rate_hz: float = 50) -> list[str | None]:
        """What is told for chunks that begin so long after one another."""
        times, at_s, cautions = ChunkTimes(), 0.0, []
        for gap_s in gaps_s:
            at_s += gap_s
            chunk = took(motion([0.1] * count, rate_hz=rate_hz, t0=shift(seconds=at_s - 60)))
            cautions.append(times.caution(chunk.event))
        return cautions

    @pytest.mark.parametrize(
        ("rate_hz", "count", "gap_s", "true"), [(200, 24, 0.983, "24.4"), (50, 50, 0.5, "100"), (100, 50, 0.59, "84.7")]
    )
    def test_a_rate_that_they_contradict_is_told(self, rate_hz: float, count: int, gap_s: float, true: str) -> None:
        """From the fourth chunk on, with what it seems to be."""
        cautions = self.cautions([gap_s] * 6, count, rate_hz)

        assert [None] * 3 == cautions[:3]
        assert all(caution and caution.startswith(f"rate: rate_hz says {rate_hz:g}") for caution in cautions[3:])
        assert all(caution and f"{true} Hz" in caution for caution in cautions[3:])

    @pytest.mark.parametrize(
        "gaps_s",
        [
            [1.0] * 10,
            [1.03] * 10,
            [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0],
            [1.0, 1.3, 0.7, 1.2, 0.8, 1.3, 0.7, 1.25, 0.75],
            [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, -2.0, 3.0, 1.0],
            [1.0, 1.0, 1.0, 20.0, 1.0, 1.0],
        ],
        ids=["even", "a clock that drifts", "chunks lost", "stamped when sent", "twice and late", "a pause"],
    )
    def test_chunks_lost_late_twice_or_uneven_are_no_contradiction(self, gaps_s: list[float]) -> None:
        """What goes wrong on the way says nothing about the sensor."""
        assert {None} == set(self.cautions(gaps_s))

    def test_lifters_and_devices_are_told_apart(self) -> None:
        """Two sensors that send side by side do not make one of twice the rate."""
        times = ChunkTimes()
        for second in range(8):
            for device in ("left", "right"):
                raw = motion([0.1] * 50, t0=shift(seconds=second - 60), device={"id": device})
                assert None is times.caution(took(raw).event)

    def test_what_is_kept_is_bounded(self) -> None:
        """The least recent signal is forgotten."""
        times = ChunkTimes(signals_max=2)
        for second in range(6):
            for device in ("a", "b", "c"):
                raw = motion([0.1] * 10, rate_hz=50, t0=shift(seconds=second - 60), device={"id": device})
                assert None is times.caution(took(raw).event)


async def test_the_sender_reads_it_in_the_results(ingest: RunningIngest) -> None:
    """A warning `rate` stands beside the chunk that contradicts."""
    chunks = [motion([0.1] * 24, rate_hz=200, t0=shift(seconds=second - 60)) for second in range(6)]

    results = (await ingest.post(chunks)).json()["results"]
    assert ["accepted"] * 6 == [result["status"] for result in results]
    assert ["rate" in result.get("warning", "") for result in results] == [False] * 3 + [True] * 3
