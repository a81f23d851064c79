"""The information in the end of an earlier set about the reps possible in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.accuracy.oracles.normal import Floats, cumulated
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters


def likelihoods(sets: Sequence[LabelledSet]) -> Floats:
    """Return P(how the set ended | reps in reserve 0, 1, 2 …), (n, stops), by the lifters' habits.

    A known failure leaves nothing in reserve. Otherwise the stop follows the habits' distribution, and the reported RIR,
    if any, scatters around the true one.
    """
    habits = parameters().habits
    stops = len(habits.stop_rir)
    chances = np.zeros((len(sets), stops))
    for index, lifted_set in enumerate(sets):
        if lifted_set.failed:
            chances[index, 0] = 1.0
            continue
        chances[index] = habits.stop_rir
        if len(lifted_set.reps) == 1:
            # A set has at least one rep, even if its lifter would have stopped with more in reserve.
            chances[index] = np.cumsum(habits.stop_rir[::-1])[::-1]
        if lifted_set.reported_rir is not None:
            chances[index] *= call_likelihoods(lifted_set.reported_rir, stops)
    return chances


def call_likelihoods(call: float, stops: int) -> Floats:
    """Return P(the lifter reports this | reps in reserve 0 … stops − 1).

    >>> call_likelihoods(2.0, 4).round(3).tolist()
    [0.012, 0.092, 0.214, 0.149]
    """
    habits = parameters().habits
    expected: Floats = np.arange(float(stops)) + habits.call_bias
    upper = cumulated((call + 0.5 * habits.call_step - expected) / habits.call_sd)
    if call <= 0.0:
        return upper
    return upper - cumulated((call - 0.5 * habits.call_step - expected) / habits.call_sd)
