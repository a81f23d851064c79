"""Baselines, the estimators of trackers and papers: reps in reserve as one number, fitted on training lifters.

They are fitted to the measure that judges them, the mean absolute error of reps in reserve capped at six, so that none
loses only because it was fitted to another measure.
"""

from __future__ import annotations

from lab.accuracy.baselines.regression import BASELINES, Baseline, Fitted, answers

__all__ = ["BASELINES", "Baseline", "Fitted", "answers"]
