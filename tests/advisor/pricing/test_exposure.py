"""R10: what belongs together is charged once, by its hardest part, in whatever order its parts come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ledger_oracle import published, recompute
from spotter.domain.events.outputs import AdviceGiven, EffortCounted, SetClosed, SetOpened, SetSummarised
from spotter.domain.events.people import ExerciseAdded
from spotter_advisor.warnings.effort_shares import hard_share
from tests.advisor.training import MONDAY, Lifting, Training


def part(training: Training, of: Lifting | None = None, exercise: str = "leg_extension", **context: Any) -> Lifting:
    """Open a set that continues another one."""
    number = sum(isinstance(event.data, SetOpened) for event in training.inputs)
    lifting = Lifting(training, f"key{number}", f"s{number}", {"exercise": exercise, **context}, training.now)
    if of is not None:
        lifting.context["exposure_key"] = of.context.get("exposure_key", of.key)
    lifting.send_opened()
    return lifting


def drops(training: Training, *ends: float) -> list[Lifting]:
    """Do a set and its drops, each down to some reps in reserve."""
    parts: list[Lifting] = []
    for rir in ends:
        parts.append(part(training, parts[0] if parts else None, is_last_set=True))
        parts[-1].do_set(rir)
        training.wait(5)
    return parts


def costs(training: Training) -> dict[str, float]:
    """Return what each set costs that costs something; the same recomputed, and as published."""
    stored = {entry.set_key: entry for entry in training.ledger.entries}
    assert stored == published(training.outputs) == recompute(training.inputs, training.env)
    return {key: entry.cost for key, entry in stored.items()}


def test_a_drop_set_costs_what_its_hardest_part_does() -> None:
    """Three parts to failure are one failure, paid by the first of them."""
    training = Training()
    first, *_ = drops(training, 0, 0, 0)

    assert {first.key: 1.0} == costs(training)
    assert 1.0 == training.budget().spent


def test_the_hardest_part_pays_wherever_it_stands() -> None:
    """One rep in reserve, then none, then one."""
    training = Training()
    parts = drops(training, 1, 0, 1)

    assert {parts[1].key: 1.0} == costs(training)


def test_a_correction_passes_the_cost_on() -> None:
    """The part that paid ended further away: another pays, then nobody."""
    training = Training()
    first, second = drops(training, 0, 1)
    first.correct({1: 3})
    assert {second.key: 0.5} == costs(training)
    second.correct({1: 3})

    assert {} == costs(training)
    assert 0.0 == training.budget().spent


def test_a_part_that_leaves_its_exposure_pays_for_itself() -> None:
    """It was told later that it stands alone; and back."""
    training = Training()
    first, second = drops(training, 0, 0)
    second.amend(exposure_key=second.key)
    assert {first.key: 1.0, second.key: 1.0} == costs(training)
    second.amend(exposure_key=first.key)

    assert {first.key: 1.0} == costs(training)


def test_the_parts_of_an_exposure_do_not_close_each_other() -> None:
    """The right arm may go as far as the left did, and is not charged beside it; the next exercise may not."""
    training = Training()
    training.update_policy(weekly_units=1.0)
    left = part(training, exercise="biceps_curl", is_last_set=True, side="left")
    left.do_set(0)
    right = part(training, left, exercise="biceps_curl", is_last_set=True, side="right")
    assert (0, 1.0) == (training.set(right).terms.target, training.set(right).terms.left)
    right.do_set(0)
    other = part(training, exercise="biceps_curl", is_last_set=True)

    assert {left.key: 1.0} == costs(training)
    assert "R11" in training.set(other).terms.rules


def test_an_exposure_counts_once_in_the_shares_of_hard_and_easy_sets() -> None:
    """By its hardest part: a first part far from failure is no slack if the drop was not."""
    training = Training()
    drops(training, 6, 0)
    share = hard_share(training.history, "2026-01-05", training.env.gym("g1", 0).policy)

    assert (1, 1) == (share.sets, share.hard)
    assert (1, 0) == (training.history.days[0].sets, training.history.days[0].easy)


def test_only_the_first_part_shows_how_rested_the_lifter_is() -> None:
    """A drop is begun tired."""
    training = Training()
    parts = drops(training, 3)
    parts.append(part(training, parts[0]))
    parts[1].rep(3)
    parts[1].close(velocity_offset_mps=-0.1)

    assert 0 == training.history.days[0].offsets


def test_an_exposure_over_midnight_is_one_of_the_week_in_which_it_began() -> None:
    """Its drop on Monday is charged to the week before, and summarised there."""
    training = Training(now=datetime(2026, 1, 11, 23, 59, 30, tzinfo=UTC))
    first, second = drops(training, 3), []
    training.wait(60)
    second = [part(training, first[0])]
    second[0].do_set(0)

    assert {second[0].key: 1.0} == costs(training)
    assert {"2026-01-11"} == {entry.day for entry in training.ledger.entries}
    assert {"2026-01-11"} == {summary.day for summary in training.outputs_of(SetSummarised)}
    assert {datetime(2026, 1, 5, tzinfo=UTC)} == {summary.week_start for summary in training.outputs_of(SetSummarised)}
    assert ("2026-01-11",) == training.lifter.days


def test_a_first_part_that_arrives_last_takes_its_exposure_to_its_week() -> None:
    """The phone sent the drop of Monday, the watch its first part of Sunday later."""
    training = Training(now=datetime(2026, 1, 12, 0, 0, 30, tzinfo=UTC))
    drop = part(training, exposure_key="first")
    drop.do_set(0)
    assert ("2026-01-12",) == training.lifter.days
    began = training.now - timedelta(minutes=2)
    first = Lifting(training, "first", "f", {"exercise": "leg_extension"}, began, history=True)
    first.send_opened()
    first.rep(3, ended=began + timedelta(seconds=20), newest=False)
    first.send_closed()

    assert {drop.key: 1.0} == costs(training)
    assert ("2026-01-11",) == training.lifter.days
    newest = {summary.set_key: summary.day for summary in training.outputs_of(SetSummarised)}
    assert {"2026-01-11"} == set(newest.values())


def test_a_voided_set_never_happened() -> None:
    """No reps, no cost, no day of training, no share; nothing that is told later brings it back."""
    training = Training()
    lifting = part(training)
    lifting.do_set(0)
    lifting.send_closed(voided=True)
    (summary,) = training.last_outputs_of(SetSummarised)
    assert (True, 0, None) == (summary.voided, summary.reps, summary.rir_end)
    lifting.amend(load_kg=30)
    lifting.send_counted(lifting.reps[0])
    lifting.report_effort(rir=0)

    assert {} == costs(training)
    assert ((), ()) == (training.lifter.days, training.history.days)
    assert () == training.set(lifting).reps


def test_a_voided_part_leaves_the_cost_to_the_others() -> None:
    """The first drop was logged by mistake."""
    training = Training()
    first, second = drops(training, 0, 1)
    first.send_closed(voided=True)

    assert {second.key: 0.5} == costs(training)


def test_a_merged_set_leaves_nothing_behind_until_it_is_opened_again() -> None:
    """Its reps are another set's; a later event may show that they are not."""
    training = Training()
    lifting, other = part(training), part(training, exercise="leg_curl")
    lifting.do_set(0)
    lifting.send_closed(merged_into=other.key)
    assert ({}, ()) == (costs(training), training.lifter.days)
    lifting.reopen()
    lifting.do_set(1)

    assert {lifting.key: 0.5} == costs(training)


