"""All rules of a set together: where *stop* is said, what nobody goes under, whether failure is allowed, and why."""

from __future__ import annotations

from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Policy
from spotter.domain.reasons import Reason
from spotter.domain.rules import PRECEDENCE, first_of, in_order
from spotter_advisor.rules.failure_limits import closures, floor_of, guards, paid, personal, unpaid
from spotter_advisor.rules.failure_offers import wish
from spotter_advisor.state.terms import PAID_BELOW, Bound, Case, Judged, Terms

_OPEN_ENDED: Final[dict[Intent, Reason]] = {
    "amrap": "as_many",
    "test": "test",
    "warmup": "warmup",
    "technique": "technique",
}
"""Sets without a target: only safety speaks in them."""


def terms_of(case: Case, policy: Policy) -> Terms:
    """Say what holds in a set."""
    return judge(case, policy).terms


def judge(case: Case, policy: Policy) -> Judged:
    """Apply the rules to a set; the highest bound is the target, and of equal ones the rule that comes first decided."""
    target: int | None = None
    if case.intent in _OPEN_ENDED:
        bounds, reason, rules = _open_ended(case, policy)
    else:
        bounds, reason, rules = _limited(case, policy)
        target = max(bound.rir for bound in bounds)
    terms = Terms(
        target=target,
        floor=floor_of(case, policy),
        rules=rules,
        reason=reason,
        left=case.standing.left,
        stop_probability=policy.stop_threshold(case.exercise.risk),
        one_more_probability=policy.one_more_probability,
        high_risk=case.high_risk,
        unspotted=case.unspotted,
        pain=case.standing.pain,
    )
    return Judged(terms, tuple(bounds))


def _rank(bound: Bound) -> tuple[bool, int]:
    """Order rules as they go before each other, and what would hold anyway last."""
    return bound.reason in ("asked", "plain"), PRECEDENCE[bound.rule]


def _open_ended(case: Case, policy: Policy) -> tuple[list[Bound], Reason, tuple[str, ...]]:
    """R07: as many as possible, and tests; in warm-up and technique sets only safety speaks, too."""
    bounds = guards(case, policy)
    reason = _OPEN_ENDED[case.intent]
    if case.standing.pain:
        bounds.append(Bound("R15", PAID_BELOW, "pain"))
    shaped = [bound.rule for bound in bounds]
    if case.intent in ("amrap", "test"):
        shaped.append("R07")
    if case.intent == "amrap" and case.exercise.traits.cheap_amrap:
        shaped.append("R06")
    return bounds, reason, in_order(shaped or ["R19"])


def _limited(case: Case, policy: Policy) -> tuple[list[Bound], Reason, tuple[str, ...]]:
    """R01, and what makes more or less of it."""
    bounds = [*guards(case, policy), *personal(case, policy)]
    shaped = {bound.rule for bound in bounds}
    wanted = wish(case, policy)
    if not bounds and wanted.rir < PAID_BELOW:
        bounds = closures(case)
        shaped |= {bound.rule for bound in bounds}
    if bounds:
        bounds.append(unpaid(case, policy))
    elif wanted.rir < PAID_BELOW:
        chosen, also = paid(case, policy, wanted)
        bounds.append(chosen)
        shaped |= also
    else:
        bounds.append(wanted)
        if wanted.reason == "not_last":
            shaped.add("R04")
    decided = min(bounds, key=lambda bound: (-bound.rir, _rank(bound)))
    first = min(bounds, key=_rank)  # it forbids failure, whoever asks for more
    return bounds, first.reason, first_of(decided.rule, in_order(shaped - {decided.rule}))
