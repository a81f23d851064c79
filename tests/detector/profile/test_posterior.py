"""What is learned of a lifter across sets: exactly what the sets say, in any order, and no more when one is taken away."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter_detector.model import Observation, build_prior
from spotter_detector.profile import (
    ObservedOutcome,
    Profile,
    day_offset,
    likelihood_of_set,
    one_rep_max,
    posterior_profile,
    profile_from_json,
    profile_to_json,
    term_from_json,
    term_to_json,
)
from spotter_detector.profile.generative_model import LOG_SCALE, V_FAIL
from spotter_detector.profile.posterior import population_profile
from tests.detector.generated_sets import estimates, observed_sets
from tests.detector.lifters import cold, learned_from, lifted, taught, timed

SETS = (lifted(0.50, 9), lifted(0.60, 14), lifted(0.42, 6), lifted(0.55, 11), lifted(0.47, 8))
TERMS = tuple(taught(reps, at_days=3.0 * day) for day, reps in enumerate(SETS))


def at_failure_mps(profile: Profile) -> float:
    """The velocity at failure that a profile expects, in the lifter's scale."""
    return profile.mean[V_FAIL] * exp(profile.mean[LOG_SCALE])


def sd(profile: Profile, index: int) -> float:
    """Sd of one parameter."""
    return float(profile.belief().cov[index, index] ** 0.5)


@settings(deadline=None, max_examples=20)
@given(order=st.permutations(range(len(TERMS))))
def test_the_order_of_sets_is_no_matter(order: list[int]) -> None:
    """Sets in any order teach the same to the last digit."""
    assert posterior_profile(None, TERMS) == posterior_profile(None, [TERMS[index] for index in order])


def test_a_set_is_unlearned_by_learning_without_it() -> None:
    """What a voided set taught is gone when the others are learned again."""
    wrong = taught(lifted(0.9, 30), at_days=4.0)
    assert posterior_profile(None, (*TERMS, wrong)) != posterior_profile(None, TERMS)
    assert posterior_profile(None, TERMS) == posterior_profile(
        None, [term for term in (*TERMS, wrong) if term is not wrong]
    )


def test_folding_old_sets_changes_little() -> None:
    """A base of the oldest sets with the rest on top is nearly the profile of all sets together."""
    whole, folded = posterior_profile(None, TERMS), posterior_profile(posterior_profile(None, TERMS[:3]), TERMS[3:])
    assert whole.learned_sets == folded.learned_sets == 5
    for whole_mean, again in zip(whole.mean[:5], folded.mean[:5], strict=True):
        assert whole_mean == pytest.approx(again, rel=0.04, abs=0.03)


def test_the_failure_velocity_is_learned() -> None:
    """A bench press that always ends at .24 m/s is expected to end near it, more surely with each set."""
    profiles = [posterior_profile(None, [taught(lifted(0.55, 10, last_mps=0.24))] * sets) for sets in (1, 3, 8)]
    means = [at_failure_mps(profile) for profile in profiles]
    assert sorted(means) == means
    assert 0.22 < means[-1] < 0.245
    assert sd(profiles[0], V_FAIL) > sd(profiles[1], V_FAIL) > sd(profiles[2], V_FAIL)


def test_few_sets_shrink_to_the_exercise() -> None:
    """One odd set moves the belief part of its way only."""
    profile = posterior_profile(None, [taught(lifted(0.55, 10, last_mps=0.30))])
    assert 0.18 < at_failure_mps(profile) < 0.26


def test_the_line_is_learned() -> None:
    """Of a lifter who does twice as many reps at each velocity as others, as many are expected."""
    enduring = learned_from([lifted(0.45, 16), lifted(0.50, 20), lifted(0.40, 13)])
    assert enduring.log_n_mean > cold().log_n_mean + 0.25
    fresh = lifted(0.47, 17)[:3]
    assert estimates(enduring, fresh)[-1].rir > estimates(cold(), fresh)[-1].rir + 3.0


def test_learned_estimates_are_surer() -> None:
    """After five sets the interval is narrower than without a profile, and the estimate names the profile."""
    prior = learned_from(SETS)
    before, after = estimates(cold(), SETS[1][:8])[-1], estimates(prior, SETS[1][:8])[-1]
    assert after.rir_high - after.rir_low < before.rir_high - before.rir_low
    assert 5 == prior.learned_sets
    assert prior.profile_version.startswith("profile-1/5/")


