"""The section on the wide world: errors beside its oracles, alarms, properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tools.figures.markdown import EXERCISES, percent, table, template
from tools.figures.people_section import alarm_row, findings, properties_table
from tools.figures.record import Json

_NEVER_LEARN: Final = ("MVT + .03", "loss of 20 %")


def wide_section(record: Json) -> str:
    """Return the section; where the wide world was not measured it says so."""
    about = record["about"]["wide"]
    if about is None:
        return "## Simulated lifters, wide world\n\nNot measured in this run."
    return template("wide").format(
        model=about["model"],
        errors=table(
            "family | exercise | earlier sets | sets | error | × oracle | oracle's | PIT | oracle's | worst gap | within 1 | within 2",
            map(_error, record["wide"]),
        ),
        alarms=table(
            "family | exercise | learned from | load | alarm | hard, easy | AUC | J | J any | *failing*",
            (
                (row["family"], EXERCISES[row["exercise"]], *alarm_row(row)[1:])
                for row in record["wide_alarms"]
                if _is_shown(row)
            ),
        ),
        findings="\n\n".join(_findings(record["wide_findings"])),
        properties=properties_table(
            "lifters", "lifters", ({**row, "lifters": _lifters(row)} for row in record["wide_properties"])
        ),
    )


def _findings(rows: Sequence[Json]) -> list[str]:
    if not rows:
        return [findings(rows)]
    return [
        f"{lifters.capitalize()}. {findings([row for row in rows if _lifters(row) == lifters])}"
        for lifters in dict.fromkeys(map(_lifters, rows))
    ]


def _is_shown(row: Json) -> bool:
    """Whether a row says more than that of the same rule before any set: rules that learn nothing never change."""
    return row["memory"] == 0 or row["score"]["name"] not in _NEVER_LEARN


def _lifters(row: Json) -> str:
    return f"{EXERCISES[row['exercise']]}, {row['family']} family"


def _error(row: Json) -> tuple[str, ...]:
    model, oracle, ratio = row["model"], row["oracle"], row["ratio"]
    return (
        row["family"],
        EXERCISES[row["exercise"]],
        str(row["earlier"]),
        str(row["sets"]),
        f"{model['error']['value']:.3f}",
        f"{ratio['value']:.3f} ({ratio['low']:.3f}–{ratio['high']:.3f})",
        f"{oracle['error']['value']:.3f}",
        f"{model['pit']:.3f}",
        f"{oracle['pit']:.3f}",
        f"{row['worst_gap']:.3f}",
        percent(model["within_1"]),
        percent(model["within_2"]),
    )
