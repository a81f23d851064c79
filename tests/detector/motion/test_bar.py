"""Reps, attempts and stalls from a bar's velocity or position."""

from __future__ import annotations

import numpy as np
import pytest

from spotter_detector.motion import (
    Chunk,
    LoweringFound,
    MotionFinding,
    RepFound,
    StallFound,
    advance,
    finish,
    segmenter,
)

RATE_HZ = 50.0


def stand(seconds: float) -> list[float]:
    """Return the samples of a bar at rest."""
    return [0.0] * round(seconds * RATE_HZ)


def go(travel_m: float, seconds: float) -> list[float]:
    """One way, its velocity half a sine."""
    shape = np.sin(np.pi * (np.arange(round(seconds * RATE_HZ)) + 0.5) / round(seconds * RATE_HZ))
    return [float(velocity) for velocity in shape / shape.sum() * travel_m * RATE_HZ]


def find(
    velocities: list[float],
    *,
    signal: str = "bar_velocity",
    longest_grind_s: float = 6.0,
    usual_rom_m: float | None = None,
    noise_mps: float = 0.03,
) -> list[MotionFinding]:
    """Everything found in a signal that arrives in chunks of a fifth of a second."""
    noisy = np.asarray(velocities) + np.random.default_rng(7).normal(0.0, noise_mps, len(velocities))
    samples = noisy if signal == "bar_velocity" else 1.3 + np.cumsum(noisy) / RATE_HZ
    state, findings = segmenter(signal, longest_grind_s=longest_grind_s, usual_rom_m=usual_rom_m), []
    for first in range(0, len(samples), 10):
        chunk = Chunk(round(first * 1e6 / RATE_HZ), RATE_HZ, signal, samples[first : first + 10].tolist())
        state, more = advance(state, chunk)
        findings += more
    return [*findings, *finish(state)[1]]


def reps(findings: list[MotionFinding]) -> list[RepFound]:
    """The complete reps among what was found."""
    return [finding for finding in findings if isinstance(finding, RepFound) and finding.complete]


def stalls(findings: list[MotionFinding]) -> list[StallFound]:
    """The stalls among what was found."""
    return [finding for finding in findings if isinstance(finding, StallFound)]


FROM_ABOVE = [
    *stand(2),
    *go(-0.5, 1.5),
    *go(0.5, 1.0),
    *stand(1),
    *go(-0.5, 1.6),
    *stand(0.8),
    *go(0.5, 1.2),
    *stand(2),
]
FROM_BELOW = [
    *stand(2),
    *go(0.5, 1.0),
    *go(-0.5, 1.2),
    *stand(1),
    *go(0.5, 1.1),
    *stand(0.5),
    *go(-0.5, 1.0),
    *stand(1),
]


@pytest.mark.parametrize("signal", ["bar_velocity", "bar_position"])
def test_a_rep_brings_its_phases(signal: str) -> None:
    """A rep that starts from above has both phases: travel, mean and peak velocity, and times."""
    first, second = reps(find(FROM_ABOVE, signal=signal))

    for rep, up_s, down_s in ((first, 1.0, 1.5), (second, 1.2, 1.6)):
        assert rep.concentric is not None
        assert rep.eccentric is not None
        assert pytest.approx(up_s, abs=0.06) == rep.concentric.seconds
        assert pytest.approx(down_s, abs=0.12) == rep.eccentric.seconds
        assert pytest.approx(0.5, abs=0.02) == rep.concentric.travel_m
        assert pytest.approx(0.5 / up_s, rel=0.07) == rep.concentric.mean_velocity_mps
        assert pytest.approx(0.5 / up_s * np.pi / 2, rel=0.12) == rep.concentric.peak_velocity_mps


def test_a_rep_is_known_soon_after_its_end() -> None:
    """Neither a halt at the top nor turning at once keeps a rep waiting for more than 0.7 s."""
    for rep in reps(find(FROM_ABOVE)) + reps(find(FROM_BELOW)):
        assert 0.7 > (rep.known_us - rep.ended_us) / 1e6


def test_a_set_from_below_tells_its_lowerings_after_the_reps() -> None:
    """A deadlift's eccentric phase comes after the rep that it belongs to, and names it."""
    findings = find(FROM_BELOW)

    assert [RepFound, LoweringFound, RepFound, LoweringFound] == [type(finding) for finding in findings]
    rep, lowering = findings[0], findings[1]
    assert isinstance(rep, RepFound)
    assert isinstance(lowering, LoweringFound)
    assert rep.eccentric is None
    assert rep.ended_us == lowering.rep_ended_us
    assert pytest.approx(1.2, abs=0.12) == lowering.phase.seconds


