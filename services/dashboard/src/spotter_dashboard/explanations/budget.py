"""Why a budget changed: what the advisor said then, beside what it had said of that week before."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, Row, select

from spotter.domain.event_types import parse_time
from spotter.domain.gym_config import GymConfig
from spotter.domain.rules import rules_named
from spotter_dashboard.explanations.counterfactuals import Change
from spotter_dashboard.formatting import percent, plain_list, units
from spotter_dashboard.store.tables import BUDGETS, SUMMARIES

_OPTIONAL: Final = ("signs", "closed", "hard_share", "readiness", "forecast")
_SHOWN: Final = ("allowed", "spent", "left", "reasons")


def changes(engine: Engine, gym_id: str, athlete_id: str, *, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Give all that was said of a lifter's budget, the newest first; `before`: only revisions under that one."""
    found = (
        select(BUDGETS.c.event)
        .where(BUDGETS.c.gym_id == gym_id, BUDGETS.c.athlete_id == athlete_id)
        .order_by(BUDGETS.c.revision.desc(), BUDGETS.c.week_start_us.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(BUDGETS.c.revision < before)
    with engine.connect() as connection:
        events = [orjson.loads(event) for event in connection.scalars(found)]
    return [_listed(event) for event in events]


def _listed(event: dict[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return {
        "revision": data["revision"],
        "time": event["time"],
        "week_start": data["week_start"],
        "allowed": data["allowed"],
        "spent": data["spent"],
        "left": data["left"],
        "reasons": data["reasons"],
        "entry": data.get("entry"),
    }


def budget_row(engine: Engine, gym_id: str, athlete_id: str, revision: int) -> Row[Any] | None:
    """Find what was said of a lifter's budget in one revision."""
    found = select(BUDGETS).where(
        BUDGETS.c.gym_id == gym_id, BUDGETS.c.athlete_id == athlete_id, BUDGETS.c.revision == revision
    )
    with engine.connect() as connection:
        return connection.execute(found.order_by(BUDGETS.c.rank.desc()).limit(1)).first()


def why_budget(engine: Engine, config: GymConfig, row: Row[Any]) -> dict[str, Any]:
    """Explain a change that `budget_row` found."""
    event = orjson.loads(row.event)
    data = event["data"]
    with engine.connect() as connection:
        before = _before(connection, row)
        entry = data.get("entry")
        summary = None if entry is None else _summary(connection, row.gym_id, entry["set_key"])
    rules = _rules(data)
    old = data.get("signs") is None and data.get("closed") is None  # no share of hard sets may be too few sets
    missing = [name for name in _OPTIONAL[:3] if old and data.get(name) is None]
    return {
        "athlete_id": row.athlete_id,
        "revision": data["revision"],
        "time": event["time"],
        "week_start": data["week_start"],
        "week_end": data.get("week_end"),
        "time_zone": data["time_zone"],
        "sentence": _sentence(data, before, config),
        "before": None if before is None else {name: before[name] for name in _SHOWN},
        "after": {name: data[name] for name in _SHOWN},
        "inputs": {
            "entry": entry,
            "set": None if summary is None else {name: summary.get(name) for name in _SUMMARY},
            **{name: data.get(name) for name in _OPTIONAL},
            "valid_until": data["valid_until"],
            "allowed_after": data.get("allowed_after"),
        },
        "rules": [rule.as_json() for rule in rules_named(rules)],
        "would_have_changed": [asdict(change) for change in _would_have(data, summary, config)],
        "not_recorded": [f"This change does not tell {plain_list([_named(one) for one in missing])}."]
        if missing
        else [],
    }


_SUMMARY: Final = (
    "reps",
    "rir_end",
    "rir_end_low",
    "rir_end_high",
    "failed",
    "ended_by",
    "ended_at",
    "intent",
    "load_kg",
)


def _before(connection: Connection, row: Row[Any]) -> dict[str, Any] | None:
    found = select(BUDGETS.c.event).where(
        BUDGETS.c.gym_id == row.gym_id,
        BUDGETS.c.athlete_id == row.athlete_id,
        BUDGETS.c.week_start_us == row.week_start_us,
        BUDGETS.c.revision < row.revision,
    )
    event = connection.scalar(found.order_by(BUDGETS.c.revision.desc()).limit(1))
    if event is None:
        return None
    data: dict[str, Any] = orjson.loads(event)["data"]
    return data


def _summary(connection: Connection, gym_id: str, set_key: str) -> dict[str, Any] | None:
    found = select(SUMMARIES.c.event).where(SUMMARIES.c.gym_id == gym_id, SUMMARIES.c.set_key == set_key)
    event = connection.scalar(found)
    if event is None:
        return None
    data: dict[str, Any] = orjson.loads(event)["data"]
    return data


def _rules(data: dict[str, Any]) -> list[str]:
    """Name the rules that speak in a change: those of its entry, of its signs, closings and share, and the budget's."""
    found = list((data.get("entry") or {}).get("rule_ids") or [])
    found += [sign.get("rule_id", "R15") for sign in data.get("signs") or []]
    found += [one.get("rule_id", one.get("rule", "R11")) for one in data.get("closed") or []]
    share = data.get("hard_share")
    if isinstance(share, dict) and share.get("over"):
        found.append("R09")
    if any("beginner" in reason for reason in data["reasons"]):
        found.append("R08")
    return list(dict.fromkeys([*found, "R10"]))


def _sentence(data: dict[str, Any], before: dict[str, Any] | None, config: GymConfig) -> str:
    entry = data.get("entry")
    if entry is not None:
        name = config.catalogue.get(entry["exercise"]).name
        if entry["cost"] == 0:
            return f"{name}: the set costs nothing any more. {units(data['left'])} left in the week."
        verb = "costs" if entry["revision"] == 1 else "now costs"
        return f"{name}: the set {verb} {units(entry['cost'])}. {units(data['left'])} left in the week."
    if before is None:
        return f"The week allows {units(data['allowed'])}."
    if before["allowed"] != data["allowed"]:
        return f"The week allows {units(data['allowed'])} instead of {before['allowed']:g}."
    return f"What the week's {units(data['allowed'])} are made of has changed."


def _would_have(data: dict[str, Any], summary: dict[str, Any] | None, config: GymConfig) -> list[Change]:
    entry = data.get("entry")
    found = []
    if entry is not None and entry["cost"] > 0:
        found.append(Change("Ended with two reps left or more", "The set would have cost nothing."))
        policy = config.policy
        at_failure = summary is not None and (summary.get("failed") or (summary.get("rir_end") or 0) < 0.5)
        if at_failure and policy.failure_cost > 0:
            near = round(entry["cost"] * policy.near_failure_cost / policy.failure_cost, 2)
            found.append(Change("Ended with one rep left", f"The set would have cost {units(near)}."))
        if "R02" in entry["rule_ids"] and policy.high_risk_factor > 1:
            less = units(round(entry["cost"] / policy.high_risk_factor, 2))
            found.append(Change("On a lift that is not of high risk", f"The set would have cost {less}."))
    signs = [
        str(sign.get("sentence") or sign.get("name")).rstrip(".")
        for sign in data.get("signs") or []
        if isinstance(sign, dict)
    ]
    if signs:
        found.append(Change(f"Without the warning signs ({plain_list(signs)})", "The week would allow more."))
    share = data.get("hard_share")
    if isinstance(share, dict) and share.get("over"):
        had = f"With a smaller share of hard sets (it was {percent(share['share'])})"
        found.append(Change(had, "The budget could be spent again."))
    after = data.get("allowed_after")
    if after is not None and after != data["allowed"]:
        until = parse_time(data["valid_until"])
        found.append(Change(f"From {until:%A %d %B, %H:%M} UTC on", f"{units(after)} will be allowed."))
    return found


def _named(field: str) -> str:
    return {"signs": "warning signs", "closed": "which muscles rest", "hard_share": "the share of hard sets"}[field]
