"""The model's alert rules: for each case, the reserve and threshold that do best on training lifters.

One rule serves all exercises. It is fitted on the home family, because a lifter's true law is unknown. The share of wrong
alerts by threshold is flat and noisy near its minimum, so it is smoothed over neighbouring thresholds first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from lab.accuracy.answers import Floats, truth_of
from lab.accuracy.protocol.judged_sets import lifted
from lab.accuracy.protocol.plan import AFTER_3, AFTER_8, COLD, COLD_LOAD, ProtocolCase, ProtocolPlan
from lab.accuracy.protocol.rows import model_estimates
from lab.accuracy.scores.alerts import RESERVES, THRESHOLDS, AlertRule, curve
from lab.accuracy.simulation import Conditions

RULE_CASES = (COLD, COLD_LOAD, AFTER_3, AFTER_8)
# Wrong alerts by reserve and threshold, (reserves, thresholds), of each case.
WrongAlerts: TypeAlias = Mapping[str, Floats]
# Cases without a rule of their own use that of the case with as many earlier sets.
_SIBLINGS = {case.earlier: case for case in (COLD, AFTER_3, AFTER_8)}
_NEIGHBOURS = 2


def wrong_alerts(exercise: str, plan: ProtocolPlan) -> WrongAlerts:
    """Return the share of training sets with a wrong alert, by case, reserve and threshold."""
    people = lifted("home", exercise, Conditions(), plan.training_seeds, plan.training_lifters_a_seed)
    truth = truth_of(people.judged)
    wrong_by_case: dict[str, Floats] = {}
    for case in RULE_CASES:
        answers = model_estimates(people, case).answers(truth)
        wrong_by_case[case.name] = np.array(
            [[point.wrong for point in curve(truth, answers, reserve)] for reserve in RESERVES]
        )
    return wrong_by_case


def fixed_rules(by_exercise: Sequence[WrongAlerts]) -> dict[str, AlertRule]:
    """Return the best rule of each case over all exercises.

    >>> wrong = np.full((2, len(THRESHOLDS)), 0.5)
    >>> wrong[0, 3], wrong[1, 20:25] = 0.1, 0.3  # one lucky threshold, and a valley
    >>> fixed_rules([{case.name: wrong for case in RULE_CASES}])["cold"]
    AlertRule(reserve=2, threshold=0.6)
    """
    rules: dict[str, AlertRule] = {}
    for case in RULE_CASES:
        wrong = np.mean([wrong_rates[case.name] for wrong_rates in by_exercise], axis=0)
        smooth = np.array([_smooth(row) for row in wrong])
        reserve, threshold = np.unravel_index(int(smooth.argmin()), smooth.shape)
        rules[case.name] = AlertRule(RESERVES[int(reserve)], THRESHOLDS[int(threshold)])
    return rules


def rule_of(rules: Mapping[str, AlertRule], case: ProtocolCase) -> AlertRule:
    """Return the rule of a case."""
    return rules.get(case.name) or rules[_SIBLINGS[case.earlier].name]


def _smooth(values: Floats) -> Floats:
    padded = np.pad(values, _NEIGHBOURS, mode="edge")
    width = 2 * _NEIGHBOURS + 1
    smooth: Floats = np.convolve(padded, np.full(width, 1.0 / width), mode="valid")
    return smooth
