"""Building and publishing `advice.given`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from spotter.domain.actions import ACTIONS, LOUD
from spotter.domain.events.outputs import AdviceGiven, Because
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.decision import Decision
from spotter_advisor.planning.messages import AdviceMessage
from spotter_advisor.planning.timeliness import sound_ms, ttl_ms
from spotter_advisor.state.records import AdvisedSet

REPEATS: Final = 2
"""How often an unacknowledged *stop* or *failing* may be repeated."""


def publish_advice(
    uow: AdvisorUnitOfWork,
    advised: AdvisedSet,
    decision: Decision,
    message: AdviceMessage,
    *,
    after_rep: int,
    revision: int,
    late: bool,
    expires_at: datetime,
    since: datetime,
    because: Because | None,
) -> None:
    """Publish advice; *continue* and late advice are silent.

    Parameters
    ----------
    since : datetime
        When the lifter's pause began: the corrected end of the rep.
    because : Because, optional
        What it follows from.
    """
    ttl = ttl_ms(expires_at, uow.now)
    silent = late or decision.action == "continue"
    window = 0
    if not silent:
        window = ttl if decision.emergency else sound_ms(advised.reps, since, uow.now, ttl)
    alert_id = uow.next_id(AdviceGiven, advised.pins.policy_version)
    event = uow.event.data
    advice = AdviceGiven(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        set_id=advised.set_id,
        set_key=advised.key,
        alert_id=alert_id,
        revision=revision,
        station_id=advised.context.station_id,
        action=decision.action,
        emergency=decision.emergency and not late,
        after_rep=after_rep,
        target_rir=advised.terms.limit,
        late=late,
        rule_ids=list(decision.rules),
        sentence=message.sentence,
        speech="" if silent else message.speech,
        haptic="none" if silent else ACTIONS[decision.action].haptic,
        sound_ms=window,
        repeat=REPEATS if not silent and decision.action in LOUD else 0,
        expires_at=expires_at,
        ttl_ms=ttl,
        budget_left=advised.terms.left,
        policy_version=advised.pins.policy_version,
        because=because,
    )
    uow.emit(advice, alert_id)
