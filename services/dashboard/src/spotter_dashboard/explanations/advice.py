"""Why an advice was given: inputs, rules, versions, probabilities, what would have changed it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, Row, and_, select

from spotter.domain.exercises import Exercise
from spotter.domain.gym_config import GymConfig
from spotter.domain.rules import rules_named
from spotter_dashboard.explanations.counterfactuals import of_plan, of_rep
from spotter_dashboard.explanations.terms import JsonObject, Reading, Terms, terms_in
from spotter_dashboard.formatting import percent
from spotter_dashboard.store.tables import ADVICE, ESTIMATES, SETS

_CONTEXT: Final = (
    "exercise",
    "load_kg",
    "pct_1rm",
    "intent",
    "target_rir",
    "is_last_set",
    "spotter_present",
    "station_id",
)
_NO_TERMS: Final = (
    "The plan of this set does not say what its rules looked at: it was given before that was written down."
)
_NO_READING: Final = (
    "This advice does not say what it read from the estimate: it was given before that was written down."
)


def advice_row(engine: Engine, gym_id: str, alert_id: str) -> Row[Any] | None:
    """Find an advice of a gym by its id; None where there is none."""
    found = select(ADVICE).where(ADVICE.c.gym_id == gym_id, ADVICE.c.alert_id == alert_id)
    with engine.connect() as connection:
        return connection.execute(found.order_by(ADVICE.c.rank.desc()).limit(1)).first()


def why_advice(engine: Engine, config: GymConfig, row: Row[Any]) -> dict[str, Any]:
    """Explain an advice that `advice_row` found."""
    event = orjson.loads(row.event)
    data = event["data"]
    with engine.connect() as connection:
        plan = _plan(connection, row)
        estimate = _estimate(connection, row)
        opened = _opened(connection, row)
        newer = _newer(connection, row)
        one_more_left = not _one_more_before(connection, row)
    because = data.get("because") or {}
    own = data if row.after_rep == 0 else None
    terms = terms_in(own) or terms_in(plan)
    exercise = config.catalogue.get(opened.get("exercise"))
    missing = [] if terms is not None else [_NO_TERMS]
    reading = None
    if row.after_rep > 0 or data["action"] == "failing":
        reading = _reading(because, estimate)
        if not because:
            missing.append(_NO_READING)
        high_risk = exercise.traits.high_risk
        changes = of_rep(data["action"], terms, reading, high_risk=high_risk, one_more_left=one_more_left)
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
            "set": _set(opened, exercise, known=opened.get("exercise") in config.catalogue),
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
        "probabilities": _probabilities(terms, reading),
        "would_have_changed": [asdict(change) for change in changes],
        "not_recorded": missing,
    }


def _plan(connection: Connection, row: Row[Any]) -> JsonObject | None:
    """Give the plan that held when an advice was given: the last before it that says what its rules looked at."""
    found = select(ADVICE.c.event, ADVICE.c.rank).where(
        ADVICE.c.gym_id == row.gym_id, ADVICE.c.set_key == row.set_key, ADVICE.c.after_rep == 0
    )
    plans = [
        (plan.rank, orjson.loads(plan.event)["data"])
        for plan in connection.execute(found.order_by(ADVICE.c.revision.desc()))
    ]
    telling = [(rank, plan) for rank, plan in plans if terms_in(plan) is not None]
    return next((plan for rank, plan in telling if rank <= row.rank), telling[-1][1] if telling else None)


def _estimate(connection: Connection, row: Row[Any]) -> dict[str, Any] | None:
    found = select(ESTIMATES.c.event).where(
        ESTIMATES.c.gym_id == row.gym_id,
        ESTIMATES.c.set_key == row.set_key,
        ESTIMATES.c.rep_number == row.after_rep,
    )
    event = connection.scalar(found)
    if event is None:
        return None
    data: dict[str, Any] = orjson.loads(event)["data"]
    return data


def _opened(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    found = select(SETS.c.event).where(SETS.c.gym_id == row.gym_id, SETS.c.set_key == row.set_key)
    event = connection.scalar(found)
    if event is None:
        return {}
    data: dict[str, Any] = orjson.loads(event)["data"]
    return data


def _one_more_before(connection: Connection, row: Row[Any]) -> bool:
    """Tell whether *one more* was said in time after another rep, before this advice."""
    found = select(ADVICE.c.event).where(
        ADVICE.c.gym_id == row.gym_id,
        ADVICE.c.set_key == row.set_key,
        ADVICE.c.after_rep != row.after_rep,
        ADVICE.c.rank < row.rank,
    )
    said = (orjson.loads(event)["data"] for event in connection.scalars(found))
    return any(one["action"] == "one_more" and not one["late"] for one in said)


def _newer(connection: Connection, row: Row[Any]) -> str | None:
    same = and_(ADVICE.c.gym_id == row.gym_id, ADVICE.c.set_key == row.set_key, ADVICE.c.after_rep == row.after_rep)
    found = select(ADVICE.c.alert_id).where(same, ADVICE.c.revision > row.revision)
    alert_id: str | None = connection.scalar(found.order_by(ADVICE.c.revision.desc()).limit(1))
    return alert_id


def _reading(because: JsonObject, estimate: JsonObject | None) -> Reading:
    """Join what the advice says that it read with the estimate it read, where that has not been revised since."""
    known: JsonObject = estimate or {}
    if because.get("estimate_revision") not in (None, known.get("revision")):
        known = {}
    flags = known.get("flags") or ()
    return Reading(
        rir=because.get("rir", known.get("rir")),
        p_at_limit=because.get("p_at_limit"),
        p_next_fails=because.get("p_next_fails", known.get("p_next_fails")),
        p_rir_le=tuple(known.get("p_rir_le") or ()),
        confidence=because.get("confidence", known.get("confidence")),
        latched=bool(because.get("latched")),
        failed="failed" in flags,
        stalled="stall" in flags,
    )


def _set(opened: JsonObject, exercise: Exercise, *, known: bool) -> dict[str, Any]:
    return {
        **{name: opened.get(name) for name in _CONTEXT},
        "name": exercise.name,
        "risk": exercise.risk,
        "in_catalogue": known,
        "needs_spotter": exercise.needs_spotter,
        "muscle_group": exercise.muscle_group,
        "opened_at": opened.get("opened_at"),
    }


def _terms(terms: Terms) -> dict[str, Any]:
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


def _threshold(terms: Terms) -> str | None:
    """Say where the chance comes from at which *stop* is said."""
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
    """Give the estimate after the rep, as it stands now, and what the advice read of it."""
    if estimate is None and not because.get("estimate_revision"):
        return None
    known = estimate or {}
    names = ("revision", "rir", "rir_low", "rir_high", "velocity_loss", "confidence", "mode", "learned_sets", "flags")
    read_revision = because.get("estimate_revision")
    return {
        **{name: known.get(name) for name in names},
        "rir": because.get("rir", known.get("rir")),
        "confidence": because.get("confidence", known.get("confidence")),
        "revised_since": read_revision is not None and read_revision != known.get("revision"),
    }


def _probabilities(terms: Terms | None, reading: Reading | None) -> dict[str, Any]:
    limit = None if terms is None else terms.limit
    at_limit = None
    if reading is not None:
        at_limit = reading.p_at_limit
        if at_limit is None and limit is not None:
            at_limit = reading.probability(limit)
    return {
        "limit_rir": limit,
        "at_limit": at_limit,
        "stops_at": None if terms is None else terms.stop_probability,
        "one_more_at": None if terms is None else terms.one_more_probability,
        "next_rep_fails": None if reading is None else reading.p_next_fails,
        "rir_at_most": None if reading is None or not reading.p_rir_le else list(reading.p_rir_le),
    }