def test_a_set_without_a_rep_costs_nothing_whatever_is_reported() -> None:
    """All its reps were voided; so was the only reason to ask how near to failure it was."""
    training = Training()
    lifting = part(training)
    lifting.rep(1)
    lifting.report_effort(rir=0)
    lifting.close()
    lifting.void(1)

    assert {} == costs(training)
    assert (0, None) == ((summary := training.outputs_of(SetSummarised)[-1]).reps, summary.rir_end)


def test_the_report_that_holds_is_the_newest_and_may_be_taken_back() -> None:
    """The call moved to another set."""
    training = Training()
    lifting = part(training)
    lifting.do_set(4)
    for rir in (0.0, 1.0, None):
        training.receive(EffortCounted(set_key=lifting.key, about=training.now, rir=rir, effort_event_id="e"))

    ends = [summary.rir_end for summary in training.outputs_of(SetSummarised)]
    assert [4.0, 0.0, 1.0, 4.0] == ends
    assert {} == costs(training)


def test_a_withdrawn_rep_is_none_of_this_set() -> None:
    """Nor is what is estimated of it afterwards."""
    training = Training()
    lifting = part(training)
    lifting.do_set(3, 0)
    rep = lifting.reps.pop()
    rep.revision += 1
    lifting.send_counted(rep, withdrawn=True)
    assert (1, 3.0) == ((summary := training.outputs_of(SetSummarised)[-1]).reps, summary.rir_end)
    lifting.send_estimate(rep, 0, newest=False, rep_event_id=rep.event_id)

    assert 1 == len(training.set(lifting).reps)
    assert {} == costs(training)


