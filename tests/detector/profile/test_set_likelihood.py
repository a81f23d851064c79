"""What a set of several parts teaches: two sides, drops, long pauses, reps with help, reps that are not judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter_detector.model import Observation, build_prior
from spotter_detector.profile import ObservedOutcome, Term, likelihood_of_set, posterior_profile
from tests.detector.generated_sets import estimates
from tests.detector.lifters import cold, lifted, taught
from tests.detector.model.test_strands import OTHER_SIDE, in_turn, later, of_side, sided_sets

TOP = [replace(rep, load_kg=100.0) for rep in lifted(0.45, 6, left=1)]
SET = lifted(0.55, 10)


def after(*parts: Sequence[Observation], rest_s: float = 12.0) -> list[Observation]:
    """Parts of a set one after the other."""
    made: list[Observation] = []
    for part in parts:
        offset_s = made[-1].end_s + rest_s - part[0].end_s if made else 0.0
        made += later(part, offset_s)
    return [replace(rep, rep_number=number) for number, rep in enumerate(made, 1)]


def at(load_kg: float, reps: Sequence[Observation]) -> list[Observation]:
    """The reps with their load."""
    return [replace(rep, load_kg=load_kg) for rep in reps]


def message(term: Term) -> tuple[float, ...]:
    """What a term says of the four figures, and of which load."""
    return (*term.precision, *term.shift, term.load_kg or 0.0)


DROPS = after(TOP, at(80.0, lifted(0.42, 5, left=1)), at(60.0, lifted(0.50, 5, left=1)), rest_s=6.0)


def test_a_drop_set_teaches_its_first_part_at_its_own_load() -> None:
    """What came after, tired and lighter, says nothing of the lifter's strength."""
    assert message(taught(TOP, failed=False, load_kg=100.0)) == message(taught(DROPS, failed=False, load_kg=100.0))


@pytest.mark.parametrize("outcome", [{"called_rir": 1.0}, {"failed": True}])
def test_a_call_at_the_end_of_a_drop_set_is_about_its_last_part(outcome: dict[str, float]) -> None:
    """It ends nothing at the first load."""
    outcome = {"failed": False, **outcome}
    term = taught(DROPS, load_kg=100.0, **outcome)  # type: ignore[arg-type]  # as parametrised
    assert message(taught(TOP, failed=False, load_kg=100.0)) == message(term)
    assert not term.known_end


def test_a_call_after_the_first_part_is_about_it() -> None:
    """Told before the load was changed it counts at that load."""
    called = [*TOP[:-1], replace(TOP[-1], called_rir=0.0)]
    with_call = taught(after(called, DROPS[5:], rest_s=6.0), failed=False, load_kg=100.0)
    without = taught(DROPS, failed=False, load_kg=100.0)
    assert (
        np.linalg.solve(with_call.precision_matrix(), with_call.shift)[2]
        < np.linalg.solve(without.precision_matrix(), without.shift)[2]
    )


def test_drops_leave_a_lifter_no_weaker_at_the_lighter_load() -> None:
    """Four drop sets, and four of the same top sets alone: a set at 60 kg is estimated alike."""
    answers = []
    for reps, called_rir in ((DROPS, 1.0), (TOP, None)):
        terms = [
            taught(reps, failed=False, called_rir=called_rir, load_kg=100.0, at_days=2.0 * day) for day in range(4)
        ]
        prior = build_prior(
            "bench_press",
            pct_1rm=None,
            planned_reps=None,
            target_rir=None,
            tempo=False,
            load_kg=60.0,
            at_days=8.0,
            profile=posterior_profile(None, terms),
        )
        answers.append(estimates(prior, lifted(0.75, 24, left=20))[-1].rir)
    assert answers[0] == pytest.approx(answers[1], rel=0.1)


def test_drops_that_only_the_intent_and_the_speed_tell_are_parts_too() -> None:
    """Without loads, in a set whose intent is to drop."""
    untold = [replace(rep, load_kg=None) for rep in after(TOP, lifted(0.60, 6, left=1), rest_s=6.0)]
    prior = replace(cold(load_kg=100.0), drop=True)
    top = [replace(rep, load_kg=None) for rep in TOP]
    assert message(likelihood_of_set(prior, top, ObservedOutcome(usual_rir=None))) == message(
        likelihood_of_set(prior, untold, ObservedOutcome(usual_rir=None))
    )


def test_what_came_before_a_long_pause_teaches() -> None:
    """A set that goes on after over a minute is one set; fresh was its first part."""
    assert message(taught(SET, failed=False)) == message(taught(after(SET, SET[:4], rest_s=75.0), failed=True))


def test_a_bar_put_in_its_place_long_before_the_set_is_no_part_of_what_it_teaches() -> None:
    """One or two reports, then a long pause, then the set: it teaches what it teaches alone."""
    early = [replace(rep, velocity_mps=0.6) for rep in SET[:2]]
    assert message(taught(SET)) == message(taught(after(early, SET, rest_s=300.0)))
    assert message(taught(SET)) == message(taught(after(SET[:2], SET, rest_s=75.0)))


