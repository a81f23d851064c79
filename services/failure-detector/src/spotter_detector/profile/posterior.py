"""From terms to a profile: the posterior of a lifter's parameters.

Prior and messages are Gaussian; the generative model that joins them is bilinear (slope times velocity), so it is
linearised about the best guess, four times (iterated Gauss–Newton, Bell and Cathey 1993). All terms enter together:
their order does not matter. The prior shrinks to the exercise; an old set counts less, since lifters change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from spotter_detector.model.exercise_models import ExerciseModel, exercise_model, load_at
from spotter_detector.model.grid import N_MAX
from spotter_detector.model.prior import UNTOLD_SHARE
from spotter_detector.profile.codec import symmetric
from spotter_detector.profile.eccentric import pooled_trend
from spotter_detector.profile.generative_model import (
    DRIFT,
    LOG_1RM,
    REPS_OFFSET,
    Belief,
    Floats,
    SetEffects,
    SetLoad,
    blended,
    population_belief,
    set_effects,
    set_figures,
    weeks_between,
)
from spotter_detector.profile.habit import ODD_SHARE as ODD_PACES_SHARE
from spotter_detector.profile.habit import RepsHabit, RepsOffUsual
from spotter_detector.profile.noise import pooled_noise
from spotter_detector.profile.profile import Profile
from spotter_detector.profile.term import FIGURES, KINDS, LOG_N, Term

_PASSES = 6
# Share of sets that say nothing of the lifter: another exercise, another lifter, reports that were no reps; their
# figures vary so many times the variance (design choice).
_ODD_SHARE, _ODD_SPREAD = 0.02, 9.0
_NEVER = 1e-9
_UNKNOWN_1RM_SD = 0.3
# Sd of the log 1RM behind a load that is told in kg and in % of it (design choice).
_TOLD_1RM_SD = 0.08
# Where a set says nothing of its reps, it says nothing of how they vary.
_OPEN_LOG_N_SD = 1.0
# Sd of the log 1RM as guessed from single sets (design choice).
_GUESSED_1RM_SD = 0.15


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
    (3, 0.2, 0.022)
    """
    ordered = sorted(terms, key=_order)
    if base is None:
        if not ordered:
            raise ValueError("nothing to learn from: pass a base or a term")
        kinds = [term.kind for term in ordered if term.teaches]
        kind = next((kind for kind in KINDS if kind in kinds), KINDS[0])
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
    habit, heeds_load = base.reps_habit() if base.kind == "pace" else None, base.heeds_load
    if habit is not None and taught:
        off_usual, heeds_load = _off_usual(model, prior, taught, habit)
        if not base.learned_sets:
            prior = Belief(prior.mean, prior.cov.copy())
            prior.cov[REPS_OFFSET, REPS_OFFSET] = habit.between_sd(off_usual) ** 2
        habit = habit.after(off_usual)
    loads = [SetLoad(term.pct_1rm, term.load_kg) if heeds_load else SetLoad() for term in taught]
    belief = _posterior(model, prior, taught, loads, now, None if habit is None else habit.sds) if taught else prior
    noise = pooled_noise([(base.noise, base.noise_reps), *((term.noise, term.noise_reps) for term in taught)])
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
        *noise,
        () if habit is None else (*habit.shares, habit.odd_sets),
        heeds_load,
        pooled_trend(base.eccentric, [term.eccentric for term in taught if term.eccentric]),
    ).with_belief(belief)


