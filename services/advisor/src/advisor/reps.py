"""Reps and their estimates: the advice after each rep, the latch, and what lifts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from advisor.decision import Decision, Reading, decide, decide_overdue
from advisor.ending import tell_outcome
from advisor.lateness import EXPIRY, is_late, sound_ms, ttl_ms
from advisor.state import AdvisedSet, RepSeen, Stop
from advisor.turn import Turn
from advisor.wording import HAPTICS, words_for
from spotter.events.derived import AdviceGiven, EffortEstimated, RepCounted, RepOverdue

NO_REPS: Final = frozenset({"ghost", "rerack", "second_source"})
"""Flags of what was reported as a rep and is none, or is one that was counted already."""
REPEATS: Final = 2
"""How often an unacknowledged *stop* or *failing* may be repeated."""
_UNTOLD_S: Final = 1.0
"""How long a rep lasts of which no start is told."""


def rep_counted(turn: Turn, data: RepCounted) -> None:
    """Take a rep that arrived or was corrected; what is said of it comes with its estimate."""
    one = turn.set(data.set_key)
    if one is None:
        turn.refuse(data.set_key)
        return
    place = next((at for at in range(len(one.reps) - 1, -1, -1) if one.reps[at].event_id == data.rep_event_id), None)
    if place is None:
        rep = RepSeen(data.rep_number, data.rep_event_id, _start(data), data.rep_time, data.voided)
        in_turn = not one.reps or rep.ended >= one.reps[-1].ended
        reps = (*one.reps, rep) if in_turn else _in_time((*one.reps, rep))
    else:
        in_turn = False
        known = one.reps[place]
        rep = replace(
            known, number=data.rep_number, started=_start(data), ended=data.rep_time, voided=data.voided
        )
        reps = _in_time((*one.reps[:place], rep, *one.reps[place + 1 :]))
    one = _lift(replace(one, reps=reps, correcting=not in_turn))
    if data.voided:
        one = tell_outcome(turn, one)
    turn.put_set(one)


def effort_estimated(turn: Turn, data: EffortEstimated) -> None:
    """Take an estimate, and give advice where its rep just arrived or is the newest."""
    one = turn.set(data.set_key)
    if one is None:
        turn.refuse(data.set_key)
        return
    place = _place(one, data)
    if place is None:
        rep = RepSeen(data.rep_number, turn.event.id, data.rep_time - timedelta(seconds=_UNTOLD_S), data.rep_time)
        one = replace(one, reps=_in_time((*one.reps, rep)))
        place = one.reps.index(rep)
    flags = data.flags
    reading = Reading(data.rir, data.p_rir_le, data.confidence, "failed" in flags, "stall" in flags)
    latched, one_more_left = one.stop is not None, one.one_more in (None, data.rep_number)
    decision = decide(one.terms, reading, latched=latched, one_more_left=one_more_left)
    rep = replace(
        one.reps[place],
        real=not (flags and NO_REPS.intersection(flags)),
        failed=reading.failed,
        stalled=reading.stalled,
        rir=data.rir,
        rir_low=data.rir_low,
        rir_high=data.rir_high,
        ends=decision.ends,
    )
    one = replace(one, reps=(*one.reps[:place], rep, *one.reps[place + 1 :]))
    if latched and not data.arrival:
        one = _lift(one)
        if one.stop is None:
            decision = decide(one.terms, reading, latched=False, one_more_left=one_more_left)
    if data.arrival or data.newest:
        one = _advise(turn, one, data, decision, place)
    if not one.is_open:
        one = tell_outcome(turn, one)
    turn.put_set(one)


def rep_overdue(turn: Turn, data: RepOverdue) -> None:
    """Take a rep that is under way for too long: failing, and where a needed spotter is missing an emergency."""
    one = turn.named(data.set_id) if data.set_id else None
    if one is None or not one.is_open:
        return
    last = one.reps[-1] if one.reps else None
    number = data.rep_number if data.rep_number is not None else (last.number if last else 0) + 1
    decision = decide_overdue(one.terms)
    expires_at = turn.now + EXPIRY
    ttl = ttl_ms(expires_at, turn.now)
    after = last.number if last else 0
    revision = _next_revision(one, after)
    window = ttl if decision.emergency else sound_ms(one.reps, turn.now, turn.now, ttl)
    words = words_for(decision, one.terms, 0.0)
    alert_id = turn.next_id(AdviceGiven, one.pins.policy_version)
    advice = AdviceGiven(
        gym_id=turn.event.data.gym_id,
        athlete_id=turn.event.data.athlete_id,
        set_id=one.set_id,
        set_key=one.key,
        alert_id=alert_id,
        revision=revision,
        station_id=one.context.station_id,
        action=decision.action,
        emergency=decision.emergency,
        after_rep=after,
        target_rir=one.terms.limit,
        late=False,
        rule_ids=list(decision.rules),
        sentence=words.sentence,
        speech=words.speech,
        haptic=HAPTICS[decision.action],
        sound_ms=window,
        repeat=REPEATS,
        expires_at=expires_at,
        ttl_ms=ttl,
        budget_left=one.terms.left,
        policy_version=one.pins.policy_version,
    )
    turn.tell(advice, alert_id)
    if last is None:
        one = replace(one, plan=revision)
    else:
        one = replace(one, reps=(*one.reps[:-1], replace(last, advised=revision)))
    turn.put_set(replace(one, stop=one.stop or Stop(turn.now, overdue=number)))
