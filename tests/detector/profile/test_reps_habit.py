"""How many reps a lifter does to failure from set to set, where only the ends of the reps are known."""

from __future__ import annotations

import numpy as np
import pytest

from lab.accuracy import subject
from lab.accuracy.simulation import Conditions, lifters
from spotter_detector.model import Observation, Prior, RepEstimate, build_prior
from spotter_detector.profile import ObservedOutcome, Profile, likelihood_of_set, posterior_profile
from spotter_detector.profile.habit import RepsHabit, RepsOffUsual
from tests.detector.generated_sets import estimates
from tests.detector.lifters import cold

CURL = "unknown"


def taps(count: int) -> list[Observation]:
    """Reps known by when each ended."""
    return [Observation(number, 3.0 * number, None, None, None, None) for number in range(1, count + 1)]


def after(*counts: int, model_class: str = CURL, pct_1rm: float | None = None) -> Profile:
    """What sets teach that failed after so many reps, one a day."""
    prior = cold(model_class=model_class, pct_1rm=pct_1rm)
    return posterior_profile(
        None,
        [
            likelihood_of_set(prior, taps(count), ObservedOutcome(failed=True, at_days=float(day)))
            for day, count in enumerate(counts)
        ],
    )


def prior_after(profile: Profile, pct_1rm: float | None = None) -> Prior:
    """The prior of the next set."""
    return build_prior(
        profile.model_class,
        pct_1rm=pct_1rm,
        planned_reps=None,
        target_rir=None,
        tempo=False,
        at_days=profile.at_days,
        pace_profile=profile,
    )


def next_set(profile: Profile, count: int, pct_1rm: float | None = None) -> list[RepEstimate]:
    """The estimates of the next set of so many reps."""
    return estimates(prior_after(profile, pct_1rm), taps(count))


def expected_reps(profile: Profile) -> float:
    """Reps possible in the next set."""
    pace = prior_after(profile).pace
    assert pace is not None
    return float(np.exp(pace.log_n_mean))


def test_a_first_set_is_drawn_towards_what_lifters_usually_do() -> None:
    """One set of 15 may have been a good day: fewer are expected; after four of them 15."""
    assert 13.5 < expected_reps(after(15)) < 14.8
    assert 15.0 == pytest.approx(expected_reps(after(15, 15, 15, 15)), abs=0.2)


@pytest.mark.parametrize("count", [5, 6, 22, 30])
def test_a_lifter_of_unusual_sets_is_believed_at_once(count: int) -> None:
    """Who fails after five reps, or thirty, does not do twelve in the next set."""
    assert count == pytest.approx(expected_reps(after(count)), rel=0.15)
    assert count == pytest.approx(expected_reps(after(count, count)), rel=0.05)


def test_one_odd_set_among_many_changes_little() -> None:
    """A set cut short after four others teaches next to nothing of the next one."""
    assert expected_reps(after(13, 12, 13, 12)) == pytest.approx(expected_reps(after(13, 12, 7, 13, 12)), abs=0.6)


def test_a_lifter_of_varied_sets_has_no_habit() -> None:
    """After sets of six to twenty reps without a load, the next one may be any of them."""
    steady, varied = (
        next_set(after(*counts, model_class="bench_press"), 1)[0] for counts in ((12, 12, 13), (6, 20, 11))
    )
    assert steady.rir_high - steady.rir_low < 3.0
    assert varied.rir_high - varied.rir_low > 10.0


def test_failure_and_a_call_end_a_set_of_taps_as_they_do_any_other() -> None:
    """Failure after ten reps, a call of none or two left after them: ten, ten and twelve were possible."""
    outcomes = (ObservedOutcome(failed=True), ObservedOutcome(called_rir=0.0), ObservedOutcome(called_rir=2.0))
    profiles = [
        posterior_profile(None, [likelihood_of_set(cold(model_class=CURL), taps(10), outcome)] * 5)
        for outcome in outcomes
    ]
    assert [10.0, 10.0, 12.0] == pytest.approx([expected_reps(profile) for profile in profiles], abs=0.7)


@pytest.mark.parametrize("pct_1rm", [60.0, 85.0])
def test_a_load_told_in_percent_leaves_what_sets_have_shown(pct_1rm: float) -> None:
    """Twelve reps at a load that is said to leave 22, or six: four sets later the next is near its end after eleven."""
    profile = after(12, 12, 13, 12, model_class="bench_press", pct_1rm=pct_1rm)
    at_load = next_set(profile, 11, pct_1rm)[-1]
    untold = next_set(after(12, 12, 13, 12, model_class="bench_press"), 11)[-1]
    assert untold.rir == pytest.approx(at_load.rir, abs=0.5)


@pytest.mark.parametrize("measured", ["cycles", "durations"])
def test_percent_of_the_1rm_never_makes_sets_by_time_worse(measured: str) -> None:
    """Told the load, simulated sets known by times alone have a smaller error, cold and after three sets."""
    people = lifters("home", "bench_press", 60, 4, seed=3, conditions=Conditions(measured=measured))  # type: ignore[arg-type]
    last = [sets[-1] for sets in people]

    def error(*, with_load: bool, learned: bool) -> float:
        terms = [subject.taught(sets[:-1] if learned else [], with_load=with_load) for sets in people]
        priors = [
            subject.next_start(lifted, of_lifter, with_load=with_load)
            for lifted, of_lifter in zip(last, terms, strict=True)
        ]
        return float(
            np.mean(
                [
                    abs(min(estimate.rir, 6.0) - min(left, 6))
                    for lifted, of_set in zip(last, subject.ask(last, priors).estimates, strict=True)
                    for left, estimate in zip(lifted.truth, of_set, strict=True)
                    if left is not None
                ]
            )
        )

    for learned in (False, True):
        assert error(with_load=True, learned=learned) < error(with_load=False, learned=learned)


def test_a_set_far_off_leaves_the_habit_of_the_others() -> None:
    """It is odd: a set has one to sixty reps, so none is further off."""
    off = RepsOffUsual(np.array([0.0, 0.05, -0.03, 4.0]), np.full(4, 0.002), np.zeros(4, dtype=np.bool_))
    habit = RepsHabit().after(off)
    assert habit.odd_sets == pytest.approx(1.0, abs=0.1)
    assert all(np.isfinite(sd) for sd in habit.sds)
