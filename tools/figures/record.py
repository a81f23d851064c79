"""The repository's record of an accuracy run: a small part of its figures (megabytes)."""

from __future__ import annotations

import json
from typing import Any, Final

Json = dict[str, Any]  # one level of a JSON document; its shape is that of `lab.accuracy.report`

MAIN_CASES: Final = ("cold", "cold, load known", "after 3 sets", "after 8 sets")


def record_of(figures: Json) -> Json:
    """Return the record of a whole run: targets, the main figures of each case, signals of bars and watches."""
    simulated = figures["simulated"]
    return {
        "about": figures["about"],
        "targets": [{"met": row["met"], **row["target"]} for row in figures["targets"]],
        "cases": [case_of(row) for row in rows_of(figures) if row["case"] in MAIN_CASES],
        "failed_attempts": [
            {"family": lifters["family"], "exercise": lifters["exercise"], **shape}
            for lifters in simulated["lifters"]
            for shape in lifters["shapes"]
        ],
        "bars": simulated["bars"],
        "watch": figures["recorded"]["watch"],
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
        "error": model["error"],
        "ratios": {name: ratio["value"] for name, ratio in row["ratios"].items()},
        "baseline": {"name": baseline["name"], "error": baseline["error"]["value"]},
        **{name: model[name] for name in ("within_1", "within_2")},
        "rps": model["rps"]["value"],
        **_probabilities(model["probabilities"]),
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
        text = json.dumps(value, ensure_ascii=False) if rows is None else "[\n" + ",\n".join(rows) + "\n]"
        parts.append(f"{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
