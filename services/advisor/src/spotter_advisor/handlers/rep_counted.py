"""Reps and their estimates: the advice after each rep, the latch of a stop, and what lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.actions import LOUD
from spotter.domain.events.outputs import Because, EffortEstimated, RepCounted, RepOverdue
from spotter_advisor.handlers.advice_message import publish_advice
from spotter_advisor.handlers.set_closed import publish_summary
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.decision import Decision, Form, RirEstimate, decide, decide_overdue
from spotter_advisor.planning.messages import message_for
from spotter_advisor.planning.outcome import rep_since
from spotter_advisor.planning.timeliness import EXPIRY, is_late, ttl_ms
from spotter_advisor.state.records import AdvisedRep, AdvisedSet, StopLatch
from spotter_advisor.state.terms import SetTerms

NO_REPS: Final = frozenset({"ghost", "rerack", "second_source"})
"""Flags of reports that are no reps, or of reps that were counted already."""
NOT_JUDGED: Final = ("calibration", "warmup")
"""Kinds of reps that are shown and never judged."""
_USUAL_DURATION: Final = timedelta(seconds=1)
"""Duration of a rep whose start is not reported."""


def rep_counted(uow: AdvisorUnitOfWork, data: RepCounted) -> None:
    """Record a new or corrected rep; advice comes with its estimate."""
    advised = uow.set(data.set_key)
    if advised is None:
        uow.reject_too_old(data.set_key)
        return
    if advised.is_gone:
        return
    reps = advised.reps
    index = next((at for at in range(len(reps) - 1, -1, -1) if reps[at].event_id == data.rep_event_id), None)
    before = None if index is None else reps[index]
    if (before is None and data.withdrawn) or (before is not None and data.revision < before.revision):
        return
    others = reps if index is None else (*reps[:index], *reps[index + 1 :])
    if data.withdrawn:
        advised = replace(advised, reps=others, correcting=True)
    else:
        rep = counted_rep(data, before)
        late = before is not None or (bool(reps) and (rep.ended, rep.number) < (reps[-1].ended, reps[-1].number))
        advised = replace(advised, reps=_by_time((*others, rep)) if late else (*reps, rep), correcting=late)
    advised = _with_latch_checked(advised)
    if data.voided or data.withdrawn:
        advised = publish_summary(uow, advised)
    uow.put_set(advised)


def effort_estimated(uow: AdvisorUnitOfWork, data: EffortEstimated) -> None:
    """Record an estimate, and advise if its rep just arrived or is the newest."""
    advised = uow.set(data.set_key)
    if advised is None:
        uow.reject_too_old(data.set_key)
        return
    if advised.is_gone:
        return
    index = _index_of(advised, data)
    if index is None and data.rep_event_id is not None:
        return  # of a rep that is another set's now
    if index is None:
        rep = AdvisedRep(data.rep_number, uow.event.id, data.rep_time - _USUAL_DURATION, data.rep_time)
        advised = replace(advised, reps=_by_time((*advised.reps, rep)))
        index = advised.reps.index(rep)
    advise, rep = data.arrival or data.newest, estimated_rep(advised.reps[index], data)
    advised = _without_alarm(_with_kind_of(advised, index, rep, data), rep)
    # Another look at the rep it was advised after may advise it again; a new rep under a voided one's number may not.
    one_more_left = advised.one_more is None or (advised.one_more == rep.event_id and not data.arrival)
    terms, estimate, before = advised.terms, estimate_of(data), advised.stop
    decision = _decide(terms, estimate, rep, latched=before is not None, one_more_left=one_more_left)
    rep = replace(rep, ends=decision.ends)
    last = max((at for at, other in enumerate(advised.reps) if not other.voided), default=None)
    fastest = data.reference_velocity_mps if index == last else advised.fastest_mps
    advised = replace(advised, reps=(*advised.reps[:index], rep, *advised.reps[index + 1 :]), fastest_mps=fastest)
    if before is not None and not data.arrival:
        advised = _with_latch_checked(advised)
        if advised.stop is None:
            decision = _decide(terms, estimate, rep, latched=False, one_more_left=one_more_left)
    if advise:
        because = _because(data, advised, estimate, latched=before is not None)
        advised = _advise(uow, advised, data, decision, rep, because)
    if not advised.is_open:
        advised = publish_summary(uow, advised)
    uow.put_set(advised)


def rep_overdue(uow: AdvisorUnitOfWork, data: RepOverdue) -> None:
    """Advise *failing* on a rep that is under way for too long: an emergency where a needed spotter is missing."""
    advised = None if data.set_key is None else uow.set(data.set_key)
    if advised is None or not advised.is_open:
        return
    reps = advised.reps
    index = next((at for at in range(len(reps) - 1, -1, -1) if not reps[at].voided), None)
    after = 0 if index is None else reps[index].number
    advised, revision = _with_next_revision(advised, after)
    decision = decide_overdue(advised.terms)
    publish_advice(
        uow,
        advised,
        decision,
        message_for(decision, advised.terms, 0.0),
        after_rep=after,
        revision=revision,
        late=False,
        expires_at=uow.now + EXPIRY,
        since=uow.now,
        because=None if index is None else Because(rir=reps[index].rir, latched=advised.stop is not None),
    )
    since = data.started_at
    uow.put_set(replace(advised, stop=advised.stop or StopLatch(uow.now, under_way=since), overdue=since))


def counted_rep(data: RepCounted, before: AdvisedRep | None = None) -> AdvisedRep:
    """Return a rep as it is counted now, with what was estimated of it before."""
    rep = before or AdvisedRep(data.rep_number, data.rep_event_id, data.rep_time, data.rep_time)
    return replace(
        rep,
        number=data.rep_number,
        started=start_of(data),
        ended=data.rep_time,
        voided=data.voided,
        revision=data.revision,
        judged=data.kind not in NOT_JUDGED,
        assisted=data.assisted is True,
        side=None if data.side == "both" else data.side,
    )


def estimated_rep(rep: AdvisedRep, data: EffortEstimated) -> AdvisedRep:
    """Return a rep with its newest estimate."""
    flags = data.flags
    return replace(
        rep,
        real=not (flags and NO_REPS.intersection(flags)),
        failed="failed" in flags,
        stalled="stall" in flags,
        rir=data.rir,
        rir_low=data.rir_low,
        rir_high=data.rir_high,
    )


def estimate_of(data: EffortEstimated) -> RirEstimate:
    """Return an estimate as the decision needs it."""
    flags = data.flags
    form: Form | None = None
    if flags and not NO_REPS.intersection(flags):
        form = "second_dip" if "second_dip" in flags else "short_rom" if "short_rom" in flags else None
    return RirEstimate(data.rir, data.p_rir_le, data.confidence, "failed" in flags, "stall" in flags, form)


def _decide(terms: SetTerms, estimate: RirEstimate, rep: AdvisedRep, *, latched: bool, one_more_left: bool) -> Decision:
    if not rep.judged:
        return Decision("continue", terms.rules)
    return decide(terms, estimate, latched=latched, one_more_left=one_more_left)


def _without_alarm(advised: AdvisedSet, rep: AdvisedRep) -> AdvisedSet:
    """Take back the alarm of a rep that was under way for too long, once it is completed: latch and cost included."""
    if advised.overdue is None or not rep.valid or rep.failed or rep.stalled:
        return advised
    under_way = rep_since([other for other in advised.reps if other.valid], advised.overdue)
    if under_way is None or under_way.event_id != rep.event_id:
        return advised
    stop = advised.stop
    return replace(advised, overdue=None, stop=None if stop is None or stop.under_way is not None else stop)


def _with_kind_of(advised: AdvisedSet, index: int, rep: AdvisedRep, data: EffortEstimated) -> AdvisedSet:
    """Take note that a report is shown to be no rep after all, or one: a correction of what was advised on it."""
    if data.arrival or rep.real is advised.reps[index].real:
        return advised
    used_up = advised.one_more == rep.event_id and not rep.real
    return replace(advised, correcting=True, one_more=None if used_up else advised.one_more)


def _because(data: EffortEstimated, advised: AdvisedSet, estimate: RirEstimate, *, latched: bool) -> Because:
    limit = advised.terms.limit
    return Because.model_construct(
        estimate_revision=data.revision,
        rir=data.rir,
        p_at_limit=None if limit is None else estimate.probability(limit),
        p_next_fails=data.p_next_fails,
        latched=latched,
        confidence=data.confidence,
    )


def _advise(
    uow: AdvisorUnitOfWork,
    advised: AdvisedSet,
    data: EffortEstimated,
    decision: Decision,
    rep: AdvisedRep,
    because: Because,
) -> AdvisedSet:
    """Publish advice after a rep; in time it may latch a stop, or use up the one *one more*."""
    expires_at = data.newest_received + EXPIRY
    late = is_late(data, ttl_ms(expires_at, uow.now))
    advised, revision = _with_next_revision(advised, rep.number)
    publish_advice(
        uow,
        advised,
        decision,
        message_for(decision, advised.terms, data.rir),
        after_rep=rep.number,
        revision=revision,
        late=late,
        expires_at=expires_at,
        since=rep.ended,
        because=because,
    )
    if late:
        return advised
    if decision.action == "one_more":
        return replace(advised, one_more=rep.event_id)
    if decision.action in LOUD and advised.stop is None:
        return replace(advised, stop=StopLatch(rep.ended))
    return advised


def _with_latch_checked(advised: AdvisedSet) -> AdvisedSet:
    """Lift the latch where a correction left no rep whose estimate asks for the end."""
    if advised.stop is None or not advised.correcting:
        return advised
    if advised.overdue is not None:
        rep = rep_since(advised.reps, advised.overdue)
        if rep is None or not rep.voided:
            return advised
    if any(rep.ends and not rep.voided for rep in advised.reps):
        return advised
    return replace(advised, stop=None)


def _index_of(advised: AdvisedSet, data: EffortEstimated) -> int | None:
    """Find the rep of an estimate: by its event, else by number, and by time where two devices use one number."""
    reps = advised.reps
    if data.rep_event_id is not None:
        return next((at for at in range(len(reps) - 1, -1, -1) if reps[at].event_id == data.rep_event_id), None)
    numbered = [at for at in range(len(reps) - 1, -1, -1) if reps[at].number == data.rep_number]
    if len(numbered) < 2:
        return numbered[0] if numbered else None
    return max(numbered, key=lambda at: (not reps[at].voided, reps[at].ended == data.rep_time, at))


def _with_next_revision(advised: AdvisedSet, after_rep: int) -> tuple[AdvisedSet, int]:
    """Return a set with one more advice after a rep of a number, whichever rep had it so far; 0 is the plan."""
    if after_rep == 0:
        return replace(advised, plan=advised.plan + 1), advised.plan + 1
    number = str(after_rep)
    revision = advised.given.get(number, 0) + 1
    return replace(advised, given={**advised.given, number: revision}), revision


def start_of(data: RepCounted) -> datetime:
    """Return when a rep started: as reported, else by its concentric time, else a second before it ended."""
    if data.started_at is not None:
        return min(data.started_at, data.rep_time)
    return data.rep_time - (_USUAL_DURATION if data.concentric_s is None else timedelta(seconds=data.concentric_s))


def _by_time(reps: Iterable[AdvisedRep]) -> tuple[AdvisedRep, ...]:
    return tuple(sorted(reps, key=lambda rep: (rep.ended, rep.number)))
