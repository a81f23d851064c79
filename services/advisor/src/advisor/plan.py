"""The plan at the start of a set: how far to go, whether failure is allowed and why, what is left of the week."""

from __future__ import annotations

from dataclasses import replace

from advisor.advice import give
from advisor.decision import Decision
from advisor.lateness import EXPIRY
from advisor.state import AdvisedSet
from advisor.turn import Turn
from advisor.wording import words_for_plan


def matters(one: AdvisedSet) -> object:
    """Give what a plan says that a lifter has to know anew when it changes."""
    terms = one.terms
    return (terms.target, terms.floor, terms.rules, terms.reason, one.context.station_id)


def give_plan(turn: Turn, one: AdvisedSet, *, late: bool) -> AdvisedSet:
    """Tell the plan of a set, silently."""
    one = replace(one, plan=one.plan + 1)
    plan = Decision("continue", one.terms.rules)
    words = words_for_plan(one.terms)
    expires_at = turn.now + EXPIRY
    give(turn, one, plan, words, after_rep=0, revision=one.plan, late=late, expires_at=expires_at, since=turn.now)
    return one
