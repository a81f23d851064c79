"""The result of an accuracy run, and its files: figures.json and the plots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from lab.accuracy.motion.bar_scores import BarScores
from lab.accuracy.motion.wrist_counts import WristCount
from lab.accuracy.protocol import motion
from lab.accuracy.protocol.motion import WatchRow
from lab.accuracy.protocol.people import PeopleFigures
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.protocol.wide import WideFigures
from lab.accuracy.report import error_plots, probability_plots
from lab.accuracy.report.fans import fans
from lab.accuracy.report.figures import as_json
from lab.accuracy.simulation.parameters import fingerprint
from spotter_detector.model import MODEL_VERSION

Part: TypeAlias = Literal["people", "wide", "narrow", "motion"]
PARTS: Final[tuple[Part, ...]] = ("people", "wide", "narrow", "motion")


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """All results of a run; what was not measured is left out, and its part is not among the figures.

    Attributes
    ----------
    quick : bool
        The figures are of few sets and judge nothing.
    simulated : sequence of Simulated
        The narrow world.
    bars : list of BarScores
        Simulated bar signals.
    watch : list of WatchRow
        Recorded watch sets; empty without their folder.
    wide : sequence of WideFigures
    people : PeopleFigures or None
        Recorded lifters; None without a file of them.
    wrists : list of WristCount
        Recorded and simulated wrists.
    own_sets : bool
        They are of somebody's own file, which the record of the repository leaves out.
    """

    plan: ProtocolPlan
    quick: bool
    simulated: Sequence[Simulated] = ()
    bars: list[BarScores] = field(default_factory=list)
    watch: list[WatchRow] = field(default_factory=list)
    wide: Sequence[WideFigures] = ()
    people: PeopleFigures | None = None
    own_sets: bool = False
    wrists: list[WristCount] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """Return what was measured."""
        measured = {
            "people": self.people is not None,
            "wide": bool(self.wide),
            "narrow": bool(self.simulated),
            "motion": bool(self.bars),
        }
        return [part for part in PARTS if measured[part]]

    def targets(self) -> list[tuple[Part, AccuracyTarget]]:
        """Return every target, met or not, with the part of the report that it is about."""
        by_part: dict[Part, Iterable[AccuracyTarget]] = {
            "people": () if self.people is None else self.people.targets(),
            "wide": (target for figures in self.wide for target in figures.targets()),
            "narrow": (target for simulated in self.simulated for target in simulated.targets()),
            "motion": (*motion.of_bars(self.bars), *motion.of_watch(self.watch), *motion.of_wrists(self.wrists)),
        }
        return [(part, target) for part, targets in by_part.items() for target in targets]

    def figures(self) -> object:
        """Return everything as JSON values."""
        about = {
            "model": MODEL_VERSION,
            "parameters_sha256": fingerprint(),
            "quick": self.quick,
            "own_sets": self.own_sets,
            "parts": self.parts(),
            "plan": self.plan,
        }
        return as_json(
            {
                "about": about,
                "targets": [{"part": part, "met": target.met, "target": target} for part, target in self.targets()],
                "recorded": {
                    "people": self.people,
                    "watch": self.watch,
                    "wrists": [row for row in self.wrists if row.recorded],
                },
                "simulated": {
                    "wide": self.wide,
                    "lifters": self.simulated,
                    "bars": self.bars,
                    "wrists": [row for row in self.wrists if not row.recorded],
                },
            }
        )


def write(report: AccuracyReport, folder: Path) -> None:
    """Write figures.json and the plots into a folder, over what is there; `tools.figures` writes the page."""
    folder.mkdir(parents=True, exist_ok=True)
    results = report.simulated
    if results:
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
