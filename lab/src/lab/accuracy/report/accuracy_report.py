"""The result of an accuracy run, and its files: figures.json and the plots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.accuracy.motion.bar_scores import BarScores
from lab.accuracy.protocol import motion
from lab.accuracy.protocol.motion import WatchRow
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.recordings import RecordedRow
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.report import error_plots, probability_plots
from lab.accuracy.report.fans import fans
from lab.accuracy.report.figures import as_json
from lab.accuracy.simulation.parameters import fingerprint
from spotter_detector.model import MODEL_VERSION


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """All results of a run.

    Attributes
    ----------
    quick : bool
        The figures are of few sets and judge nothing.
    simulated : sequence of Simulated
    bars : list of BarScores
        Simulated bar signals.
    recorded : sequence of RecordedRow
        Sets of the file that was passed; empty without one.
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
        """Return every target, met or not."""
        targets = [target for simulated in self.simulated for target in simulated.targets()]
        return [*targets, *motion.of_bars(self.bars), *motion.of_watch(self.watch)]

    def figures(self) -> object:
        """Return everything as JSON values."""
        about = {
            "model": MODEL_VERSION,
            "parameters_sha256": fingerprint(),
            "quick": self.quick,
            "plan": self.plan,
        }
        return as_json(
            {
                "about": about,
                "targets": [{"met": target.met, "target": target} for target in self.targets()],
                "simulated": {"lifters": self.simulated, "bars": self.bars},
                "recorded": {"lifters": self.recorded, "watch": self.watch},
            }
        )


def write(report: AccuracyReport, folder: Path) -> None:
    """Write figures.json and the plots into a folder, over what is there; `tools.figures` writes the page."""
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
    text = json.dumps(report.figures(), separators=(",", ":"))
    (folder / "figures.json").write_text(f"{text}\n", encoding="utf-8")
