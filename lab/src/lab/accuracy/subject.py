"""The model under judgement: what Spotter's filter says of labelled sets, rep by rep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import RIR_MAX, Answers, Floats, Truth
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import Filter, Prior, RepEstimate, Request, build_prior
from spotter_detector.profile import ObservedOutcome, Term, likelihoods_of_sets, posterior_profile

# Sets that are asked for at once, as the filter's arrays like it.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class ModelEstimates:
    """What the model said after each report of each set: estimates, and the whole posterior (reports, 61)."""

    estimates: list[list[RepEstimate]]
    distributions: list[Floats]

    def answers(self, truth: Truth) -> Answers:
        """Of the judged reps, as they are shown."""
        rows = list(zip(truth.set_index.tolist(), truth.rep_index.tolist(), strict=True))
        shown = [self.estimates[index][rep_index] for index, rep_index in rows]
        distribution = np.zeros((len(rows), RIR_MAX + 1))
        for row, (index, rep_index) in enumerate(rows):
            rir_distribution = self.distributions[index][rep_index]
            distribution[row, : len(rir_distribution)] = rir_distribution
        return Answers(
            rir=np.array([estimate.rir for estimate in shown]),
            low=np.array([estimate.rir_low for estimate in shown]),
            high=np.array([estimate.rir_high for estimate in shown]),
            distribution=distribution,
        )


def cold(lifted_set: LabelledSet, *, told_load: bool = False, tempo: bool = False) -> Prior:
    """Starting values of a set of a lifter no one knows."""
    return next_start(lifted_set, (), told_load=told_load, tempo=tempo)


def taught(sets: Sequence[LabelledSet], *, told_load: bool = False) -> list[Term]:
    """What each of many closed sets teaches the model."""
    return likelihoods_of_sets(
        [
            (
                cold(lifted_set, told_load=told_load),
                lifted_set.reps,
                ObservedOutcome(
                    failed=lifted_set.failed, called_rir=lifted_set.reported_rir, at_days=lifted_set.at_days
                ),
            )
            for lifted_set in sets
        ]
    )


def next_start(
    lifted_set: LabelledSet, terms: Sequence[Term], *, told_load: bool = False, tempo: bool = False
) -> Prior:
    """Starting values of a set, by what its lifter's earlier sets have taught."""
    velocity, timing = (
        posterior_profile(None, those) if (those := [term for term in terms if term.kind == kind]) else None
        for kind in ("velocity", "timing")
    )
    return build_prior(
        lifted_set.exercise,
        pct_1rm=lifted_set.pct_1rm if told_load else None,
        planned_reps=None,
        target_rir=None,
        tempo=tempo,
        at_days=lifted_set.at_days,
        profile=velocity,
        timing_profile=timing,
    )


def ask(sets: Sequence[LabelledSet], starts: Sequence[Prior]) -> ModelEstimates:
    """Estimates for these sets from these starting values."""
    estimates: list[list[RepEstimate]] = []
    distributions: list[Floats] = []
    model = Filter(cache_size=0)
    for begin in range(0, len(sets), _AT_ONCE):
        requests = [
            Request(start, lifted_set.reps, first=0)
            for lifted_set, start in zip(sets[begin : begin + _AT_ONCE], starts[begin : begin + _AT_ONCE], strict=True)
        ]
        for set_estimates, posteriors in zip(model.run(requests), model.distributions(requests), strict=True):
            estimates.append(set_estimates)
            distributions.append(np.array(posteriors))
    return ModelEstimates(estimates, distributions)
