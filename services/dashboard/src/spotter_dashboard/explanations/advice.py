"""Why an advice was given: inputs, rules, versions, probabilities, what would have changed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import orjson

from spotter.domain.exercises import Exercise
from spotter.domain.gym_config import GymConfig
from spotter.domain.rules import rules_named
from spotter_dashboard.explanations.counterfactuals import of_plan, of_rep
from spotter_dashboard.explanations.terms import JsonObject, RecordedTerms, RepEvidence, terms_in
from spotter_dashboard.formatting import percent
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.explanations import (
    EventRow,
    advice_before,
    estimate_of,
    opening_of,
    plans_of,
    replacement_of,
)

_CONTEXT: Final = (
    "exercise", "load_kg", "pct_1rm", "intent", "target_rir", "is_last_set", "spotter_present", "station_id",
)  # fmt: skip
_NO_TERMS: Final = (
    "The plan of this set does not say what its rules looked at: it was given before that was written down."
)
_NO_EVIDENCE: Final = (
    "This advice does not say what it read from the estimate: it was given before that was written down."
)


def why_advice(engine: Engine, config: GymConfig, row: EventRow) -> dict[str, Any]:
    """Explain an advice that `advice_row` found."""
    event = orjson.loads(row.event)
    data = event["data"]
    with engine.connect() as connection:
        plan = _plan(plans_of(connection, row), row.rank)
        estimate = estimate_of(connection, row)
        opened = opening_of(connection, row)
        newer = replacement_of(connection, row)
        one_more_left = not any(
            earlier["action"] == "one_more" and not earlier["late"] for earlier in advice_before(connection, row)
        )
    because = data.get("because") or {}
    terms = terms_in(data if row.after_rep == 0 else None) or terms_in(plan)
    exercise = config.catalogue.get(opened.get("exercise"))
    missing = [] if terms is not None else [_NO_TERMS]
    evidence = None
    if row.after_rep > 0 or data["action"] == "failing":
        evidence = _evidence(because, estimate)
        if not because:
            missing.append(_NO_EVIDENCE)
        high_risk = exercise.traits.high_risk
        changes = of_rep(data["action"], terms, evidence, high_risk=high_risk, one_more_left=one_more_left)
    else:
        changes = of_plan(terms) if terms is not None else []
    return {
        "alert_id": data["alert_id"],
        "athlete_id": row.athlete_id,
        "set_id": data.get("set_id") or row.set_key,
        "set_key": row.set_key,
        "time": event["time"],
        "after_rep": row.after_rep,
        "revision": row.revision,
        "replaced_by": newer,
        "action": data["action"],
        "sentence": data["sentence"],
        "late": data["late"],
        "inputs": {
            "set": _set(opened, exercise, in_catalogue=opened.get("exercise") in config.catalogue),
            "terms": None if terms is None else _terms(terms),
            "estimate": _estimate_view(estimate, because),
            "budget_left": data["budget_left"],
        },
        "rules": [rule.as_json() for rule in rules_named(data["rule_ids"])],
        "versions": {
            "policy": data["policy_version"],
            "model": (estimate or {}).get("model_version"),
            "profile": (estimate or {}).get("profile_version"),
            "estimate_revision": because.get("estimate_revision"),
        },
        "probabilities": _probabilities(terms, evidence),
        "would_have_changed": [asdict(change) for change in changes],
        "not_recorded": missing,
    }


def _plan(plans: Iterable[tuple[int, JsonObject]], rank: int) -> JsonObject | None:
    """Return the plan in force when an advice was given: the last before it that records its terms."""
    recorded = [(plan_rank, plan) for plan_rank, plan in plans if terms_in(plan) is not None]
    before = (plan for plan_rank, plan in recorded if plan_rank <= rank)
    return next(before, recorded[-1][1] if recorded else None)


def _evidence(because: JsonObject, estimate: JsonObject | None) -> RepEvidence:
    """Join what the advice recorded with the estimate it read, unless that was revised since."""
    current: JsonObject = estimate or {}
    if because.get("estimate_revision") not in (None, current.get("revision")):
        current = {}
    flags = current.get("flags") or ()
    return RepEvidence(
        rir=because.get("rir", current.get("rir")),
        p_at_limit=because.get("p_at_limit"),
        p_next_fails=because.get("p_next_fails", current.get("p_next_fails")),
        p_rir_le=tuple(current.get("p_rir_le") or ()),
        confidence=because.get("confidence", current.get("confidence")),
        latched=bool(because.get("latched")),
        failed="failed" in flags,
        stalled="stall" in flags,
    )


def _set(opened: JsonObject, exercise: Exercise, *, in_catalogue: bool) -> dict[str, Any]:
    return {
        **{name: opened.get(name) for name in _CONTEXT},
        "name": exercise.name,
        "risk": exercise.risk,
        "in_catalogue": in_catalogue,
        "needs_spotter": exercise.needs_spotter,
        "muscle_group": exercise.muscle_group,
        "opened_at": opened.get("opened_at"),
    }


def _terms(terms: RecordedTerms) -> dict[str, Any]:
    deciding = terms.deciding()
    return {
        "target_rir": terms.target,
        "floor_rir": terms.floor,
        "reason": terms.reason,
        "bounds": [{**asdict(bound), "decided": bound == deciding} for bound in terms.bounds],
        "standing": dict(terms.standing),
        "origins": dict(terms.origins),
        **terms.about,
        "late_cost": terms.late_cost,
        "early_cost": terms.early_cost,
        "stops_at_because": _threshold(terms),
    }


def _threshold(terms: RecordedTerms) -> str | None:
    """Explain the probability from which *stop* is advised."""
    late, early, chance = terms.late_cost, terms.early_cost, terms.stop_probability
    if chance is None:
        return None
    if late is None or early is None:
        return f"The {terms.origins.get('stop_probability', 'policy')} policy names {percent(chance)}."
    return (
        f"A rep too late costs {late:g}, a rep too early {early:g}: to stop and to go on are even at "
        f"{early:g} / ({early:g} + {late:g}) = {percent(chance)}."
    )


def _estimate_view(estimate: JsonObject | None, because: JsonObject) -> dict[str, Any] | None:
    """Return the estimate after the rep as it is now, and what the advice read of it."""
    if estimate is None and not because.get("estimate_revision"):
        return None
    current = estimate or {}
    names = ("revision", "rir", "rir_low", "rir_high", "velocity_loss", "confidence", "mode", "learned_sets", "flags")
    read_revision = because.get("estimate_revision")
    return {
        **{name: current.get(name) for name in names},
        "rir": because.get("rir", current.get("rir")),
        "confidence": because.get("confidence", current.get("confidence")),
        "revised_since": read_revision is not None and read_revision != current.get("revision"),
    }


def _probabilities(terms: RecordedTerms | None, evidence: RepEvidence | None) -> dict[str, Any]:
    limit = None if terms is None else terms.limit
    at_limit = None if evidence is None else evidence.p_at_limit
    if at_limit is None and evidence is not None and limit is not None:
        at_limit = evidence.probability(limit)
    return {
        "limit_rir": limit,
        "at_limit": at_limit,
        "stops_at": None if terms is None else terms.stop_probability,
        "one_more_at": None if terms is None else terms.one_more_probability,
        "next_rep_fails": None if evidence is None else evidence.p_next_fails,
        "rir_at_most": None if evidence is None or not evidence.p_rir_le else list(evidence.p_rir_le),
    }
