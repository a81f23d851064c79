"""Sets without velocities in m/s: by times, by another metric, at a tempo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spotter_detector.model import Filter, Observation, Request, build_prior
from spotter_detector.model.timing import PaceKind, retention
from spotter_detector.profile import ObservedOutcome, likelihood_of_set, posterior_profile
from spotter_detector.profile.generative_model import V_FAIL
from tests.detector.generated_sets import estimates, last_estimate, make_prior, rep, reps
from tests.detector.lifters import cold
from tests.detector.simulated_sets import simulate

SLOWING = (0.50, 0.50, 0.49, 0.46, 0.43, 0.39, 0.34, 0.28, 0.22, 0.17)
ROM_M = 0.45


def by_concentric_times(velocities_mps: tuple[float, ...]) -> list[Observation]:
    """The reps as a watch may know them: how long each lift took."""
    ends_s = np.cumsum([ROM_M / velocity + 2.0 for velocity in velocities_mps])
    return [
        rep(number, end_s=float(end_s), duration_s=ROM_M / velocity)
        for number, (velocity, end_s) in enumerate(zip(velocities_mps, ends_s, strict=True), 1)
    ]


def by_ends(velocities_mps: tuple[float, ...]) -> list[Observation]:
    """The reps as taps on a phone: nothing but their times."""
    return [rep(timed.rep_number, end_s=timed.end_s) for timed in by_concentric_times(velocities_mps)]


@pytest.mark.parametrize(("measure", "rir_max"), [(by_concentric_times, 1.5), (by_ends, 5.0)])
def test_times_alone_follow_a_set_to_its_end(
    measure: Callable[[tuple[float, ...]], list[Observation]], rir_max: float
) -> None:
    """Lifts that take thrice as long end with few reps left, never with more than low confidence or a velocity."""
    answers = estimates(make_prior(), measure(SLOWING))
    assert {"timing"} == {estimate.mode for estimate in answers}
    assert {"low"} == {estimate.confidence for estimate in answers}
    assert {(None, None, None)} == {(e.velocity_loss, e.reference_velocity_mps, e.reference_rep) for e in answers}
    assert answers[-1].rir < rir_max
    assert answers[2].rir > 4.0


def test_steady_times_are_far_from_failure() -> None:
    """Ten reps at one pace leave more than the load alone implies."""
    assert last_estimate(make_prior(), by_concentric_times((0.5,) * 10)).rir > 4.0


def test_taps_know_less_than_lifting_times_and_velocities() -> None:
    """In the middle of a set the band is far wider where only the ends of the reps are known."""
    lifting, velocities, taps = (
        last_estimate(make_prior(pct_1rm=None), set_)
        for set_ in (by_concentric_times(SLOWING[:8]), reps(SLOWING[:8]), by_ends(SLOWING[:8]))
    )
    assert taps.rir_high - taps.rir_low > 2.0 * (lifting.rir_high - lifting.rir_low)
    assert taps.rir_high - taps.rir_low > 2.0 * (velocities.rir_high - velocities.rir_low)


def test_a_long_cycle_is_measured_not_missed_while_it_grows() -> None:
    """Cycles that lengthen from rep to rep are slow reps; none of them hides a missed one."""
    flags = {flag for estimate in estimates(make_prior(), by_ends(SLOWING)) for flag in estimate.flags}
    assert "missed_rep" not in flags


def test_a_faster_second_rep_becomes_the_reference_of_the_times() -> None:
    """A hesitant first rep does not make the others look fresh for ever: the fastest of three is the unit."""
    hesitant = by_concentric_times((0.35, *SLOWING[1:8]))
    fluent = by_concentric_times(SLOWING[:8])
    expected = last_estimate(make_prior(), fluent).rir
    assert expected == pytest.approx(last_estimate(make_prior(), hesitant).rir, abs=0.6)


def test_velocities_win_once_half_of_the_reps_have_one() -> None:
    """A tracker switched on after the first rep becomes the measure with its second rep, and the set continues."""
    set_ = [rep(1), rep(2, 0.5), rep(3, 0.48), rep(4), rep(5, 0.44)]
    assert ["timing", *["velocity"] * 4] == [estimate.mode for estimate in estimates(make_prior(), set_)]


@pytest.mark.parametrize("metric", ["propulsive", "peak"])
def test_another_metric_is_a_ratio_to_the_sets_own_reference(metric: str) -> None:
    """Propulsive and peak velocities are flagged and judged by how far they fall, whatever their level."""
    prior = make_prior(pct_1rm=None)
    level = [rep(number, velocity, metric=metric) for number, velocity in enumerate(SLOWING, 1)]
    answers = estimates(prior, level)
    assert {"ratio"} == {estimate.mode for estimate in answers}
    assert all("metric" in estimate.flags for estimate in answers)
    assert (0.66, 0.5, 1) == (answers[-1].velocity_loss, answers[-1].reference_velocity_mps, answers[-1].reference_rep)
    assert {"low"} == {estimate.confidence for estimate in answers}
    assert answers[-1].rir < answers[4].rir


def test_a_fall_of_peak_velocity_means_more() -> None:
    """Peak velocity falls less over a set, so the same fall is nearer to failure."""
    fall = (1.0, 0.99, 0.95, 0.9, 0.84, 0.77, 0.70)
    left = {
        metric: last_estimate(make_prior(), [rep(n, v, metric=metric) for n, v in enumerate(fall, 1)]).rir
        for metric in ("propulsive", "peak")
    }
    assert left["peak"] < left["propulsive"]


def test_retention_follows_the_load() -> None:
    """Heavy sets keep more of their velocity to the end: a quarter at 70 %1RM, near half at 90 % (bench press)."""
    light = retention(make_prior(pct_1rm=70.0), PaceKind.CONCENTRIC).mean[14]
    heavy = retention(make_prior(pct_1rm=90.0), PaceKind.CONCENTRIC).mean[4]
    assert 0.25 == pytest.approx(float(light), abs=0.01)
    assert 0.45 == pytest.approx(float(heavy), abs=0.05)


def test_concentric_times_are_calibrated() -> None:
    """By lifting times alone the median error of bench press sets with a known load stays near that of velocities."""
    made = simulate("bench_press", 300, seed=5)
    asked = [
        Request(make_prior(pct_1rm=set_.pct_1rm), tuple(by_concentric_times(set_.velocities_mps)), 0) for set_ in made
    ]
    errors = [
        abs(min(estimate.rir, 6.0) - min(len(answers) - done, 6))
        for answers in Filter().run(asked)
        for done, estimate in enumerate(answers, 1)
    ]
    assert np.mean(errors) < 0.85


def at_tempo(capacities_mps: tuple[float, ...], target_mps: float = 0.25) -> list[Observation]:
    """Reps held at a target as long as the lifter can."""
    return [rep(number, min(capacity, target_mps)) for number, capacity in enumerate(capacities_mps, 1)]


def test_a_held_tempo_tells_little() -> None:
    """While the pace is held confidence is low and the band wide, however many reps were done alike."""
    answers = estimates(make_prior(tempo=True), at_tempo((0.5,) * 8))
    assert {"tempo"} == {estimate.mode for estimate in answers}
    assert {"low"} == {estimate.confidence for estimate in answers}
    assert answers[-1].rir_high - answers[-1].rir_low > 4.0


def test_the_first_break_of_a_tempo_is_the_signal() -> None:
    """The rep that falls clearly under the pace lowers the estimate at once."""
    capacities = (0.50, 0.48, 0.45, 0.42, 0.38, 0.33, 0.28, 0.20)
    *_, held, broken = estimates(make_prior(tempo=True), at_tempo(capacities))
    assert broken.rir < held.rir - 1.0
    assert broken.p_rir_le[2] > 0.6
    assert "medium" == broken.confidence


def test_without_being_told_a_tempo_looks_like_freshness_or_fatigue() -> None:
    """The same velocities not declared as a tempo are read as capacity: the declaration matters."""
    set_ = at_tempo((0.5,) * 6)
    assert last_estimate(make_prior(tempo=False), set_).rir != last_estimate(make_prior(tempo=True), set_).rir


def test_a_tempo_known_by_its_times_breaks_too() -> None:
    """Times serve as well: a rep that takes a third longer than the others ends the tempo."""
    held = by_concentric_times((0.25,) * 6)
    broken = by_concentric_times((*(0.25,) * 5, 0.16))
    assert last_estimate(make_prior(tempo=True), broken).rir < last_estimate(make_prior(tempo=True), held).rir - 1.0


def test_reps_to_failure_are_known_where_only_the_ends_of_reps_are() -> None:
    """After four sets of twelve or thirteen taps to failure a set of taps is near its end after twelve."""
    sets = [by_ends((0.5,) * count) for count in (12, 13, 12, 13)]
    terms = [likelihood_of_set(make_prior(pct_1rm=None), of_set, ObservedOutcome(failed=True)) for of_set in sets]
    assert {"pace"} == {term.kind for term in terms}
    profile = posterior_profile(None, terms)
    prior = build_prior(
        "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, pace_profile=profile
    )
    answers = estimates(prior, by_ends((0.5,) * 13))
    unknown = estimates(make_prior(pct_1rm=None), by_ends((0.5,) * 13))
    assert 4 == prior.learned_sets
    assert 6.5 == pytest.approx(answers[5].rir, abs=1.0)
    assert answers[-1].rir < 0.6
    assert unknown[-1].rir > 2.0
    assert answers[-1].rir_high - answers[-1].rir_low < 2.5


def test_a_lighter_load_is_known_to_leave_more_reps_by_taps_alone() -> None:
    """Where loads are told, reps to failure go by them: ten kilograms less are several reps more."""
    terms = [
        likelihood_of_set(cold(load_kg=kg), by_ends((0.5,) * count), ObservedOutcome(failed=True))
        for kg, count in ((80.0, 9), (70.0, 15), (80.0, 9), (70.0, 14))
    ]
    profile = posterior_profile(None, terms)
    heavy, light = (
        build_prior(
            "bench_press",
            pct_1rm=None,
            planned_reps=None,
            target_rir=None,
            tempo=False,
            load_kg=kg,
            pace_profile=profile,
        ).pace
        for kg in (80.0, 70.0)
    )
    assert heavy is not None and light is not None
    assert 9.0 == pytest.approx(np.exp(heavy.log_n_mean), abs=1.0)
    assert 14.5 == pytest.approx(np.exp(light.log_n_mean), abs=1.5)


def test_what_a_pace_keeps_to_failure_is_learned() -> None:
    """Of a lifter whose cycles stay as they are until failure, an even pace says nothing of many reps left."""
    even, slowing = (
        posterior_profile(
            None,
            [
                likelihood_of_set(make_prior(pct_1rm=None), by_ends(paces), ObservedOutcome(failed=True))
                for paces in [of_set] * 4
            ],
        )
        for of_set in ((0.5,) * 10, SLOWING)
    )
    assert even.mean[V_FAIL] > slowing.mean[V_FAIL] + 0.05


def test_a_slow_last_cycle_is_no_missed_rep_of_a_set_that_failed() -> None:
    """Twelve reports to failure, the last after twice the time: twelve reps were possible, whatever was missing."""
    even = by_ends((0.5,) * 12)
    slow = [*even[:-1], replace(even[-1], end_s=even[-1].end_s + 3.5)]
    profiles = [
        posterior_profile(None, [likelihood_of_set(cold(), of_set, ObservedOutcome(failed=True))] * 3)
        for of_set in (even, slow)
    ]
    expected = [profile.build_prior(cold(), None).log_n_mean for profile in profiles]
    assert np.log(12.0) == pytest.approx(expected[0], abs=0.03)
    assert np.log(12.0) == pytest.approx(expected[1], abs=0.03)


def test_odd_paces_teach_how_many_reps_were_possible_all_the_same() -> None:
    """A lifter who hurries towards failure fails after fifteen reps: fifteen are expected."""
    hurried = by_ends(tuple(0.3 + 0.05 * number for number in range(15)))
    profile = posterior_profile(None, [likelihood_of_set(cold(), hurried, ObservedOutcome(failed=True))])
    assert np.log(15.0) == pytest.approx(profile.build_prior(cold(), None).log_n_mean, abs=0.05)
