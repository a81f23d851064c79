"""What the end of an earlier set says of the reps that were possible in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.accuracy.oracles.normal import Floats, cumulated
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters


def likelihoods(sets: Sequence[LabelledSet]) -> Floats:
    """P(how the set ended | reps in reserve 0, 1, 2 …), (n, stops), by the lifters' habits.

    A known failure leaves nothing in reserve. Else a lifter stops as often as the habits say with each reserve, and the
    call, where there is one, scatters about it.
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
            # A set of one rep ends there though its lifter would have stopped with more in reserve.
            chances[index] = np.cumsum(habits.stop_rir[::-1])[::-1]
        if lifted_set.reported_rir is not None:
            chances[index] *= call_likelihoods(lifted_set.reported_rir, stops)
    return chances


def call_likelihoods(call: float, stops: int) -> Floats:
    """P(the lifter calls this | reps in reserve 0 … stops − 1).

    >>> call_likelihoods(2.0, 4).round(3).tolist()
    [0.012, 0.092, 0.214, 0.149]
    """
    habits = parameters().habits
    expected: Floats = np.arange(float(stops)) + habits.call_bias
    upper = cumulated((call + 0.5 * habits.call_step - expected) / habits.call_sd)
    if call <= 0.0:
        return upper
    return upper - cumulated((call - 0.5 * habits.call_step - expected) / habits.call_sd)
