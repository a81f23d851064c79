"""The plan at the start of a set: how far to go, whether failure is allowed and why, what is left of the week."""

from __future__ import annotations

from dataclasses import replace

from advisor.lateness import EXPIRY, ttl_ms
from advisor.state import AdvisedSet
from advisor.turn import Turn
from advisor.wording import words_for_plan
from spotter.events.derived import AdviceGiven


def matters(one: AdvisedSet) -> object:
    """Give what a plan says that a lifter has to know anew when it changes."""
    terms = one.terms
    return (terms.target, terms.floor, terms.rules, terms.reason, one.context.station_id)


def give_plan(turn: Turn, one: AdvisedSet, *, late: bool) -> AdvisedSet:
    """Tell the plan of a set, silently."""
    one = replace(one, plan=one.plan + 1)
    words = words_for_plan(one.terms)
    alert_id = turn.next_id(AdviceGiven, one.pins.policy_version)
    expires_at = turn.now + EXPIRY
    data = AdviceGiven(
        gym_id=turn.event.data.gym_id,
        athlete_id=turn.event.data.athlete_id,
        set_id=one.set_id,
        set_key=one.key,
        alert_id=alert_id,
        revision=one.plan,
        station_id=one.context.station_id,
        action="continue",
        after_rep=0,
        target_rir=one.terms.limit,
        late=late,
        rule_ids=list(one.terms.rules),
        sentence=words.sentence,
        speech="",
        haptic="none",
        sound_ms=0,
        repeat=0,
        expires_at=expires_at,
        ttl_ms=ttl_ms(expires_at, turn.now),
        budget_left=one.terms.left,
        policy_version=one.pins.policy_version,
    )
    turn.tell(data, alert_id)
    return one
