"""The baselines and the constants fitted for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Floats, Truth, truth_of
from lab.accuracy.baselines.features import Features, features, pace_of
from lab.accuracy.baselines.lines import least_absolute
from lab.accuracy.scores.error import RIR_CAP
from lab.accuracy.sets import LabelledSet

# The velocity loss at which trackers recommend to stop.
_FIXED_LOSS = 0.20
_SHARE_DONE_MIN = 0.03
# From fewer reps, a lifter's own line is worse than the general one.
_OWN_REPS_MIN = 5


@dataclass(frozen=True, slots=True)
class Fitted:
    """The constants of all baselines for one exercise, fitted on training lifters.

    Attributes
    ----------
    constant : float
        The median.
    under_best, over_best, under_first, over_first : float
        Medians under and over a velocity loss of 20 %, from the fastest and from the first rep.
    share_done : array (3,)
        Share of the set done by velocity loss, a parabola (highest power first).
    velocity_at_failure, reps_per_velocity : float
        Mean pace of the last rep, and reps in reserve per pace over it.
    line : array (2,)
        Reps in reserve by pace: intercept and slope.
    """

    constant: float
    under_best: float
    over_best: float
    under_first: float
    over_first: float
    share_done: Floats
    velocity_at_failure: float
    reps_per_velocity: float
    line: Floats

    @classmethod
    def on(cls, sets: Sequence[LabelledSet]) -> Fitted:
        """Fit all baselines on training sets that were taken to failure."""
        truth = truth_of(sets)
        of = features(sets, truth)
        measured = ~np.isnan(of.pace)
        pace, target = of.pace[measured], of.target[measured]
        possible = truth.rir + of.done
        share_done = np.polyfit(of.loss_from_best[measured], (of.done / possible)[measured], 2)
        at_failure = float(np.mean(pace[truth.rir[measured] == 0]))
        per_pace = least_absolute((pace - at_failure)[:, None], target)
        return cls(
            constant=float(np.median(of.target)),
            under_best=_median(target, of.loss_from_best[measured] < _FIXED_LOSS),
            over_best=_median(target, of.loss_from_best[measured] >= _FIXED_LOSS),
            under_first=_median(target, of.loss_from_first[measured] < _FIXED_LOSS),
            over_first=_median(target, of.loss_from_first[measured] >= _FIXED_LOSS),
            share_done=share_done,
            velocity_at_failure=at_failure,
            reps_per_velocity=float(per_pace[0]),
            line=least_absolute(np.column_stack((np.ones_like(pace), pace)), target),
        )


Baseline = Callable[[Fitted, Features, Truth, Sequence[Sequence[LabelledSet]]], Floats]


def answers(
    name: str, fitted: Fitted, sets: Sequence[LabelledSet], truth: Truth, earlier: Sequence[Sequence[LabelledSet]]
) -> Answers:
    """Return the estimates of a baseline after each judged rep; the constant where a rep has no pace."""
    of = features(sets, truth)
    predicted = BASELINES[name](fitted, of, truth, earlier)
    return Answers(np.clip(np.where(np.isnan(predicted), fitted.constant, predicted), 0.0, None))


def _median(values: Floats, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(np.median(values[chosen])) if chosen.any() else float(np.median(values))


def _loss_of_the_lift(fitted: Fitted, of: Features) -> Floats:
    share = np.clip(np.polyval(fitted.share_done, of.loss_from_best), _SHARE_DONE_MIN, 1.0)
    left: Floats = of.done * (1.0 / share - 1.0)
    return left


def _own_lines(fitted: Fitted, of: Features, truth: Truth, earlier: Sequence[Sequence[LabelledSet]]) -> Floats:
    lines: Floats = np.array([_line_of(sets, fitted) for sets in earlier])[truth.set_index]
    left: Floats = lines[:, 0] + lines[:, 1] * of.pace
    return left


def _line_of(sets: Sequence[LabelledSet], fitted: Fitted) -> Floats:
    paces: list[float] = []
    reserves: list[float] = []
    for lifted_set in sets:
        ended = 0.0 if lifted_set.failed else lifted_set.reported_rir
        if ended is None:
            continue
        for index, pace in enumerate(pace_of(lifted_set.reps)):
            if not np.isnan(pace):
                paces.append(pace)
                reserves.append(min(len(lifted_set.reps) - 1 - index + ended, RIR_CAP))
    if len(paces) < _OWN_REPS_MIN:
        return fitted.line
    columns = np.column_stack((np.ones(len(paces)), paces))
    line: Floats = least_absolute(columns, np.array(reserves))
    return line if line[1] > 0.0 else fitted.line


BASELINES: Mapping[str, Baseline] = {
    "constant": lambda fitted, of, *_: np.full(len(of.done), fitted.constant),
    "20 % loss from best": lambda fitted, of, *_: np.where(
        of.loss_from_best < _FIXED_LOSS, fitted.under_best, fitted.over_best
    ),
    "20 % loss from first": lambda fitted, of, *_: np.where(
        of.loss_from_first < _FIXED_LOSS, fitted.under_first, fitted.over_first
    ),
    "loss of the lift": lambda fitted, of, *_: _loss_of_the_lift(fitted, of),
    "near velocity at failure": lambda fitted, of, *_: (
        fitted.reps_per_velocity * (of.pace - fitted.velocity_at_failure)
    ),
    "general line": lambda fitted, of, *_: np.asarray(fitted.line[0] + fitted.line[1] * of.pace),
    "own line": _own_lines,
}
