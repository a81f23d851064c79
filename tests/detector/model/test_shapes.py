"""Shapes of reps: unracks known only later, attempts that failed, one rep reported twice, sides, other loads, calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter_detector.model import FAILED_NEXT, Filter, Observation, RepEstimate, Request, overdue_after_s
from spotter_detector.profile import posterior_profile
from tests.detector.generated_sets import estimates, last_estimate, make_prior, observed_sets
from tests.detector.lifters import cold, learned_from, lifted, taught

PRIOR = make_prior(pct_1rm=None)
SET = lifted(0.55, 10)


def renumbered(reps: list[Observation]) -> tuple[Observation, ...]:
    """Return the reports numbered as a device does."""
    return tuple(replace(rep_, rep_number=number) for number, rep_ in enumerate(reps, 1))


def flags(answers: list[RepEstimate]) -> list[tuple[str, ...]]:
    """The flags of each report."""
    return [estimate.flags for estimate in answers]


@pytest.mark.parametrize(("velocity_mps", "rom_m"), [(0.9, 0.2), (0.4, 0.75), (0.95, 0.3)])
def test_an_unrack_as_the_first_rep_is_forgotten_once_it_shows(velocity_mps: float, rom_m: float) -> None:
    """From the third rep on a set with an unrack is estimated as the same set without it, but for what doubt is left."""
    unrack = Observation(1, SET[0].end_s - 4.0, velocity_mps, rom_m / velocity_mps, rom_m, None)
    with_unrack = estimates(PRIOR, renumbered([unrack, *SET]))
    without = estimates(PRIOR, SET)
    for plain, answer in zip(without[2:], with_unrack[3:], strict=True):
        assert answer.p_rir_le == pytest.approx(plain.p_rir_le, abs=0.05)
    assert without[-1].reference_velocity_mps == with_unrack[-1].reference_velocity_mps
    assert not {"failed", "stall"} & {flag for estimate in with_unrack for flag in estimate.flags}


def test_a_learned_travel_tells_an_unrack_at_once() -> None:
    """Where the lifter's travel is known the first report is flagged when it comes."""
    prior = learned_from([SET] * 3)
    assert ("rerack",) == estimates(prior, [Observation(1, 0.0, 0.9, 0.22, 0.2, None)])[0].flags


def test_an_unrack_without_travel_is_told_by_its_speed() -> None:
    """Without travel a first report at one and a half times the speed of the next two is none."""
    plain = [replace(rep_, rom_m=None, duration_s=None) for rep_ in SET]
    unrack = Observation(1, SET[0].end_s - 4.0, 0.9, None, None, None)
    answers = estimates(PRIOR, renumbered([unrack, *plain]))
    assert answers[-1].reference_velocity_mps == estimates(PRIOR, plain)[-1].reference_velocity_mps
    assert estimates(PRIOR, plain)[-1].rir == answers[-1].rir


def test_a_second_report_of_a_rep_is_a_ghost() -> None:
    """The same rep a third of a second later changes nothing; two ends at one instant are two reps."""
    again = replace(SET[4], end_s=SET[4].end_s + 0.3, velocity_mps=(SET[4].velocity_mps or 0.0) + 0.005)
    answers = estimates(PRIOR, renumbered([*SET[:5], again, *SET[5:]]))
    assert ("ghost",) == answers[5].flags
    assert estimates(PRIOR, SET)[-1].rir == answers[-1].rir


def test_travel_and_time_put_a_wild_velocity_right() -> None:
    """A velocity that the rep's own travel and duration belie is flagged, and theirs taken."""
    wild = replace(SET[4], velocity_mps=0.85)
    answers = estimates(PRIOR, [*SET[:4], wild, *SET[5:]])
    assert "outlier" in answers[4].flags
    assert answers[-1].rir == pytest.approx(estimates(PRIOR, SET)[-1].rir, abs=0.05)
    assert answers[-1].reference_velocity_mps == estimates(PRIOR, SET)[-1].reference_velocity_mps


