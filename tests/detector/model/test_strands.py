"""Sides as told, reps that are not judged, and reps with help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter_detector.model import FAILED_NEXT, Filter, Observation, RepEstimate, Request
from tests.detector.generated_sets import estimates, last_estimate, make_prior, observed_sets, priors, reps
from tests.detector.lifters import lifted

PRIOR = make_prior("biceps_curl", pct_1rm=None)
SET = lifted(0.55, 10)
SIDES = ("left", "right", None)
OTHER_SIDE = {"left": "right", "right": "left", None: None}


def of_side(side: str | None, observations: Sequence[Observation]) -> list[Observation]:
    """The reps as those of one side."""
    return [replace(rep, side=side) for rep in observations]


def later(observations: Sequence[Observation], by_s: float) -> list[Observation]:
    """The reps so much later."""
    return [replace(rep, end_s=rep.end_s + by_s) for rep in observations]


def in_turn(left: Sequence[Observation], right: Sequence[Observation]) -> list[Observation]:
    """The reps of both sides in the order of their ends."""
    return sorted([*of_side("left", left), *of_side("right", right)], key=lambda rep: rep.end_s)


@st.composite
def sided_sets(draw: st.DrawFn) -> tuple[Observation, ...]:
    """Any set, its reps of any side, some with help, some of a kind that is not judged."""
    return tuple(
        replace(
            rep,
            side=draw(st.sampled_from(SIDES)),
            kind=draw(st.sampled_from(["work", "work", "work", "calibration", "warmup"])),
            assisted=draw(st.sampled_from([False, False, False, True])),
        )
        for rep in draw(observed_sets())
    )


@given(priors, sided_sets())
@settings(deadline=None)
def test_a_side_is_estimated_as_a_set_of_its_own(prior: object, observations: tuple[Observation, ...]) -> None:
    """Whatever the other side does in between changes no estimate of a side."""
    together = estimates(prior, observations)  # type: ignore[arg-type]  # priors makes them
    for side in SIDES:
        own = [rep for rep in observations if rep.side == side and rep.kind == "work"]
        in_set = [
            estimate
            for rep, estimate in zip(observations, together, strict=True)
            if rep.side == side and rep.kind == "work"
        ]
        assert estimates(prior, own) == in_set  # type: ignore[arg-type]  # priors makes them


@given(priors, sided_sets())
@settings(deadline=None)
def test_swapped_sides_give_the_same_estimates(prior: object, observations: tuple[Observation, ...]) -> None:
    """Left and right are names only."""
    swapped = [replace(rep, side=OTHER_SIDE[rep.side]) for rep in observations]
    assert estimates(prior, observations) == estimates(prior, swapped)  # type: ignore[arg-type]  # priors makes them


@given(sided_sets(), st.data())
@settings(deadline=None)
def test_estimates_do_not_depend_on_where_a_request_begins(
    observations: tuple[Observation, ...], data: st.DataObject
) -> None:
    """A filter that follows the set rep by rep says what one says that sees the set at once."""
    whole = estimates(PRIOR, observations)
    first = data.draw(st.integers(0, len(observations)))
    model = Filter()
    for count in range(1, len(observations)):
        assert [whole[count - 1]] == model.run([Request(PRIOR, observations[:count], count - 1)])[0]
    assert whole[first:] == model.run([Request(PRIOR, observations, first)])[0]


@given(sided_sets())
@settings(deadline=None)
def test_every_estimate_of_a_set_with_sides_keeps_its_promises(observations: tuple[Observation, ...]) -> None:
    """Probabilities rise with the reps in reserve, the interval holds the median, a share is one."""
    for estimate in estimates(PRIOR, observations):
        assert list(estimate.p_rir_le) == sorted(estimate.p_rir_le)
        assert estimate.rir_low <= estimate.rir <= estimate.rir_high
        assert 0.0 <= estimate.share_done <= 1.0
        assert estimate.rir <= 1.0 or "failed" not in estimate.flags


def test_a_change_of_hands_is_no_pause_no_dip_and_no_failure() -> None:
    """One arm after the other, 12 s apart: the second begins as the first did, and is tired as late."""
    right = later(SET, SET[-1].end_s + 12.0)
    answers = estimates(PRIOR, [*of_side("left", SET), *of_side("right", right)])
    assert [estimate.rir for estimate in answers[:10]] == [estimate.rir for estimate in answers[10:]]
    assert answers[-1].rir < 2.0
    assert not {"pause", "second_dip", "failed", "stall", "missed_rep"} & {
        flag for estimate in answers for flag in estimate.flags
    }


def test_an_arm_that_has_rested_long_begins_again() -> None:
    """Back at the first arm after over a minute its curve begins anew, as after any such pause."""
    right = later(SET, SET[-1].end_s + 12.0)
    again = later(SET[:3], right[-1].end_s + 30.0)
    answers = estimates(PRIOR, [*of_side("left", SET), *of_side("right", right), *of_side("left", again)])
    assert "pause" in answers[20].flags
    assert answers[9].rir < 2.0 < 5.0 < answers[20].rir


def test_the_weaker_of_two_alternating_sides_is_nearer_to_failure() -> None:
    """Each side has its own reference and its own reps in reserve."""
    weak, strong = lifted(0.45, 7), later(lifted(0.60, 14)[:7], 2.0)
    observations = in_turn(weak, strong)
    newest = {rep.side: estimate for rep, estimate in zip(observations, estimates(PRIOR, observations), strict=True)}
    assert newest["left"].rir + 3.0 < newest["right"].rir
    assert weak[1].velocity_mps == pytest.approx(newest["left"].reference_velocity_mps, abs=0.01)
    assert strong[1].velocity_mps == pytest.approx(newest["right"].reference_velocity_mps, abs=0.01)


def test_the_share_done_is_that_of_the_side() -> None:
    """Seven of ten of each side are seven tenths, not fourteen of seventeen."""
    alone = estimates(PRIOR, SET[:7])[-1]
    together = estimates(PRIOR, in_turn(SET[:7], later(SET[:7], 2.0)))
    assert [alone.share_done] * 2 == [estimate.share_done for estimate in together[-2:]]


@pytest.mark.parametrize("kind", ["calibration", "warmup"])
def test_reps_that_are_not_judged_change_no_estimate(kind: str) -> None:
    """Three fast ones before the set: no reference, no part of the curve, nothing counted."""
    before = [replace(rep, kind=kind) for rep in reps((0.95, 1.0, 0.98), rom_m=0.42)]
    answers = estimates(PRIOR, [*before, *later(SET, 12.0)])
    assert estimates(PRIOR, later(SET, 12.0)) == answers[3:]
    assert all(estimate.velocity_loss is None and not estimate.flags for estimate in answers[:3])


def test_before_the_first_judged_rep_only_the_prior_is_known() -> None:
    """Its estimate is wide and of low confidence, and its share done is nothing."""
    [estimate] = estimates(PRIOR, [replace(SET[0], kind="calibration")])
    assert ("low", 0.0, None) == (estimate.confidence, estimate.share_done, estimate.reference_velocity_mps)
    assert estimate.rir > 5.0


def test_a_rep_that_is_not_judged_repeats_the_estimate_before_it() -> None:
    """In the middle of a set too."""
    answers = estimates(PRIOR, [*SET[:6], replace(SET[6], kind="warmup")])
    assert replace(answers[5], velocity_loss=None) == answers[6]


def test_help_proves_no_strength() -> None:
    """A rep with help counts as done, leaves no more than before it, and nothing is said of its velocity."""
    answers = estimates(PRIOR, [*SET[:8], replace(SET[8], velocity_mps=0.5, assisted=True)])
    assert answers[8].rir < answers[7].rir
    assert answers[7].p_next_fails < answers[8].p_next_fails < 0.7
    assert answers[7].share_done < answers[8].share_done
    assert answers[8].velocity_loss is None
    assert not answers[8].flags


def test_further_reps_with_help_say_nothing_more() -> None:
    """Only the first shows that the lifter would not or could not go on alone."""
    helped = [replace(rep, assisted=True) for rep in SET[7:]]
    answers = estimates(PRIOR, [*SET[:7], *helped])
    assert [answers[7].p_rir_le] * 2 == [estimate.p_rir_le for estimate in answers[8:]]


def test_a_rep_alone_after_help_was_possible_alone() -> None:
    """The lifter goes on as if there had been no rep between: no missed rep, no pause, no stall."""
    helped = replace(SET[5], velocity_mps=0.6, assisted=True)
    on = later(SET[5:7], SET[6].end_s - SET[5].end_s)
    answers = estimates(PRIOR, [*SET[:5], helped, *on])
    without = estimates(PRIOR, SET[:7])
    assert answers[-1].rir == pytest.approx(without[-1].rir, abs=1.0)
    assert not any(estimate.flags for estimate in answers)


def test_a_set_with_help_from_the_first_rep_on_shows_nothing() -> None:
    """Whatever its velocities, the prior is all that is known."""
    answers = estimates(PRIOR, [replace(rep, assisted=True) for rep in SET])
    assert 1 == len({estimate.p_rir_le for estimate in answers})


def test_a_failure_that_is_reported_after_help_is_one_of_own_strength() -> None:
    """Nothing is left then."""
    helped = replace(SET[8], assisted=True, called_rir=FAILED_NEXT)
    assert last_estimate(PRIOR, [*SET[:8], helped]).p_next_fails > 0.99


@given(observed_sets(), st.sampled_from(["left", "right"]))
@settings(deadline=None, max_examples=30)
def test_a_set_of_one_side_is_any_set(observations: tuple[Observation, ...], side: str) -> None:
    """Where all reps are of one side, or none is told, there is one curve."""
    plain: list[RepEstimate] = estimates(PRIOR, observations)
    assert plain == estimates(PRIOR, of_side(side, observations))
