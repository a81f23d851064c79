"""The time of the way down as a sign of how far a set is, where no velocity is known.

In curls it is the strongest single sign of effort (Thomas and Wahlström 2025), but it shortens towards failure in one
lifter and lengthens in another: nothing is read from it until a lifter's own sets have shown which. In a cell of the grid
the log of each time is a + growth·f + noise, f the share of the fall that is used up: linear and Gaussian in (a, growth),
so that the likelihood of all times together is a closed form. It is applied when a posterior is read, never stored in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from spotter_detector.model.grid import CELLS, Floats, Indices, shares_used
from spotter_detector.model.pauses import inner_time_s
from spotter_detector.model.records import Observation

# Times of this range are a way down, s (design choice); none is read as further off the set's first ones, in logs.
_LEAST_S, _MOST_S = 0.3, 15.0
_OFF_MAX = 0.7
_FIRST_REPS = 3
# Neighbouring reps are alike, so that each tells less than its scatter (design choice).
_SHARED = 1.5
# Sd of the log of a fresh lowering before the first one: open.
_LEVEL_SD = 1.0


@dataclass(frozen=True, slots=True)
class EccentricTrend:
    """How the log of the time of the way down grows to the last possible rep: mean, sd, and scatter of one rep (sd)."""

    growth: float
    growth_sd: float
    scatter: float


def eccentric_time_s(rep: Observation) -> float | None:
    """Return the time of the way down, s: as told, else what a rep took beyond its lift; None if neither is known.

    >>> eccentric_time_s(Observation(1, 5.0, None, 1.5, None, None, started_s=2.0))
    1.5
    """
    took_s = inner_time_s(rep) if rep.eccentric_s is None else rep.eccentric_s
    return took_s if took_s is not None and _LEAST_S <= took_s <= _MOST_S else None


def bounded_logs(times_s: tuple[float, ...]) -> list[float]:
    """Return logs of times, none far from those of the first ones.

    >>> [round(value, 2) for value in bounded_logs((1.0, 1.0, 9.0))]
    [0.0, 0.0, 0.7]
    """
    logs = [log(took_s) for took_s in times_s]
    first = sorted(logs[:_FIRST_REPS])[len(logs[:_FIRST_REPS]) // 2]
    return [min(max(value, first - _OFF_MAX), first + _OFF_MAX) for value in logs]


def log_likelihood(curves: Indices, times: tuple[tuple[int, float], ...], trend: EccentricTrend) -> Floats:
    """Return the log likelihood by cell, (180,), of times of the way down: pairs of progress and s.

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import curve_offsets
    >>> prior = build_prior("biceps_curl", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> slowing = tuple((number, 1.0 + 0.08 * number) for number in range(1, 9))
    >>> by_cell = log_likelihood(curve_offsets(prior), slowing, EccentricTrend(0.5, 0.1, 0.1))
    >>> bool(by_cell[60 + 8] > by_cell[60 + 25])  # 9 reps possible rather than 26
    True
    """
    off = np.array(bounded_logs(tuple(took_s for _, took_s in times)))
    shares = np.stack([shares_used(curves, progress) for progress, _ in times])
    precision = 1.0 / (_SHARED * trend.scatter**2)
    rest = (off - off[0])[:, None] - trend.growth * shares
    level = len(times) * precision + 1.0 / _LEVEL_SD**2
    cross = precision * shares.sum(axis=0)
    slope = precision * (shares * shares).sum(axis=0) + 1.0 / trend.growth_sd**2
    on_level, on_slope = precision * rest.sum(axis=0), precision * (shares * rest).sum(axis=0)
    determinant = level * slope - cross * cross
    explained = (slope * on_level**2 - 2.0 * cross * on_level * on_slope + level * on_slope**2) / determinant
    likelihood: Floats = 0.5 * (explained - precision * (rest * rest).sum(axis=0) - np.log(determinant))
    return likelihood.reshape(CELLS)
