"""What every estimate keeps to, whatever the set; and that answers depend on nothing but the set."""

from __future__ import annotations

import random
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter_detector.model import Filter, Observation, Prior, RepEstimate, Request
from tests.detector.generated_sets import make_prior, observed_sets, priors, rep, reps, requests
from tests.detector.simulated_sets import simulate

FLAGS = {
    *("slow_first", "outlier", "ghost", "rerack", "short_rom", "second_dip", "stall", "failed", "missed_rep"),
    *("pause", "metric"),
}


def check(estimate: RepEstimate) -> None:
    """Hold one estimate against everything that is true of all of them."""
    assert 7 == len(estimate.p_rir_le)
    assert all(0.0 <= p <= 1.0 for p in estimate.p_rir_le)
    assert sorted(estimate.p_rir_le) == list(estimate.p_rir_le)
    assert estimate.p_rir_le[0] == estimate.p_next_fails
    assert 0.0 <= estimate.rir_low <= estimate.rir <= estimate.rir_high <= 60.0
    assert 0.0 <= estimate.share_done <= 1.0
    assert isfinite(estimate.rir_high)
    assert estimate.mode in {"velocity", "ratio", "timing", "tempo"}
    assert estimate.confidence in {"low", "medium", "high"}
    assert tuple(sorted(set(estimate.flags))) == estimate.flags
    assert set(estimate.flags) <= FLAGS
    assert (estimate.reference_rep is None) == (estimate.reference_velocity_mps is None)
    assert estimate.velocity_loss is None or 0.0 <= estimate.velocity_loss < 1.0
    decimals = {
        2: (estimate.rir, estimate.rir_low, estimate.rir_high),
        4: (
            *estimate.p_rir_le,
            estimate.share_done,
            estimate.velocity_loss or 0.0,
            estimate.reference_velocity_mps or 0.0,
        ),
    }
    assert all(round(value, places) == value for places, values in decimals.items() for value in values)


@settings(deadline=None)
@given(prior=priors, observations=observed_sets(max_size=20))
def test_every_estimate_is_finite_ordered_and_rounded(prior: Prior, observations: tuple[Observation, ...]) -> None:
    """Whatever the reps are, each has an estimate whose figures are finite, in range and in order."""
    estimates = Filter().run([Request(prior, observations, 0)])[0]
    assert len(observations) == len(estimates)
    for estimate in estimates:
        check(estimate)


@settings(deadline=None)
@given(prior=priors, observations=observed_sets())
def test_the_median_agrees_with_the_probabilities(prior: Prior, observations: tuple[Observation, ...]) -> None:
    """The median is under j + ½ exactly where P(RIR ≤ j) is over one half, but for rounding."""
    for estimate in Filter().run([Request(prior, observations, 0)])[0]:
        for j, p in enumerate(estimate.p_rir_le):
            if estimate.rir < j + 0.49:
                assert p >= 0.4999
            if estimate.rir > j + 0.51:
                assert p <= 0.5001


@settings(deadline=None, max_examples=60)
@given(st.lists(requests(), min_size=1, max_size=8), st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_batch_equals_its_sets_one_after_the_other(
    asked: list[Request], cache_size: int, shuffler: random.Random
) -> None:
    """Neither neighbours in the batch, nor their order, nor the cache and its size change a single bit."""
    alone = [Filter(cache_size=0).run([request])[0] for request in asked]
    assert alone == Filter().run(asked)

    small = Filter(cache_size=cache_size)
    assert alone == small.run(asked)
    assert alone == small.run(asked)

    order = list(range(len(asked)))
    shuffler.shuffle(order)
    shuffled = small.run([asked[index] for index in order])
    assert [alone[index] for index in order] == shuffled


@settings(deadline=None, max_examples=60)
@given(prior=priors, observations=observed_sets())
def test_rep_by_rep_equals_the_whole_set_at_once(prior: Prior, observations: tuple[Observation, ...]) -> None:
    """An estimate is made from its rep and those before it, whether it comes live or from a replay."""
    whole = Filter(cache_size=0).run([Request(prior, observations, 0)])[0]
    live = Filter()
    for count in range(1, len(observations) + 1):
        assert [whole[count - 1]] == live.run([Request(prior, observations[:count], count - 1)])[0]
    for first in range(len(observations) + 1):
        assert whole[first:] == live.run([Request(prior, observations, first)])[0]


@settings(deadline=None, max_examples=40)
@given(prior=priors, observations=observed_sets(), other=observed_sets(), data=st.data())
def test_a_corrected_set_is_a_set_like_any_other(
    prior: Prior, observations: tuple[Observation, ...], other: tuple[Observation, ...], data: st.DataObject
) -> None:
    """After a rep is changed in the middle, estimates equal those of a filter that never saw the original."""
    index = data.draw(st.integers(0, len(observations) - 1))
    corrected = (*observations[:index], other[0], *observations[index + 1 :])
    used = Filter()
    used.run([Request(prior, observations, 0)])
    assert Filter().run([Request(prior, corrected, 0)]) == used.run([Request(prior, corrected, 0)])


def test_a_batch_wider_than_one_block_equals_its_sets() -> None:
    """Three hundred sets of unequal length together get the estimates that each gets alone."""
    asked = [
        Request(make_prior("back_squat", pct_1rm=made.pct_1rm), reps(made.velocities_mps), 0)
        for made in simulate("back_squat", 300, seed=11)
    ]
    single = Filter(cache_size=0)
    assert [single.run([request])[0] for request in asked] == Filter().run(asked)


def test_nothing_asked_gives_nothing() -> None:
    """A request that begins behind the last rep, or has none, has no estimates; a negative one is a mistake."""
    model = Filter()
    assert [[], []] == model.run([Request(make_prior(), reps((0.5, 0.48)), 2), Request(make_prior(), (), 0)])
    assert [] == model.run([])
    with pytest.raises(ValueError, match="first must be 0 or more, not -1"):
        model.run([Request(make_prior(), reps((0.5,)), -1)])


def test_a_set_longer_than_the_grid_goes_on() -> None:
    """Progress stops at 50 reps: a set is never estimated to be over because of its length, only low in confidence."""
    [estimates] = Filter().run(
        [Request(make_prior("push_up", pct_1rm=None), tuple(rep(n, 0.6) for n in range(1, 91)), 0)]
    )
    assert 90 == len(estimates)
    assert estimates[-1].rir > 4.0
    assert "low" == estimates[-1].confidence
