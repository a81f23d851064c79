"""Sets without velocities in m/s: by rep times, or as a ratio to the set's own fastest rep.

A rep is measured by its pace, the inverse of a time or a velocity in another metric, in units of the best of the
curve's first three: u = d_ref / d for times. Fresh reps lie at .97 ± .05 of that unit; the last rep before failure lies
at the exercise's retention (velocity at failure over the fastest).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import sqrt

from failure_detector.model.grid import Floats, ratio_prior, velocity_prior
from failure_detector.model.start import Start

# The reference of a curve is the fastest of its first so many measured reps.
REFERENCE_REPS = 3
_FRESH = 0.97
_FRESH_SD = 0.05
_CONCENTRIC_CV = 0.06
_CYCLE_CV = 0.11
# A cycle is half concentric when fresh, and only that half grows: retention of a cycle, with the sd that this guess
# adds (design choice).
_CYCLE_CONCENTRIC_SHARE = 0.5
_CYCLE_SD = 0.10
# Peak velocity falls about half as far as mean velocity (design choice, with its sd).
_PEAK_FALL_SHARE = 0.5
_PEAK_SD = 0.10
# A tempo is slower than the lifter could go; by how much only the end shows (design choice).
_TEMPO_FRESH = 1.6
_TEMPO_FRESH_SD = 0.45
_TEMPO_LAST = 0.85
_TEMPO_LAST_SD = 0.25


class Kind(Enum):
    """What the reps of a set are measured by: velocity in m/s, a ratio of velocities, a time."""

    VELOCITY = "velocity"
    RATIO = "ratio"
    PEAK_RATIO = "peak_ratio"
    CONCENTRIC = "concentric"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class Retention:
    """Pace of the last rep before failure in units of the reference, and its sd."""

    mean: float
    sd: float


def retention(start: Start, kind: Kind) -> Retention:
    """Pace at failure in units of the reference, for a kind without m/s.

    >>> from failure_detector.model import starting_values
    >>> start = starting_values("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> for kind in (Kind.CONCENTRIC, Kind.CYCLE, Kind.RATIO, Kind.PEAK_RATIO):
    ...     print(kind.value, round(retention(start, kind).mean, 3), round(retention(start, kind).sd, 3))
    concentric 0.28 0.08
    cycle 0.438 0.14
    ratio 0.28 0.08
    peak_ratio 0.64 0.108
    """
    mean, sd = start.retention_mean, start.retention_sd
    if start.tempo:
        return Retention(_TEMPO_LAST, _TEMPO_LAST_SD)
    if kind is Kind.CYCLE:
        grown = 1.0 / (_CYCLE_CONCENTRIC_SHARE / mean + 1.0 - _CYCLE_CONCENTRIC_SHARE)
        return Retention(grown, sqrt((_CYCLE_CONCENTRIC_SHARE * (grown / mean) ** 2 * sd) ** 2 + _CYCLE_SD**2))
    if kind is Kind.PEAK_RATIO:
        return Retention(1.0 - _PEAK_FALL_SHARE * (1.0 - mean), sqrt((_PEAK_FALL_SHARE * sd) ** 2 + _PEAK_SD**2))
    return Retention(mean, sd)


def prior_of(start: Start, kind: Kind) -> Floats:
    """Prior over the grid, (6, 180), for a set measured by this kind.

    >>> from failure_detector.model import starting_values
    >>> start = starting_values("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> float(prior_of(start, Kind.CONCENTRIC)[0, 0]), round(float(prior_of(start, Kind.VELOCITY)[0, 0]), 3)
    (0.97, 0.465)
    """
    if kind is Kind.VELOCITY:
        return velocity_prior(start)
    last = retention(start, kind)
    fresh, fresh_sd = (_TEMPO_FRESH, _TEMPO_FRESH_SD) if start.tempo else (_FRESH, _FRESH_SD)
    return ratio_prior(start, fresh, fresh_sd, last.mean, last.sd)


def pace_cv(start: Start, kind: Kind) -> float:
    """Coefficient of variation of one rep's pace about the curve.

    Concentric times .06; whole cycles .11, since a lifter breathes as long as it takes. Velocities in another metric
    vary as mean velocity does; their sensor's noise is apart.

    >>> from failure_detector.model import starting_values
    >>> start = starting_values("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> [pace_cv(start, kind) for kind in (Kind.VELOCITY, Kind.PEAK_RATIO, Kind.CONCENTRIC, Kind.CYCLE)]
    [0.035, 0.035, 0.06, 0.11]
    """
    if kind is Kind.CONCENTRIC:
        return _CONCENTRIC_CV
    return _CYCLE_CV if kind is Kind.CYCLE else start.velocity_cv