def test_a_rep_keeps_its_estimate_when_it_is_renumbered() -> None:
    """It is known by the event that reported it, and the highest revision holds."""
    training = Training()
    lifting = part(training)
    lifting.do_set(3, 1)
    second = lifting.reps[1]
    second.number, second.revision = 3, 3
    lifting.send_counted(second)
    second.number, second.revision = 9, 2
    lifting.send_counted(second)

    assert [(1, 3.0), (3, 1.0)] == [(rep.number, rep.rir) for rep in training.set(lifting).reps]


def test_advice_is_numbered_by_the_rep_number_that_it_came_after() -> None:
    """Another rep may have had that number before."""
    training = Training()
    lifting = part(training)
    lifting.rep(6)
    first = lifting.reps[0]
    first.number, first.revision = 2, 2
    lifting.send_counted(first)
    earlier = lifting.rep(7, number=1, ended=first.ended - timedelta(seconds=2), newest=False)
    (again,) = lifting.send_estimate(first, 6)

    assert [(1, 2), (2, 1)] == [(advice.after_rep, advice.revision) for advice in (earlier, again)]


@pytest.mark.parametrize("kind", ["calibration", "warmup"])
def test_a_rep_of_another_kind_is_never_judged(kind: str) -> None:
    """It is met with silence, counts neither as a rep nor after a stop, and costs nothing."""
    training = Training()
    lifting = part(training, exercise="hip_thrust")
    lifting.rep(6)
    assert "continue" == lifting.rep(0, kind=kind).action
    assert "stop" == lifting.rep(1).action
    assert "continue" == lifting.rep(0, kind=kind).action
    summary = lifting.close()

    assert (2, 1.0, 0) == (summary.reps, summary.rir_end, summary.reps_after_stop)
    assert {lifting.key: 0.5} == costs(training)


def test_an_assisted_rep_adds_no_cost_of_its_own() -> None:
    """The set ended where the lifter last moved the bar alone, unless the lifter says that it was failure."""
    training = Training()
    lifting = part(training)
    lifting.rep(3)
    lifting.rep(0, assisted=True, flags=["stall"])
    assert (2, 3.0, False) == ((summary := lifting.close()).reps, summary.rir_end, summary.failed)
    assert {} == costs(training)
    lifting.report_effort(rir=0)

    assert {lifting.key: 1.0} == costs(training)


def test_a_set_of_two_sides_costs_what_its_harder_side_does() -> None:
    """The left arm went to failure, the right one stopped before; the last rep of the set is not all of it."""
    training = Training()
    lifting = part(training)
    for side, rir in (("left", 2), ("left", 0), ("right", 4), ("right", 3)):
        lifting.rep(rir, side=side)
    assert (4, 0.0) == ((summary := lifting.close()).reps, summary.rir_end)
    assert {lifting.key: 1.0} == costs(training)


def described(training: Training) -> None:
    """Let the coach say what kind of exercise the app's own is."""
    exercise = ExerciseAdded(
        gym_id=training.gym,
        exercise="lateral_raise_cable",
        name="Lateral raise (cable)",
        risk="isolation",
        modality="cable",
        muscle_group="shoulders",
    )
    training.env.apply(training.inputs[0].__class__(id="c1", source="coach", time=training.now, data=exercise))


