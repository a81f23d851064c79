"""From terms to a profile: the posterior of a lifter's parameters.

Prior and messages are Gaussian; the generative model that joins them is bilinear (slope times velocity), so it is
linearised about the best guess, four times (iterated Gauss–Newton, Bell and Cathey 1993). All terms enter together:
their order does not matter. The prior shrinks to the exercise; an old set counts less, since lifters change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from spotter_detector.model.exercise_models import ExerciseModel, exercise_model
from spotter_detector.profile.codec import symmetric
from spotter_detector.profile.generative_model import (
    DRIFT,
    LOG_1RM,
    Belief,
    Floats,
    SetLoad,
    population_belief,
    set_effects,
    set_figures,
    weeks_between,
)
from spotter_detector.profile.noise import pooled_noise
from spotter_detector.profile.profile import Profile
from spotter_detector.profile.term import FIGURES, Term

_PASSES = 4
# The usual share of the 1RM of a lifter's heaviest work set (design choice).
_HEAVIEST_SHARE = 0.8
_UNKNOWN_1RM_SD = 0.3


def population_profile(model_class: str, kind: str) -> Profile:
    """Return the profile of an unknown lifter.

    >>> population_profile("bench_press", "velocity").learned_sets
    0
    """
    return Profile(model_class, kind, 0, 0.0, (), ()).with_belief(population_belief(model_class, kind))


def posterior_profile(base: Profile | None, terms: Iterable[Term]) -> Profile:
    """Return a lifter's profile from a base (all older sets, folded) and terms, of one exercise and kind of measure.

    The base of a lifter without older sets is None; the terms then determine exercise and kind. Folding is learning: a
    base with its oldest terms makes the next base. Terms of another kind than the profile's are left out.

    Raises ValueError if there is neither a base nor a term, or terms are of two exercises.

    >>> from spotter_detector.model import Observation, build_prior
    >>> from spotter_detector.profile import ObservedOutcome, likelihood_of_set
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.52, 0.51, 0.49, 0.46, 0.44, 0.40, 0.37, 0.33, 0.27, 0.24)
    >>> reps = [Observation(n + 1, 2.8 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    >>> outcomes = [ObservedOutcome(failed=True, at_days=3.0 * day) for day in range(3)]
    >>> profile = posterior_profile(None, [likelihood_of_set(prior, reps, outcome) for outcome in outcomes])
    >>> profile.learned_sets, round(profile.mean[3], 3), round(profile.cov[18] ** 0.5, 3)
    (3, 0.214, 0.017)
    """
    ordered = sorted(terms, key=_order)
    if base is None:
        if not ordered:
            raise ValueError("nothing to learn from: pass a base or a term")
        kinds = [term.kind for term in ordered if term.teaches]
        kind = "velocity" if "velocity" in kinds or not kinds else "timing"
        base = population_profile(ordered[0].model_class, kind)
    if any(term.model_class != base.model_class for term in ordered):
        raise ValueError(
            f"terms of {sorted({term.model_class for term in ordered})} for a profile of {base.model_class}"
        )
    taught = [term for term in ordered if term.kind == base.kind]
    if not ordered:
        return base
    now = max([base.at_days] * (base.learned_sets > 0) + [term.at_days for term in ordered])
    model = exercise_model(base.model_class)
    prior = base.at(now).belief() if base.learned_sets else base.belief()
    belief = _posterior(model, prior, taught, now) if taught else prior
    return Profile(
        base.model_class,
        base.kind,
        base.learned_sets + len(taught),
        now,
        (),
        (),
        base.knows_1rm or any(term.load_kg is not None for term in taught),
        max(
            [value for value in (base.grind_s, *(term.grind_s for term in ordered)) if value is not None], default=None
        ),
        _median([term.rom_m for term in ordered], base.rom_m),
        _median([term.rest_s for term in ordered], base.rest_s),
        *pooled_noise([(base.noise, base.noise_reps), *((term.noise, term.noise_reps) for term in taught)]),
    ).with_belief(belief)


def _posterior(model: ExerciseModel, prior: Belief, terms: Sequence[Term], now: float) -> Belief:
    precisions = symmetric([term.precision for term in terms], FIGURES)
    shifts = np.array([term.shift for term in terms])
    loads = [SetLoad(term.pct_1rm, term.load_kg) for term in terms]
    changed = np.array([weeks_between(term.at_days, now) for term in terms])[:, None] * DRIFT
    prior_precision = np.linalg.inv(prior.cov)
    mean, cov = _first_guess(prior, loads), prior.cov
    expected = set_effects(model, loads, mean)
    effects = expected.mean
    for _ in range(_PASSES):
        figures = set_figures(model, mean, effects, expected.by_1rm)
        by_lifter, by_effects = figures.by_lifter, figures.by_effects
        offset = figures.at - by_lifter @ mean + _times(by_effects, expected.mean - effects)
        spread = (by_effects * expected.variance[:, None]) @ _transposed(by_effects)
        spread += (by_lifter * changed[:, None]) @ _transposed(by_lifter)
        widened = np.linalg.inv(np.eye(FIGURES) + precisions @ spread)
        weighed = _transposed(by_lifter) @ widened
        precision = prior_precision + (weighed @ precisions @ by_lifter).sum(axis=0)
        shift = prior_precision @ prior.mean + _times(weighed, shifts - _times(precisions, offset)).sum(axis=0)
        cov = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        mean = np.asarray(cov @ shift, dtype=np.float64)
        # The best guess of the sets' effects, given the lifter's parameters.
        expected = set_effects(model, loads, mean)
        figures = set_figures(model, mean, effects, expected.by_1rm)
        offset = figures.at - _times(figures.by_effects, effects)
        weighted = _transposed(figures.by_effects) @ precisions
        sharpness = weighted @ figures.by_effects + np.eye(FIGURES) / expected.variance[:, None]
        pull = expected.mean / expected.variance + _times(
            _transposed(figures.by_effects), shifts - _times(precisions, offset)
        )
        effects = np.asarray(np.linalg.solve(sharpness, pull[:, :, None])[:, :, 0], dtype=np.float64)
    return Belief(mean, 0.5 * (cov + cov.T))


def _first_guess(prior: Belief, loads: Sequence[SetLoad]) -> Floats:
    """Return where the model is linearised first: an unknown 1RM is guessed from the heaviest load."""
    lifted_kg = [load.load_kg for load in loads if load.pct_1rm is None and load.load_kg]
    guess = prior.mean.copy()
    if lifted_kg and prior.cov[LOG_1RM, LOG_1RM] > _UNKNOWN_1RM_SD**2:
        guess[LOG_1RM] = log(max(lifted_kg) / _HEAVIEST_SHARE)
    return guess


def _times(matrices: Floats, vectors: Floats) -> Floats:
    products: Floats = (matrices @ vectors[:, :, None])[:, :, 0]
    return products


def _transposed(matrices: Floats) -> Floats:
    return np.swapaxes(matrices, -1, -2)


def _order(term: Term) -> tuple[float, str, tuple[float, ...], tuple[float, ...]]:
    # Sums of floats depend on their order, so terms are sorted.
    return term.at_days, term.kind, term.shift, term.precision


def _median(values: Sequence[float | None], default: float | None) -> float | None:
    present = sorted(value for value in values if value is not None)
    return present[len(present) // 2] if present else default
