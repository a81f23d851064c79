"""Reps and their estimates: the advice after each rep, the latch, and what lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events.outputs import Because, EffortEstimated, RepCounted, RepOverdue
from spotter_advisor.handlers.advice_message import give
from spotter_advisor.handlers.set_closed import tell_outcome
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.decision import Decision, Form, Reading, decide, decide_overdue
from spotter_advisor.planning.messages import words_for
from spotter_advisor.planning.outcome import is_voided, number_overdue
from spotter_advisor.planning.timeliness import EXPIRY, is_late, ttl_ms
from spotter_advisor.state.records import AdvisedSet, RepSeen, Stop

NO_REPS: Final = frozenset({"ghost", "rerack", "second_source"})
"""Flags of what was reported as a rep and is none, or is one that was counted already."""
_UNTOLD: Final = timedelta(seconds=1)
"""How long a rep lasts of which no start is told."""


def rep_counted(turn: Turn, data: RepCounted) -> None:
    """Take a rep that arrived or was corrected; what is to be said of it comes with its estimate."""
    one = turn.set(data.set_key)
    if one is None:
        turn.refuse(data.set_key)
        return
    reps, started = one.reps, start_of(data)
    place = next((at for at in range(len(reps) - 1, -1, -1) if reps[at].event_id == data.rep_event_id), None)
    if place is not None:
        rep = replace(reps[place], number=data.rep_number, started=started, ended=data.rep_time, voided=data.voided)
        one = replace(one, reps=_in_time((*reps[:place], rep, *reps[place + 1 :])), correcting=True)
    else:
        rep = RepSeen(data.rep_number, data.rep_event_id, started, data.rep_time, data.voided)
        late = bool(reps) and rep.ended < reps[-1].ended
        one = replace(one, reps=_in_time((*reps, rep)) if late else (*reps, rep), correcting=late)
    one = _lifted(one)
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
        rep = RepSeen(data.rep_number, turn.event.id, data.rep_time - _UNTOLD, data.rep_time)
        one = replace(one, reps=_in_time((*one.reps, rep)))
        place = one.reps.index(rep)
    flags, terms = data.flags, one.terms
    reading = reading_of(data)
    # Another look at the rep it was said after may say it again; a new rep under a voided one's number may not.
    one_more_left = one.one_more is None or (one.one_more == data.rep_number and not data.arrival)
    decision = decide(terms, reading, latched=one.stop is not None, one_more_left=one_more_left)
    advise, rep = data.arrival or data.newest, one.reps[place]
    rep = replace(
        rep,
        real=not (flags and NO_REPS.intersection(flags)),
        failed=reading.failed,
        stalled=reading.stalled,
        rir=data.rir,
        rir_low=data.rir_low,
        rir_high=data.rir_high,
        ends=decision.ends,
        advised=_next_revision(one, rep.number) if advise else rep.advised,
    )
    before = one.stop
    fastest = data.reference_velocity_mps if place == len(one.reps) - 1 else one.fastest_mps
    one = replace(one, reps=(*one.reps[:place], rep, *one.reps[place + 1 :]), fastest_mps=fastest)
    if before is not None and not data.arrival:
        one = _lifted(one)
        if one.stop is None:
            decision = decide(terms, reading, latched=False, one_more_left=one_more_left)
    if advise:
        one = _advised(turn, one, data, decision, rep, _because(data, one, reading, latched=before is not None))
    if not one.is_open:
        one = tell_outcome(turn, one)
    turn.put_set(one)


def rep_overdue(turn: Turn, data: RepOverdue) -> None:
    """Take a rep that is under way for too long: failing, and where a needed spotter is missing an emergency."""
    one = turn.named(data.set_id) if data.set_id else None
    if one is None or not one.is_open:
        return
    place = next((at for at in range(len(one.reps) - 1, -1, -1) if not one.reps[at].voided), None)
    after = 0 if place is None else one.reps[place].number
    revision = _next_revision(one, after)
    decision = decide_overdue(one.terms)
    give(
        turn,
        one,
        decision,
        words_for(decision, one.terms, 0.0),
        after_rep=after,
        revision=revision,
        late=False,
        expires_at=turn.now + EXPIRY,
        since=turn.now,
        because=None if place is None else Because(rir=one.reps[place].rir, latched=one.stop is not None),
    )
    if place is None:
        one = replace(one, plan=revision)
    else:
        told = replace(one.reps[place], advised=revision)
        one = replace(one, reps=(*one.reps[:place], told, *one.reps[place + 1 :]))
    overdue = number_overdue(data, one.reps)
    turn.put_set(replace(one, stop=one.stop or Stop(turn.now, under_way=overdue), overdue=overdue))


def reading_of(data: EffortEstimated) -> Reading:
    """Read an estimate as the decision looks at it."""
    flags = data.flags
    form: Form | None = None
    if flags and not NO_REPS.intersection(flags):
        form = "second_dip" if "second_dip" in flags else "short_rom" if "short_rom" in flags else None
    return Reading(data.rir, data.p_rir_le, data.confidence, "failed" in flags, "stall" in flags, form)


def _because(data: EffortEstimated, one: AdvisedSet, reading: Reading, *, latched: bool) -> Because:
    limit = one.terms.limit
    return Because.model_construct(
        estimate_revision=data.revision,
        rir=data.rir,
        p_at_limit=None if limit is None else reading.probability(limit),
        p_next_fails=data.p_next_fails,
        latched=latched,
        confidence=data.confidence,
    )


def _advised(
    turn: Turn, one: AdvisedSet, data: EffortEstimated, decision: Decision, rep: RepSeen, because: Because
) -> AdvisedSet:
    """Give advice after a rep; in time it may latch, or use up the one *one more*."""
    expires_at = data.newest_received + EXPIRY
    late = is_late(data, ttl_ms(expires_at, turn.now))
    give(
        turn,
        one,
        decision,
        words_for(decision, one.terms, data.rir),
        after_rep=rep.number,
        revision=rep.advised,
        late=late,
        expires_at=expires_at,
        since=rep.ended,
        because=because,
    )
    if late:
        return one
    if decision.action == "one_more":
        return replace(one, one_more=rep.number)
    if decision.action in ("stop", "failing") and one.stop is None:
        return replace(one, stop=Stop(rep.ended))
    return one


def _lifted(one: AdvisedSet) -> AdvisedSet:
    """Lift the latch where a correction left no rep whose estimate asks for the end."""
    if one.stop is None or not one.correcting:
        return one
    if one.overdue is not None and not is_voided(one.overdue, one.reps):
        return one
    if any(rep.ends and not rep.voided for rep in one.reps):
        return one
    return replace(one, stop=None)


def _place(one: AdvisedSet, data: EffortEstimated) -> int | None:
    """Find the rep of an estimate: by number, and by time where two devices use one number."""
    numbered = [at for at in range(len(one.reps) - 1, -1, -1) if one.reps[at].number == data.rep_number]
    if len(numbered) < 2:
        return numbered[0] if numbered else None
    return max(numbered, key=lambda at: (not one.reps[at].voided, one.reps[at].ended == data.rep_time, at))


def _next_revision(one: AdvisedSet, number: int) -> int:
    if number == 0:
        return one.plan + 1
    return 1 + max((rep.advised for rep in one.reps if rep.number == number), default=0)


def start_of(data: RepCounted) -> datetime:
    """Say when a rep started: as told, else by its concentric time, else a second before it ended."""
    if data.started_at is not None:
        return min(data.started_at, data.rep_time)
    return data.rep_time - (_UNTOLD if data.concentric_s is None else timedelta(seconds=data.concentric_s))


def _in_time(reps: Iterable[RepSeen]) -> tuple[RepSeen, ...]:
    return tuple(sorted(reps, key=lambda rep: (rep.ended, rep.number)))