def after_the_last(*reports: tuple[float, float, float]) -> list[RepEstimate]:
    """Estimates of reports after the last possible rep, each s after the one before, m/s and m."""
    made = list(SET)
    for gap_s, velocity_mps, rom_m in reports:
        made.append(Observation(len(made) + 1, made[-1].end_s + gap_s, velocity_mps, rom_m / velocity_mps, rom_m, None))
    return estimates(PRIOR, made)[len(SET) :]


@pytest.mark.parametrize(
    "reports",
    [
        ((5.0, 0.08, 0.18),),
        ((5.0, 0.08, 0.18), (2.8, 0.1, 0.24)),
        ((9.0, 0.06, 0.42), (4.0, 0.35, 0.42)),
    ],
    ids=["slow and short", "split by a dip", "helped"],
)
def test_a_failed_attempt_is_known_in_all_its_shapes(reports: tuple[tuple[float, float, float], ...]) -> None:
    """By its last report at the latest each shape is flagged, and nothing is left."""
    last = after_the_last(*reports)[-1]
    assert {"failed", "stall"} <= set(last.flags)
    assert last.p_next_fails > 0.85
    assert last.rir < 0.5


def test_helped_reps_stay_failed_attempts() -> None:
    """After a stall with a helper's hands on the bar the next reps are none of the lifter's own: nothing is left."""
    answers = after_the_last((9.0, 0.06, 0.42), (4.0, 0.35, 0.42), (3.5, 0.33, 0.42), (3.5, 0.3, 0.42))
    assert [{"failed", "stall"}] * 3 == [{"failed", "stall"} & set(estimate.flags) for estimate in answers[1:]]
    assert max(estimate.rir for estimate in answers[1:]) < 0.5


def test_time_between_reps_is_rest() -> None:
    """However long a lifter breathes before a whole rep, near failure too: it was completed, and nobody failed."""
    for wait_s in (5.0, 8.0, 10.5, 20.0, 40.0):
        [answer] = after_the_last((wait_s, 0.18, 0.42))
        assert not {"failed", "stall"} & set(answer.flags)


def test_a_failed_attempt_is_believed_only_near_failure() -> None:
    """The same slow short movement after three fresh reps is the bar put down: no failure, and no fewer reps left."""
    put_down = Observation(4, SET[2].end_s + 5.0, 0.2, 0.9, 0.18, None)
    *_, before, after = estimates(PRIOR, [*SET[:3], put_down])
    assert ("rerack",) == after.flags
    assert before.rir == pytest.approx(after.rir, abs=0.05)


def test_a_bar_put_down_after_a_rest_is_hardly_a_failed_attempt() -> None:
    """Who waits five times as long as between reps puts the bar away rather than trying again."""
    [soon], [late] = after_the_last((4.5, 0.12, 0.18)), after_the_last((20.0, 0.12, 0.18))
    assert late.p_next_fails < soon.p_next_fails


def test_a_flag_of_failure_is_a_finding_of_the_estimate() -> None:
    """Wherever failed or stall is said the end is at least as likely as not, on any set."""
    random = np.random.default_rng(5)
    for _ in range(150):
        made = list(
            lifted(float(random.uniform(0.35, 0.7)), int(random.integers(6, 12)), left=int(random.integers(0, 4)))
        )
        rom_m = float(random.uniform(0.1, 0.45))
        velocity_mps = (made[-1].velocity_mps or 0.3) * float(random.uniform(0.2, 1.3))
        end_s = made[-1].end_s + float(random.uniform(1.0, 30.0))
        made.append(Observation(len(made) + 1, end_s, velocity_mps, rom_m / velocity_mps, rom_m, None))
        for estimate in estimates(PRIOR, made):
            if {"failed", "stall"} & set(estimate.flags):
                assert estimate.p_next_fails >= 0.5
                assert estimate.rir <= 1.0


def test_help_is_not_believed_for_ever() -> None:
    """Nobody is helped through eight reps: who goes on so long was not at the end, and the reps count."""
    answers = after_the_last((9.0, 0.06, 0.42), *[(3.5, 0.35, 0.42)] * 8)
    assert not {"failed", "stall"} & set(answers[-1].flags)


