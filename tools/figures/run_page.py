"""The page of one run: the page of the record, plots, and the figures that the record omits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.figures.markdown import percent, table
from tools.figures.pages import (
    CASE_COLUMNS,
    alerts_table,
    calibration_table,
    error_table,
    limit,
    page,
    target_name,
    which,
)
from tools.figures.record import MAIN_CASES, Json, case_of, record_of, rows_of


def run_page(run: Json, plots: Iterable[str]) -> str:
    """Return the page of a run with these plots in its folder."""
    rows, about = rows_of(run), run["about"]
    others = [case_of(row) for row in rows if row["case"] not in MAIN_CASES]
    quick = "**A quick run of few sets: it judges nothing.** " if about["quick"] else ""
    narrow = _narrow(run, rows, others) if rows else ()
    parts = [
        page(record_of(run)).rstrip(),
        "## This run",
        f"{quick}Parameters of the simulation: SHA-256 `{about['parameters_sha256']}`. Baselines and alert thresholds are "
        f"fitted on seeds {', '.join(map(str, about['plan']['training_seeds']))}.",
        "## Plots",
        *(f"![{name.removesuffix('.png').replace('-', ' ')}]({name})" for name in plots),
        *narrow,
        *_watch(run["recorded"]["watch"]),
        "## All targets",
        table(
            "target | measure | is | limit | met",
            (_target({"met": entry["met"], **entry["target"]}) for entry in run["targets"]),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _narrow(run: Json, rows: Sequence[Json], others: Sequence[Json]) -> Sequence[str]:
    """Return what the page of the record leaves out of the narrow world."""
    return (
        "## All baselines",
        _baselines([row for row in rows if row["case"] in MAIN_CASES]),
        "## Faults",
        "The same lifters and sets with faults of devices and lifters in them; an alert at a report that is no rep counts. "
        "*Worse*: percentage points of late, missed or early alerts more than without faults.",
        table(
            f"{CASE_COLUMNS} | faults | sets | error | late | missed | early | worse",
            (_fault(row) for lifters in run["simulated"]["lifters"] for row in lifters["faults"]),
        ),
        "## Other conditions",
        "Of fewer lifters and not judged, except durations after 3 and 8 sets.",
        *(tabulate(others) for tabulate in (error_table, calibration_table, alerts_table)),
    )


def _baselines(rows: Sequence[Json]) -> str:
    of = [[scored for scored in row["scored"] if scored["probabilities"] is None] for row in rows]
    return table(
        " | ".join((CASE_COLUMNS, *(scored["name"] for scored in of[0]))),
        (
            (*which(row), *(f"{scored['error']['value']:.3f}" for scored in scores))
            for row, scores in zip(rows, of, strict=True)
        ),
    )


def _fault(row: Json) -> tuple[str, ...]:
    shares = (percent(row["alert"][name]) for name in ("late", "missed", "early"))
    return (*which(row), row["faults"], str(row["sets"]), f"{row['error']:.3f}", *shares, f"{100 * row['worse']:.1f}")


def _watch(rows: Sequence[Json]) -> Iterable[str]:
    if rows:
        yield "## Recorded watch sets"
        yield table(
            "watch set | reps | counted | peak counter",
            ((row["name"], *(str(row[name]) for name in ("reps", "counted", "peaks"))) for row in rows),
        )


def _target(target: Json) -> tuple[str, ...]:
    return (
        target_name(target),
        target["measure"],
        f"{target['value']:.3g}",
        limit(target),
        "yes" if target["met"] else "no",
    )
