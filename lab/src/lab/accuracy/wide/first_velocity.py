"""The population's first velocity by log reps possible: along the line, and under five reps down to that of failure."""

from __future__ import annotations

import numpy as np

from lab.accuracy.answers import Floats
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.wide.parameters import EXERCISES_WIDE, FEW_REPS_MAX, FEW_REPS_POWER


def first_velocity(exercise: str, log_n: Floats) -> Floats:
    """Return the first velocity (m/s) of a usual lifter in a set in which these log reps are usual.

    >>> [float(first_velocity("bench_press", np.log(reps)).round(3)) for reps in (1.0, 2.0, 5.0, 10.0)]
    [0.15, 0.22, 0.335, 0.489]
    """
    of, v_last = parameters().home[exercise], EXERCISES_WIDE[exercise].v_last
    line = of.line_velocity + (np.maximum(log_n, np.log(FEW_REPS_MAX)) - of.line_log_n) / of.line_slope
    few = np.clip((np.exp(log_n) - 1.0) / (FEW_REPS_MAX - 1.0), 0.0, 1.0) ** FEW_REPS_POWER
    return v_last + (line - v_last) * few
