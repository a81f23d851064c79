"""What the reports of one closed set say of its four figures.

The within-set filter goes through the set from what is believed of anybody, the end is taken in, and what was believed
before is taken out again: a message that is the same whatever was learned of the lifter (assumed-density filtering,
Minka 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np

from spotter_detector.model import flags
from spotter_detector.model.filter import Filter, Posterior
from spotter_detector.model.grid import COV as COV_V1_DROP
from spotter_detector.model.grid import CURVES, DROP, LOG_WEIGHT, N_MAX, V1, VAR_DROP, VAR_V1, curve_exponents
from spotter_detector.model.pauses import concentric_s
from spotter_detector.model.prior import Prior
from spotter_detector.model.prior_builder import build_prior
from spotter_detector.model.records import Observation, Request
from spotter_detector.model.rir_report import FAILED_NEXT, log_likelihood
from spotter_detector.model.timing import PaceKind
from spotter_detector.profile.codec import significant, upper_half
from spotter_detector.profile.generative_model import Floats
from spotter_detector.profile.noise import sensor_scatter
from spotter_detector.profile.outcome import SetOutcome
from spotter_detector.profile.term import FIGURES, Term

_NO_TERM = (0.0,) * 10, (0.0,) * 4
_LOG_N = np.array([log(n) for n in range(1, N_MAX + 1)])
# Within one number of reps log reps are spread evenly.
_LOG_N_VARIANCE = np.array([log((n + 0.5) / (n - 0.5)) ** 2 / 12.0 for n in range(1, N_MAX + 1)])
_NO_REP = {flags.GHOST, flags.RERACK, flags.FAILED, flags.OUTLIER}
_FILTER = Filter(cache_size=0)


def likelihood_of_set(prior: Prior, observations: Sequence[Observation], outcome: SetOutcome) -> Term:
    """What a closed set teaches.

    Parameters
    ----------
    prior : Prior
        The set's pinned starting values: its class, load, sensor and tempo are taken, nothing that was learned.
    observations : sequence of Observation
        All its reports.
    outcome : Outcome
        How it ended.

    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.52, 0.51, 0.49, 0.46, 0.44, 0.40, 0.37, 0.33, 0.27, 0.21)
    >>> reps = [Observation(n + 1, 2.8 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    >>> term = likelihood_of_set(prior, reps, SetOutcome(failed=True))
    >>> np.linalg.solve(term.precision_matrix(), term.shift).round(3)[:3]
    array([0.514, 0.21 , 2.302])
    """
    return likelihoods_of_sets([(prior, observations, outcome)])[0]


def likelihoods_of_sets(sets: Sequence[tuple[Prior, Sequence[Observation], SetOutcome]]) -> list[Term]:
    """What each of many closed sets teaches: as `likelihood_of_set`, side by side.

    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> [term.kind for term in likelihoods_of_sets([(prior, [], SetOutcome())])]
    ['none']
    """
    asked = [Request(population_prior(prior), tuple(reps), 0) for prior, reps, _ in sets if reps]
    found = iter(_FILTER.posteriors(asked))
    return [_term(prior, reps, outcome, next(found) if reps else None) for prior, reps, outcome in sets]


def _term(prior: Prior, observations: Sequence[Observation], outcome: SetOutcome, found: Posterior | None) -> Term:
    summary = _habits(
        [one for one, words in zip(observations, found.flags, strict=True) if not _NO_REP & {*words}] if found else ()
    )
    none = Term(prior.model_class, "none", outcome.at_days, prior.pct_1rm, prior.load_kg, *_NO_TERM, False, *summary)
    if found is None or prior.tempo:
        return none
    if found.kind not in (PaceKind.VELOCITY, PaceKind.CONCENTRIC) or found.restarted or found.progress < 1:
        return none
    log_weight = found.planes[LOG_WEIGHT].reshape(CURVES, N_MAX) + _log_end(found.progress, outcome)
    mean, cov = _moments(found, log_weight)
    # A device that tells its own noise needs no estimate.
    told = any(one.velocity_sd_mps is not None for one in observations)
    is_velocity = found.kind is PaceKind.VELOCITY
    scattered = (
        sensor_scatter(observations, found, log_weight.ravel(), prior.velocity_cv) if is_velocity and not told else None
    )
    before_mean, before_cov = _believed(found.values)
    before, after = np.linalg.inv(before_cov), np.linalg.inv(cov)
    values, vectors = np.linalg.eigh(after - before)
    # No set says less than nothing; the posterior's mean is kept.
    precision = (vectors * np.maximum(values, 0.0)) @ vectors.T
    shift = (precision + before) @ mean - before @ before_mean
    return Term(
        prior.model_class,
        "velocity" if found.kind is PaceKind.VELOCITY else "timing",
        outcome.at_days,
        prior.pct_1rm,
        prior.load_kg,
        upper_half(precision),
        significant(shift.tolist()),
        outcome.failed or outcome.called_rir is not None,
        *summary,
        *(scattered or (None, 0)),
    )


def population_prior(prior: Prior) -> Prior:
    """The starting values of a set like this of a lifter and a load that nobody knows.

    >>> prior = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> population_prior(prior).log_n_mean, population_prior(prior).learned_sets
    (2.302585, 0)
    """
    return _population_prior(
        prior.model_class, prior.velocity_metric, prior.sensor_sd_mps if prior.sensor_told else None
    )


@lru_cache(maxsize=256)
def _population_prior(model_class: str, velocity_metric: str, sensor_sd_mps: float | None) -> Prior:
    return build_prior(
        model_class,
        pct_1rm=None,
        planned_reps=None,
        target_rir=None,
        tempo=False,
        velocity_metric=velocity_metric,
        sensor_sd_mps=sensor_sd_mps,
    )


def _log_end(done: int, outcome: SetOutcome) -> Floats:
    """Log likelihood (60,) of the end by the reps possible.

    An end that nobody calls says only that its reps were possible: where lifters stop when they are told to, taking it for
    an end near failure would teach ever fewer reps, and the next stop would come ever earlier.
    """
    if outcome.failed:
        return log_likelihood(FAILED_NEXT, done)
    rir = np.arange(1.0, N_MAX + 1) - done
    found = np.where(rir < 0.0, -700.0, 0.0)
    if outcome.called_rir is not None:
        found += log_likelihood(max(outcome.called_rir, 0.0), done)
    return found


def _moments(found: Posterior, log_weight: Floats) -> tuple[Floats, Floats]:
    """Mean (4,) and covariance (4, 4) of the four figures, over all cells."""
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    planes = found.planes.reshape(-1, CURVES, N_MAX)
    shape = (CURVES, N_MAX)
    at = np.stack(
        [
            planes[V1],
            planes[V1] + planes[DROP],
            np.broadcast_to(_LOG_N, shape),
            np.broadcast_to(curve_exponents(found.values)[:, None], shape),
        ]
    )
    mean = (at * weight).sum(axis=(1, 2))
    off = at - mean[:, None, None]
    cov = (off * weight).reshape(FIGURES, -1) @ off.reshape(FIGURES, -1).T
    var_v1, cov_drop, var_drop = ((planes[of] * weight).sum() for of in (VAR_V1, COV_V1_DROP, VAR_DROP))
    cov[0, 0] += var_v1
    cov[0, 1] += var_v1 + cov_drop
    cov[1, 0] += var_v1 + cov_drop
    cov[1, 1] += var_v1 + 2.0 * cov_drop + var_drop
    cov[2, 2] += (weight * _LOG_N_VARIANCE).sum()
    cov[3, 3] += 1e-6
    return mean, cov


def _believed(values: Prior) -> tuple[Floats, Floats]:
    mean = np.array([values.v1_mean_mps, values.v_last_mean_mps, values.log_n_mean, values.curve_mean])
    cov = np.diag([values.v1_sd_mps**2, values.v_last_sd_mps**2, values.log_n_sd**2, values.curve_sd**2])
    cov[0, 1] = cov[1, 0] = values.v1_v_last_cov
    cov[0, 2] = cov[2, 0] = values.v1_log_n_cov
    cov[1, 2] = cov[2, 1] = values.v_last_log_n_cov
    return mean, cov


def _habits(
    reps: Sequence[Observation],
) -> tuple[float | None, float | None, float | None, float | None]:
    """Fastest velocity, longest grind, median travel, median rest of the reps done."""
    roms = sorted(one.rom_m for one in reps if one.rom_m is not None)
    rom_m = roms[len(roms) // 2] if roms else None
    velocities = [one.velocity_mps for one in reps if one.velocity_mps is not None and one.metric == "mean"]
    took = [took_s for one in reps if (took_s := concentric_s(one.duration_s, one.velocity_mps, one.rom_m)) is not None]
    rests = sorted(
        later.end_s - earlier.end_s - (concentric_s(later.duration_s, later.velocity_mps, later.rom_m) or 0.0)
        for earlier, later in pairwise(reps)
    )
    return (
        max(velocities, default=None),
        round(max(took), 3) if took else None,
        rom_m,
        round(rests[len(rests) // 2], 3) if rests else None,
    )
