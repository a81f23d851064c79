"""How far off answers are: mean absolute error capped at six, ranked probability score, and both by reps left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Floats, Truth

# Nobody acts on more reps than this: errors beyond it count no more.
RIR_CAP = 6
# True reps in reserve: least and most of each group.
GROUPS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 8), (9, 60))


@dataclass(frozen=True, slots=True)
class ByReserve:
    """Error and bias (reps, not capped) of the answers at some true reps in reserve."""

    least: int
    most: int
    cases: int
    error: float
    bias: float


def capped_errors(truth: Truth, answers: Answers) -> Floats:
    """|min(answer, 6) − min(truth, 6)| of each rep."""
    errors: Floats = np.abs(np.minimum(answers.rir, RIR_CAP) - np.minimum(truth.rir, RIR_CAP))
    return errors


def ranked_probability_scores(truth: Truth, answers: Answers) -> Floats:
    """Sum over j of (P(RIR ≤ j) − [RIR ≤ j])² of each rep: the absolute error of a distribution, in reps.

    A number without a distribution is a distribution that is sure.

    >>> one = Truth(np.array([1]), np.array([0]), np.array([0]), np.array([0]), 1)
    >>> sure, spread = Answers(np.array([2.0])), np.zeros((1, 61))
    >>> spread[0, :3] = 0.25, 0.5, 0.25
    >>> float(ranked_probability_scores(one, sure)[0])
    1.0
    >>> float(ranked_probability_scores(one, Answers(np.array([1.0]), distribution=spread))[0])
    0.125
    """
    if answers.distribution is None:
        sure: Floats = np.abs(answers.rir - truth.rir)
        return sure
    cumulated = np.cumsum(answers.distribution, axis=1)
    reached = truth.rir[:, None] <= np.arange(cumulated.shape[1])
    scores: Floats = ((cumulated - reached) ** 2).sum(axis=1)
    return scores


def within(truth: Truth, answers: Answers, reps: float) -> float:
    """Share of the answers that are at most so many reps off."""
    return float(np.mean(np.abs(answers.rir - truth.rir) <= reps))


def by_reserve(truth: Truth, answers: Answers) -> list[ByReserve]:
    """Error and bias by true reps in reserve, of the groups that have cases."""
    by_reserve: list[ByReserve] = []
    for least, most in GROUPS:
        chosen = (truth.rir >= least) & (truth.rir <= most)
        if not chosen.any():
            continue
        off = answers.rir[chosen] - truth.rir[chosen]
        by_reserve.append(ByReserve(least, most, int(chosen.sum()), float(np.abs(off).mean()), float(off.mean())))
    return by_reserve