def test_a_call_teaches_less_than_a_failure_and_silence_less_than_a_call() -> None:
    """Of a set that ended before failure the velocity at failure is learned softly."""
    stopped = lifted(0.55, 10, last_mps=0.24, left=2)
    sds = [
        sd(posterior_profile(None, [term] * 3), V_FAIL)
        for term in (
            taught(lifted(0.55, 10, last_mps=0.24)),
            taught(stopped, failed=False, called_rir=2.0),
            taught(stopped, failed=False),
        )
    ]
    assert sorted(sds) == sds


def test_a_warm_up_teaches_next_to_nothing_of_failure() -> None:
    """Five quick reps without a report leave the failure velocity where it was."""
    profile = posterior_profile(None, [taught(lifted(0.8, 30, left=25), failed=False)] * 3)
    assert 0.15 == pytest.approx(profile.mean[V_FAIL], abs=0.008)


def test_what_was_learned_fades() -> None:
    """Half a year later the same profile is less sure, and never less than of anybody."""
    profile = posterior_profile(None, TERMS)
    later = profile.at(12.0 + 180.0)
    assert sd(profile, V_FAIL) < sd(later, V_FAIL) <= sd(population_profile("bench_press", "velocity"), V_FAIL) + 1e-9
    assert profile.mean == later.mean
    prior = build_prior(
        "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, profile=profile, at_days=192.0
    )
    assert prior.v_last_sd_mps > learned_from(SETS).v_last_sd_mps


def test_an_old_set_counts_less_than_a_new_one() -> None:
    """Of two habits the newer one wins."""
    slow, fast = lifted(0.55, 10, last_mps=0.12), lifted(0.55, 10, last_mps=0.22)
    newly_fast = posterior_profile(None, [taught(slow, at_days=0.0), taught(fast, at_days=150.0)])
    newly_slow = posterior_profile(None, [taught(fast, at_days=0.0), taught(slow, at_days=150.0)])
    assert newly_fast.mean[V_FAIL] > newly_slow.mean[V_FAIL]


def test_a_load_in_kg_predicts_the_first_velocity() -> None:
    """From loads in kg the 1RM is learned with its error, and a new load's first velocity follows."""
    terms = [taught(lifted(first, count), load_kg=kg) for first, count, kg in ((0.58, 15, 70.0), (0.46, 9, 80.0))] * 2
    profile = posterior_profile(None, terms)
    estimate = one_rep_max(profile)
    assert estimate is not None
    assert 95.0 < estimate.kg < 106.0
    assert 1.0 < estimate.sd_kg < 8.0
    firsts = [
        build_prior(
            "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, load_kg=kg, profile=profile
        )
        for kg in (70.0, 75.0, 80.0)
    ]
    assert firsts[0].v1_mean_mps > firsts[1].v1_mean_mps > firsts[2].v1_mean_mps
    assert 0.51 == pytest.approx(firsts[1].v1_mean_mps, abs=0.03)
    assert firsts[1].v1_sd_mps < 0.5 * cold().v1_sd_mps


def test_a_slow_day_is_a_day_offset() -> None:
    """A first velocity under the usual one at the same load is an offset in usual sds; without a load there is none."""
    profile = posterior_profile(None, [taught(lifted(0.53, 12), pct_1rm=75.0)] * 5)
    slow = day_offset(profile, taught(lifted(0.44, 9), pct_1rm=75.0))
    usual = day_offset(profile, taught(lifted(0.53, 12), pct_1rm=75.0))
    assert slow is not None and usual is not None
    assert slow.in_sds < -2.0
    assert abs(usual.in_sds) < 0.5
    assert day_offset(profile, taught(lifted(0.44, 9))) is None


def test_a_faster_lifter_at_a_load_is_known_by_the_load() -> None:
    """Velocity at a known load over others' is the lifter's own and no freshness."""
    profile = posterior_profile(None, [taught(lifted(0.62, 12), pct_1rm=75.0)] * 4)
    prior = cold(pct_1rm=75.0)
    assert profile.build_prior(prior, None).v1_mean_mps > prior.v1_mean_mps + 0.04


