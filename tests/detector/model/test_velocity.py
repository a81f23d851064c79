"""What velocities do to an estimate: slowing, the reference, slow first reps, outliers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detector.generated_sets import estimates, last_estimate, make_prior, rep, reps

SLOWING = (0.52, 0.51, 0.50, 0.47, 0.45, 0.41, 0.38, 0.33)


@settings(deadline=None)
@given(
    model_class=st.sampled_from(["bench_press", "back_squat", "deadlift"]),
    done=st.integers(2, 7),
    faster=st.floats(-0.06, 0.06),
    slower_by=st.floats(0.0, 0.03),
)
def test_a_slower_last_rep_never_leaves_more_reps(model_class: str, done: int, faster: float, slower_by: float) -> None:
    """Short of an outlier, a slower last rep leaves no more reps and no smaller chance to fail."""
    prior = make_prior(model_class, pct_1rm=None)
    shift = prior.v1_mean_mps - SLOWING[0]
    before = [velocity + shift for velocity in SLOWING[:done]]
    expected = SLOWING[done] + shift
    quick = last_estimate(prior, reps([*before, expected + faster]))
    slow = last_estimate(prior, reps([*before, expected + faster - slower_by]))
    assert slow.rir <= quick.rir + 0.02
    assert slow.p_next_fails >= quick.p_next_fails - 0.0002


def test_a_set_that_slows_down_comes_to_its_end() -> None:
    """A bench press that falls to the velocity of failure goes from many reps left to none."""
    answers = estimates(make_prior(pct_1rm=None), reps((*SLOWING, 0.27, 0.21, 0.16)))
    assert answers[0].rir > 5.0
    assert answers[-1].rir < 1.0
    assert answers[-1].p_next_fails > 0.4
    assert answers[-1].share_done > 0.9
    assert "high" == answers[-1].confidence


def test_as_many_reps_at_one_velocity_are_far_from_failure() -> None:
    """The same number of reps without any slowing leaves many."""
    assert last_estimate(make_prior(pct_1rm=None), reps((0.52,) * 11)).rir > 6.0


def test_velocity_loss_is_against_the_fastest_rep_so_far() -> None:
    """The reference is the running maximum of this set, named in each estimate."""
    answers = estimates(make_prior(), reps((0.50, 0.54, 0.48)))
    assert [(0.0, 0.5, 1), (0.0, 0.54, 2), (0.1111, 0.54, 2)] == [
        (estimate.velocity_loss, estimate.reference_velocity_mps, estimate.reference_rep) for estimate in answers
    ]


def test_the_reference_keeps_the_number_that_the_set_gave_it() -> None:
    """Reps are named by their number, which need not be their place."""
    assert 7 == last_estimate(make_prior(), [rep(7, 0.5, end_s=0.0), rep(9, 0.4, end_s=3.0)]).reference_rep


def test_a_slow_first_rep_is_flagged_where_it_shows() -> None:
    """The second or third rep that clearly beats the first is flagged; a little faster is noise."""
    assert [(), ("slow_first",), ()] == [
        estimate.flags for estimate in estimates(make_prior(), reps((0.48, 0.53, 0.51)))
    ]
    assert [(), (), ()] == [estimate.flags for estimate in estimates(make_prior(), reps((0.50, 0.51, 0.49)))]


def test_one_wild_velocity_is_an_outlier_and_changes_little() -> None:
    """A single rep far off is flagged, and two usual ones later the answer is nearly what it would have been."""
    prior = make_prior(pct_1rm=None)
    wild = reps((0.52, 0.51, 0.12, 0.50, 0.49, 0.47))
    usual = reps((0.52, 0.51, 0.51, 0.50, 0.49, 0.47))
    assert "outlier" in estimates(prior, wild)[2].flags
    assert last_estimate(prior, usual).rir == pytest.approx(last_estimate(prior, wild).rir, abs=2.5)


def test_a_velocity_that_nobody_reaches_is_no_reference() -> None:
    """After two reps a velocity over 1.4 times the fastest is the sensor's: flagged, and not what others lose against."""
    answers = estimates(make_prior(), reps((0.52, 0.51, 0.95, 0.49)))
    assert "outlier" in answers[2].flags
    assert answers[2].velocity_loss is None
    assert (0.52, 1) == (answers[3].reference_velocity_mps, answers[3].reference_rep)


def test_two_such_velocities_in_a_row_are_real() -> None:
    """After two careful first reps the second one at full speed becomes the reference."""
    answers = estimates(make_prior(), reps((0.30, 0.31, 0.52, 0.51, 0.50)))
    assert [None, 0.0] == [estimate.velocity_loss for estimate in answers[2:4]]
    assert (0.51, 4, 0.0196) == (answers[4].reference_velocity_mps, answers[4].reference_rep, answers[4].velocity_loss)


def test_a_noisy_sensor_is_believed_less() -> None:
    """A sudden fall weighs less with a device's larger standard error."""
    set_ = reps((*SLOWING[:6], 0.30))
    noisy = tuple(replace(rep_, velocity_sd_mps=0.10) for rep_ in set_)
    exact = tuple(replace(rep_, velocity_sd_mps=0.015) for rep_ in set_)
    prior = make_prior(pct_1rm=None)
    assert last_estimate(prior, noisy).rir > last_estimate(prior, exact).rir + 0.5


def test_a_rep_without_a_velocity_is_a_rep_done() -> None:
    """A gap in the velocities costs a rep and has no other effect."""
    prior = make_prior(pct_1rm=None)
    gap = [*reps(SLOWING[:5]), rep(6), rep(7, SLOWING[6])]
    answers = estimates(prior, gap)
    assert answers[5].velocity_loss is None
    assert answers[4].rir - 1.0 == pytest.approx(answers[5].rir, abs=0.3)
    assert {"velocity"} == {estimate.mode for estimate in answers}


def test_lifters_of_one_exercise_start_alike() -> None:
    """The class matters: the same velocities are near the end of a squat, and not of a bench press."""
    velocities = (0.52, 0.50, 0.47, 0.43, 0.38, 0.32)
    squat = last_estimate(make_prior("back_squat", pct_1rm=None), reps(velocities))
    bench = last_estimate(make_prior("bench_press", pct_1rm=None), reps(velocities))
    assert squat.rir + 0.5 < bench.rir


def test_a_set_far_from_its_prior_is_no_row_of_outliers() -> None:
    """A warm-up at twice the expected velocity is light: no rep of it is an outlier, and fifty more are not certain."""
    answers = estimates(make_prior("back_squat", pct_1rm=None), reps((1.02, 1.04, 1.06, 1.08, 1.07)))
    assert [()] * 5 == [estimate.flags for estimate in answers]
    assert answers[-1].rir > 20.0
    assert "low" == answers[-1].confidence
