"""Writes the report: index.html, figures.json and the plots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from lab.accuracy.motion.bar_scores import BarScores
from lab.accuracy.protocol import motion
from lab.accuracy.protocol.motion import WatchRow
from lab.accuracy.protocol.plan import MAIN_CASES, OTHER_CASES, ProtocolPlan
from lab.accuracy.protocol.recordings import RecordedRow
from lab.accuracy.protocol.rows import MODEL
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.report import error_plots, probability_plots
from lab.accuracy.report.fans import fans
from lab.accuracy.report.figure import NAMES
from lab.accuracy.report.figures import as_json
from lab.accuracy.report.unmet import explained
from lab.accuracy.scores import alerts
from lab.accuracy.simulation.parameters import fingerprint
from spotter_detector.model import MODEL_VERSION


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """All that a report is made of.

    Attributes
    ----------
    quick : bool
        The figures are of few sets and judge nothing.
    simulated : sequence of Simulated
    bars : list of BarScores
        Simulated bar signals.
    recorded : sequence of RecordedRow
        Of the file that was given; empty without one.
    watch : list of WatchRow
        Recorded watch sets; empty without their folder.
    """

    plan: ProtocolPlan
    quick: bool
    simulated: Sequence[Simulated]
    bars: list[BarScores] = field(default_factory=list)
    recorded: Sequence[RecordedRow] = ()
    watch: list[WatchRow] = field(default_factory=list)

    def targets(self) -> list[AccuracyTarget]:
        """All that was to be reached."""
        targets = [target for simulated in self.simulated for target in simulated.targets()]
        return [*targets, *motion.of_bars(self.bars), *motion.of_watch(self.watch)]


def write(report: AccuracyReport, folder: Path) -> None:
    """Write the report into a folder, over what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    results = report.simulated
    error_plots.error_by_case(results, folder / "error.png")
    error_plots.error_by_reps_left(results, folder / "error-by-reps-left.png")
    error_plots.pit_histograms(results, folder / "pit.png")
    for family in report.plan.families:
        probability_plots.reliability(results, family, folder / f"reliability-{family}.png")
        probability_plots.alert_curves(results, family, folder / f"alerts-{family}.png")
    probability_plots.alert_leads(results, "home", folder / "alert-leads.png")
    fans(folder / "fans.png")
    (folder / "index.html").write_text(page(report), encoding="utf-8")
    (folder / "figures.json").write_text(json.dumps(_figures(report), separators=(",", ":")) + "\n", encoding="utf-8")


def _figures(report: AccuracyReport) -> object:
    return as_json(
        {
            "about": {
                "model": MODEL_VERSION,
                "parameters_sha256": fingerprint(),
                "quick": report.quick,
                "plan": report.plan,
            },
            "targets": [{"met": target.met, "target": target} for target in report.targets()],
            "simulated": {"lifters": report.simulated, "bars": report.bars},
            "recorded": {"lifters": report.recorded, "watch": report.watch},
        }
    )


def page(report: AccuracyReport) -> str:
    """The page, as HTML."""
    environment = Environment(
        loader=PackageLoader("lab.accuracy.report"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = lambda value: f"{value:.3f}"
    environment.filters["share"] = lambda value: f"{100.0 * value:.1f}"
    targets = report.targets()
    missed = [target for target in targets if not target.met]
    return environment.get_template("index.html.jinja").render(
        report=report,
        targets=targets,
        missed=missed,
        unmet=explained(missed),
        names=NAMES,
        model=MODEL,
        main_cases=[case.name for case in MAIN_CASES],
        targets_rir=alerts.TARGETS,
        other_cases=[case.name for case in OTHER_CASES],
        exact_share=motion.exact_share,
        off_by_more=motion.off_by_more,
        best_baseline=error_plots.best_baseline,
        model_version=MODEL_VERSION,
        fingerprint=fingerprint(),
    )
