"""What travel tells of a rep: failed attempts, ghosts, re-racking, range lost."""

from __future__ import annotations

import pytest

from spotter_detector.model import Observation, RepEstimate
from tests.detector.generated_sets import estimates, make_prior, rep

VELOCITIES = (0.50, 0.48, 0.45, 0.41, 0.36, 0.29, 0.21)


def with_last(velocity_mps: float | None, rom_m: float | None) -> list[Observation]:
    """Seven reps of .42 m, and one more."""
    usual = [rep(number, velocity, rom_m=0.42) for number, velocity in enumerate(VELOCITIES, 1)]
    return [*usual, rep(len(usual) + 1, velocity_mps, rom_m=rom_m)]


def after_a_set(velocity_mps: float | None, rom_m: float | None) -> list[RepEstimate]:
    """Estimates of those, of a bench press without a load."""
    return estimates(make_prior(pct_1rm=None), with_last(velocity_mps, rom_m))


def test_a_slow_short_rep_is_a_failed_attempt() -> None:
    """Under 60 % of the travel and of the velocity before it, near failure: the reps before it were all there were."""
    *_, before, failed = after_a_set(0.12, 0.20)
    assert ("failed", "short_rom", "stall") == failed.flags
    assert failed.velocity_loss is None
    assert before.p_next_fails < 0.5
    assert failed.p_next_fails > 0.8
    assert failed.rir < 0.3
    assert "high" == failed.confidence


def test_a_failed_attempt_is_not_a_rep_done() -> None:
    """The share done is that of the reps completed: all."""
    assert 0.95 < after_a_set(0.12, 0.20)[-1].share_done <= 1.0


@pytest.mark.parametrize(
    ("velocity_mps", "rom_m", "flags"),
    [
        (0.24, 0.42, ()),
        (0.19, 0.31, ("short_rom",)),
        (0.12, 0.41, ()),
        (0.12, None, ()),
        (0.12, 0.30, ("short_rom",)),
    ],
    ids=["usual", "short but not slow", "slow but full", "slow, travel unknown", "slow, not short enough"],
)
def test_what_is_not_failed(velocity_mps: float, rom_m: float | None, flags: tuple[str, ...]) -> None:
    """A rep must be both slow and short to be called failed."""
    flagged = [flag for flag in after_a_set(velocity_mps, rom_m)[-1].flags if flag != "outlier"]
    assert list(flags) == flagged


def test_a_short_quick_movement_is_a_ghost() -> None:
    """Half of the travel and not slow is no rep: it is flagged, and the estimate stays where it was."""
    *_, before, ghost = after_a_set(0.45, 0.10)
    assert ("ghost",) == ghost.flags
    assert ghost.velocity_loss is None
    assert (before.rir, before.p_rir_le, before.share_done) == (ghost.rir, ghost.p_rir_le, ghost.share_done)
    assert (before.reference_velocity_mps, before.reference_rep) == (ghost.reference_velocity_mps, ghost.reference_rep)


def test_a_movement_half_as_long_again_is_the_bar_going_back() -> None:
    """Re-racking as a last fast, long rep is flagged, raises nothing and is no reference."""
    *_, before, rerack = after_a_set(0.80, 0.70)
    assert ("rerack",) == rerack.flags
    assert before.rir == rerack.rir
    assert 0.5 == rerack.reference_velocity_mps


def test_an_odd_first_rep_does_not_make_the_usual_ones_odd() -> None:
    """An unrack of a quarter or of thrice the travel leaves the second and third rep without a flag of travel."""
    for unrack_m in (0.10, 1.2):
        set_ = [
            rep(1, 0.5, rom_m=unrack_m),
            rep(2, 0.5, rom_m=0.42),
            rep(3, 0.48, rom_m=0.42),
            rep(4, 0.47, rom_m=0.42),
        ]
        assert [()] * 3 == [estimate.flags for estimate in estimates(make_prior(), set_)][1:]


def test_the_second_of_two_unlike_reports_is_odd_where_the_first_is_as_the_exercise_has_it() -> None:
    """After 42 cm of bench press a report of 15 is none; after 20 cm one of 42 shows that the first was no rep."""
    flagged = [
        [
            estimate.flags
            for estimate in estimates(make_prior(), [rep(1, 0.5, rom_m=first_m), rep(2, 0.4, rom_m=second_m)])
        ][1]
        for first_m, second_m in ((0.42, 0.15), (0.20, 0.42))
    ]
    assert [("ghost",), ()] == flagged


def test_a_rep_after_a_failed_attempt_says_it_was_not_the_end() -> None:
    """Whoever completes another rep had one left: the estimate goes on from where the velocities had it."""
    set_ = [*with_last(0.12, 0.20), rep(8, 0.33, end_s=22.0, rom_m=0.42)]
    after = estimates(make_prior(pct_1rm=None), set_)[-1]
    assert "failed" not in after.flags
    assert after.p_next_fails < 0.5
