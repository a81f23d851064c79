"""Why a budget changed: a revision beside the one before it of the same week."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import orjson

from spotter.domain.gym_config import GymConfig
from spotter.domain.rules import rules_named
from spotter.domain.time import parse_time
from spotter_dashboard.explanations.counterfactuals import Counterfactual
from spotter_dashboard.formatting import percent, plain_list, units
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.explanations import EventRow, budget_before, budget_events, summary_of

_NAMED: Final = {"signs": "warning signs", "closed": "which muscles rest", "hard_share": "the share of hard sets"}
_OPTIONAL: Final = (*_NAMED, "readiness", "forecast")
_SUMMARY: Final = (
    "reps", "rir_end", "rir_end_low", "rir_end_high", "failed", "ended_by", "ended_at", "intent", "load_kg",
)  # fmt: skip
_SHOWN: Final = ("allowed", "spent", "left", "reasons")


def change_list(
    engine: Engine, gym_id: str, athlete_id: str, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return the changes of a lifter's budget, the newest first; `before`: only revisions under that one."""
    return [
        {
            "revision": event["data"]["revision"],
            "time": event["time"],
            **{name: event["data"][name] for name in ("week_start", *_SHOWN)},
            "entry": event["data"].get("entry"),
        }
        for event in budget_events(engine, gym_id, athlete_id, before=before, limit=limit)
    ]


def why_budget(engine: Engine, config: GymConfig, row: EventRow) -> dict[str, Any]:
    """Explain a change that `budget_row` found."""
    event = orjson.loads(row.event)
    data = event["data"]
    with engine.connect() as connection:
        before = budget_before(connection, row)
        entry = data.get("entry")
        summary = None if entry is None else summary_of(connection, row.gym_id, entry["set_key"])
    rules = _rules(data)
    old = data.get("signs") is None and data.get("closed") is None  # no share of hard sets may be too few sets
    missing = [words for name, words in _NAMED.items() if old and data.get(name) is None]
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
        "not_recorded": [f"This change does not tell {plain_list(missing)}."] if missing else [],
    }


def _rules(data: dict[str, Any]) -> list[str]:
    """Return the rules behind a change: those of its entry, of its signs, closings and share, and the budget's."""
    rules = list((data.get("entry") or {}).get("rule_ids") or [])
    rules += [sign.get("rule_id", "R15") for sign in data.get("signs") or []]
    rules += [group.get("rule_id", group.get("rule", "R11")) for group in data.get("closed") or []]
    share = data.get("hard_share")
    if isinstance(share, dict) and share.get("over"):
        rules.append("R09")
    if any("beginner" in reason for reason in data["reasons"]):
        rules.append("R08")
    return list(dict.fromkeys([*rules, "R10"]))


def _sentence(data: dict[str, Any], before: dict[str, Any] | None, config: GymConfig) -> str:
    entry = data.get("entry")
    if entry is not None:
        name = config.catalogue.get(entry["exercise"]).name
        if entry["cost"] == 0:
            return f"{name}: the set costs nothing any more. {units(data['left'])} left in the week."
        verb = "costs" if entry["revision"] == 1 else "now costs"
        why = "" if entry.get("repriced") is None else f": {entry['repriced']}"
        return f"{name}: the set {verb} {units(entry['cost'])}{why}. {units(data['left'])} left in the week."
    if before is None:
        return f"The week allows {units(data['allowed'])}."
    if before["allowed"] != data["allowed"]:
        return f"The week allows {units(data['allowed'])} instead of {before['allowed']:g}."
    return f"What the week's {units(data['allowed'])} are made of has changed."


def _would_have(data: dict[str, Any], summary: dict[str, Any] | None, config: GymConfig) -> list[Counterfactual]:
    entry = data.get("entry")
    changes = []
    if entry is not None and entry["cost"] > 0:
        changes.append(Counterfactual("Ended with two reps left or more", "The set would have cost nothing."))
        policy = config.policy
        at_failure = summary is not None and (summary.get("failed") or (summary.get("rir_end") or 0) < 0.5)
        if at_failure and policy.failure_cost > 0:
            near = round(entry["cost"] * policy.near_failure_cost / policy.failure_cost, 2)
            changes.append(Counterfactual("Ended with one rep left", f"The set would have cost {units(near)}."))
        if "R02" in entry["rule_ids"] and policy.high_risk_factor > 1:
            less = units(round(entry["cost"] / policy.high_risk_factor, 2))
            changes.append(Counterfactual("On a lift that is not of high risk", f"The set would have cost {less}."))
    signs = [
        str(sign.get("sentence") or sign.get("name")).rstrip(".")
        for sign in data.get("signs") or []
        if isinstance(sign, dict)
    ]
    if signs:
        had = f"Without the warning signs ({plain_list(signs)})"
        changes.append(Counterfactual(had, "The week would allow more."))
    share = data.get("hard_share")
    if isinstance(share, dict) and share.get("over"):
        had = f"With a smaller share of hard sets (it was {percent(share['share'])})"
        changes.append(Counterfactual(had, "The budget could be spent again."))
    after = data.get("allowed_after")
    if after is not None and after != data["allowed"]:
        had = f"From {parse_time(data['valid_until']):%A %d %B, %H:%M} UTC on"
        changes.append(Counterfactual(had, f"{units(after)} will be allowed."))
    return changes