def test_an_exercise_that_is_described_later_prices_the_running_week_anew() -> None:
    """With the lifter's next event, for every set of it, and the entry says why; past weeks stay."""
    training = Training()
    past = part(training, exercise="lateral_raise_cable")
    past.do_set(0)
    training.wait(days=7)
    sets = [part(training, exercise="lateral_raise_cable") for _ in range(2)]
    for lifting in sets:
        lifting.do_set(0)
    assert {2.0} == set(costs(training).values())
    described(training)
    training.receive(SetClosed(set_key=past.key, reason="lifter", ended_at=training.now, reps=1), configversion=1)

    assert {past.key: 2.0, **{lifting.key: 1.0 for lifting in sets}} == costs(training)
    reasons = {entry.set_key: entry.repriced for entry in training.ledger.entries}
    assert "lateral_raise_cable was described after the set began" == reasons[sets[0].key]
    assert None is reasons[past.key]


def test_another_exercise_is_another_price() -> None:
    """A curl that was logged as a squat, as the gym describes it by now."""
    training = Training()
    lifting = part(training, exercise="back_squat")
    lifting.do_set(0)
    assert {lifting.key: 2.0} == costs(training)
    described(training)
    lifting.context["exercise"] = "lateral_raise_cable"
    lifting.send_opened(amended=True, configversion=1)

    assert {lifting.key: 1.0} == costs(training)


Step = tuple[int, str, float]


def tells(lifting: Lifting, act: str, value: float) -> None:
    """Let one thing happen to a set."""
    if act == "close":
        lifting.send_closed()
    elif act == "correct":
        lifting.correct({1: value}, newest=False)
    elif act == "void":
        lifting.send_closed(voided=True)
    elif act == "call":
        lifting.training.receive(
            EffortCounted(set_key=lifting.key, about=lifting.training.now + timedelta(days=1), rir=value)
        )


def lifts_parts(ends: Sequence[float], acts: Iterable[Step], order: Sequence[int]) -> Training:
    """Let the parts of two exposures arrive in an order, then let things happen to them in another."""
    training = Training()
    parts: dict[int, Lifting] = {}
    for index in order:
        first = index % 2
        began = MONDAY + timedelta(minutes=index)
        context = {"exercise": "leg_press", "exposure_key": f"part{first}"}
        lifting = parts[index] = Lifting(training, f"part{index}", f"s{index}", context, began)
        lifting.send_opened()
        lifting.rep(ends[index], after_s=0, ended=began + timedelta(seconds=9), newest=False)
    for index, act, value in acts:
        tells(parts[index], act, value)
    return training


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from((0.0, 1.0, 3.0)), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(("correct", "call")), st.sampled_from((0.0, 1.0, 4.0)))),
    st.lists(st.integers(0, 3), max_size=2),
    st.permutations(range(4)),
    st.permutations(range(4)),
)
def test_any_order_of_closing_and_correcting_parts_gives_the_same_ledger(
    ends: list[float], calls: list[Step], voids: list[int], order: list[int], closings: list[int]
) -> None:
    """Entries, costs, weeks, training days and sums of the history."""
    newest = {(index, act): (index, act, value) for index, act, value in calls}
    last: list[Step] = [*newest.values(), *((index, "void", 0.0) for index in voids)]
    closed: list[Step] = [(index, "close", 0.0) for index in range(4)]
    plain = lifts_parts(ends, [*closed, *last], range(4))
    mixed = lifts_parts(ends, [*reversed(list(newest.values())), *((index, "close", 0.0) for index in closings),
                               *((index, "void", 0.0) for index in reversed(voids))], order)  # fmt: skip

    assert costs(plain) == costs(mixed)
    assert plain.ledger == mixed.ledger
    assert (plain.lifter.days, plain.history.days) == (mixed.lifter.days, mixed.history.days)


def test_each_rep_of_a_part_has_its_advice() -> None:
    """An exposure changes the price, not the watch over each part."""
    training = Training()
    drops(training, 3, 3)

    assert 4 == len(training.outputs_of(AdviceGiven))
