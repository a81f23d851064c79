"""Calibration: whether probabilities match observed frequencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Flags, Floats, Truth

RESERVES = tuple(range(7))
BINS = 10
# A bin with fewer cases is shown but not judged.
CASES_MIN = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases with about the same probability: its mean, and the observed frequency."""

    cases: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Interval:
    """The 80 % interval: share of the truths within, and mean width in reps.

    Reps are whole numbers: a truth within half a rep of the interval counts as covered, so a calibrated one covers more
    than 80 %.
    """

    coverage: float
    width: float


def pit_distance(truth: Truth, answers: Answers) -> float:
    """Return the Kolmogorov–Smirnov distance of the randomised probability integral transform from uniform (Czado 2009).

    Each rep's transform is spread evenly between P(RIR < truth) and P(RIR ≤ truth) instead of drawn from there: the
    mean over all draws.

    >>> truth = Truth(np.array([0, 1]), np.array([0, 1]), np.array([0, 1]), np.array([0, 0]), 2)
    >>> right = np.array([[0.5, 0.5], [0.5, 0.5]])
    >>> round(pit_distance(truth, Answers(np.zeros(2), distribution=right)), 3)
    0.0
    >>> round(pit_distance(truth, Answers(np.zeros(2), distribution=right * [1.8, 0.2])), 3)
    0.4
    """
    below, upto = _around_truth(truth, answers)
    levels = np.linspace(0.0, 1.0, 401)
    reached = np.empty_like(levels)
    for index, level in enumerate(levels.tolist()):
        reached[index] = np.mean(np.clip((level - below) / np.maximum(upto - below, 1e-12), 0.0, 1.0))
    return float(np.max(np.abs(reached - levels)))


def pit_histogram(truth: Truth, answers: Answers, bars: int = 20) -> Floats:
    """Return the share of the transform in each of equal bars, times their number: 1 everywhere if calibrated."""
    below, upto = _around_truth(truth, answers)
    edges = np.linspace(0.0, 1.0, bars + 1)
    spread = np.maximum(upto - below, 1e-12)
    reached = [float(np.mean(np.clip((edge - below) / spread, 0.0, 1.0))) for edge in edges.tolist()]
    heights: Floats = np.diff(reached) * bars
    return heights


def interval(truth: Truth, answers: Answers) -> Interval:
    """Return coverage and width of the interval."""
    if answers.low is None or answers.high is None:
        raise ValueError("these answers have no interval: score them by their error alone")
    inside = (truth.rir > answers.low - 0.5) & (truth.rir < answers.high + 0.5)
    return Interval(float(inside.mean()), float((answers.high - answers.low).mean()))


def at_most(answers: Answers, reserve: int) -> Floats:
    """Return P(RIR ≤ reserve) of each rep."""
    if answers.distribution is None:
        raise ValueError("these answers have no probabilities: score them by their error alone")
    probability: Floats = np.clip(answers.distribution[:, : reserve + 1].sum(axis=1), 0.0, 1.0)
    return probability


def reliability(probability: Floats, happened: Flags) -> list[Bin]:
    """Return ten bins of probability, without the empty ones."""
    bin_index = np.minimum((probability * BINS).astype(int), BINS - 1)
    bins: list[Bin] = []
    for index in range(BINS):
        chosen = bin_index == index
        if chosen.any():
            bins.append(Bin(int(chosen.sum()), float(probability[chosen].mean()), float(happened[chosen].mean())))
    return bins


def worst_gap(bins: list[Bin], cases_min: int = CASES_MIN) -> float:
    """Return the largest difference of predicted and observed over the bins with enough cases."""
    return max((abs(bin.predicted - bin.observed) for bin in bins if bin.cases >= cases_min), default=0.0)


def brier(probability: Floats, happened: Flags) -> float:
    """Return the mean squared error of a probability."""
    return float(np.mean((probability - happened) ** 2))


def brier_skill(probability: Floats, happened: Flags) -> float:
    """Return the reduction of squared error compared with always predicting the overall frequency: 1 is perfect.

    It is 0 for an event that happens always or never.

    >>> happened = np.array([True, False, False, False])
    >>> brier_skill(np.full(4, 0.25), happened), brier_skill(np.array([1.0, 0.0, 0.0, 0.0]), happened)
    (0.0, 1.0)
    """
    always = float(happened.mean() * (1.0 - happened.mean()))
    return 1.0 - brier(probability, happened) / always if always > 0.0 else 0.0


def _around_truth(truth: Truth, answers: Answers) -> tuple[Floats, Floats]:
    if answers.distribution is None:
        raise ValueError("these answers have no probabilities: score them by their error alone")
    cumulated = np.cumsum(answers.distribution, axis=1)
    rows = np.arange(len(truth.rir))
    below = np.where(truth.rir > 0, cumulated[rows, truth.rir - 1], 0.0)
    return below, cumulated[rows, truth.rir]
