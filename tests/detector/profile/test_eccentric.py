"""The time of the way down: which way it goes towards failure is learned of a lifter, and then tells how far a set is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lab.accuracy import subject
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import Conditions, lifters
from spotter.domain.fast_dataclass import replace
from spotter_detector.model import Observation, Prior, build_prior
from spotter_detector.model.eccentric import eccentric_time_s
from spotter_detector.profile import (
    ObservedOutcome,
    Profile,
    likelihood_of_set,
    posterior_profile,
    profile_from_json,
    profile_to_json,
    term_from_json,
    term_to_json,
)
from tests.detector.generated_sets import estimates
from tests.detector.lifters import cold


def phases(count: int, growth: float, possible: int | None = None) -> list[Observation]:
    """Reps at an even pace, whose way down takes e^growth times as long by the last possible one."""
    last = (possible or count) - 1
    return [
        Observation(
            number + 1, 4.0 * number, None, None, None, None, eccentric_s=1.2 * float(np.exp(growth * number / last))
        )
        for number in range(count)
    ]


def after(growth: float, outcome: ObservedOutcome | None = None) -> Profile:
    """What four sets teach, of nine to fourteen reps to failure."""
    ended = ObservedOutcome(failed=True) if outcome is None else outcome
    return posterior_profile(
        None,
        [likelihood_of_set(cold(model_class="unknown"), phases(count, growth), ended) for count in (12, 9, 14, 10)],
    )


def prior_of(profile: Profile) -> Prior:
    """The prior of the next set."""
    return build_prior("unknown", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, pace_profile=profile)


@pytest.mark.parametrize("growth", [0.5, -0.5])
def test_a_way_down_that_changes_as_it_does_near_failure_tells_of_it(growth: float) -> None:
    """Whether a lifter slows down or hurries: eight reps of a set of nine leave fewer than eight of one of sixteen."""
    prior = prior_of(after(growth))
    near, far = (estimates(prior, phases(8, growth, possible))[-1] for possible in (9, 16))
    assert near.rir < far.rir - 1.0
    assert near.p_rir_le[2] > far.p_rir_le[2] + 0.2


def test_a_way_down_that_never_changes_tells_nothing() -> None:
    """Of a lifter whose way down stays as it is until failure the estimates are those without it, nearly."""
    prior = prior_of(after(0.0))
    timed, bare = phases(8, 0.0), [replace(rep, eccentric_s=None) for rep in phases(8, 0.0)]
    assert estimates(prior, bare)[-1].rir == pytest.approx(estimates(prior, timed)[-1].rir, abs=0.5)


def test_nothing_is_read_from_it_before_it_is_learned() -> None:
    """Neither of an unknown lifter, nor after sets that ended nobody knows where."""
    silent = after(0.5, ObservedOutcome())
    for prior in (cold(model_class="unknown"), prior_of(silent)):
        timed, bare = phases(8, 0.5), [replace(rep, eccentric_s=None) for rep in phases(8, 0.5)]
        assert estimates(prior, bare) == estimates(prior, timed)


def test_a_set_with_velocities_reads_nothing_from_it() -> None:
    """Velocities tell more, whatever was learned."""
    prior = prior_of(after(0.5))
    timed = [replace(rep, velocity_mps=0.5, rom_m=0.4) for rep in phases(8, 0.5)]
    assert estimates(prior, timed) == estimates(prior, [replace(rep, eccentric_s=None) for rep in timed])


def test_a_call_near_failure_shows_the_end_as_failure_does() -> None:
    """Two reps left by a call: the growth is that to the last possible rep."""
    failed, called = after(0.5), after(0.5, ObservedOutcome(called_rir=2.0))
    growths = [profile.eccentric[1] / profile.eccentric[0] for profile in (failed, called)]
    assert 0.5 == pytest.approx(growths[0], abs=0.1)
    assert growths[1] > growths[0]


def test_it_is_what_a_rep_took_beyond_its_lift_where_it_is_not_told() -> None:
    """From its start to its end 3.2 s, the lift 1.4 s of them."""
    rep = Observation(1, 3.2, None, 1.4, None, None, started_s=0.0)
    assert 1.8 == pytest.approx(eccentric_time_s(rep))
    assert 0.9 == eccentric_time_s(replace(rep, eccentric_s=0.9))
    assert eccentric_time_s(replace(rep, started_s=None)) is None


def test_what_was_learned_of_it_is_stored() -> None:
    """Terms and profiles with and without it are read as they were written; those of before it too."""
    term = likelihood_of_set(cold(model_class="unknown"), phases(12, 0.5), ObservedOutcome(failed=True))
    profile = after(0.5)
    assert term.eccentric
    assert term == term_from_json(term_to_json(term))
    assert profile == profile_from_json(profile_to_json(profile))
    without = {name: value for name, value in term_to_json(term).items() if name != "eccentric"}
    assert replace(term, eccentric=()) == term_from_json(without)


def test_simulated_lifters_are_known_better_by_it() -> None:
    """Lifters who slow down or hurry on the way down: three sets later the error of taps with it is smaller than without."""
    people = lifters("home", "back_squat", 100, 4, seed=11, conditions=Conditions(measured="phases", to_failure=1.0))

    def error(*, with_eccentric: bool) -> float:
        taps = [[_taps(lifted, with_eccentric=with_eccentric) for lifted in sets] for sets in people]
        last = [sets[-1] for sets in taps]
        terms = [subject.taught(sets[:-1]) for sets in taps]
        priors = [subject.next_start(each, term) for each, term in zip(last, terms, strict=True)]
        return float(
            np.mean(
                [
                    abs(min(estimate.rir, 6.0) - min(left or 0, 6))
                    for each, of_set in zip(last, subject.ask(last, priors).estimates, strict=True)
                    for left, estimate in zip(each.truth, of_set, strict=True)
                ]
            )
        )

    assert error(with_eccentric=True) < 0.97 * error(with_eccentric=False)


def _taps(lifted: LabelledSet, *, with_eccentric: bool) -> LabelledSet:
    reps = [replace(rep, duration_s=None) for rep in lifted.reps]
    kept = tuple(rep if with_eccentric else replace(rep, eccentric_s=None) for rep in reps)
    return dataclasses.replace(lifted, reps=kept)