def _posterior(
    model: ExerciseModel,
    prior: Belief,
    terms: Sequence[Term],
    loads: Sequence[SetLoad],
    now: float,
    habit_sds: tuple[float, float] | None,
) -> Belief:
    precisions = symmetric([term.precision for term in terms], FIGURES)
    shifts = np.array([term.shift for term in terms])
    changed = np.array([weeks_between(term.at_days, now) for term in terms])[:, None] * DRIFT
    prior = _with_told_strength(prior, terms)
    prior_precision = np.linalg.inv(prior.cov)
    mean, cov = _first_guess(model, prior, terms, habit_sds), prior.cov
    untold = set_effects(model, [SetLoad()] * len(terms), mean, habit_sds)
    expected = set_effects(model, loads, mean, habit_sds)
    effects = expected.mean
    before = prior.cov.copy()
    if before[LOG_1RM, LOG_1RM] > _UNKNOWN_1RM_SD**2:  # it was guessed from the sets
        before[LOG_1RM, LOG_1RM] = _GUESSED_1RM_SD**2
    for number in range(_PASSES):
        belief = Belief(mean, cov if number else before)
        trust = _trust(model, belief, (expected, untold), (precisions, shifts), by_pace=habit_sds is not None)
        expected = blended(expected, untold, trust.load)
        if number == 0:
            effects = expected.mean
        weighed_precisions = precisions * trust.usual[:, None, None]
        weighed_shifts = shifts * trust.usual[:, None]
        figures = set_figures(model, mean, effects, expected.by_1rm)
        by_lifter, by_effects = figures.by_lifter, figures.by_effects
        offset = figures.at - by_lifter @ mean + _times(by_effects, expected.mean - effects)
        spread = (by_effects * expected.variance[:, None]) @ _transposed(by_effects)
        spread += (by_lifter * changed[:, None]) @ _transposed(by_lifter)
        widened = np.linalg.inv(np.eye(FIGURES) + weighed_precisions @ spread)
        weighed = _transposed(by_lifter) @ widened
        precision = prior_precision + (weighed @ weighed_precisions @ by_lifter).sum(axis=0)
        shift = prior_precision @ prior.mean + _times(weighed, weighed_shifts - _times(weighed_precisions, offset)).sum(
            axis=0
        )
        cov = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        mean = np.asarray(cov @ shift, dtype=np.float64)
        # The best guess of the sets' effects, given the lifter's parameters.
        expected = set_effects(model, loads, mean, habit_sds)
        likely = blended(expected, untold, trust.load)
        figures = set_figures(model, mean, effects, likely.by_1rm)
        offset = figures.at - _times(figures.by_effects, effects)
        weighted = _transposed(figures.by_effects) @ weighed_precisions
        sharpness = weighted @ figures.by_effects + np.eye(FIGURES) / likely.variance[:, None]
        pull = likely.mean / likely.variance + _times(
            _transposed(figures.by_effects), weighed_shifts - _times(weighed_precisions, offset)
        )
        effects = np.asarray(np.linalg.solve(sharpness, pull[:, :, None])[:, :, 0], dtype=np.float64)
    return Belief(mean, 0.5 * (cov + cov.T))


@dataclass(frozen=True, slots=True)
class _Trust:
    """How far n sets are believed: the probability that the told load is right, and that the set is this lifter's."""

    load: Floats
    usual: Floats


def _trust(
    model: ExerciseModel,
    belief: Belief,
    effects: tuple[SetEffects, SetEffects],
    messages: tuple[Floats, Floats],
    *,
    by_pace: bool,
) -> _Trust:
    """Weigh what each set says against what the others say of the lifter, with its load told (first effects) and not.

    By paces alone one set is no judge of its load: all sets together are (`_off_usual`).
    """
    log_told, log_untold = (_log_evidence(*_predicted(model, belief, of), *messages) for of in effects)
    at, cov = _predicted(model, belief, effects[1])
    log_odd = _log_evidence(at, _ODD_SPREAD * cov, *messages)
    logs = np.stack(
        [
            log_told + log(1.0 - UNTOLD_SHARE),
            log_untold + log(_NEVER if by_pace else UNTOLD_SHARE),
            log_odd + log(ODD_PACES_SHARE if by_pace else _ODD_SHARE),
        ]
    )
    shares = np.exp(logs - logs.max(axis=0))
    shares /= shares.sum(axis=0)
    return _Trust(shares[0] / np.maximum(shares[0] + shares[1], 1e-12), 1.0 - shares[2])


def _predicted(model: ExerciseModel, belief: Belief, effects: SetEffects) -> tuple[Floats, Floats]:
    """Return mean (n, 4) and covariance (n, 4, 4) of the figures of sets with these effects."""
    figures = set_figures(model, belief.mean, effects.mean, effects.by_1rm)
    cov = figures.by_lifter @ belief.cov @ _transposed(figures.by_lifter)
    cov = cov + (figures.by_effects * effects.variance[:, None]) @ _transposed(figures.by_effects)
    return figures.at, cov


def _log_evidence(at: Floats, cov: Floats, precisions: Floats, shifts: Floats) -> Floats:
    """Return the log of the message's mean, (n,), over Gaussians with means (n, 4) and covariances (n, 4, 4)."""
    mixed = np.eye(FIGURES) + precisions @ cov
    residual = shifts - _times(precisions, at)
    weighed: Floats = np.asarray(np.linalg.solve(mixed, residual[:, :, None])[:, :, 0], dtype=np.float64)
    gained = (residual * _times(cov, weighed)).sum(axis=1)
    kept = (at * (2.0 * shifts - _times(precisions, at))).sum(axis=1)
    log_evidence: Floats = 0.5 * (gained + kept - np.asarray(np.linalg.slogdet(mixed)[1], dtype=np.float64))
    return log_evidence


