"""The rules of a set: where *stop* is said, what nobody goes under, whether failure is allowed, and why.

Each rule has an id that advice names. Rules that know a limit state it as a `Bound`; the highest bound is the target,
and of equal bounds the rule that comes first in `ORDER` decided.

| id  | rule |
| --- | --- |
| R01 | Work sets stop with two reps in reserve; less is a choice that is paid from the weekly budget. |
| R02 | High-risk lifts never go to failure by advice: floor one rep, target two or more. |
| R03 | Without a needed spotter one more: floor two, target three. |
| R04 | Isolation and machine exercises may go to failure on their last set, when the budget allows it. |
| R05 | Machines may do so not only on their last set. |
| R06 | Sets of bodyweight and bands for as many reps as possible cost a quarter. |
| R07 | Sets for as many reps as possible and tests are stopped for safety alone. |
| R08 | Beginners keep three reps in reserve and have no budget. |
| R10 | A week has a budget of failure, in all and by muscle group. |
| R19 | Continue is silent, a stop is advice with a reason and is not taken back in its set. |

Floors and their order are a design choice on the side of safety; what failure gains and costs: Refalo et al. 2023,
Robinson et al. 2024, Morán-Navarro et al. 2017.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from advisor.ledger.cost import cost_at
from spotter.events.lifting import Intent
from spotter.exercises import Exercise
from spotter.policies import Policy

ORDER: Final = (
    *("R03", "R02", "R18", "R15", "R07", "R08", "R09", "R10", "R11", "R12"),
    *("R01", "R04", "R05", "R06", "R13", "R14", "R16", "R17", "R19", "R20"),
)
"""Where rules meet, safety first."""
HIGH_RISK_FLOOR: Final = 1
HIGH_RISK_TARGET: Final = 2
PAID_BELOW: Final = 2
"""A set that ends with this many reps in reserve costs nothing."""

Reason = Literal[
    "unknown", "unspotted", "high_risk", "as_many", "test", "warmup", "technique", "beginner",
    "last_set", "machine", "paid", "budget_spent", "muscle_spent", "not_last", "asked", "plain",
]  # fmt: skip
"""Why failure is or is not allowed in a set, for the plan's sentence."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: a set, its lifter and what is left of the week."""

    exercise: Exercise
    known: bool
    """The exercise is in the gym's catalogue."""
    intent: Intent
    asked_rir: int | None
    """The set's own target."""
    last_set: bool
    spotter: bool
    beginner: bool
    left: float
    """Of the week's budget, in units."""
    muscle_left: float
    """Of what the week allows the muscle group, in units."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds in a set from its start on."""

    target: int | None
    """*Stop* is said here; None: only safety speaks."""
    floor: int
    """What no policy, budget or intent goes under."""
    rules: tuple[str, ...]
    """Those that shaped this, the one that decided first."""
    reason: Reason
    left: float
    """Of the week's budget when the set opened, in units."""
    stop_probability: float
    one_more_probability: float
    high_risk: bool
    unspotted: bool
    """It needs a spotter, and nobody said that there is one."""

    @property
    def failure_allowed(self) -> bool:
        """Tell whether the set may end at failure by advice."""
        return self.target == 0

    @property
    def limit(self) -> int | None:
        """Where *stop* is said: the target, and where there is none the floor of a lift that has one."""
        if self.target is not None:
            return self.target
        return self.floor or None


@dataclass(frozen=True, slots=True)
class Bound:
    """The least reps in reserve that a rule asks for."""

    rule: str
    rir: int
    reason: Reason


def terms_of(case: Case, policy: Policy) -> Terms:
    """Apply the rules to a set."""
    unspotted = case.exercise.needs_spotter and not case.spotter
    high_risk = case.exercise.risk == "high_risk"
    extra = max(1, policy.unspotted_extra_rir)
    floor = HIGH_RISK_FLOOR + extra if unspotted else HIGH_RISK_FLOOR if high_risk else 0
    guards: list[Bound] = []
    if unspotted:
        usual = HIGH_RISK_TARGET if case.asked_rir is not None else max(HIGH_RISK_TARGET, _usual_rir(case, policy))
        guards.append(Bound("R03", usual + extra, "unspotted" if case.known else "unknown"))
    if high_risk:
        guards.append(Bound("R02", HIGH_RISK_TARGET, "high_risk" if case.known else "unknown"))
    target: int | None = None
    if case.intent in ("amrap", "test", "warmup", "technique"):
        reason, rules = _unlimited(case, guards)
    else:
        target, reason, rules = _limited(case, policy, guards)
    return Terms(
        target=target,
        floor=floor,
        rules=rules,
        reason=reason,
        left=case.left,
        stop_probability=policy.stop_probability,
        one_more_probability=policy.one_more_probability,
        high_risk=high_risk,
        unspotted=unspotted,
    )


