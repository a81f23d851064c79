"""The estimate of a report, from the summary of its posterior and the state of its set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from spotter_detector.model import flags
from spotter_detector.model.grid import CELLS, LOG_WEIGHT, N_MAX, Floats
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import RepEstimate
from spotter_detector.model.set_end import BELIEVED
from spotter_detector.model.set_tracker import SetTracker
from spotter_detector.model.strands import Source
from spotter_detector.model.summary import confidence_of, reps_in_reserve, summarise
from spotter_detector.model.timing import PaceKind, prior_planes


def estimate_of(tracker: SetTracker, quantiles: list[float], p_rir_le: list[float], is_outlier: bool) -> RepEstimate:
    """Return the estimate of a set's newest report.

    A failed attempt or a stall is named only where the posterior, with it as evidence, makes the end at least as likely as
    not: so flags, advice and cost never contradict the reps left.
    """
    low, rir, high = quantiles
    labels = {*tracker.flags, flags.OUTLIER} if is_outlier else tracker.flags
    verdict = tracker.last_verdict
    if verdict is not None and verdict.is_failed and p_rir_le[0] < BELIEVED:
        labels = {*labels}.difference(verdict.flags).union(verdict.flags_unbelieved)
    prior, progress = tracker.prior, tracker.progress
    done = progress + tracker.assisted
    loss, reference_mps = tracker.velocity_loss, tracker.reference_mps
    return RepEstimate(
        None if loss is None else round(loss, 4),
        None if reference_mps is None else round(reference_mps, 4),
        tracker.reference_rep,
        rir,
        low,
        high,
        tuple(p_rir_le),
        p_rir_le[0],
        round(done / (done + rir), 4),
        "tempo" if prior.tempo else tracker.kind.mode,
        confidence_of(
            prior, tracker.kind, tempo_held=tracker.holds_tempo, progress=progress, rir_low=low, rir_high=high
        ),
        tuple(sorted(labels)) if labels else (),
    )


class RequestPart(Protocol):
    """The answer to one of the requests that a request is answered from."""

    @property
    def estimates(self) -> list[RepEstimate]:
        """Its estimates."""

    @property
    def trackers(self) -> list[SetTracker]:
        """The state of the set at each of them."""

    @property
    def distributions(self) -> list[Floats] | None:
        """The probabilities of 0 … 59 reps in reserve, (60,), at each of them; None: nobody needs them."""


def placed(prior: Prior, parts: Sequence[RequestPart], source: Source) -> RepEstimate:
    """Return the estimate of a report from those of the requests that its own is answered from."""
    if source.request is None:
        estimate = _before_reps(prior) if source.before else _untouched(prior)
    else:
        estimate = parts[source.request].estimates[source.estimate]
    if source.others:
        estimate = _averaged(prior, parts, source, estimate)
    return estimate if source.judged else replace(estimate, velocity_loss=None, flags=())


def placed_distribution(prior: Prior, parts: Sequence[RequestPart], source: Source) -> Floats:
    """Return the probabilities of 0 … 59 reps in reserve, (60,), at a report: the average over its sources."""
    if source.request is None:
        distribution = untouched_distribution(prior)
    else:
        distribution = (parts[source.request].distributions or [])[source.estimate]
    if not source.others:
        return distribution
    averaged: Floats = source.weight * distribution
    for other in source.others:
        averaged += other.weight * placed_distribution(prior, parts, other)
    return averaged


def _averaged(prior: Prior, parts: Sequence[RequestPart], source: Source, estimate: RepEstimate) -> RepEstimate:
    """Return the likeliest source's estimate with the reps left of all sources."""
    log_weight = np.full((1, CELLS), -np.inf)
    with np.errstate(divide="ignore"):
        # One done of 1 … 60: none to 59 in reserve.
        log_weight[0, :N_MAX] = np.log(placed_distribution(prior, parts, source))
    summary = summarise(log_weight, np.ones(1, dtype=np.intp))
    tracker = SetTracker(prior) if source.request is None else parts[source.request].trackers[source.estimate]
    averaged = estimate_of(
        tracker,
        summary.quantiles[0].tolist(),
        summary.p_rir_le[0].tolist(),
        is_outlier=flags.OUTLIER in estimate.flags,
    )
    return averaged if source.request is not None else replace(averaged, confidence="low", flags=estimate.flags)


@lru_cache(maxsize=256)
def _untouched(prior: Prior) -> RepEstimate:
    """Return the estimate of a set in which nothing was judged yet."""
    tracker = SetTracker(prior)
    log_weight = prior_planes(tracker.curve_prior, tracker.kind)[LOG_WEIGHT][None].copy()
    summary = summarise(log_weight, np.zeros(1, dtype=np.intp))
    estimate = estimate_of(tracker, summary.quantiles[0].tolist(), summary.p_rir_le[0].tolist(), is_outlier=False)
    return replace(estimate, confidence="low", rir_high=min(estimate.rir_high, float(N_MAX)))


@lru_cache(maxsize=256)
def _before_reps(prior: Prior) -> RepEstimate:
    """Return the estimate of a set whose reports so far were no reps."""
    return replace(_untouched(prior), flags=(flags.RERACK,))


def untouched_distribution(prior: Prior) -> Floats:
    """Return the probabilities of 0 … 59 reps in reserve, (60,), of a set in which nothing was judged yet."""
    return reps_in_reserve(prior_planes(prior, PaceKind.VELOCITY)[LOG_WEIGHT], 0)
