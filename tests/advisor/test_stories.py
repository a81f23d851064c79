"""Generated trainings: sets of all kinds, corrections, late and old sets, changes of policy, level and zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ledger_oracle import published, recompute
from spotter.domain.events import Event
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetSummarised
from spotter.domain.events.people import WellnessReported
from spotter.domain.exercises import builtin_catalogue
from spotter_advisor.state.records import AdvisedSet
from tests.advisor.training import MONDAY, Lifting, Training

CATALOGUE = builtin_catalogue()
Act = tuple[str, int, float]
ACTS = (
    *("open", "history", "rep", "rep", "rep", "rep", "stale", "amend", "void", "late", "overdue", "close", "go_on"),
    *("report", "context", "wait", "policy", "level", "zone", "grant", "session", "block", "feels"),
)
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 59), st.floats(0, 12)), min_size=15, max_size=80)
EXERCISES = ["back_squat", "bench_press", "deadlift", "biceps_curl", "leg_press", "push_up", "hip_thrust", None]
INTENTS = ["work", "work", "work", "amrap", "warmup", "drop", "test"]
FLAGS: list[list[str]] = [[]] * 8 + [["failed"], ["stall"], ["ghost"], ["second_source"], ["short_rom"], ["second_dip"]]
ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Auckland"]


def trains(training: Training, story: Iterable[Act]) -> Training:
    """Let a lifter do all that, as far as it makes sense."""
    sets: list[Lifting] = []
    for act, pick, value in story:
        if act in ("open", "history") or not sets:
            sets.append(opens(training, act, pick))
        else:
            lifts(training, sets[-1 - pick % min(3, len(sets))], act, pick, value)
    return training


def opens(training: Training, act: str, pick: int) -> Lifting:
    """Open a set, now or long ago."""
    context: dict[str, Any] = {
        "exercise": EXERCISES[pick % len(EXERCISES)],
        "intent": INTENTS[pick % len(INTENTS)],
        "is_last_set": pick % 2 == 0,
        "spotter_present": pick % 3 == 0,
        "target_rir": pick % 5 if pick % 7 == 0 else None,
    }
    if act != "history":
        training.wait(pick * 60)
        return training.open_set(**context)
    began = training.now - timedelta(days=pick)
    lifting = Lifting(training, f"old{len(training.inputs)}", f"old{pick}", context, began, history=True)
    lifting.send_opened()
    lifting.send_closed("history")
    return lifting


def lifts(training: Training, lifting: Lifting, act: str, pick: int, value: float) -> None:
    """Do something in a set or between sets."""
    number = max((rep.number for rep in lifting.reps), default=0) + 1
    some = lifting.reps[pick % len(lifting.reps)] if lifting.reps else None
    newest = None if lifting.is_open else False
    if act == "rep" and not lifting.history:
        if not lifting.is_open:
            lifting.reopen()
        lifting.rep(value, after_s=1 + pick / 10, number=number, flags=FLAGS[pick % len(FLAGS)])
    elif act in ("rep", "late", "stale"):
        ended = (some.ended if some else lifting.opened_at) + timedelta(seconds=0.7 if act == "late" else 3 + pick / 7)
        lifting.rep(value, after_s=0.1, number=number, ended=ended, fresh=act == "late", newest=newest)
    elif act == "amend" and some is not None:
        later = [rep.number for rep in lifting.reps if rep.ended >= some.ended]
        lifting.correct({number: max(0.0, value - index) for index, number in enumerate(sorted(later))}, newest=newest)
    elif act == "void" and some is not None:
        lifting.void(some.number)
    elif act == "overdue":
        lifting.send_overdue()
    elif act == "close" and lifting.is_open:
        lifting.send_closed()
    elif act == "go_on" and not lifting.is_open:
        lifting.reopen()
    elif act == "report":
        reports: list[dict[str, Any]] = [
            {"rir": value},
            {"rpe": 10 - value / 2},
            {"failed": pick % 2 == 0},
            {"rir": value, "rep_number": 1},
        ]
        lifting.report_effort(**reports[pick % 4])
    elif act == "context":
        lifting.amend(exercise=EXERCISES[pick % len(EXERCISES)], spotter_present=pick % 2 == 0)
    else:
        between_sets(training, act, pick, value)


def between_sets(training: Training, act: str, pick: int, value: float) -> None:
    """Let time pass, or let a coach say something."""
    if act == "wait":
        training.wait(hours=pick * 3)
    elif act == "policy":
        training.update_policy(target_rir=pick % 4, weekly_units=value, failure_cost=1 + value / 4)
    elif act == "level":
        training.update_athlete(level=["beginner", "intermediate", "advanced"][pick % 3])
    elif act == "zone":
        training.update_athlete(time_zone=ZONES[pick % 3], week_start=["monday", "sunday", "friday"][pick % 3])
    elif act == "grant":
        training.grant(value + 0.5, training.now + timedelta(days=pick % 20))
    elif act == "session":
        mode, policy = ["normal", "time_pressed"][pick % 2], {"target_rir": pick % 4} if pick % 3 else None
        training.start_session(days_per_week=1 + pick % 7, mode=mode, policy=policy)
    elif act == "block":
        days = [(training.now + timedelta(days=day)).date().isoformat() for day in (-(pick % 5), pick % 11)]
        kind = ["accumulate", "intensify", "deload", "high_intensity"][pick % 4]
        block = {"name": f"b{pick % 3}", "kind": kind, "first_day": days[0], "last_day": days[1]}
        training.update_policy(block=block, failure_cost=1.0 + pick % 3)
    elif act == "feels":
        training.receive(WellnessReported(sleep=1 + pick % 5, fatigue=1 + pick % 3, pain={"knee": pick % 11}))


@settings(deadline=None, max_examples=60)
@given(acts)
def test_the_ledger_is_always_what_the_events_give_and_what_was_told(story: list[Act]) -> None:
    """Corrections, old sets, several zones: recomputed from the events it is the same, entry by entry."""
    training = trains(Training(), story)
    whole = recompute(training.inputs, training.env)
    kept = {entry.set_key: entry for entry in training.ledger.entries}

    assert whole == published(training.outputs)
    assert kept == {key: entry for key, entry in whole.items() if key in kept}
    assert all(entry.at < training.now - timedelta(weeks=7) for key, entry in whole.items() if key not in kept)


@settings(deadline=None, max_examples=30)
@given(acts, st.sets(st.integers(0, 200)))
def test_events_that_come_twice_are_charged_once(story: list[Act], twice: set[int]) -> None:
    """However often a part of the story is brought again."""
    training = trains(Training(), story)
    other = replace(training, level=None, state={}, inputs=[], outputs=[])
    for index, event in enumerate(training.inputs):
        for _ in range(2 if index in twice else 1):
            other.process(event)

    assert training.ledger == other.ledger
    assert published(training.outputs) == published(other.outputs)


@settings(deadline=None, max_examples=30)
@given(acts, acts)
def test_no_other_lifter_has_any_effect(first: list[Act], second: list[Act]) -> None:
    """Two lifters with one advisor are told what each is told alone."""
    alone = trains(Training(athlete="ada"), first)
    beside = trains(Training(athlete="bob", gym="g2"), second)
    both = {
        "ada": replace(alone, level=None, state={}, inputs=[], outputs=[]),
        "bob": replace(beside, level=None, state={}, inputs=[], outputs=[], advisor=alone.advisor),
    }
    events = sorted(alone.inputs + beside.inputs, key=lambda event: event.received)
    for event in events:
        both[event.data.athlete_id or ""].process(event)

    assert alone.outputs == both["ada"].outputs
    assert beside.outputs == both["bob"].outputs


@settings(deadline=None, max_examples=60)
@given(acts)
def test_every_rep_that_arrives_is_advised_and_revisions_count_up(story: list[Act]) -> None:
    """Exactly one advice for each arrival; with the plans and those given anew the revisions have no gap."""
    training = trains(Training(), story)
    arrived = Counter(event.id for event in training.inputs if _arrives(event))
    revisions: dict[tuple[str, int], list[int]] = {}
    for advice in training.outputs_of(AdviceGiven):
        revisions.setdefault((advice.set_key, advice.after_rep), []).append(advice.revision)
    given_for_arrivals = sum(
        sum(
            isinstance(output.data, AdviceGiven) for output in training.advisor.step(state, event, training.env).outputs
        )
        for state, event in _steps(training)
        if _arrives(event)
    )

    assert len(arrived) == given_for_arrivals
    assert all(list(range(1, len(numbers) + 1)) == numbers for numbers in revisions.values())


@settings(deadline=None, max_examples=60)
@given(acts)
def test_once_stop_was_said_in_time_nothing_laxer_is_said_before_a_correction(story: list[Act]) -> None:
    """And *one more* is said in time once a set at most."""
    training = trains(Training(), story)
    latched: set[str] = set()
    one_more: Counter[str] = Counter()
    for state, event in _steps(training):
        data = event.data
        if isinstance(data, RepCounted) and _corrects(state, data):
            latched.discard(data.set_key)
        if isinstance(data, EffortEstimated) and _takes_an_alarm_back(state, data):
            latched.discard(data.set_key)
        for output in training.advisor.step(state, event, training.env).outputs:
            advice = output.data
            if not isinstance(advice, AdviceGiven) or advice.late or (advice.after_rep == 0 and not advice.repeat):
                continue
            assert advice.set_key not in latched or advice.action in ("stop", "failing")
            if advice.action in ("stop", "failing"):
                latched.add(advice.set_key)
                assert advice.sound_ms > 0
            one_more[advice.set_key] += advice.action == "one_more"

    assert max(one_more.values(), default=0) <= 1


@settings(deadline=None, max_examples=60)
@given(acts)
def test_high_risk_lifts_are_never_led_under_their_floor(story: list[Act]) -> None:
    """In no state that can be reached: no such target, and no word but stop where the floor is likely reached."""
    training = trains(Training(), story)
    for state, event in _steps(training):
        data = event.data
        for output in training.advisor.step(state, event, training.env).outputs:
            advice = output.data
            if not isinstance(advice, AdviceGiven):
                continue
            advised = state.get(f"set:{advice.set_key}") or training.state.get(f"set:{advice.set_key}")
            if not isinstance(advised, AdvisedSet) or not advised.terms.high_risk or advice.after_rep == 0:
                continue
            floor = 1 if advised.context.spotter_present or advised.context.exercise == "deadlift" else 2
            assert advice.target_rir is not None
            assert advice.target_rir >= floor
            if isinstance(data, EffortEstimated) and data.p_rir_le[floor] >= 0.5:
                assert advice.action in ("stop", "failing")


@settings(deadline=None, max_examples=30)
@given(acts)
def test_state_survives_being_written_and_read(story: list[Act]) -> None:
    """After every restart the same goes on."""
    training = trains(Training(), story)
    for name, value in training.state.items():
        assert value == training.advisor.load(name, training.advisor.dump(name, value))


@settings(deadline=None, max_examples=30)
@given(acts)
def test_every_set_that_ended_has_its_newest_summary(story: list[Act]) -> None:
    """Revisions count up, and the last says what the reps say."""
    training = trains(Training(), story)
    summaries: dict[str, list[SetSummarised]] = {}
    for summary in training.outputs_of(SetSummarised):
        summaries.setdefault(summary.set_key, []).append(summary)
    for advised in training.state.values():
        if isinstance(advised, AdvisedSet) and not advised.is_open:
            assert list(range(1, len(summaries[advised.key]) + 1)) == [
                summary.revision for summary in summaries[advised.key]
            ]
            assert sum(rep.valid for rep in advised.reps) == summaries[advised.key][-1].reps


def _steps(training: Training) -> Iterable[tuple[dict[str, object], Event]]:
    """Yield each event of a training with the state before it."""
    again = replace(training, level=None, state={}, inputs=[], outputs=[])
    for event in training.inputs:
        yield dict(again.state), event
        again.process(event)


def _arrives(event: Event) -> bool:
    return isinstance(event.data, EffortEstimated) and event.data.arrival


def _takes_an_alarm_back(state: dict[str, object], data: EffortEstimated) -> bool:
    """Return whether a rep that was under way for too long has been completed."""
    advised = state.get(f"set:{data.set_key}")
    assert isinstance(advised, AdvisedSet)
    if advised.stop is None or advised.stop.under_way is None or advised.overdue is None:
        return False
    came = [rep for rep in advised.reps if rep.valid and rep.ended > advised.overdue]
    return [data.rep_number] == [rep.number for rep in came[:1]] and not {
        "failed",
        "stall",
        "ghost",
        "second_source",
    }.intersection(data.flags)


def _corrects(state: dict[str, object], data: RepCounted) -> bool:
    advised = state.get(f"set:{data.set_key}")
    assert isinstance(advised, AdvisedSet)
    return data.revision > 1 or data.voided or any(rep.ended > data.rep_time for rep in advised.reps)


def test_a_generated_training_does_what_it_says() -> None:
    """The generator reaches stops, corrections, charges and both hosts of a set's life."""
    story: list[Act] = [
        ("open", 22, 0),
        *(("rep", 0, float(rir)) for rir in (6, 4, 2, 1)),
        ("amend", 2, 1.0),
        ("close", 0, 0),
    ]
    training = trains(Training(), story)

    assert {"continue", "stop"} <= {advice.action for advice in training.outputs_of(AdviceGiven)}
    assert training.ledger.entries
    assert MONDAY < training.now
