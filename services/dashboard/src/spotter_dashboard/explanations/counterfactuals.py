"""What would have changed an advice: each of its inputs, taken away or moved, and the outcome then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spotter.domain.reasons import REASONS
from spotter.domain.time import parse_time
from spotter_dashboard.explanations.terms import RecordedBound, RecordedTerms, RepEvidence
from spotter_dashboard.formatting import percent, plain_list, reps, units

_PAID_BELOW: Final = 2


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One thing that would have made a difference, and the difference."""

    had: str
    then: str


def of_plan(terms: RecordedTerms) -> list[Counterfactual]:
    """Return what would have changed a plan."""
    return [*(change for _, change in _by_rule(terms)), *_of_failure(terms)]


def of_rep(
    action: str, terms: RecordedTerms | None, evidence: RepEvidence, *, high_risk: bool, one_more_left: bool = True
) -> list[Counterfactual]:
    """Return what would have changed the advice after a rep, the nearest first.

    Parameters
    ----------
    one_more_left : bool
        *One more* had not been advised in this set before.
    """
    if evidence.latched and action == "stop":
        return [
            Counterfactual(
                "The reps that led to the first stop corrected or voided",
                "The stop would be lifted; nothing else takes it back in its set.",
            )
        ]
    if action == "failing":
        return list(_of_failing(terms, evidence))
    if terms is None:
        return []
    changes = list(_of_chance(action, terms, evidence))
    if action == "one_more" or (action == "continue" and one_more_left):
        changes += _of_one_more(action, terms, evidence, high_risk=high_risk)
    if action == "stop":
        changes += [_with_other_target(change, rule, terms, evidence) for rule, change in _by_rule(terms)]
    return changes


def _by_rule(terms: RecordedTerms) -> Iterator[tuple[RecordedBound, Counterfactual]]:
    """Take away the rule that made the target, and return the outcome without it."""
    deciding = terms.deciding()
    had = None if deciding is None else _without(deciding, terms)
    if deciding is None or had is None:
        return
    target = terms.without(deciding.rule)
    kind = REASONS[deciding.reason].kind if deciding.reason in REASONS else None
    if kind == "offer":
        yield deciding, Counterfactual(had, "Failure would not have been offered.")
        return
    if kind == "refusal" and not {"R02", "R03"} & {bound.rule for bound in terms.bounds}:
        then = "The set might have gone to failure, where nothing else forbids it."
    elif target is None or target >= deciding.rir:
        then = "Another target would hold."
    else:
        then = f"The target would have been {reps(target)} left instead of {deciding.rir}."
    yield deciding, Counterfactual(had, then)


def _without(bound: RecordedBound, terms: RecordedTerms) -> str | None:
    """Return the circumstances under which a rule would not apply; None for one that always does."""
    standing, reason = terms.standing, bound.reason
    if bound.rule == "R03":
        return REASONS["unspotted"].without
    if bound.rule == "R15" or reason in ("signs", "pain"):
        signs = [str(sign).replace("_", " ") for sign in standing.get("signs") or ()]
        if standing.get("pain"):
            return "Without the pain in a joint that this exercise loads"
        return f"Without the warning signs {plain_list(signs)}" if signs else "Without the warning signs"
    if bound.rule == "R09":
        share = standing.get("hard_share")
        now = f" (it was {percent(share)})" if isinstance(share, float) else ""
        return f"With a smaller share of sets that end so near to failure{now}"
    if reason == "recovering":
        until = standing.get("closed_until")
        if not isinstance(until, str):
            return "With the muscle recovered"
        return f"After {parse_time(until):%A %H:%M} UTC, when the muscle has recovered"
    if reason == "muscle_spent":
        return f"With more left of what the week allows this muscle (it was {units(standing.get('muscle_left') or 0)})"
    if reason == "budget_spent":
        return f"With more left of the week's budget (it was {units(standing.get('left') or 0)})"
    if reason in REASONS and REASONS[reason].without is not None:
        return REASONS[reason].without
    return (
        f"With another target in the {terms.origins.get('target_rir', 'policy')} policy"
        if bound.rule == "R01"
        else None
    )


