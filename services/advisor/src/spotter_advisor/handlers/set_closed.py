"""A set ends: its summary, what it costs the week, the training day; and all of that again after a correction."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Final

from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import SetClosed, SetSummarised
from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.budget.week import Held, is_seasoned, kept_from, with_entry
from spotter_advisor.handlers.history_update import remember
from spotter_advisor.handlers.notices import give_notices
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.outcome import outcome_of, report_of
from spotter_advisor.pricing.calendar import week_in
from spotter_advisor.pricing.cost import cost_at, rules_of_cost, whole_reps
from spotter_advisor.pricing.muscles import charges
from spotter_advisor.pricing.recovery import rest_hours
from spotter_advisor.state.records import LEDGER_KEPT, AdvisedSet, Calendar, Closing, Context, Entry, Lifter, Outcome

NO_WORK: Final = ("warmup", "technique")


def set_closed(turn: Turn, data: SetClosed) -> None:
    """Take the end of a set."""
    one = turn.set(data.set_key)
    if one is None:
        turn.refuse(data.set_key)
        return
    one = replace(one, offset_mps=data.velocity_offset_mps, offset_sds=data.velocity_offset_sd)
    if data.moved_to is not None:  # nothing of it counts here: no reps, and no word on them
        one = replace(one, reps=(), report=None, stop=None, overdue=None)
    turn.put_set(tell_outcome(turn, replace(one, closing=Closing(data.reason, data.ended_at))))


def effort_reported(turn: Turn, data: EffortReported) -> None:
    """Take the lifter's own word on how near to failure it was."""
    one = turn.named(data.set_id) if data.set_id else None
    if one is None:
        return
    one = replace(one, report=report_of(turn.event, data, one.reps), correcting=False)
    turn.put_set(tell_outcome(turn, one))


def tell_outcome(turn: Turn, one: AdvisedSet) -> AdvisedSet:
    """Summarise a set that has ended, and charge it, where that says anything new."""
    closing = one.closing
    if closing is None:
        return one
    outcome = outcome_of(one)
    content = (outcome, one.context, closing)
    if content == one.told:
        return one
    one = replace(one, told=content, summaries=one.summaries + 1)
    said = turn.event.data
    summary = SetSummarised(
        gym_id=said.gym_id,
        athlete_id=said.athlete_id,
        set_id=one.set_id,
        set_key=one.key,
        revision=one.summaries,
        exercise=one.context.exercise,
        load_kg=one.context.load_kg,
        intent=one.context.intent,
        reps=outcome.reps,
        rir_end=outcome.rir,
        rir_end_low=outcome.rir_low,
        rir_end_high=outcome.rir_high,
        ended_by=closing.ended_by,
        ended_at=closing.ended_at,
        failed=outcome.failed,
        advice_followed=outcome.followed,
        reps_after_stop=outcome.reps_after_stop,
    )
    turn.tell(summary, turn.next_id(SetSummarised, one.pins.policy_version))
    gym, held = turn.gym(one.pins.config), turn.held_by(one.pins)
    before, one = one.facts, remember(turn, one, outcome, held.policy)
    if before is not None and (one.facts is None or one.facts.day != before.day):
        _not_trained(turn, one.key, before.day)
    one = _charged(turn, one, entry_of(one.key, one.set_id, one.context, outcome, closing.ended_by, gym, held))
    if outcome.reps and one.context.intent not in NO_WORK:
        _trained(turn, one, outcome, held.policy)
    turn.announce()
    give_notices(turn, one)
    return one


def entry_of(
    set_key: str, set_id: str, context: Context, outcome: Outcome, ended_by: str, gym: GymConfig, held: Held
) -> Entry:
    """Say what a set costs the week: by how near to failure it ended, the exercise's risk, and the set's intent.

    And how long its muscle groups rest, where it was an exposure: at failure, or with no rep in reserve.
    """
    exercise = gym.catalogue.get(context.exercise)
    cost, rest_h = 0.0, 0
    if outcome.rir is not None:
        rir = 0 if outcome.failed else whole_reps(outcome.rir)
        cost = cost_at(rir, exercise.risk, context.intent, held.policy)
        rest_h = rest_hours(exercise.risk, held.kind, held.policy) if rir <= 0 < cost else 0
    return Entry(
        set_key=set_key,
        set_id=set_id,
        exercise=exercise.exercise,
        muscle_group=exercise.muscle_group,
        ended_by=ended_by,
        cost=cost,
        rules=rules_of_cost(exercise.risk, context.intent, held.kind),
        at=outcome.last_rep_at,
        muscles=charges(exercise, cost) if cost > 0 else {},
        rest_h=rest_h,
        rest_rule="R13" if held.kind == "high_intensity" else "R11",
    )


def _charged(turn: Turn, one: AdvisedSet, entry: Entry) -> AdvisedSet:
    """Make or revise the entry of a set; where it moves to another week, both weeks change."""
    before = one.charged
    cost_before = 0.0 if before is None else before.cost
    if before == entry or entry.cost == cost_before == 0:
        return one
    calendar = Calendar(one.pins.zone, one.pins.week_start)
    if before is not None and cost_before > 0 and week_in(calendar, before.at) != week_in(calendar, entry.at):
        before = _told(turn, replace(before, cost=0.0), before.revision, calendar)
        if entry.cost == 0:
            return replace(one, charged=before)
    return replace(one, charged=_told(turn, entry, 0 if before is None else before.revision, calendar))


def _told(turn: Turn, entry: Entry, revision: int, calendar: Calendar) -> Entry:
    """Write an entry and tell what is left of its week."""
    entry = replace(entry, revision=revision + 1)
    turn.put_ledger(with_entry(turn.ledger, entry))
    turn.tell_budget(turn.budget(calendar, entry.at), entry)
    turn.put_ledger(kept_from(turn.ledger, turn.now - LEDGER_KEPT))
    return entry


def _trained(turn: Turn, one: AdvisedSet, outcome: Outcome, policy: Policy) -> None:
    """Note the day as one of training, in the zone of the set."""
    day = day_of(outcome.last_rep_at, one.pins.zone).isoformat()
    lifter = turn.lifter
    if day in lifter.days:
        return
    place = bisect_left(lifter.days, day)
    lifter = replace(lifter, days=(*lifter.days[:place], day, *lifter.days[place:]))
    lifter = replace(lifter, seasoned=is_seasoned(lifter, policy))
    turn.put_lifter(_without_old_days(lifter, (turn.now - LEDGER_KEPT).date().isoformat()))


def _not_trained(turn: Turn, set_key: str, day: str) -> None:
    """Take back a day on which no other set was done."""
    others = (known.facts for known in turn.sets() if known.key != set_key)
    if not any(facts is not None and facts.day == day for facts in others):
        turn.put_lifter(replace(turn.lifter, days=tuple(known for known in turn.lifter.days if known != day)))


def _without_old_days(lifter: Lifter, keep_from: str) -> Lifter:
    """Drop training days that nothing asks for: not this week's, and not counted towards the end of being a beginner."""
    first = keep_from if lifter.seasoned else min(keep_from, lifter.beginner_since)
    return replace(lifter, days=lifter.days[bisect_left(lifter.days, first) :])