def in_order(rules: Iterable[str]) -> tuple[str, ...]:
    """Sort rules as they go before each other.

    >>> in_order(["R10", "R01", "R02"])
    ('R02', 'R10', 'R01')
    """
    return tuple(sorted(set(rules), key=ORDER.index))


def _usual_rir(case: Case, policy: Policy) -> int:
    return policy.target_rir_by_exercise.get(case.exercise.exercise, policy.target_rir)


def _unlimited(case: Case, guards: list[Bound]) -> tuple[Reason, tuple[str, ...]]:
    """R07: as many as possible, and tests; in warm-up and technique sets only safety speaks, too."""
    shaped = [guard.rule for guard in guards]
    if case.intent in ("amrap", "test"):
        shaped.append("R07")
    if case.intent == "amrap" and case.exercise.risk in ("bodyweight", "band"):
        shaped.append("R06")
    reasons: dict[Intent, Reason] = {"amrap": "as_many", "test": "test", "warmup": "warmup", "technique": "technique"}
    return reasons[case.intent], in_order(shaped or ["R19"])


def _limited(case: Case, policy: Policy, guards: list[Bound]) -> tuple[int, Reason, tuple[str, ...]]:
    """R01, and what makes more or less of it."""
    bounds, shaped = [*guards], {guard.rule for guard in guards}
    if case.beginner:
        bounds.append(Bound("R08", policy.beginner_target_rir, "beginner"))
        shaped.add("R08")
    if bounds:
        bounds.append(_plain(case, policy))
    else:
        chosen, also = _free(case, policy)
        bounds.append(chosen)
        shaped |= also
    decided = min(bounds, key=lambda bound: (-bound.rir, ORDER.index(bound.rule)))
    first = min(bounds, key=lambda bound: ORDER.index(bound.rule))  # it forbids failure, whoever asks for more
    return decided.rir, first.reason, (decided.rule, *in_order(shaped - {decided.rule}))


def _plain(case: Case, policy: Policy) -> Bound:
    """The set's own target or the usual one, where nothing below two can be paid for."""
    if case.asked_rir is not None:
        return Bound("R01", max(PAID_BELOW, case.asked_rir), "asked")
    return Bound("R01", max(PAID_BELOW, _usual_rir(case, policy)), "plain")


def _free(case: Case, policy: Policy) -> tuple[Bound, set[str]]:
    """The set's own target, a finisher, or the usual target, and the rules that helped; below two it is paid for."""
    wanted = _wish(case, policy)
    if wanted.rir >= PAID_BELOW:
        return wanted, {"R04"} if wanted.reason == "not_last" else set()
    purse = min(case.left, case.muscle_left)
    for rir in range(wanted.rir, PAID_BELOW):
        if 0 < purse >= cost_at(rir, case.exercise.risk, case.intent, policy):
            return replace(wanted, rir=rir), {"R10"}
    short: Reason = "budget_spent" if case.left <= case.muscle_left else "muscle_spent"
    return Bound("R10", max(PAID_BELOW, _usual_rir(case, policy)), short), {"R01"}


def _wish(case: Case, policy: Policy) -> Bound:
    """What the set would aim at if everything could be paid: failure only where R04 or R05 has a place for it.

    A coach's or the set's own target speaks louder than an offer to go to failure.
    """
    if case.asked_rir is not None:
        return Bound("R01", case.asked_rir, "asked" if case.asked_rir >= PAID_BELOW else "paid")
    usual, risk = _usual_rir(case, policy), case.exercise.risk
    if case.exercise.exercise not in policy.target_rir_by_exercise:
        if risk in ("isolation", "machine") and case.last_set:
            return Bound("R04", 0, "last_set")
        if risk == "machine":
            return Bound("R05", 0, "machine")
        if risk == "isolation" and usual >= PAID_BELOW:
            return Bound("R01", usual, "not_last")
    return Bound("R01", usual, "plain" if usual >= PAID_BELOW else "paid")
