"""The protocol on simulated sets of the narrow world: all rows of one family and exercise."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.accuracy.baselines import Fitted
from lab.accuracy.protocol import targets
from lab.accuracy.protocol.faulty import FaultRow, fault_rows
from lab.accuracy.protocol.judged_sets import JudgedSets, lifted
from lab.accuracy.protocol.parts import PartRow, part_rows
from lab.accuracy.protocol.plan import AFTER_3, COLD, MAIN_CASES, OTHER_CASES, ProtocolCase, ProtocolPlan
from lab.accuracy.protocol.rows import ScoreRow, row
from lab.accuracy.protocol.rules import rule_of
from lab.accuracy.protocol.shapes import ShapeRow, shape_rows
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.scores.alerts import AlertRule
from lab.accuracy.simulation import Conditions


@dataclass(slots=True)
class Simulated:
    """All figures of one family and exercise."""

    family: str
    exercise: str
    rows: list[ScoreRow] = field(default_factory=list)
    faults: list[FaultRow] = field(default_factory=list)
    shapes: list[ShapeRow] = field(default_factory=list)
    parts: list[PartRow] = field(default_factory=list)
    seconds: float = 0.0

    def progress(self) -> str:
        """Return a line for the terminal when this part is done."""
        return f"{self.exercise}, {self.family} family: {self.seconds:.0f} s"

    def targets(self) -> list[AccuracyTarget]:
        """Return the targets of this family and exercise."""
        targets_here = [target for row in self.rows for target in targets.of_row(row)]
        targets_here += targets.of_faults(self.faults)
        targets_here += targets.of_shapes(self.family, self.exercise, self.shapes)
        return targets_here


def simulated(family: str, exercise: str, plan: ProtocolPlan, rules: Mapping[str, AlertRule]) -> Simulated:
    """Measure all rows of one family and exercise."""
    began_s = time.monotonic()
    result = Simulated(family, exercise)
    main = _Kept(plan.seeds, plan.lifters_a_seed)
    other = _Kept(plan.seeds, plan.other_lifters_a_seed)
    for kept, cases in ((main, MAIN_CASES), (other, OTHER_CASES)):
        for case in cases:
            people = kept.of(family, exercise, case.conditions)
            result.rows.append(row(people, case, _baselines(result, case, plan), rule_of(rules, case)))
    result.faults = fault_rows(family, exercise, (COLD, AFTER_3), plan, rules)
    result.shapes = shape_rows(family, exercise, plan)
    result.parts = part_rows(family, exercise, plan)
    result.seconds = time.monotonic() - began_s
    return result


def _baselines(result: Simulated, case: ProtocolCase, plan: ProtocolPlan) -> Fitted:
    """Fit baselines on sets measured like those of a case."""
    seeds, count = plan.training_seeds, plan.training_lifters_a_seed
    return Fitted.on(lifted(result.family, result.exercise, case.conditions, seeds, count, sets_each=1).judged)


class _Kept:
    """Simulated lifters of some seeds, cached while consecutive cases have the same conditions."""

    def __init__(self, seeds: tuple[int, ...], lifters_a_seed: int) -> None:
        self._seeds, self._count = seeds, lifters_a_seed
        self._kept: dict[tuple[str, str], tuple[Conditions, JudgedSets]] = {}

    def of(self, family: str, exercise: str, conditions: Conditions) -> JudgedSets:
        kept = self._kept.get((family, exercise))
        if kept is None or kept[0] != conditions:
            kept = (conditions, lifted(family, exercise, conditions, self._seeds, self._count))
            self._kept[family, exercise] = kept
        return kept[1]
