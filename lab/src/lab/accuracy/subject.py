"""The model under test: the estimates of Spotter's filter for labelled sets, rep by rep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import RIR_MAX, Answers, Floats, Truth
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import Filter, Prior, RepEstimate, Request, build_prior
from spotter_detector.profile import ObservedOutcome, Term, likelihoods_of_sets, posterior_profile

# Sets per call of the filter: a good size for its arrays.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class ModelEstimates:
    """The model's estimates and posteriors (reports, 61) after each report of each set."""

    estimates: list[list[RepEstimate]]
    distributions: list[Floats]

    def answers(self, truth: Truth) -> Answers:
        """Return the answers for the judged reps, as shown to lifters."""
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


def cold(lifted_set: LabelledSet, *, with_load: bool = False, tempo: bool = False) -> Prior:
    """Return the prior of a set of an unknown lifter."""
    return next_start(lifted_set, (), with_load=with_load, tempo=tempo)


def taught(sets: Sequence[LabelledSet], *, with_load: bool = False, with_kg: bool = False) -> list[Term]:
    """Return what each closed set teaches the model."""
    return likelihoods_of_sets(
        [
            (
                next_start(lifted_set, (), with_load=with_load, with_kg=with_kg),
                lifted_set.reps,
                ObservedOutcome(
                    failed=lifted_set.failed, called_rir=lifted_set.reported_rir, at_days=lifted_set.at_days
                ),
            )
            for lifted_set in sets
        ]
    )


def next_start(
    lifted_set: LabelledSet,
    terms: Sequence[Term],
    *,
    with_load: bool = False,
    with_kg: bool = False,
    tempo: bool = False,
) -> Prior:
    """Return the prior of a set after its lifter's earlier sets, with its load told in % of the 1RM, in kg or not."""
    velocity, timing, pace = (
        posterior_profile(None, those) if (those := [term for term in terms if term.kind == kind]) else None
        for kind in ("velocity", "timing", "pace")
    )
    return build_prior(
        lifted_set.exercise,
        pct_1rm=lifted_set.pct_1rm if with_load else None,
        planned_reps=None,
        target_rir=None,
        tempo=tempo,
        load_kg=lifted_set.load_kg if with_kg else None,
        at_days=lifted_set.at_days,
        profile=velocity,
        timing_profile=timing,
        pace_profile=pace,
    )


def ask(sets: Sequence[LabelledSet], starts: Sequence[Prior]) -> ModelEstimates:
    """Return the estimates for these sets from these priors."""
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
