"""What the time between reps does: missed reps, pauses, a curve that starts again."""

from __future__ import annotations

from spotter_detector.model import Observation
from tests.detector.generated_sets import estimates, make_prior, rep

VELOCITIES = (0.50, 0.48, 0.46, 0.42, 0.38, 0.33, 0.27)


def then(gap_s: float, velocity_mps: float = 0.24) -> list[Observation]:
    """Seven reps three seconds apart, and an eighth after the gap."""
    usual = [rep(number, velocity) for number, velocity in enumerate(VELOCITIES, 1)]
    return [*usual, rep(8, velocity_mps, end_s=usual[-1].end_s + gap_s)]


def test_a_usual_interval_says_nothing() -> None:
    """Up to 1.7 times the usual interval a rep is the next one."""
    assert () == estimates(make_prior(), then(4.5))[-1].flags


def test_a_long_interval_hides_a_missed_rep() -> None:
    """Between 1.7 and 2.5 times the usual interval a rep was done that no sensor saw: it counts."""
    usual = estimates(make_prior(), then(3.0))[-1]
    missed = estimates(make_prior(), then(6.3, velocity_mps=0.24))[-1]
    assert ("missed_rep",) == missed.flags
    assert missed.share_done > usual.share_done


def test_a_grinding_rep_is_no_missed_one() -> None:
    """The time that the rep itself took longer than the fastest is not waiting."""
    ground = [
        Observation(number, 3.0 * number, velocity, 0.45 / velocity, None, None)
        for number, velocity in enumerate(VELOCITIES, 1)
    ]
    last = Observation(8, 21.0 + 6.0, 0.12, 0.45 / 0.12, None, None)
    assert "missed_rep" not in estimates(make_prior(), [*ground, last])[-1].flags


def test_a_pause_gives_something_back() -> None:
    """Twenty seconds of rest leave more reps than none, and a wider band."""
    prior = make_prior(pct_1rm=None)
    before, after = estimates(prior, then(20.0, velocity_mps=0.33))[-2:]
    without = estimates(prior, then(3.0, velocity_mps=0.33))[-1]
    assert ("pause",) == after.flags
    assert after.rir > without.rir
    assert after.rir_high - after.rir_low > without.rir_high - without.rir_low
    assert after.share_done < before.share_done


def test_more_than_a_minute_starts_the_curve_again() -> None:
    """After 61 s the reps done count no more, and the set's reference stays."""
    set_ = then(61.0, velocity_mps=0.48)
    after = estimates(make_prior(), set_)[-1]
    alone = estimates(make_prior(), [rep(1, 0.48, end_s=0.0)])[-1]
    assert ("pause",) == after.flags
    assert (alone.rir, alone.p_rir_le, alone.share_done) == (after.rir, after.p_rir_le, after.share_done)
    assert (0.5, 1, 0.04) == (after.reference_velocity_mps, after.reference_rep, after.velocity_loss)


def test_a_minute_is_still_a_pause() -> None:
    """At 60 s the curve goes on."""
    assert estimates(make_prior(), then(60.0))[-1].share_done > estimates(make_prior(), then(61.0))[-1].share_done


def test_two_ends_at_one_time_say_nothing_of_waiting() -> None:
    """A clock that stopped or went back makes no interval."""
    assert () == estimates(make_prior(), then(0.0))[-1].flags
    assert () == estimates(make_prior(), then(-2.0))[-1].flags
