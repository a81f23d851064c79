"""Lifters with sets behind them: short ways to write down what was learned of them."""

from __future__ import annotations

from collections.abc import Sequence

from spotter_detector.model import Observation, Prior, build_prior
from spotter_detector.profile import ObservedOutcome, Term, likelihood_of_set, posterior_profile


def lifted(
    first_mps: float, count: int, *, last_mps: float = 0.17, left: int = 0, curve: float = 1.22
) -> tuple[Observation, ...]:
    """A bench press set with `count` possible reps, without noise, ended with so many left."""
    made: list[Observation] = []
    end_s = 0.0
    for index in range(count - left):
        share = (index / (count - 1)) ** curve
        velocity_mps = (first_mps + share * (last_mps - first_mps)) * (0.95 if index == 0 else 1.0)
        end_s += 0.42 / velocity_mps + 2.0
        made.append(Observation(index + 1, round(end_s, 2), velocity_mps, 0.42 / velocity_mps, 0.42, None))
    return tuple(made)


def timed(reps: Sequence[Observation], scale: float = 1.0) -> tuple[Observation, ...]:
    """The same reps as a watch has them: concentric times, no velocity and no travel."""
    return tuple(
        Observation(rep.rep_number, rep.end_s, None, scale * (rep.duration_s or 0.0), None, None) for rep in reps
    )


def cold(*, pct_1rm: float | None = None, load_kg: float | None = None, model_class: str = "bench_press") -> Prior:
    """Return the prior of an unknown lifter."""
    return build_prior(model_class, pct_1rm=pct_1rm, planned_reps=None, target_rir=None, tempo=False, load_kg=load_kg)


def taught(
    reps: Sequence[Observation],
    *,
    failed: bool = True,
    called_rir: float | None = None,
    at_days: float = 0.0,
    pct_1rm: float | None = None,
    load_kg: float | None = None,
) -> Term:
    """What a set taught; one that nobody calls may have ended anywhere."""
    outcome = ObservedOutcome(failed=failed, called_rir=called_rir, at_days=at_days, usual_rir=None)
    return likelihood_of_set(cold(pct_1rm=pct_1rm, load_kg=load_kg), reps, outcome)


def learned_from(sets: Sequence[Sequence[Observation]]) -> Prior:
    """Starting values of a lifter after these sets, all to failure, one a day."""
    profile = posterior_profile(None, [taught(reps, at_days=float(day)) for day, reps in enumerate(sets)])
    return build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, profile=profile)