def test_two_equal_sides_teach_what_one_of_them_does() -> None:
    """They are one set of the lifter, not two; the call at the end is about the side that ended it."""
    both = in_turn(SET, later(SET, 1.2))
    assert message(taught(SET, failed=False)) == pytest.approx(message(taught(both, failed=False)))


def test_the_outcome_is_that_of_the_side_that_ended_the_set() -> None:
    """The left stopped with three left, the right failed: both teach, on average."""
    left, right = SET[:7], SET
    term = taught([*of_side("left", left), *of_side("right", later(right, 60.0))], failed=True)
    terms = taught(left, failed=False), taught(right, failed=True)
    assert term.known_end
    assert np.mean([part.precision for part in terms], axis=0) == pytest.approx(np.array(term.precision), rel=1e-4)
    assert np.mean([part.shift for part in terms], axis=0) == pytest.approx(np.array(term.shift), rel=1e-4)


@given(sided_sets(), st.booleans())
@settings(deadline=None, max_examples=40)
def test_swapped_sides_teach_the_same(observations: tuple[Observation, ...], failed: bool) -> None:
    """Left and right are names only, and every set teaches something finite or nothing."""
    swapped = [replace(rep, side=OTHER_SIDE[rep.side]) for rep in observations]
    term = taught(observations, failed=failed)
    assert term == taught(swapped, failed=failed)
    assert np.isfinite(message(term)).all()


def test_reps_that_are_not_judged_teach_nothing() -> None:
    """Neither the figures nor the lifter's habits."""
    calibration = [replace(rep, kind="calibration", velocity_mps=1.2, rom_m=0.8) for rep in SET[:3]]
    assert taught(later(SET, 30.0)) == taught([*calibration, *later(SET, 30.0)])
    assert "none" == taught(calibration).kind


def test_reps_with_help_teach_no_strength() -> None:
    """Three more with help at the end: as many were possible as were done alone, or more; no grind and no speed of theirs."""
    helped = [replace(rep, assisted=True, velocity_mps=0.7, duration_s=9.0) for rep in lifted(0.55, 13)[10:]]
    alone, assisted = taught(SET, failed=False), taught([*SET, *helped], failed=False)
    figures = [np.linalg.solve(term.precision_matrix(), term.shift) for term in (alone, assisted)]
    assert figures[1][2] <= figures[0][2] + 0.01
    assert (alone.fastest_mps, alone.grind_s, alone.rom_m) == (assisted.fastest_mps, assisted.grind_s, assisted.rom_m)


def test_the_load_that_the_first_rep_tells_is_that_of_the_term() -> None:
    """Where the set's own load is another, or none."""
    assert [100.0] * 2 == [taught(TOP, load_kg=load_kg).load_kg for load_kg in (None, 60.0)]


def test_the_side_with_another_load_than_the_first_teaches_nothing() -> None:
    """The weaker arm's dumbbell was lighter."""
    both = in_turn(at(12.0, SET), later(at(10.0, lifted(0.60, 9)), 1.2))
    assert message(taught(at(12.0, SET), failed=False)) == message(taught(both, failed=False))


def test_an_end_that_nobody_calls_is_weakly_an_end_as_usual() -> None:
    """It says more than a warm-up's and less than a call; the failure velocity is learned of such sets too."""
    slow = lifted(0.55, 10, last_mps=0.22, left=2)
    sds = []
    for outcome in (
        ObservedOutcome(usual_rir=None),
        ObservedOutcome(),
        ObservedOutcome(called_rir=2.0),
    ):
        profile = posterior_profile(None, [likelihood_of_set(cold(), slow, outcome)] * 4)
        sds.append(profile.build_prior(cold(), None).v_last_sd_mps)
    assert sorted(sds, reverse=True) == sds


def test_stopping_when_advised_teaches_neither_ever_fewer_reps_nor_ever_more() -> None:
    """A lifter who always stops at the advice, and never says why, stops with as many left after twenty sets."""
    terms: list[Term] = []
    left: list[int] = []
    for day in range(20):
        count = (9, 12, 8, 11, 10)[day % 5]
        reps = lifted(0.515 + (np.log(count) - 2.42) / 4.5, count, last_mps=0.16)
        profile = posterior_profile(None, terms) if terms else None
        prior = build_prior(
            "bench_press",
            pct_1rm=None,
            planned_reps=None,
            target_rir=None,
            tempo=False,
            at_days=3.0 * day,
            profile=profile,
        )
        answers = estimates(prior, reps)
        stop = next((done for done, estimate in enumerate(answers, 1) if estimate.p_rir_le[2] >= 0.5), count)
        left.append(count - stop)
        terms.append(likelihood_of_set(prior, reps[:stop], ObservedOutcome(at_days=3.0 * day)))
    assert np.mean(left[:5]) == pytest.approx(np.mean(left[-5:]), abs=1.0)
    assert 1.0 <= np.mean(left[-5:]) <= 3.5
