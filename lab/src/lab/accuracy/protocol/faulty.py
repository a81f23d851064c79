"""Stop alerts under faults of devices and lifters: the same sets with and without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.accuracy.answers import truth_of
from lab.accuracy.protocol.judged_sets import lifted
from lab.accuracy.protocol.plan import COMMON_FAULTS, EVERY_SET_FAULTS, OTHER_FAULTS, ProtocolCase, ProtocolPlan
from lab.accuracy.protocol.rows import model_estimates
from lab.accuracy.scores.alerts import AlertRule, Alerts, alerts
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.simulation import Conditions
from lab.accuracy.simulation.conditions import Fault

MIXED = "five faults, each in 10 % of the sets"
NONE = "none"


@dataclass(frozen=True, slots=True)
class FaultRow:
    """Alerts and error of the model with one kind of faults.

    Attributes
    ----------
    worse : float
        Share of wrong alerts minus the share without faults.
    judged : bool
        Whether it has a target.
    """

    family: str
    exercise: str
    case: str
    faults: str
    sets: int
    error: float
    alert: Alerts
    worse: float
    judged: bool


def fault_rows(
    family: str, exercise: str, cases: Sequence[ProtocolCase], plan: ProtocolPlan, rules: Mapping[str, AlertRule]
) -> list[FaultRow]:
    """Measure the model with each kind of faults, in judged and earlier sets of the same lifters.

    Parameters
    ----------
    rules : mapping
        The alert rule of each case.
    """
    kinds: list[tuple[str, Sequence[tuple[Fault, float | None]]]] = [(NONE, ())]
    kinds.append((MIXED, [(fault, None) for fault in COMMON_FAULTS]))
    kinds += [(f"{fault} in every set", [(fault, 1.0)]) for fault in (*EVERY_SET_FAULTS, *OTHER_FAULTS)]
    sets_each = 1 + max(case.earlier for case in cases)
    rows: list[FaultRow] = []
    wrong_without: dict[str, float] = {}
    for name, faults in kinds:
        conditions = Conditions(faults=tuple(faults))
        people = lifted(family, exercise, conditions, plan.seeds, plan.faulty_lifters_a_seed, sets_each)
        # An alert at a report that is no rep counts too.
        every, truth = truth_of(people.judged, every_report=True), truth_of(people.judged)
        judged = name == MIXED or (len(faults) == 1 and faults[0][0] in EVERY_SET_FAULTS)
        for case in cases:
            estimated = model_estimates(people, case)
            alert = alerts(every, estimated.answers(every), rules[case.name])
            error = float(capped_errors(truth, estimated.answers(truth)).mean())
            worse = alert.wrong - wrong_without.setdefault(case.name, alert.wrong)
            rows.append(FaultRow(family, exercise, case.name, name, truth.sets, error, alert, worse, judged))
    return rows
