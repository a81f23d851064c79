"""Plots of error: by case beside oracles and baselines, and by reps left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.accuracy.protocol.plan import AFTER_3, AFTER_8, COLD, MAIN_CASES
from lab.accuracy.protocol.rows import MODEL
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.report.figure import COLOURS, NAMES, panels, save

_BAR = 0.2
_ORDER = (MODEL, "population", "learned", "informed", "best baseline")


def error_by_case(results: Sequence[Simulated], path: Path) -> None:
    """Plot error by case as bars, a panel for each family and exercise."""
    families = list(dict.fromkeys(result.family for result in results))
    exercises = list(dict.fromkeys(result.exercise for result in results))
    figure, axes = panels(len(families), len(exercises), width=4.2, height=3.2)
    cases = [case.name for case in MAIN_CASES]
    for result in results:
        axis = axes[families.index(result.family)][exercises.index(result.exercise)]
        for index, name in enumerate(cases):
            row = next(row for row in result.rows if row.case == name)
            bars = [scored for scored in row.scored if scored.probabilities is not None] + [row.best_baseline()]
            for step, bar in enumerate(bars):
                colour = COLOURS["baseline"] if bar.probabilities is None else COLOURS[bar.name]
                label = "best baseline" if bar.probabilities is None else bar.name
                error, low, high = bar.error.value, bar.error.low, bar.error.high
                axis.bar(
                    index + (step - 1.5) * _BAR,
                    error,
                    _BAR,
                    color=colour,
                    label=label,
                    yerr=[[max(error - low, 0.0)], [max(high - error, 0.0)]],
                    error_kw={"linewidth": 0.7},
                )
        axis.set_xticks(
            range(len(cases)),
            [name.replace(", ", ",\n").replace(" 3 ", "\n3 ").replace(" 8 ", "\n8 ") for name in cases],
        )
        axis.tick_params(axis="x", labelsize=6)
        axis.set_title(f"{NAMES[result.exercise]}, {result.family} family", fontsize=9)
        axis.set_ylabel("error, reps (capped at 6)", fontsize=8)
    handles, labels = axes[0][0].get_legend_handles_labels()
    by_label = dict(zip(labels, handles, strict=True))
    figure.legend(
        [by_label[name] for name in _ORDER if name in by_label],
        [name if name in (MODEL, "best baseline") else f"{name} oracle" for name in _ORDER if name in by_label],
        loc="outside upper center",
        ncols=5,
        fontsize=8,
        frameon=False,
    )
    save(figure, path)


def error_by_reps_left(results: Sequence[Simulated], path: Path) -> None:
    """Plot error and bias by true reps left, home family."""
    home = [result for result in results if result.family == "home"]
    figure, axes = panels(2, len(home), width=4.0)
    for column, result in enumerate(home):
        for case, style in ((COLD, ":"), (AFTER_3, "--"), (AFTER_8, "-")):
            row = next(row for row in result.rows if row.case == case.name)
            for name in (MODEL, "informed"):
                groups = row.of(name).by_reserve
                labels = [
                    f"{group.least}" if group.least == group.most else f"{group.least}–{group.most}" for group in groups
                ]
                labels[-1] = f"{groups[-1].least}+"
                if name == MODEL or case is AFTER_8:
                    label = f"{name}, {case.name}" if name == MODEL else "informed oracle"
                    axes[0][column].plot(
                        labels, [group.error for group in groups], style, color=COLOURS[name], label=label
                    )
                    axes[1][column].plot(labels, [group.bias for group in groups], style, color=COLOURS[name])
        axes[0][column].set_title(NAMES[result.exercise], fontsize=9)
        axes[1][column].axhline(0.0, color="black", linewidth=0.6)
        axes[1][column].set_xlabel("true reps left", fontsize=8)
    axes[0][0].set_ylabel("error, reps (not capped)", fontsize=8)
    axes[1][0].set_ylabel("bias, reps", fontsize=8)
    axes[0][0].legend(fontsize=7, frameon=False)
    save(figure, path)


def pit_histograms(results: Sequence[Simulated], path: Path) -> None:
    """Plot histograms of the probability integral transform: flat where the posterior is right."""
    families = list(dict.fromkeys(result.family for result in results))
    exercises = list(dict.fromkeys(result.exercise for result in results))
    figure, axes = panels(len(families), len(exercises), height=2.4)
    for result in results:
        axis = axes[families.index(result.family)][exercises.index(result.exercise)]
        for case, style in ((COLD, ":"), (AFTER_8, "-")):
            probabilities = next(row for row in result.rows if row.case == case.name).of(MODEL).probabilities
            if probabilities is not None:
                edges = np.linspace(0.0, 1.0, len(probabilities.pit_bars) + 1)
                axis.stairs(
                    probabilities.pit_bars,
                    edges,
                    color=COLOURS[MODEL],
                    linestyle=style,
                    label=f"{case.name}: {probabilities.pit:.3f}",
                )
        axis.axhline(1.0, color="black", linewidth=0.6)
        axis.set_ylim(0.0, 2.0)
        axis.set_title(f"{NAMES[result.exercise]}, {result.family} family", fontsize=9)
        axis.legend(fontsize=7, frameon=False, title="distance from flat", title_fontsize=7)
    save(figure, path)
