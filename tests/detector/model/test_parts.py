"""Every part of the model goes through one check: finite, monotone, insensitive to order, serialisable, deterministic."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spotter_detector.model import Observation, build_prior, overdue_after_s, prior_from_json, prior_to_json
from spotter_detector.model.exercise_models import EXERCISE_MODELS, exercise_model, log_reps_at
from spotter_detector.model.grid import curve_offsets, reps_possible, shares_used, velocity_planes
from spotter_detector.model.pauses import information_kept, reps_recovered
from spotter_detector.model.set_end import apply_failed_attempt, log_likelihood
from spotter_detector.model.summary import confidence_of, reps_in_reserve
from spotter_detector.model.timing import PaceKind, prior_planes, retention
from spotter_detector.model.travel import classify_travel
from spotter_detector.profile import (
    ObservedOutcome,
    Profile,
    Term,
    day_offset,
    likelihood_of_set,
    one_rep_max,
    posterior_profile,
    profile_from_json,
    profile_to_json,
    term_from_json,
    term_to_json,
)
from spotter_detector.profile.generative_model import population_belief, set_figures
from tests.detector.check_model import Part, check_model
from tests.detector.generated_sets import estimates, last_estimate, make_prior, reps
from tests.detector.lifters import learned_from, lifted, taught

LOADS = (90.0, 85.0, 80.0, 75.0, 70.0, 65.0)


def posterior_after_a_failure(factor: float) -> list[float]:
    """Probabilities of the reps possible after a failed attempt at the ninth."""
    planes = velocity_planes(make_prior()).copy()
    apply_failed_attempt(planes, 8, factor)
    return reps_possible(planes)


def filtered(drop_mps: float) -> list[float]:
    """The last estimate of a set whose last rep is so much slower than the one before."""
    estimate = last_estimate(make_prior(pct_1rm=None), reps((0.52, 0.50, 0.47, 0.43, 0.40, 0.40 - drop_mps)))
    return [estimate.p_next_fails, estimate.rir, estimate.rir_low, estimate.rir_high, *estimate.p_rir_le]


def terms_of(first_mps: float) -> tuple[Term, ...]:
    """Three sets to failure from this first velocity."""
    return tuple(taught(lifted(first_mps, count), at_days=3.0 * session) for session, count in enumerate((8, 10, 9)))


PARTS: dict[str, Part[Any, Any]] = {
    "reps by load": Part(log_reps_at, LOADS, lambda result: [result], lambda result: result),
    "exercise rows": Part(
        exercise_model,
        sorted(EXERCISE_MODELS, key=lambda name: EXERCISE_MODELS[name].v_last_mps),
        lambda row: [row.v_last_sd_mps(), row.v1_sd_at_load_mps(), row.load_between_sd(), row.v1_between_sd_mps()],
        lambda row: row.v_last_mps,
    ),
    "built prior": Part(
        lambda load: make_prior(pct_1rm=load),
        LOADS,
        lambda prior: [prior.v1_mean_mps, prior.log_n_mean, prior.log_n_sd, prior.v1_sd_mps],
        lambda prior: prior.v1_mean_mps,
        written=prior_to_json,
        read=prior_from_json,
    ),
    "grid": Part(
        lambda progress: shares_used(curve_offsets(make_prior()), progress),
        range(1, 30),
        lambda share: share.tolist(),
        lambda share: float(share.sum()),
    ),
    "prior": Part(lambda load: reps_possible(velocity_planes(make_prior(pct_1rm=load))), LOADS, lambda result: result),
    "timing": Part(
        lambda load: retention(make_prior(pct_1rm=load), PaceKind.CYCLE).mean[8:20],
        LOADS[::-1],
        lambda result: result.tolist(),
    ),
    "concentric times": Part(
        lambda load: reps_possible(prior_planes(make_prior(pct_1rm=load), PaceKind.CONCENTRIC)),
        LOADS,
        lambda result: result,
    ),
    "pauses": Part(
        lambda pause_s: (information_kept(pause_s), reps_recovered(pause_s, 10)),
        (60.0, 40.0, 20.0, 8.0, 5.0),
        lambda result: [float(value) for value in result],
        lambda result: result[0],
    ),
    "travel": Part(
        lambda rom_m: classify_travel(rom_m, 0.42, 0.6).is_done,
        (0.1, 0.2, 0.3, 0.36, 0.42),
        lambda result: [float(result)],
        float,
    ),
    "failed attempt": Part(
        posterior_after_a_failure, (1.0, 30.0, 2000.0), lambda result: result, lambda result: float(result[7])
    ),
    "calls": Part(
        lambda called: log_likelihood(called, 8),
        (-1.0, 0.0, 1.0, 2.5, 4.0),
        lambda result: result.tolist(),
        lambda result: float(result[7:].argmax()),
    ),
    "summary": Part(
        lambda shift: reps_in_reserve(-0.5 * (np.arange(180) % 60 - 10.0 - shift) ** 2, 8),
        (0, 1, 2, 3),
        lambda result: result.tolist(),
        lambda result: float((result * np.arange(60)).sum()),
    ),
    "confidence": Part(
        lambda width: ("high", "medium", "low").index(
            confidence_of(make_prior(), PaceKind.VELOCITY, tempo_held=False, progress=8, rir_low=0.0, rir_high=width)
        ),
        (1.0, 3.5, 7.0),
        lambda result: [float(result)],
        float,
    ),
    "grinding": Part(
        lambda grind_s: overdue_after_s(replace(make_prior(), grind_s=grind_s), ()),
        (1.0, 2.0, 3.0, 5.0, 20.0),
        lambda result: [result],
        lambda result: result,
    ),
    "filter": Part(filtered, (0.0, 0.02, 0.04, 0.06, 0.08), lambda result: result, lambda result: result[0]),
    "law": Part(
        lambda first: set_figures(
            exercise_model("bench_press"),
            population_belief("bench_press", "velocity").mean,
            np.array([[first, 0.0, 0.0, 0.0]]),
            np.zeros(1),
        ).at[0],
        (0.3, 0.4, 0.5, 0.6),
        lambda result: result.tolist(),
        lambda result: float(result[2]),
    ),
    "term": Part(
        lambda last: taught(lifted(0.55, 10, last_mps=last)),
        (0.12, 0.15, 0.18, 0.21, 0.24),
        lambda term: [*term.precision, *term.shift],
        lambda term: float(np.linalg.solve(term.precision_matrix(), term.shift)[1]),
        written=term_to_json,
        read=term_from_json,
    ),
    "profile": Part(
        lambda terms: posterior_profile(None, terms),
        (terms_of(0.40), terms_of(0.45), terms_of(0.50))[::-1],
        lambda profile: [*profile.mean, *profile.cov],
        lambda profile: profile.mean[0],
        reordered=lambda terms: terms[::-1],
        written=profile_to_json,
        read=profile_from_json,
    ),
    "prediction": Part(
        lambda last: learned_from([lifted(0.55, 10, last_mps=last)] * 3),
        (0.13, 0.16, 0.19, 0.22),
        lambda prior: [prior.v1_mean_mps, prior.v1_sd_mps, prior.log_n_sd, prior.curve_sd],
        lambda prior: prior.v_last_mean_mps,
        written=prior_to_json,
        read=prior_from_json,
    ),
    "readiness": Part(
        lambda first: day_offset(known_at_a_load(), taught(lifted(first, 10), pct_1rm=75.0)),
        (0.42, 0.48, 0.54, 0.60),
        lambda result: [result.offset_mps, result.usual_sd_mps],
        lambda result: result.offset_mps,
    ),
    "strength": Part(
        lambda load_kg: one_rep_max(posterior_profile(None, [taught(lifted(0.50, 10), load_kg=load_kg)] * 2)),
        (60.0, 70.0, 80.0, 90.0),
        lambda result: [result.kg, result.sd_kg],
        lambda result: result.kg,
    ),
}


def known_at_a_load() -> Profile:
    """A lifter known at 75 %1RM."""
    return posterior_profile(None, [taught(lifted(0.53, 12), pct_1rm=75.0)] * 4)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_passes_the_check(name: str) -> None:
    """What is true of all parts of the model is true of this one."""
    check_model(PARTS[name])


def test_the_filter_gives_finite_figures_for_a_learned_lifter() -> None:
    """From learned values a set of another shape is estimated as soundly as from cold ones."""
    prior = learned_from([lifted(0.55, 10)] * 8)
    for estimate in estimates(prior, reps((0.9, 0.2, 0.5, 0.5, 0.05, 0.6))):
        assert 0.0 <= estimate.rir_low <= estimate.rir <= estimate.rir_high <= 60.0


def test_outcomes_and_terms_are_of_one_set_alone() -> None:
    """What a set teaches does not depend on what was known of the lifter when it was lifted."""
    learned = learned_from([lifted(0.55, 10)] * 3)
    cold = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    made: tuple[Observation, ...] = lifted(0.5, 8)
    outcome = ObservedOutcome(failed=True)
    assert likelihood_of_set(cold, made, outcome) == likelihood_of_set(learned, made, outcome)