def test_an_unrack_and_a_rerack_are_no_reps() -> None:
    """The few centimetres out of the rack and back into it are not counted."""
    unracked = [*stand(1), *go(0.08, 0.6), *FROM_ABOVE, *go(-0.07, 0.5), *stand(2)]

    assert 2 == len(reps(find(unracked)))


def test_a_sticking_point_does_not_split_a_rep() -> None:
    """A grinding rep that stops for two seconds mid-way, and even sinks a little, is one rep."""
    grinding = [*go(-0.5, 1.5), *go(0.2, 0.8), *stand(1.2), *go(-0.03, 0.4), *stand(0.8), *go(0.33, 1.5), *stand(1)]

    findings = find([*FROM_ABOVE, *grinding])
    assert 3 == len(reps(findings))
    assert [] == stalls(findings)


def test_a_halt_at_the_bottom_is_not_lifting() -> None:
    """A paused rep's concentric time begins when the bar leaves the bottom."""
    paused = find([*stand(1), *go(-0.4, 1.2), *stand(3), *go(0.4, 0.9), *stand(1)])

    (rep,) = reps(paused)
    assert rep.concentric is not None
    assert pytest.approx(0.9, abs=0.06) == rep.concentric.seconds


def test_an_attempt_is_told_apart_from_a_rep() -> None:
    """A bar that turns back half-way is reported, as incomplete."""
    findings = find([*FROM_ABOVE, *go(-0.5, 1.5), *go(0.25, 1.5), *go(-0.25, 0.8), *stand(1)])

    assert [True, True, False] == [finding.complete for finding in findings if isinstance(finding, RepFound)]


@pytest.mark.parametrize("signal", ["bar_velocity", "bar_position"])
@pytest.mark.parametrize("longest_grind_s", [3.0, 6.0])
def test_a_stuck_bar_is_called_while_it_is_stuck(signal: str, longest_grind_s: float) -> None:
    """A stall is reported once, within half a second after the lifter's longest grind is exceeded."""
    before = [*FROM_ABOVE, *go(-0.5, 1.5), *go(0.2, 0.8)]
    findings = find([*before, *stand(10), *go(-0.2, 1)], signal=signal, longest_grind_s=longest_grind_s)

    (stall,) = stalls(findings)
    assert pytest.approx(len(before) / RATE_HZ + longest_grind_s, abs=0.5) == stall.known_us / 1e6
    assert pytest.approx(0.2, abs=0.03) == stall.height_m


def test_a_bar_that_lies_on_the_chest_is_stuck() -> None:
    """In a set that starts from above, a bar that does not leave the bottom is a stall too."""
    (stall,) = stalls(find([*FROM_ABOVE, *go(-0.5, 1.5), *stand(9)]))

    assert pytest.approx(0.0, abs=0.01) == stall.height_m


@pytest.mark.parametrize(
    "resting",
    [
        [*FROM_ABOVE, *stand(12)],
        [*FROM_BELOW, *stand(12), *go(0.5, 1), *stand(1)],
        [*stand(1), *go(0.08, 0.6), *stand(12), *FROM_ABOVE],
    ],
    ids=["at the top", "on the floor", "unracked"],
)
def test_a_rest_is_no_stall(resting: list[float]) -> None:
    """Breathing at the top, on the floor between deadlifts or under an unracked bar raises no alarm."""
    assert [] == stalls(find(resting))


def test_the_first_rep_can_stall_where_the_lifters_usual_travel_is_known() -> None:
    """With a travel from earlier sets even a deadlift's first rep is called when it sticks."""
    stuck = [*stand(1), *go(0.25, 1.5), *stand(9), *go(-0.25, 1), *stand(1)]

    assert 1 == len(stalls(find(stuck, usual_rom_m=0.5)))


def test_a_hole_in_the_signal_loses_no_more_than_its_own_reps() -> None:
    """After a break of many seconds counting goes on with what is known of the lifter's travel."""
    state, findings = segmenter("bar_velocity"), []
    for t0_us in (0, 60_000_000):
        for first in range(0, len(FROM_ABOVE), 50):
            chunk = Chunk(t0_us + first * 20_000, RATE_HZ, "bar_velocity", FROM_ABOVE[first : first + 50])
            state, more = advance(state, chunk)
            findings += more
    findings += finish(state)[1]

    assert 4 == len(reps(findings))
