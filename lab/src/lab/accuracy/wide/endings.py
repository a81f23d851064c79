"""Where a set of the wide world ends: what it says that a judged set goes on, and that one ended, or ended as called."""

from __future__ import annotations

from functools import cache

import numpy as np

from lab.accuracy.answers import Floats
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.normals import cumulative
from lab.accuracy.wide.sessions import KINDS


def goes_on(done: int) -> Floats:
    """Return P(a judged set comes to so many reps), by kind and reps possible (3, 60): only warm-ups end before failure."""
    possible = np.arange(1, parameters().lifting.reps_max + 1)
    share = np.where(possible >= done, 1.0, 0.0)[None].repeat(len(KINDS), axis=0)
    share[0] = _ends()[0, :, done - 1 :].sum(axis=1)
    return share


def ended(done: int, *, failed: bool | None = None, called: float | None = None) -> Floats:
    """Return P(a set ends after so many reps, and what is said of it); `failed` None: nothing said is known."""
    share = _ends()[:, :, done - 1].copy()
    if failed is not None:
        possible = np.arange(1, share.shape[1] + 1)
        at_failure = np.where(possible == done, 1.0, 0.0)
        work = np.array([0.0, 0.0, 1.0])[:, None]
        if failed:
            share = work * wide.FAILURE_SHARE * at_failure
        else:
            share = share - work * wide.FAILURE_SHARE * at_failure
            share = share * (
                1.0 - wide.CALLED_SHARE if called is None else wide.CALLED_SHARE * _call(called, possible - done)
            )
    return np.maximum(share, 0.0)


@cache
def _ends() -> Floats:
    """Return P(done | kind, reps possible), (3, 60, 60)."""
    reps_max = parameters().lifting.reps_max
    ends = np.zeros((3, reps_max, reps_max))
    for possible in range(1, reps_max + 1):
        for kind, (least, most) in enumerate((wide.WARM_UP_REPS, wide.HEAVY_REPS)):
            for done in range(least, most + 1):
                ends[kind, possible - 1, min(done, possible) - 1] += 1.0 / (most - least + 1)
        left = min(wide.ENDS_RIR_MAX, possible - 1)
        ends[2, possible - 1, possible - left - 1 : possible] = (1.0 - wide.FAILURE_SHARE) / (left + 1)
        ends[2, possible - 1, possible - 1] += wide.FAILURE_SHARE
    return ends


def _call(called: float, rir: np.ndarray) -> Floats:
    """Return P(called | reps left); calls are rounded, and none is under nothing."""
    felt = np.minimum(rir, wide.CALL_FROM) + wide.CALL_SLOPE * np.maximum(rir - wide.CALL_FROM, 0.0)
    upper = cumulative((called + 0.5 * wide.CALL_STEP - felt) / wide.CALL_SD)
    lower = 0.0 if called == 0.0 else cumulative((called - 0.5 * wide.CALL_STEP - felt) / wide.CALL_SD)
    chance: Floats = np.where(rir >= 0, upper - lower, 0.0)
    return chance