def test_the_second_half_of_a_rep_is_a_second_dip() -> None:
    """One rep cut in two is one attempt: its second half is no rep, and named."""
    assert ("failed", "second_dip", "stall") == after_the_last((5.0, 0.08, 0.18), (2.8, 0.1, 0.24))[-1].flags


def test_a_start_that_is_told_shows_a_stand_at_once() -> None:
    """A device that reports when a rep began and leaves pauses out of its duration shows the stop."""
    stalled = Observation(11, SET[-1].end_s + 7.0, 0.2, 2.1, 0.42, None, started_s=SET[-1].end_s + 1.5)
    assert "stall" in estimates(PRIOR, [*SET, stalled])[-1].flags


@settings(deadline=None, max_examples=60)
@given(first=st.floats(0.45, 0.65), count=st.integers(8, 16), left=st.integers(1, 4))
def test_a_smooth_set_has_no_flag(first: float, count: int, left: int) -> None:
    """A set that slows down as usual gets no flags."""
    assert {()} == set(flags(estimates(PRIOR, lifted(first, count, left=left)))[2:])


def test_dips_of_a_signal_are_a_second_dip() -> None:
    """A rep whose signal showed the bar slow down and continue is flagged, and counts."""
    dipped = replace(SET[6], dips=1)
    answers = estimates(PRIOR, [*SET[:6], dipped])[-1]
    assert ("second_dip",) == answers.flags
    assert estimates(PRIOR, SET[:7])[-1].rir == answers.rir


def test_sides_in_turn_are_not_noise() -> None:
    """With one side a fifth stronger the set slows down as its weaker side does, once that shows."""
    sided = [
        replace(rep_, velocity_mps=(rep_.velocity_mps or 0.0) * (1.2 if index % 2 else 1.0), duration_s=None)
        for index, rep_ in enumerate(lifted(0.55, 14))
    ]
    even = [replace(rep_, duration_s=None) for rep_ in lifted(0.55, 14)]
    both, weaker = estimates(PRIOR, sided), estimates(PRIOR, even)
    assert both[-1].rir == pytest.approx(weaker[-1].rir, abs=0.8)
    assert both[-1].reference_velocity_mps == pytest.approx(weaker[-1].reference_velocity_mps or 0.0, abs=0.02)


def test_another_load_begins_a_curve_of_its_own() -> None:
    """In a drop set the lighter load starts anew: many reps again, from a wide band."""
    heavy = [replace(rep_, load_kg=80.0) for rep_ in SET[:8]]
    end_s = heavy[-1].end_s + 8.0
    light = [replace(rep_, load_kg=60.0, end_s=end_s + rep_.end_s) for rep_ in lifted(0.50, 9)]
    answers = estimates(PRIOR, renumbered([*heavy, *light]))
    assert answers[7].rir < 4.0
    assert answers[8].rir > answers[7].rir + 1.0
    assert answers[-1].rir < 2.0


def test_a_call_is_evidence() -> None:
    """A report of one rep in reserve lowers a wide estimate to it, and a report of five raises it."""
    plain = estimates(PRIOR, SET[:6])[-1]
    low = estimates(PRIOR, [*SET[:5], replace(SET[5], called_rir=1.0)])[-1]
    high = estimates(PRIOR, [*SET[:5], replace(SET[5], called_rir=8.0)])[-1]
    assert low.rir < plain.rir < high.rir
    assert low.rir_high - low.rir_low < plain.rir_high - plain.rir_low


@settings(deadline=None, max_examples=60)
@given(observations=observed_sets(max_size=10), calls=st.tuples(st.floats(0.0, 3.0), st.floats(0.0, 3.0)))
def test_fewer_reps_called_never_leave_more(observations: tuple[Observation, ...], calls: tuple[float, float]) -> None:
    """However far a report is from the velocities."""
    low, high = (
        last_estimate(PRIOR, (*observations[:-1], replace(observations[-1], called_rir=called)))
        for called in sorted(calls)
    )
    assert low.rir <= high.rir + 1e-6
    assert all(at_low >= at_high - 1e-6 for at_low, at_high in zip(low.p_rir_le, high.p_rir_le, strict=True))