def _first_guess(
    model: ExerciseModel, prior: Belief, terms: Sequence[Term], habit_sds: tuple[float, float] | None
) -> Floats:
    """Return where the model is linearised first: an unknown 1RM is the median of what each set's reps say alone."""
    guess = prior.mean.copy()
    with_kg = [term for term in terms if term.pct_1rm is None and term.load_kg]
    if not with_kg or prior.cov[LOG_1RM, LOG_1RM] <= _UNKNOWN_1RM_SD**2:
        return guess
    usual = set_effects(model, [SetLoad()], prior.mean, habit_sds)
    at, cov = _predicted(model, prior, usual)
    precision = np.linalg.inv(cov[0])
    weighed: list[tuple[float, float]] = []
    for term in with_kg:
        after = np.linalg.inv(precision + term.precision_matrix())
        reps = (after @ (precision @ at[0] + np.array(term.shift)))[LOG_N]
        log_kg = log(term.load_kg or 1.0) - log(load_at(float(reps) - model.load_shift) / 100.0)
        weighed.append((log_kg, 1.0 / after[LOG_N, LOG_N] - 1.0 / cov[0, LOG_N, LOG_N]))
    guess[LOG_1RM] = _weighted_median(weighed)
    return guess


def _with_told_strength(prior: Belief, terms: Sequence[Term]) -> Belief:
    """Return the belief with what a load told both in kg and in % of the 1RM says of that."""
    log_kg = [log(100.0 * term.load_kg / term.pct_1rm) for term in terms if term.load_kg and term.pct_1rm]
    if not log_kg:
        return prior
    gain = prior.cov[:, LOG_1RM] / (prior.cov[LOG_1RM, LOG_1RM] + _TOLD_1RM_SD**2 / len(log_kg))
    mean = prior.mean + gain * (float(np.median(log_kg)) - prior.mean[LOG_1RM])
    return Belief(mean, prior.cov - np.outer(gain, prior.cov[LOG_1RM]))


def _off_usual(
    model: ExerciseModel, prior: Belief, terms: Sequence[Term], habit: RepsHabit
) -> tuple[RepsOffUsual, bool]:
    """Return by how much log reps of sets are off the usual, and whether what is told of their loads explains them.

    Where the reps are more alike as if no load were told, the loads are no guide to the next set's.
    """
    mean = _first_guess(model, prior, terms, RepsHabit().sds)
    at_loads = _off_usual_at(model, prior, mean, terms, [SetLoad(term.pct_1rm, term.load_kg) for term in terms])
    if not at_loads.is_told.any():
        return at_loads, True
    untold = _off_usual_at(model, prior, mean, terms, [SetLoad()] * len(terms))
    log_told = habit.log_evidence(at_loads) + log(1.0 - UNTOLD_SHARE)
    return (at_loads, True) if log_told >= habit.log_evidence(untold) + log(UNTOLD_SHARE) else (untold, False)


def _off_usual_at(
    model: ExerciseModel, prior: Belief, mean: Floats, terms: Sequence[Term], loads: Sequence[SetLoad]
) -> RepsOffUsual:
    effects = set_effects(model, loads, mean, (0.0, 0.0))
    figures = set_figures(model, mean, effects.mean, effects.by_1rm)
    usual = figures.at[:, LOG_N] - mean[REPS_OFFSET] + prior.mean[REPS_OFFSET]
    open_to = np.diag([*(1e3 for _ in range(LOG_N)), _OPEN_LOG_N_SD**2, 1e3])
    messages = [np.linalg.inv(np.linalg.inv(open_to) + term.precision_matrix()) for term in terms]
    # Of a set that did not fail the other figures can put the mean anywhere.
    at = [
        min(
            max(float((cov @ (np.array(term.shift) + np.linalg.inv(open_to)[:, LOG_N] * log_n))[LOG_N]), 0.0),
            log(N_MAX),
        )
        for term, cov, log_n in zip(terms, messages, usual, strict=True)
    ]
    by_load = figures.by_effects[:, LOG_N, 0] ** 2 * effects.variance[:, 0]
    is_told = np.array([load.pct_1rm is not None or load.load_kg is not None for load in loads])
    return RepsOffUsual(np.array(at) - usual, np.array([cov[LOG_N, LOG_N] for cov in messages]) + by_load, is_told)


def _weighted_median(weighed: Sequence[tuple[float, float]]) -> float:
    """Return the value at which half of the weights is reached, from values with weights of 0 or more."""
    values, weights = np.array(sorted(weighed)).T
    return float(values[np.searchsorted(np.cumsum(weights), 0.5 * weights.sum())])


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
