"""Errors of answers: mean absolute error capped at six, ranked probability score, and error by reps left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Floats, Truth

# Errors above this count no more: no decision depends on them.
RIR_CAP = 6
# True reps in reserve: least and most of each group.
GROUPS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 8), (9, 60))


@dataclass(frozen=True, slots=True)
class ByReserve:
    """Error and bias (reps, not capped) of the answers in a group of true reps in reserve."""

    least: int
    most: int
    cases: int
    error: float
    bias: float


def capped_errors(truth: Truth, answers: Answers) -> Floats:
    """Return |min(answer, 6) − min(truth, 6)| of each rep."""
    errors: Floats = np.abs(np.minimum(answers.rir, RIR_CAP) - np.minimum(truth.rir, RIR_CAP))
    return errors


def ranked_probability_scores(truth: Truth, answers: Answers) -> Floats:
    """Return the sum over j of (P(RIR ≤ j) − [RIR ≤ j])² of each rep: the absolute error of a distribution, in reps.

    An answer without a distribution counts as certain.

    >>> truth = Truth(np.array([1]), np.array([0]), np.array([0]), np.array([0]), 1)
    >>> sure, spread = Answers(np.array([2.0])), np.zeros((1, 61))
    >>> spread[0, :3] = 0.25, 0.5, 0.25
    >>> float(ranked_probability_scores(truth, sure)[0])
    1.0
    >>> float(ranked_probability_scores(truth, Answers(np.array([1.0]), distribution=spread))[0])
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
    """Return the share of answers that are at most `reps` off."""
    return float(np.mean(np.abs(answers.rir - truth.rir) <= reps))


def by_reserve(truth: Truth, answers: Answers) -> list[ByReserve]:
    """Return error and bias by true reps in reserve, for groups with cases."""
    by_reserve: list[ByReserve] = []
    for least, most in GROUPS:
        chosen = (truth.rir >= least) & (truth.rir <= most)
        if not chosen.any():
            continue
        off = answers.rir[chosen] - truth.rir[chosen]
        by_reserve.append(ByReserve(least, most, int(chosen.sum()), float(np.abs(off).mean()), float(off.mean())))
    return by_reserve
