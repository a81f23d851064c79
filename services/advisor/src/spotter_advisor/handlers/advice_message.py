"""Putting a decision into words and into the event that carries it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from spotter.domain.events.outputs import AdviceGiven, Because
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.decision import Decision
from spotter_advisor.planning.messages import HAPTICS, Words
from spotter_advisor.planning.timeliness import sound_ms, ttl_ms
from spotter_advisor.state.records import AdvisedSet

REPEATS: Final = 2
"""How often an unacknowledged *stop* or *failing* may be repeated."""


def give(
    turn: Turn,
    one: AdvisedSet,
    decision: Decision,
    words: Words,
    *,
    after_rep: int,
    revision: int,
    late: bool,
    expires_at: datetime,
    since: datetime,
    because: Because | None,
) -> None:
    """Tell advice; *continue* is silent, and so is what is late.

    Parameters
    ----------
    since : datetime
        When the lifter's pause began: the corrected end of the rep.
    because : Because, optional
        What it follows from.
    """
    ttl = ttl_ms(expires_at, turn.now)
    silent = late or decision.action == "continue"
    window = 0
    if not silent:
        window = ttl if decision.emergency else sound_ms(one.reps, since, turn.now, ttl)
    alert_id = turn.next_id(AdviceGiven, one.pins.policy_version)
    said = turn.event.data
    advice = AdviceGiven(
        gym_id=said.gym_id,
        athlete_id=said.athlete_id,
        set_id=one.set_id,
        set_key=one.key,
        alert_id=alert_id,
        revision=revision,
        station_id=one.context.station_id,
        action=decision.action,
        emergency=decision.emergency and not late,
        after_rep=after_rep,
        target_rir=one.terms.limit,
        late=late,
        rule_ids=list(decision.rules),
        sentence=words.sentence,
        speech="" if silent else words.speech,
        haptic="none" if silent else HAPTICS[decision.action],
        sound_ms=window,
        repeat=REPEATS if not silent and decision.action in ("stop", "failing") else 0,
        expires_at=expires_at,
        ttl_ms=ttl,
        budget_left=one.terms.left,
        policy_version=one.pins.policy_version,
        because=because,
    )
    turn.tell(advice, alert_id)