def _of_failure(terms: RecordedTerms) -> Iterator[Counterfactual]:
    """What would have kept a set from the failure that it is allowed, or is never allowed."""
    if any(bound.rule == "R02" for bound in terms.bounds):
        yield Counterfactual("Whatever else", f"This lift never goes under {reps(max(terms.floor, 1))} left by advice.")
    if terms.target is not None and terms.target < _PAID_BELOW:
        left = min(float(terms.standing.get(name) or 0) for name in ("left", "muscle_left"))
        yield Counterfactual(
            f"With nothing left of the week (it was {units(left)})", "Two reps would have stayed in reserve."
        )


def _of_chance(action: str, terms: RecordedTerms, evidence: RepEvidence) -> Iterator[Counterfactual]:
    limit, threshold = terms.limit, terms.stop_probability
    if limit is None:
        yield Counterfactual("With a stalled rep or one that failed", "A stop: in such a set only safety speaks.")
        return
    chance = evidence.p_at_limit if evidence.p_at_limit is not None else evidence.probability(limit)
    if threshold is None or chance is None:
        return
    what = f"chance of {reps(limit)} left or fewer" if limit else "chance that the next rep fails"
    if action == "stop":
        yield Counterfactual(f"A {what} under {percent(threshold)} (it was {percent(chance)})", "No stop yet.")
    else:
        yield Counterfactual(f"A {what} of {percent(threshold)} or more (it was {percent(chance)})", "A stop.")


def _of_one_more(
    action: str, terms: RecordedTerms, evidence: RepEvidence, *, high_risk: bool
) -> Iterator[Counterfactual]:
    if terms.target is None or terms.one_more_probability is None:
        return
    chance = evidence.probability(terms.target + 1)
    if chance is None:
        return
    wanted = terms.one_more_probability
    what = f"chance of {reps(terms.target + 1)} left or fewer"
    if action == "one_more":
        yield Counterfactual(f"A {what} under {percent(wanted)} (it was {percent(chance)})", "Go on, without a word.")
        return
    lacked = []
    if chance < wanted:
        lacked.append(f"a {what} of {percent(wanted)} or more (it was {percent(chance)})")
    if evidence.confidence == "low" or (high_risk and evidence.confidence != "high"):
        need = "high" if high_risk else "at least medium"
        lacked.append(f"a model that is surer of itself ({need} instead of {evidence.confidence})")
    if lacked:
        had = " and ".join(lacked)
        yield Counterfactual(had[0].upper() + had[1:], "One more, then stop.")


def _of_failing(terms: RecordedTerms | None, evidence: RepEvidence) -> Iterator[Counterfactual]:
    limit = None if terms is None else terms.limit
    chance = None if limit is None else evidence.probability(limit)
    then = "Go on, or stop, by how many were left."
    if terms is not None and chance is not None and terms.stop_probability is not None:
        then = "A stop all the same." if chance >= terms.stop_probability else "Go on."
    if evidence.failed or evidence.stalled:
        had = "The rep completed" if evidence.failed else "The rep completed without a stall"
        yield Counterfactual(had, then)
    else:
        yield Counterfactual(
            "The rep under way done sooner than the longest grind known", "No word, until its estimate."
        )


def _with_other_target(
    change: Counterfactual, bound: RecordedBound, terms: RecordedTerms, evidence: RepEvidence
) -> Counterfactual:
    """Add to a change what the target without a rule would have meant for the rep, where the estimate tells."""
    target = terms.without(bound.rule)
    if target is None or target >= bound.rir or terms.stop_probability is None:
        return change
    chance = evidence.probability(target)
    if chance is None:
        return change
    ends = "a stop all the same" if chance >= terms.stop_probability else "no stop yet"
    return Counterfactual(change.had, f"{change.then} The chance of being there was {percent(chance)}: {ends}.")
