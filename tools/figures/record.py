"""The repository's record of an accuracy run: a small part of its figures (megabytes)."""

from __future__ import annotations

import json
from typing import Any, Final

Json = dict[str, Any]  # one level of a JSON document; its shape is that of `lab.accuracy.report`

MAIN_CASES: Final = ("cold", "cold, load known", "after 3 sets", "after 8 sets")


PARTS: Final = {
    "people": ("people", "alarms", "alarm_findings", "properties", "labels", "curls"),
    "wide": ("wide", "wide_alarms", "wide_findings", "wide_properties"),
    "narrow": ("cases", "failed_attempts", "parted_sets"),
    "motion": ("bars", "watch", "wrists"),
}
"""What the record holds of each part of a run; the parts that a run leaves out stay as they were."""


def record_of(figures: Json, kept: Json | None = None) -> Json:
    """Return the record of a whole run, or of some parts and what was kept of the others."""
    about, parts = figures["about"], figures["about"]["parts"]
    kept = {"about": {}, "targets": []} if kept is None else kept
    made = {"people": _people, "wide": _wide, "narrow": _narrow, "motion": _motion}
    record: Json = {
        "about": {part: about if part in parts else kept["about"].get(part) for part in PARTS},
        "targets": [
            *({"part": row["part"], "met": row["met"], **row["target"]} for row in figures["targets"]),
            *(target for target in kept["targets"] if target["part"] not in parts),
        ],
    }
    record["targets"].sort(key=lambda target: list(PARTS).index(target["part"]))
    for part, names in PARTS.items():
        rows = made[part](figures) if part in parts else {name: kept.get(name, []) for name in names}
        record.update(rows)
    return record


def _people(figures: Json) -> Json:
    people = figures["recorded"]["people"]
    return {
        "people": {name: people[name] for name in ("lifters", "sets")},
        "alarms": people["alarms"],
        "alarm_findings": people["red"],
        "properties": [{"learned": held["learned"], **held["row"]} for held in people["properties"]],
        "labels": [
            {
                **{name: row[name] for name in ("label", "case", "lifters", "sets", "reps")},
                **estimator_of(row["scored"]),
            }
            for row in people["labels"]
        ],
        "curls": people["curls"],
    }


def _wide(figures: Json) -> Json:
    of = figures["simulated"]["wide"]
    return {
        "wide": [
            {
                **{name: row[name] for name in ("family", "exercise", "earlier", "sets", "ratio", "worst_gap")},
                "model": estimator_of(row["scored"]),
                "oracle": estimator_of(row["oracle"]),
            }
            for exercise in of
            for row in exercise["rows"]
        ],
        "wide_alarms": [
            {"family": exercise["family"], "exercise": exercise["exercise"], **alarm}
            for exercise in of
            for row in exercise["rows"]
            for alarm in row["alarms"]
        ],
        "wide_findings": [
            {"family": exercise["family"], "exercise": exercise["exercise"], **red}
            for exercise in of
            for red in exercise["red"]
        ],
        "wide_properties": [
            {"family": exercise["family"], "exercise": exercise["exercise"], **row}
            for exercise in of
            for row in exercise["properties"]
        ],
    }


def _narrow(figures: Json) -> Json:
    return {
        "cases": [case_of(row) for row in rows_of(figures) if row["case"] in MAIN_CASES],
        "failed_attempts": [
            {"family": lifters["family"], "exercise": lifters["exercise"], **shape}
            for lifters in figures["simulated"]["lifters"]
            for shape in lifters["shapes"]
        ],
        "parted_sets": [
            {"family": lifters["family"], "exercise": lifters["exercise"], **row}
            for lifters in figures["simulated"]["lifters"]
            for row in lifters["parts"]
        ],
    }


def _motion(figures: Json) -> Json:
    simulated, recorded = figures["simulated"], figures["recorded"]
    wrists = [
        {name: row[name] for name in ("recorded", "case", "sets", "exact", "within_one", "known_in_time", "cost_us")}
        for row in (*recorded["wrists"], *simulated["wrists"])
    ]
    return {"bars": simulated["bars"], "watch": recorded["watch"], "wrists": wrists}


def estimator_of(scored: Json) -> Json:
    """Return the main figures of one estimator."""
    return {
        "error": scored["error"],
        **{name: scored[name] for name in ("within_1", "within_2")},
        "rps": scored["rps"]["value"],
        **_probabilities(scored["probabilities"]),
    }


def rows_of(figures: Json) -> list[Json]:
    """Return the rows of all cases of a run."""
    return [row for lifters in figures["simulated"]["lifters"] for row in lifters["rows"]]


def case_of(row: Json) -> Json:
    """Return the main figures of a case."""
    model, *others = row["scored"]
    baseline = min(
        (scored for scored in others if scored["probabilities"] is None), key=lambda scored: scored["error"]["value"]
    )
    return {
        **{name: row[name] for name in ("family", "exercise", "case", "sets", "reps")},
        "ratios": {name: ratio["value"] for name, ratio in row["ratios"].items()},
        "baseline": {"name": baseline["name"], "error": baseline["error"]["value"]},
        **estimator_of(model),
        "oracles": {
            scored["name"]: {
                name: _probabilities(scored["probabilities"])[name]
                for name in ("next_fails_skill", "alert", "ends_near")
            }
            for scored in others
            if scored["probabilities"] is not None
        },
    }


def _probabilities(scored: Json) -> Json:
    alert = scored["alert"]
    return {
        "pit": scored["pit"],
        "worst_gap": scored["worst_gap"],
        "interval": scored["interval"],
        "next_fails_brier": scored["brier"][0],
        "next_fails_skill": scored["skill"][0],
        "alert": {**alert["rule"], **{name: alert[name] for name in ("late", "missed", "early", "lead")}},
        "ends_near": scored["ends_near"],
    }


def text_of(record: Json) -> str:
    """Return the record as JSON with one row per line, so that changes can be read."""
    parts = []
    for name, value in record.items():
        rows = [json.dumps(row, ensure_ascii=False) for row in value] if isinstance(value, list) else None
        text = "[\n" + ",\n".join(rows) + "\n]" if rows else json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