def test_a_call_far_from_the_velocities_moves_them_one_way() -> None:
    """A squat at half a metre a second is far from failure; who calls none left is left with the least."""
    squat = make_prior("back_squat", pct_1rm=None)
    answers = [
        last_estimate(squat, [*lifted(0.55, 12)[:2], replace(lifted(0.55, 12)[2], called_rir=called)]).rir
        for called in (0.0, 1.0, 3.0)
    ]
    assert sorted(answers) == answers


def test_a_failure_told_of_is_known() -> None:
    """A failed attempt that the lifter reports ends the set in the model, too."""
    answers = estimates(PRIOR, [*SET[:9], replace(SET[9], called_rir=FAILED_NEXT)])[-1]
    assert (1.0, 0.0) == (answers.p_next_fails, answers.rir_low)


def test_the_longest_grind_tells_when_a_rep_is_overdue() -> None:
    """Six seconds for an unknown lifter; sooner for one who never needs as long, later for one who does."""
    assert 6.0 == overdue_after_s(cold(), ())
    quick = posterior_profile(None, [taught(lifted(0.6, 8, last_mps=0.3))]).grind_s
    slow = posterior_profile(None, [taught(lifted(0.5, 8, last_mps=0.09))]).grind_s
    assert quick is not None and slow is not None
    assert overdue_after_s(replace(cold(), grind_s=quick), ()) < 6.0
    assert overdue_after_s(replace(cold(), grind_s=slow), ()) > 6.0


@settings(deadline=None, max_examples=60)
@given(observations=observed_sets(max_size=10), data=st.data())
def test_estimates_rest_on_the_reports_up_to_their_own(
    observations: tuple[Observation, ...], data: st.DataObject
) -> None:
    """Whatever comes later, the estimate after a report is made of it and of those before it."""
    count = data.draw(st.integers(1, len(observations)))
    called = data.draw(st.sampled_from([None, -1.0, 0.0, 2.0, 7.5]))
    some = (*observations[: count - 1], replace(observations[count - 1], called_rir=called))
    whole = Filter(cache_size=0).run([Request(PRIOR, (*some, *observations[count:]), 0)])[0]
    assert last_estimate(PRIOR, some) == whole[count - 1]


def other_arm(change_s: float) -> list[RepEstimate]:
    """Seven reps of one arm, and ten of the other, that begin as fast and end at failure; the side is not told."""
    first, second = lifted(0.55, 10)[:7], lifted(0.55, 10)
    off_s = first[-1].end_s + change_s - second[0].end_s
    return estimates(PRIOR, renumbered([*first, *[replace(rep_, end_s=rep_.end_s + off_s) for rep_ in second]]))


@pytest.mark.parametrize("change_s", [3.0, 7.0, 15.0])
def test_another_arm_in_one_set_begins_a_curve(change_s: float) -> None:
    """A tired set that goes on as it began is another arm: known after two such reps, or after one and a pause."""
    alone = estimates(PRIOR, lifted(0.55, 10))
    assert [answer.rir for answer in alone][1:] == [answer.rir for answer in other_arm(change_s)][8:]


def test_one_wild_rep_in_a_tired_set_is_no_other_arm() -> None:
    """One reading as fast as the first rep, and the next as slow as before it: the set goes on."""
    wild = [replace(rep_, velocity_mps=0.55, duration_s=None) if at == 7 else rep_ for at, rep_ in enumerate(SET)]
    assert estimates(PRIOR, wild)[-1].rir == pytest.approx(estimates(PRIOR, SET)[-1].rir, abs=0.8)


def test_the_way_down_is_no_stop() -> None:
    """A device whose reps begin with the way down tells of none: each takes two seconds longer than its duration."""
    made = [replace(rep_, started_s=rep_.end_s - (rep_.duration_s or 0.0) - 2.0) for rep_ in SET]
    assert not {"failed", "stall"} & {flag for answer in estimates(PRIOR, made) for flag in answer.flags}
