"""Plots of probabilities: reliability, alerts by threshold, and reps left at the alert."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lab.accuracy.protocol.plan import AFTER_3, AFTER_8, COLD
from lab.accuracy.protocol.rows import MODEL, ScoreRow
from lab.accuracy.protocol.score_rows import Probabilities
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.report.figure import COLOURS, MUTED, NAMES, panels, save
from lab.accuracy.scores.calibration import CASES_MIN

_CASES = (COLD, AFTER_3, AFTER_8)
_RESERVES = (
    (0, "next rep fails", "#D55E00"),
    (1, "RIR ≤ 1", "#0072B2"),
    (2, "RIR ≤ 2", "#009E73"),
    (4, "RIR ≤ 4", "#CC79A7"),
)
_LEADS = ("none", "0", "1", "2", "3", "4", "5", "6+")


def reliability(results: Sequence[Simulated], family: str, path: Path) -> None:
    """Plot observed frequency by predicted probability, a row of panels for each case."""
    shown = [result for result in results if result.family == family]
    figure, axes = panels(len(_CASES), len(shown))
    for column, result in enumerate(shown):
        for line, case in enumerate(_CASES):
            axis, probabilities = axes[line][column], _said(result, case.name, MODEL)
            axis.plot([0, 1], [0, 1], color="black", linewidth=0.6)
            for reserve, label, colour in _RESERVES:
                bins = probabilities.reliability[reserve]
                axis.plot([bin.predicted for bin in bins], [bin.observed for bin in bins], color=colour, linewidth=0.8)
                enough = [bin for bin in bins if bin.cases >= CASES_MIN]
                axis.plot(
                    [bin_.predicted for bin_ in enough],
                    [bin_.observed for bin_ in enough],
                    "o",
                    color=colour,
                    markersize=3.5,
                    label=label,
                )
            axis.set_title(f"{NAMES[result.exercise]}, {case.name}", fontsize=9)
            axis.set_aspect("equal")
        axes[-1][column].set_xlabel("probability said", fontsize=8)
    for row in axes:
        row[0].set_ylabel("came true", fontsize=8)
    axes[0][0].legend(fontsize=7, frameon=False)
    save(figure, path)


def alert_curves(results: Sequence[Simulated], family: str, path: Path) -> None:
    """Plot late and missed alerts by early ones, over all thresholds."""
    shown = [result for result in results if result.family == family]
    figure, axes = panels(len(_CASES), len(shown))
    for column, result in enumerate(shown):
        for line, case in enumerate(_CASES):
            axis, row = axes[line][column], _row(result, case.name)
            names = [MODEL] + [
                scored.name for scored in row.scored if scored.probabilities is not None and scored.name != MODEL
            ]
            for name in names:
                probabilities = row.of(name).probabilities
                if probabilities is None:
                    continue
                for curve, style in zip(probabilities.curves, (":", "-"), strict=True):
                    label = f"{name if name == MODEL else name + ' oracle'}, T = {2 if style == '-' else 1}"
                    axis.plot(
                        [point.early for point in curve],
                        [point.late + point.missed for point in curve],
                        style,
                        color=COLOURS[name],
                        linewidth=1.1,
                        label=label,
                    )
                if name == MODEL:
                    axis.plot(
                        probabilities.alert.early,
                        probabilities.alert.late + probabilities.alert.missed,
                        "o",
                        color=COLOURS[name],
                        markersize=5,
                    )
            axis.axvline(0.12, color=MUTED, linewidth=0.6)
            axis.set_xlim(0.0, 0.4)
            axis.set_ylim(0.0, 0.5)
            axis.set_title(f"{NAMES[result.exercise]}, {case.name}", fontsize=9)
        axes[-1][column].set_xlabel("sets with an early alert (RIR ≥ 4)", fontsize=8)
    for panels_of_case in axes:
        panels_of_case[0].set_ylabel("late (RIR 0) or missed", fontsize=8)
        panels_of_case[0].legend(fontsize=6, frameon=False)
    save(figure, path)


def alert_leads(results: Sequence[Simulated], family: str, path: Path) -> None:
    """Plot the reps left at the alert."""
    shown = [result for result in results if result.family == family]
    figure, axes = panels(1, len(shown), height=2.8)
    for column, result in enumerate(shown):
        axis = axes[0][column]
        for step, case in enumerate(_CASES):
            row = _row(result, case.name)
            probabilities = _said(result, case.name, MODEL)
            places = [index + (step - 1) * 0.27 for index in range(len(_LEADS))]
            axis.bar(places, [lead / row.sets for lead in probabilities.leads], 0.27, label=case.name)
        axis.set_xticks(range(len(_LEADS)), _LEADS)
        axis.set_xlabel("reps left at the alert", fontsize=8)
        axis.set_title(NAMES[result.exercise], fontsize=9)
    axes[0][0].set_ylabel("share of sets", fontsize=8)
    axes[0][0].legend(fontsize=7, frameon=False)
    save(figure, path)


def _row(result: Simulated, case: str) -> ScoreRow:
    return next(row for row in result.rows if row.case == case)


def _said(result: Simulated, case: str, name: str) -> Probabilities:
    probabilities = _row(result, case).of(name).probabilities
    if probabilities is None:
        raise ValueError(f"{name} has no probabilities to plot")
    return probabilities
