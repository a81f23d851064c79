"""The section on recorded people: alarm table, curls, properties, errors by label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tools.figures.markdown import percent, table, template
from tools.figures.record import Json

MODEL: Final = "model"
ALARM_COLUMNS: Final = "reports | learned from | load | alarm | hard, easy | AUC | J | J any | *failing*"


def people_section(record: Json) -> str:
    """Return the section; without recordings it says so."""
    if record["about"]["people"] is None:
        return "## Recorded people\n\nNo recordings were passed to this run."
    together = [row for row in record["alarms"] if row["lifter"] is None]
    return template("people").format(
        model=record["about"]["people"]["model"],
        lifters=record["people"]["lifters"],
        sets=record["people"]["sets"],
        alarms=table(ALARM_COLUMNS, (alarm_row(row) for row in together)),
        findings=findings(record["alarm_findings"]),
        worth=_worth(together),
        by_lifter=table(
            "lifter | learned from | load | alarm | hard, easy | AUC | J | J any | *failing*",
            (
                (f"{row['lifter'] + 1}", *alarm_row(row)[1:])
                for row in record["alarms"]
                if row["lifter"] is not None and row["reports"] == "all" and row["memory"] in (0, None)
            ),
        ),
        curls=_curls(record["curls"]),
        properties=properties_table("learned from", "learned", record["properties"]),
        labels=table(
            "label | learned from | lifters | sets | reps | error | within 1 | within 2 | PIT",
            map(_label, record["labels"]),
        ),
    )


def people_summary(record: Json) -> Iterator[str]:
    """Yield what README.md says of recorded people."""
    if record["about"]["people"] is None:
        return
    people = record["people"]
    rows = [row for row in record["alarms"] if row["lifter"] is None]
    yield (
        f"Recorded people ({people['sets']} sets of {people['lifters']} lifters, all reports of the device): how well hard sets "
        "are told from easy ones after the last rep, AUC and Youden's index of *stop*:"
    )
    yield table(
        "alarm | AUC | J",
        (
            (f"{row['score']['name']}, {learned(row['memory'])}", *_shares(row["score"], "auc", "youden"))
            for row in rows
            if row["reports"] == "all" and row["memory"] in (0, None) and not row["load"]
        ),
    )


def alarm_row(row: Json) -> tuple[str, ...]:
    """Return a row of an alarm table; the model's are bold."""
    score = row["score"]
    name = f"**{score['name']}**" if score["name"] == MODEL else score["name"]
    return (
        row["reports"],
        learned(row["memory"]),
        "told" if row["load"] else "",
        name,
        f"{score['hard']}, {score['easy']}",
        *_shares(score, "auc", "youden", "youden_any"),
        "" if score["failing_easy"] is None else percent(score["failing_easy"]),
    )


def findings(rows: Sequence[Json]) -> str:
    """Return what is better than the model, where a rule of one line or less knowledge is."""
    if not rows:
        return "No rule is better than the model with what it knows, and knowing more is never worse."
    by_case: dict[tuple[str, str, bool], list[str]] = {}
    for row in rows:
        by_case.setdefault((row["reports"], learned(row["memory"]), row["load"]), []).append(row["why"])
    lines = (
        f"* {reports} reports, {memory}{', load told' if load else ''}: {'; '.join(why)}"
        for (reports, memory, load), why in by_case.items()
    )
    return "\n".join(("🔴 Better than the model, or wrong with it:", "", *lines))


def _worth(rows: Sequence[Json]) -> str:
    """Return what one set makes of Youden's index."""
    score = next((row["score"] for row in rows if row["score"]["hard"] and row["score"]["easy"]), None)
    if score is None:
        return "No set was hard, or none easy."
    return (
        f"Of these sets one hard set is worth {1 / score['hard']:.3f} of J and one easy set {1 / score['easy']:.3f}: a J "
        "that differs by .03 is that of two or three sets judged otherwise."
    )


def properties_table(column: str, name: str, rows: Iterable[Json]) -> str:
    """Return how often each property is broken."""
    return table(
        f"property | {column} | sets | broken | at worst by",
        (
            (row["name"], str(row[name]), str(row["sets"]), percent(row["broken"]), f"{row['worst']:.2f}")
            for row in rows
        ),
    )


def learned(memory: int | None) -> str:
    """Return what an alarm has learned from."""
    return {None: "all earlier sets", 0: "nothing"}.get(memory, f"{memory} earlier sets")


def _curls(rows: Sequence[Json]) -> str:
    if not rows:
        return "No recorded curls were passed to this run."
    return table(
        "estimator | sets | reps | MAE | RMSE | at failure | F1 of two left or fewer | last safe rep | no premature alert",
        (
            (
                row["name"],
                str(row["sets"]),
                str(row["reps"]),
                *(f"{row[name]:.2f}" for name in ("error", "root_error", "error_at_failure", "near_f1")),
                percent(row["last_safe"]),
                percent(row["not_premature"]),
            )
            for row in rows
        ),
    )


def _label(row: Json) -> tuple[str, ...]:
    error = row["error"]
    return (
        *(str(row[name]) for name in ("label", "case", "lifters", "sets", "reps")),
        f"{error['value']:.3f} ({error['low']:.3f}–{error['high']:.3f})",
        percent(row["within_1"]),
        percent(row["within_2"]),
        f"{row['pit']:.3f}",
    )


def _shares(score: Json, *names: str) -> tuple[str, ...]:
    return tuple("" if score[name] is None else f"{score[name]:.3f}" for name in names)