def test_concentric_times_are_learned_apart() -> None:
    """A profile of times serves sets of times, with another travel in it, and is never mixed with one of velocities."""
    sets = [timed(reps, scale=1.15) for reps in SETS]
    terms = [taught(reps, at_days=3.0 * day) for day, reps in enumerate(sets)]
    assert {"timing"} == {term.kind for term in terms}
    profile = posterior_profile(None, terms)
    assert "timing" == profile.kind
    prior = build_prior(
        "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, timing_profile=profile
    )
    learned, plain = estimates(prior, sets[1]), estimates(cold(), sets[1])
    assert {"timing"} == {estimate.mode for estimate in learned}
    assert learned[9].rir_high - learned[9].rir_low < plain[9].rir_high - plain[9].rir_low
    assert posterior_profile(profile, TERMS).learned_sets == profile.learned_sets


def test_sets_without_a_velocity_leave_the_line_alone() -> None:
    """Taps teach reps and paces, tempo sets nothing but travel and rest; a profile of velocities learns from neither."""
    taps = [Observation(rep.rep_number, rep.end_s, None, None, None, None) for rep in SETS[0]]
    tempo = likelihood_of_set(replace(cold(), tempo=True), SETS[0], ObservedOutcome(failed=True))
    assert ["pace", "none", "none"] == [term.kind for term in (taught(taps), tempo, taught([]))]
    for term in (taught(taps), tempo, taught([])):
        assert posterior_profile(population_profile("bench_press", "velocity"), [term]).learned_sets == 0


def test_an_exercise_of_its_own() -> None:
    """Terms of two exercises make no profile, and nothing makes none."""
    other = likelihood_of_set(cold(model_class="back_squat"), SETS[0], ObservedOutcome(failed=True))
    with pytest.raises(ValueError, match="for a profile of"):
        posterior_profile(None, [TERMS[0], other])
    with pytest.raises(ValueError, match="nothing to learn from"):
        posterior_profile(None, [])


@settings(deadline=None, max_examples=60)
@given(
    observations=observed_sets(max_size=14),
    failed=st.booleans(),
    called_rir=st.none() | st.floats(0.0, 10.0),
)
def test_any_set_teaches_something_finite(
    observations: tuple[Observation, ...], failed: bool, called_rir: float | None
) -> None:
    """Whatever a set was, its term survives JSON and its profile starts a sound set."""
    outcome = ObservedOutcome(failed=failed, called_rir=called_rir)
    term = likelihood_of_set(cold(), observations, outcome)
    assert term == term_from_json(term_to_json(term))
    profile = posterior_profile(population_profile("bench_press", "velocity"), [*TERMS[:2], term])
    assert profile == profile_from_json(profile_to_json(profile))
    prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, profile=profile)
    for estimate in estimates(prior, SETS[0]):
        assert 0.0 <= estimate.rir_low <= estimate.rir <= estimate.rir_high <= 60.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": 9}, "of version 9: this program reads 1"),
        ({"shift": [1.0]}, "a learning term's shift must be 4 numbers"),
    ],
)
def test_a_wrong_term_is_named(change: dict[str, object], message: str) -> None:
    """A term of another version or shape is refused by what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        term_from_json({**term_to_json(TERMS[0]), **change})


def test_a_wrong_profile_is_named() -> None:
    """So is a profile."""
    written = profile_to_json(posterior_profile(None, TERMS))
    with pytest.raises(ValueError, match="a profile's mean must be 7 numbers"):
        profile_from_json({**written, "mean": [1.0]})
    with pytest.raises(ValueError, match="a profile lacks kind"):
        profile_from_json({name: value for name, value in written.items() if name != "kind"})
    missing: dict[str, object] = {name: value for name, value in term_to_json(TERMS[0]).items() if name != "kind"}
    with pytest.raises(ValueError, match="a learning term lacks kind"):
        term_from_json(missing)


def test_sets_to_failure_teach_their_end() -> None:
    """Each of these sets taught something, from an end that is known."""
    assert all(term.teaches and term.known_end for term in TERMS)


def test_a_noisy_device_is_found_out() -> None:
    """Velocities that scatter by .08 m/s about their curve raise the device's noise; a reported noise stays."""
    noisy = [
        tuple(
            replace(rep, velocity_mps=(rep.velocity_mps or 0.0) + (0.08 if (index * 7 + day) % 3 == 0 else -0.04))
            for index, rep in enumerate(lifted(0.6, 12))
        )
        for day in range(6)
    ]
    profile = posterior_profile(None, [taught([replace(rep, duration_s=None) for rep in made]) for made in noisy])
    quiet = posterior_profile(None, [taught(lifted(0.6, 12))] * 6)
    sds = [
        build_prior(
            "bench_press",
            pct_1rm=None,
            planned_reps=None,
            target_rir=None,
            tempo=False,
            profile=learned,
            sensor_sd_mps=reported_mps,
        ).sensor_sd_mps
        for learned, reported_mps in ((quiet, None), (profile, None), (profile, 0.02))
    ]
    assert sds[0] < 0.03 < 0.04 < sds[1]
    assert 0.02 == sds[2]


