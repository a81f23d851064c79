"""The wide world: what its lifters, sessions, words and reports are."""

from __future__ import annotations

from functools import cache
from itertools import groupby, pairwise

import numpy as np
import pytest

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import EXERCISES, FAMILIES
from lab.accuracy.simulation.other import velocities
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import OtherSet, WideLifter, WideOtherLifter, WideSet
from lab.accuracy.wide.laws import draw_lifter, draw_set
from lab.accuracy.wide.lifters import ARMS_CHANGED, WRONG_EXERCISE, wide_lifters
from lab.accuracy.wide.parameters import EXERCISES_WIDE
from lab.accuracy.wide.sessions import KINDS, SetPlan, call, draw_plans

LIFTERS = 400
SETS = 9
BOTH = pytest.mark.parametrize("family", FAMILIES)


@cache
def sets_of(family: str, exercise: str) -> list[LabelledSet]:
    """All sets of many lifters."""
    return [lifted_set for sets in wide_lifters(family, exercise, LIFTERS, SETS, seed=3) for lifted_set in sets]


@cache
def own_sets(family: str, exercise: str) -> list[LabelledSet]:
    """Sets that are of the exercise they are said to be, and of one arm."""
    return [lifted_set for lifted_set in sets_of(family, exercise) if not lifted_set.faults]


@cache
def plans() -> list[list[SetPlan]]:
    """What many lifters set out to do."""
    random = np.random.default_rng(4)
    return [draw_plans(SETS, random) for _ in range(LIFTERS)]


def share(of: list[bool]) -> float:
    """Return how many are true."""
    return float(np.mean(of))


def before(lifted_set: LabelledSet) -> int:
    """Return how many reports come before the first rep."""
    return next(index for index, left in enumerate(lifted_set.truth) if left is not None)


def is_merged(lifted_set: LabelledSet) -> bool:
    """Whether an earlier set is part of it."""
    return any(rep.end_s - earlier.end_s > 60.0 for earlier, rep in pairwise(lifted_set.reps))


@BOTH
@pytest.mark.parametrize("exercise", EXERCISES)
def test_lifters_have_one_scale_and_differ_in_velocity_at_failure_and_travel(family: str, exercise: str) -> None:
    """Log scale ± .12; velocity at failure .15, .27 or .21 ± .04 to .05 before it; log travel ± .25."""
    random = np.random.default_rng(5)
    lifters = [draw_lifter(family, exercise, random) for _ in range(2000)]
    scale = np.array([lifter.log_scale for lifter in lifters])
    assert scale.std() == pytest.approx(0.12, abs=0.006)
    assert np.log([lifter.rom_m for lifter in lifters]).std() == pytest.approx(0.25, abs=0.012)
    last = np.array(
        [
            lifter.v_last_mps if isinstance(lifter, WideLifter) else lifter.v_fail_mean_mps / np.exp(lifter.log_scale)
            for lifter in lifters
        ]
    )
    of = EXERCISES_WIDE[exercise]
    assert last.mean() == pytest.approx(of.v_last, abs=0.006)
    assert last.std() == pytest.approx(of.v_last_between_sd, abs=0.004)
    assert (of.v_last, of.v_last_between_sd) in {(0.15, 0.04), (0.27, 0.05), (0.21, 0.045)}


@BOTH
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_scale_spreads_first_velocity_and_velocity_at_failure_alike(family: str, exercise: str) -> None:
    """In one set of a lifter and load both go with the scale."""
    for values in zip(*map(_ends_mps, own_sets(family, exercise)), strict=True):
        assert np.corrcoef(np.log(values), [_scale(each) for each in own_sets(family, exercise)])[0, 1] > 0.2


def _scale(lifted_set: LabelledSet) -> float:
    assert isinstance(lifted_set.true, WideSet | OtherSet)
    lifter = lifted_set.true.lifter
    assert isinstance(lifter, WideLifter | WideOtherLifter)
    return lifter.log_scale


def _ends_mps(lifted_set: LabelledSet) -> tuple[float, float]:
    """Return velocity at the first rep and at failure."""
    assert isinstance(lifted_set.true, WideSet | OtherSet)
    last = lifted_set.true.v_last_mps if isinstance(lifted_set.true, WideSet) else lifted_set.true.v_fail_mps
    return first_mps(lifted_set.true), last


def first_mps(lifted_set: WideSet | OtherSet) -> float:
    """Return the first velocity of a set's law."""
    return lifted_set.v1_mps if isinstance(lifted_set, WideSet) else float(velocities(lifted_set, np.ones(1))[0])


@BOTH
def test_the_line_is_wide(family: str) -> None:
    """Bench press: log reps are about .42 about the population's line from first velocity."""
    rows = [
        (np.log(each.reps_possible), _ends_mps(each)[0])
        for each in own_sets(family, "bench_press")
        if 5 <= each.reps_possible <= 25
    ]
    log_n, velocity = np.array(rows).T
    of = parameters().home["bench_press"]
    residual = log_n - of.line_log_n - of.line_slope * (velocity - of.line_velocity)
    assert residual.std() == pytest.approx(0.42, abs=0.06)


