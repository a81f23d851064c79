"""What trackers and papers do instead: estimators of reps in reserve that are fitted on training lifters.

Each gives a number alone. They are fitted to the measure that judges them, the mean absolute error of reps in reserve
capped at six, so that no baseline is beaten only for being fitted to another.
"""

from __future__ import annotations

from lab.accuracy.baselines.regression import BASELINES, Baseline, Fitted, answers

__all__ = ["BASELINES", "Baseline", "Fitted", "answers"]
