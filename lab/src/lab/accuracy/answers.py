"""The truth of judged reps and an estimator's answers about them: flat arrays over all reps of many sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lab.accuracy.sets import LabelledSet

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# The largest reps in reserve of a distribution.
RIR_MAX = 60


@dataclass(frozen=True, slots=True)
class Truth:
    """The judged reps (reports of completed reps) of n sets: arrays (r,), set by set in order of time.

    Attributes
    ----------
    rir : array (r,)
        Reps in reserve after the rep.
    set_index, lifter : array (r,)
        The index of the set, and its lifter.
    rep_index : array (r,)
        The index of the report in its set.
    sets : int
        n.
    """

    rir: Whole
    set_index: Whole
    lifter: Whole
    rep_index: Whole
    sets: int


@dataclass(frozen=True, slots=True)
class Answers:
    """An estimator's answers after each judged rep.

    Attributes
    ----------
    rir : array (r,)
        The posterior median, as shown to lifters.
    low, high : array (r,) or None
        The 80 % interval, as shown; None for an estimator without one.
    distribution : array (r, 61) or None
        P(RIR = 0 … 60).
    """

    rir: Floats
    low: Floats | None = None
    high: Floats | None = None
    distribution: Floats | None = None


def truth_of(sets: Sequence[LabelledSet], *, every_report: bool = False) -> Truth:
    """Return the judged reps of these sets.

    `every_report` includes reports that are no rep, because an alert may be raised there too. Their reps in reserve are
    those after the rep before them.
    """
    rows: list[tuple[int, int, int, int]] = []
    for index, lifted_set in enumerate(sets):
        left = lifted_set.reps_possible
        for rep_index, rir in enumerate(lifted_set.truth):
            is_rep = rir is not None and rir >= 0
            if rir is not None:
                left = max(rir, 0)
            if is_rep or every_report:
                rows.append((left, index, lifted_set.lifter, rep_index))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Truth(columns[0], columns[1], columns[2], columns[3], len(sets))


def answers_from(truth: Truth, distributions: Sequence[Floats]) -> Answers:
    """Build answers from each set's distributions (reports, up to 61): median and interval as Spotter shows them.

    >>> truth = Truth(np.array([1]), np.array([0]), np.array([7]), np.array([0]), 1)
    >>> answers = answers_from(truth, [np.array([[0.2, 0.5, 0.3]])])
    >>> answers.rir.round(2).tolist(), answers.high.round(2).tolist()
    ([1.1], [2.17])
    """
    distribution = np.zeros((len(truth.rir), RIR_MAX + 1))
    for row, (index, rep_index) in enumerate(zip(truth.set_index.tolist(), truth.rep_index.tolist(), strict=True)):
        rir_distribution = distributions[index][rep_index]
        distribution[row, : len(rir_distribution)] = rir_distribution
    low, rir, high = (quantile(distribution, level) for level in (0.1, 0.5, 0.9))
    return Answers(rir, low, high, distribution)


def quantile(distribution: Floats, level: float) -> Floats:
    """Return a quantile of each row; a whole number's probability is spread evenly over half a rep to either side."""
    cumulated = np.cumsum(distribution, axis=1)
    cumulated /= cumulated[:, -1:]
    reached = np.minimum((cumulated < level).sum(axis=1), distribution.shape[1] - 1)
    rows = np.arange(len(distribution))
    below = np.where(reached > 0, cumulated[rows, reached - 1], 0.0)
    quantiles: Floats = reached - 0.5 + (level - below) / (cumulated[rows, reached] - below)
    return np.maximum(quantiles, 0.0)