def test_sessions_are_warm_ups_singles_and_several_sets_at_one_load() -> None:
    """Warm-ups at 40–60 %, singles and doubles at 90–97 %, then two to four sets at one load, each of 5–15 % fewer reps."""
    of_kind = {kind: [plan for lifter in plans() for plan in lifter if plan.kind == kind] for kind in KINDS}
    assert all(40.0 <= plan.pct_1rm <= 60.0 for plan in of_kind["warm-up"])
    assert all(90.0 <= plan.pct_1rm <= 97.0 for plan in of_kind["heavy"])
    assert min(len(of_kind[kind]) for kind in KINDS) > 0.08 * LIFTERS * SETS
    falls, lengths = [], []
    for lifter in plans():
        for _, group in groupby((plan for plan in lifter if plan.kind == "work"), key=lambda plan: plan.pct_1rm):
            lost = [plan.lost for plan in group]
            lengths.append(len(lost))
            falls += [float(np.exp(earlier - later)) for earlier, later in pairwise(lost)]
    assert 0.85 <= min(falls) <= max(falls) <= 0.95
    assert max(lengths) == 4


@BOTH
def test_singles_and_doubles_are_done_near_their_last_rep(family: str) -> None:
    """Sets of one or two reps at 90–97 %, of which few more were possible."""
    heavy = [each for each in own_sets(family, "back_squat") if each.pct_1rm is not None and each.pct_1rm >= 90.0]
    assert all(1 <= each.reps_possible - each.ended_rir <= 2 for each in heavy)
    assert 1.5 <= float(np.mean([each.reps_possible for each in heavy])) <= 4.5


@BOTH
def test_a_day_is_faster_or_slower(family: str) -> None:
    """First velocities of one lifter at one load differ by .03 m/s from set to set, beside what the sets before took."""
    random = np.random.default_rng(6)
    plan = SetPlan("work", 75.0, 0.0, 0.0)
    sds = []
    for _ in range(60):
        lifter = draw_lifter(family, "bench_press", random)
        first = [first_mps(draw_set(lifter, plan, random)) for _ in range(60)]
        sds.append(float(np.std(first)) / np.exp(lifter.log_scale))
    assert float(np.mean(sds)) == pytest.approx(0.03, abs=0.003)


@BOTH
def test_sets_end_anywhere(family: str) -> None:
    """Work sets end with 0 … 6 left, evenly."""
    ends = [
        each.ended_rir
        for each in own_sets(family, "bench_press")
        if each.pct_1rm is not None and 60.0 < each.pct_1rm < 90.0 and each.reps_possible > 6 and not each.failed
    ]
    assert set(ends) == set(range(7))
    assert all(ends.count(rir) / len(ends) == pytest.approx(1 / 7, abs=0.03) for rir in range(7))


@BOTH
def test_calls_are_many_and_compressed_and_failure_is_seldom_known(family: str) -> None:
    """Four in five are called, three over 3 as 3 + half of the rest, ± .9; failure is known in 3 %."""
    sets = sets_of(family, "bench_press")
    assert share([each.failed for each in sets]) == pytest.approx(0.03, abs=0.01)
    assert share([each.reported_rir is not None for each in sets if not each.failed]) == pytest.approx(0.8, abs=0.02)
    off = [
        each.reported_rir - min(each.ended_rir, 3) - 0.5 * max(each.ended_rir - 3, 0)
        for each in sets
        if each.reported_rir is not None and each.ended_rir >= 4
    ]
    assert float(np.mean(off)) == pytest.approx(0.0, abs=0.1)
    assert float(np.std(off)) == pytest.approx(0.9, abs=0.06)
    assert (0.0, 3.0, 4.5) == (call(0, -0.3), call(3, 0.0), call(6, 0.0))


@BOTH
def test_loads_and_exercises_are_wrong_in_three_of_a_hundred(family: str) -> None:
    """Half of them are of another exercise, the others have a load that is none of the lifter's."""
    sets = sets_of(family, "bench_press")
    other = share([WRONG_EXERCISE in each.faults for each in sets])
    load = share(
        [
            abs(each.load_kg / (each.pct_1rm / 100.0 * each.true.lifter.one_rm_kg) - 1.0) > 0.01
            for each in sets
            if each.true is not None and each.load_kg is not None and each.pct_1rm is not None
        ]
    )
    assert other == pytest.approx(0.015, abs=0.007)
    assert other + load == pytest.approx(0.03, abs=0.01)