def test_a_wrong_load_is_not_believed() -> None:
    """One set told 200 kg heavier than the others leaves the 1RM, and what is expected of the next set, as they were."""
    right = [
        taught(lifted(first, count), load_kg=kg, at_days=3.0 * day)
        for day, (first, count, kg) in enumerate([(0.58, 15, 70.0), (0.46, 9, 80.0), (0.52, 12, 75.0)] * 2)
    ]
    wrong = taught(lifted(0.50, 11), load_kg=275.0, at_days=18.0)
    alone, both = (one_rep_max(posterior_profile(None, terms)) for terms in (right, [*right, wrong]))
    assert alone is not None and both is not None
    assert alone.kg == pytest.approx(both.kg, rel=0.02)


def test_a_set_of_another_exercise_moves_the_failure_velocity_little() -> None:
    """A set that fits no set of the lifter's counts for next to nothing."""
    usual = [taught(lifted(0.50, 9), at_days=3.0 * day) for day in range(6)]
    odd = taught(lifted(0.95, 8, last_mps=0.62), at_days=18.0)
    before, after = (at_failure_mps(posterior_profile(None, terms)) for terms in (usual, [*usual, odd]))
    assert before == pytest.approx(after, abs=0.012)


def test_an_observed_failure_is_believed_whatever_the_load() -> None:
    """After a season that puts 60 kg at many reps, a told failure leaves none."""
    profile = posterior_profile(None, [taught(lifted(0.58, 15), load_kg=70.0), taught(lifted(0.46, 9), load_kg=80.0)])
    prior = build_prior(
        "bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, load_kg=60.0, profile=profile
    )
    reps = list(lifted(0.45, 8))
    reps[-1] = replace(reps[-1], called_rir=-1.0)
    assert estimates(prior, reps)[-1].p_rir_le[0] >= 0.5


def test_a_call_far_from_failure_is_a_lower_bound() -> None:
    """Five left may be many more: it hardly lowers what is believed, and a call of more never leaves fewer."""
    prior, reps = cold(), lifted(0.55, 20)[:5]
    left = [
        estimates(prior, [*reps[:-1], replace(reps[-1], called_rir=called_rir)])[-1].rir
        for called_rir in (None, 5.0, 6.0, 8.0)
    ]
    assert left[1] > left[0] - 2.0
    assert left[1:] == sorted(left[1:])


def test_a_1rm_is_told_only_where_it_is_sure() -> None:
    """Of one far set nothing is sure enough; of four to failure at two loads the error is under 7.5 %."""
    far = one_rep_max(posterior_profile(None, [taught(lifted(0.58, 15)[:5], failed=False, load_kg=70.0)]))
    near = one_rep_max(
        posterior_profile(
            None,
            [taught(lifted(first, count), load_kg=kg) for first, count, kg in ((0.58, 15, 70.0), (0.46, 9, 80.0))] * 2,
        )
    )
    assert far is not None and near is not None
    assert not far.is_sure
    assert near.is_sure


def test_a_1rm_is_learned_from_loads_told_in_both_units() -> None:
    """80 kg told as 80 % of the 1RM are a 1RM of 100 kg, after a few sets surely."""
    prior = build_prior("bench_press", pct_1rm=80.0, planned_reps=None, target_rir=None, tempo=False, load_kg=80.0)
    term = likelihood_of_set(prior, lifted(0.47, 9), ObservedOutcome(failed=True))
    best = one_rep_max(posterior_profile(None, [term] * 4))
    assert best is not None
    assert 100.0 == pytest.approx(best.kg, rel=0.02)
    assert best.is_sure