@BOTH
def test_reports_before_the_first_rep(family: str) -> None:
    """0, 1, 2 and 3 in .15, .60, .20 and .05 of sets; .3 to 2.3 of a rep's travel, at any speed, 2–20 s before."""
    sets = [each for each in own_sets(family, "back_squat") if not is_merged(each)]
    counts = [before(each) for each in sets]
    for count, wanted in enumerate((0.15, 0.60, 0.20, 0.05)):
        assert share([each == count for each in counts]) == pytest.approx(wanted, abs=0.03)
    reports = [(each, report) for each in sets for report in each.reps[: before(each)]]
    travels = [(report.rom_m or 0.0) / _rom_m(each) for each, report in reports]
    assert 0.25 <= min(travels) <= 0.4 <= 2.2 <= max(travels) <= 2.35
    speeds = [report.velocity_mps or 0.0 for _, report in reports]
    assert 0.1 <= min(speeds) <= 0.2 <= 1.5 <= max(speeds) <= 1.6
    waits = [
        each.reps[index + 1].end_s - (each.reps[index + 1].duration_s or 0.0) - each.reps[index].end_s
        for each in sets
        for index in range(before(each))
        if (each.reps[index + 1].duration_s or 0.0) < 29.0  # a report is cut at 30 s
    ]
    assert 1.9 <= min(waits) <= 3.0 <= 19.0 <= max(waits) <= 20.1


@BOTH
def test_some_reports_before_are_a_machines_calibration(family: str) -> None:
    """One in twenty has the travel of a rep; by chance another 2 % would."""
    alike = [
        abs((report.rom_m or 0.0) / _rom_m(each) - 1.0) < 0.05
        for each in own_sets(family, "deadlift")
        if not is_merged(each)
        for report in each.reps[: before(each)]
    ]
    assert 0.06 <= share(alike) <= 0.13


@BOTH
def test_bars_are_put_down_after_one_set_in_eight(family: str) -> None:
    """12 %, half of them short and slow."""
    sets = [each for each in own_sets(family, "bench_press") if before(each) < len(each.reps)]
    downs = [each for each in sets if each.truth[-1] is None and not is_repeat(each)]
    assert len(downs) / len(sets) == pytest.approx(0.12, abs=0.02)
    short = [
        (each.reps[-1].rom_m or 0.0) <= 0.62 * _rom_m(each)
        and (each.reps[-1].velocity_mps or 0.0) <= 0.75 * (each.reps[-2].velocity_mps or 0.0)
        for each in downs
    ]
    assert share(short) == pytest.approx(0.5, abs=0.1)


def is_repeat(lifted_set: LabelledSet) -> bool:
    """Whether the last report is the last rep again."""
    return lifted_set.reps[-1].end_s - lifted_set.reps[-2].end_s <= 0.7


@BOTH
def test_sets_are_merged_repeated_interrupted_and_change_arms(family: str) -> None:
    """An earlier set in 1 %, a rep twice in 3 %, breaths of 4–10 s, another arm in 1 %."""
    sets = sets_of(family, "bench_press")
    assert share([is_merged(each) for each in sets]) == pytest.approx(0.01, abs=0.006)
    twice = [any(rep.end_s - earlier.end_s <= 0.62 for earlier, rep in pairwise(each.reps)) for each in sets]
    assert share(twice) == pytest.approx(0.03, abs=0.012)
    assert share([ARMS_CHANGED in each.faults for each in sets]) == pytest.approx(0.01, abs=0.006)
    changed = next(each for each in sets if ARMS_CHANGED in each.faults)
    left = [rir for rir in changed.truth if rir is not None]
    assert 1 == sum(later != earlier - 1 for earlier, later in pairwise(left))
    rests = [
        rep.end_s - earlier.end_s - (rep.duration_s or 0.0)
        for each in own_sets(family, "bench_press")
        for (earlier, was), (rep, left) in pairwise(zip(each.reps, each.truth, strict=True))
        if was is not None and left is not None
    ]
    assert share([rest_s > 6.0 for rest_s in rests]) == pytest.approx(0.028, abs=0.012)


def _rom_m(lifted_set: LabelledSet) -> float:
    assert isinstance(lifted_set.true, WideSet | OtherSet)
    lifter = lifted_set.true.lifter
    assert isinstance(lifter, WideLifter | WideOtherLifter)
    return lifter.rom_m


@BOTH
def test_a_set_to_failure_is_the_set_as_it_ended_and_goes_on(family: str) -> None:
    """The same lifters and reports up to the last rep done; a warm-up ends as it did; earlier sets are the same."""
    ends = wide_lifters(family, "bench_press", 60, 3, seed=7)
    to_failure = wide_lifters(family, "bench_press", 60, 3, seed=7, last_to_failure=True)
    went_on = 0
    for short, full in zip(ends, to_failure, strict=True):
        assert short[:-1] == full[:-1]
        if short[-1].faults:
            continue
        last = max(index for index, left in enumerate(short[-1].truth) if left is not None)
        assert short[-1].reps[: last + 1] == full[-1].reps[: last + 1]
        if short[-1].pct_1rm is not None and short[-1].pct_1rm > 60.0:
            assert [left for left in full[-1].truth if left is not None][-1] == 0
            went_on += short[-1].ended_rir > 0
    assert went_on > 20
