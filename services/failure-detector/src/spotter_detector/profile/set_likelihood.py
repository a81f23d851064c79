"""The likelihood of the four figures of one closed set, from its reports.

The within-set filter processes the set from the population prior, the outcome is applied, and the prior is divided out
again: a message that does not depend on what was learned of the lifter (assumed-density filtering, Minka 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np

from spotter.domain.fast_dataclass import record
from spotter_detector.model import flags
from spotter_detector.model.filter import Filter, Posterior
from spotter_detector.model.grid import COV as COV_V1_DROP
from spotter_detector.model.grid import CURVES, DROP, LOG_WEIGHT, N_MAX, V1, VAR_DROP, VAR_V1, curve_exponents
from spotter_detector.model.pauses import concentric_s
from spotter_detector.model.prior import Prior
from spotter_detector.model.prior_builder import build_prior
from spotter_detector.model.records import Observation, Request
from spotter_detector.model.set_end import FAILED_NEXT, log_ending, log_likelihood
from spotter_detector.model.strands import strands_of
from spotter_detector.model.timing import PaceKind, prior_planes, usual_retention
from spotter_detector.profile.codec import significant, upper_half
from spotter_detector.profile.eccentric import set_trend
from spotter_detector.profile.generative_model import Floats
from spotter_detector.profile.noise import pooled_noise, sensor_scatter
from spotter_detector.profile.term import FIGURES, KINDS, Term

_NO_TERM = (0.0,) * 10, (0.0,) * 4
_LOG_N = np.array([log(n) for n in range(1, N_MAX + 1)])
# Within one number of reps log reps are distributed uniformly.
_LOG_N_VARIANCE = np.array([log((n + 0.5) / (n - 0.5)) ** 2 / 12.0 for n in range(1, N_MAX + 1)])
_NO_REP = {flags.GHOST, flags.RERACK, flags.FAILED, flags.OUTLIER}
# A long pause after fewer reps than these: the bar was rather put in its place (design choice).
_BEFORE_PAUSE_MIN = 3
# Reps in reserve that lifters call well enough to know where the end was; of each rep over it that they call there are so
# many: they feel far ends nearer than they are (Halperin 2022, Zourdos 2021; design choice within 1.5–2).
_CALL_MAX, _FAR_REPS = 3.0, 1.5
_FILTER = Filter(cache_size=0)


def likelihood_of_set(prior: Prior, observations: Sequence[Observation], outcome: ObservedOutcome) -> Term:
    """Return the likelihood term of a closed set, from all its reports and how it ended.

    Of its pinned prior the class, load, sensor and tempo are used, nothing that was learned.

    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.52, 0.51, 0.49, 0.46, 0.44, 0.40, 0.37, 0.33, 0.27, 0.21)
    >>> reps = [Observation(n + 1, 2.8 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    >>> term = likelihood_of_set(prior, reps, ObservedOutcome(failed=True))
    >>> np.linalg.solve(term.precision_matrix(), term.shift).round(3)[:3]
    array([0.521, 0.216, 2.303])
    """
    return likelihoods_of_sets([(prior, observations, outcome)])[0]


def likelihoods_of_sets(sets: Sequence[tuple[Prior, Sequence[Observation], ObservedOutcome]]) -> list[Term]:
    """Return the terms of many closed sets: as `likelihood_of_set`, computed together.

    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> [term.kind for term in likelihoods_of_sets([(prior, [], ObservedOutcome())])]
    ['none']
    """
    strands = [strands_of(reps) for _, reps, _ in sets]
    starts = [population_prior(prior) for (prior, _, _), of_set in zip(sets, strands, strict=True) for _ in of_set]
    curves = iter(_curves(starts, [strand for of_set in strands for strand in of_set]))
    return [
        _term(prior, [(*next(curves), strand[-1].end_s) for strand in of_set], outcome)
        for (prior, _, outcome), of_set in zip(sets, strands, strict=True)
    ]


def _curves(
    priors: Sequence[Prior], strands: Sequence[Sequence[Observation]]
) -> list[tuple[Sequence[Observation], Posterior]]:
    """Return the posterior of the first curve of each strand, with the strand from its first report.

    A long pause after one or two reps at the same load: the bar was put in its place, and the set came after it.
    """
    curves: dict[int, tuple[Sequence[Observation], Posterior]] = {}
    asked = dict(enumerate(strands))
    while asked:
        requests = [Request(priors[index], tuple(strand), 0) for index, strand in asked.items()]
        curves |= {
            index: (strand, posterior)
            for (index, strand), posterior in zip(asked.items(), _FILTER.posteriors(requests), strict=True)
        }
        again: dict[int, Sequence[Observation]] = {}
        for index in asked:
            strand, posterior = curves[index]
            if _is_only_preparing(strand, posterior):
                again[index] = strand[posterior.reports :]
            elif _ends_slowly(strand, posterior):
                again[index] = strand[:-1]
        asked = again
    return [curves[index] for index in range(len(strands))]


def _ends_slowly(strand: Sequence[Observation], posterior: Posterior) -> bool:
    """Whether the last rep of a set of cycles took so long that a rep may be missing before it: it was a grind, too.

    Where only the ends of reps are known the two look alike, and how many were possible must not depend on it.
    """
    return (
        posterior.kind is PaceKind.CYCLE
        and posterior.reports == len(strand)
        and flags.MISSED_REP in posterior.flags[-1]
        and strand[-1].duration_s is None
    )


def _is_only_preparing(strand: Sequence[Observation], posterior: Posterior) -> bool:
    later = strand[posterior.reports :]
    return (
        len(later) >= _BEFORE_PAUSE_MIN
        and posterior.progress < _BEFORE_PAUSE_MIN
        and later[0].load_kg == strand[posterior.reports - 1].load_kg
    )


def _term(
    prior: Prior, strands: Sequence[tuple[Sequence[Observation], Posterior, float]], outcome: ObservedOutcome
) -> Term:
    """Return the term of a set: of both sides, where both were lifted, what they teach on average, as of one set.

    Of each strand the reports that are judged, their posterior, and when its last rep of all ended.
    """
    own = sorted(
        (
            rep
            for strand, posterior, _ in strands
            for rep, words in zip(strand, posterior.flags, strict=True)
            if not rep.assisted and not _NO_REP & {*words}
        ),
        key=lambda rep: rep.end_s,
    )
    summary = _habits(own)
    # Of another load than the set's first the other side teaches nothing.
    first_kg = strands[0][0][0].load_kg if strands else None
    load_kg = prior.load_kg if first_kg is None else first_kg
    pct_1rm = prior.pct_1rm if prior.load_kg in (None, load_kg) else None
    last_s = max((end_s for _, _, end_s in strands), default=0.0)
    messages = [
        message
        for strand, posterior, end_s in strands
        if not prior.tempo
        and strand[0].load_kg == first_kg
        and (
            message := _message(
                prior,
                strand,
                posterior,
                outcome if end_s == last_s else None,
                done=posterior.progress + (strand[-1].end_s < end_s),
            )
        )
        is not None
    ]
    kinds = {message.kind for message in messages}
    kind = next((kind for kind in KINDS if kind in kinds), "none")
    messages = [message for message in messages if message.kind == kind]
    if not messages:
        return Term(prior.model_class, kind, outcome.at_days, pct_1rm, load_kg, *_NO_TERM, False, *summary)
    share = 1.0 / len(messages)
    noise, noise_reps = pooled_noise([(message.noise, message.noise_reps) for message in messages])
    return Term(
        prior.model_class,
        kind,
        outcome.at_days,
        pct_1rm,
        load_kg,
        upper_half(share * np.sum([message.precision for message in messages], axis=0)),
        significant((share * np.sum([message.shift for message in messages], axis=0)).tolist()),
        any(message.known_end for message in messages),
        *summary,
        noise if noise_reps else None,
        noise_reps,
        next((message.eccentric for message in messages if message.eccentric), ()),
    )


@record(frozen=True, slots=True)
class _Message:
    """What the first curve of one strand says of the four figures: precision (4, 4) and shift (4,)."""

    kind: str
    precision: Floats
    shift: Floats
    known_end: bool
    noise: float | None
    noise_reps: int
    eccentric: tuple[float, ...]


def _message(
    prior: Prior, strand: Sequence[Observation], posterior: Posterior, outcome: ObservedOutcome | None, *, done: int
) -> _Message | None:
    """Return the message of a strand's first curve: at a later load, or after a long pause, the lifter is not fresh.

    `outcome` is that of the set, after `done` reps; None: the set did not end with this strand. It is about the last
    curve.
    """
    if posterior.progress < 1:
        return None
    observations, later = strand[: posterior.reports], strand[posterior.reports :]
    if later and posterior.progress < _BEFORE_PAUSE_MIN and later[0].load_kg == observations[-1].load_kg:
        return None
    if later or outcome is None:
        outcome = _UNKNOWN
    log_weight = posterior.planes[LOG_WEIGHT].reshape(CURVES, N_MAX) + _log_outcome(done, outcome)
    usual = None
    if posterior.kind not in (PaceKind.VELOCITY, PaceKind.CONCENTRIC):
        usual = usual_retention(posterior.curve_prior, posterior.kind).mean
    mean, cov = _moments(posterior.planes, posterior.curve_prior, log_weight, usual)
    # A device that reports its own noise needs no estimate.
    has_noise = any(rep.velocity_sd_mps is not None for rep in observations)
    is_velocity = posterior.kind is PaceKind.VELOCITY
    scattered = None
    if is_velocity and not has_noise:
        scattered = sensor_scatter(observations, posterior, log_weight.ravel(), prior.velocity_cv)
    before_planes = prior_planes(posterior.curve_prior, posterior.kind)
    before_mean, before_cov = _moments(before_planes, posterior.curve_prior, before_planes[LOG_WEIGHT], usual)
    before, after = np.linalg.inv(before_cov), np.linalg.inv(cov)
    values, vectors = np.linalg.eigh(after - before)
    # No set has negative information; the posterior's mean is kept.
    precision = (vectors * np.maximum(values, 0.0)) @ vectors.T
    shift = (precision + before) @ mean - before @ before_mean
    if usual is not None:
        precision, shift = _without_first(precision, shift)
    trend: tuple[float, ...] = ()
    left = 0.0 if outcome.failed else outcome.called_rir
    if not is_velocity and left is not None and left <= _CALL_MAX and posterior.progress == len(observations):
        trend = set_trend(observations, posterior.progress + left, posterior.curve_prior.curve_mean)
    return _Message(
        "velocity" if is_velocity else "timing" if usual is None else "pace",
        precision,
        shift,
        outcome.failed or outcome.called_rir is not None,
        scattered[0] if scattered else None,
        scattered[1] if scattered else 0,
        trend,
    )


def population_prior(prior: Prior) -> Prior:
    """Return the population prior of a set like this, with an unknown load.

    >>> prior = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> population_prior(prior).log_n_mean, population_prior(prior).learned_sets
    (2.302585, 0)
    """
    return _population_prior(
        prior.model_class, prior.velocity_metric, prior.sensor_sd_mps if prior.sensor_told else None, prior.drop
    )


@lru_cache(maxsize=256)
def _population_prior(model_class: str, velocity_metric: str, sensor_sd_mps: float | None, drop: bool) -> Prior:
    return build_prior(
        model_class,
        pct_1rm=None,
        planned_reps=None,
        target_rir=None,
        tempo=False,
        velocity_metric=velocity_metric,
        sensor_sd_mps=sensor_sd_mps,
        drop=drop,
    )


def _log_outcome(done: int, outcome: ObservedOutcome) -> Floats:
    """Return the log likelihood (60,) of the outcome by the reps possible.

    An end without a report shows that the reps were possible, and weakly that it was an end as usual: weakly, since
    lifters stop when advised to, and what they are advised must not confirm itself.
    """
    if outcome.failed:
        return log_likelihood(FAILED_NEXT, done)
    rir = np.arange(1.0, N_MAX + 1) - done
    likelihood = np.where(rir < 0.0, -700.0, 0.0)
    if outcome.called_rir is not None:
        likelihood += log_likelihood(meant_rir(outcome.called_rir), done)
    elif outcome.usual_rir is not None:
        likelihood += log_ending(outcome.usual_rir, done)
    return likelihood


def meant_rir(called_rir: float) -> float:
    """Return the reps in reserve that a lifter means who calls so many.

    >>> [meant_rir(called) for called in (-0.5, 2.0, 5.0)]
    [0.0, 2.0, 6.0]
    """
    return max(called_rir, 0.0) + (_FAR_REPS - 1.0) * max(called_rir - _CALL_MAX, 0.0)


def _without_first(precision: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Return a message that leaves the first figure open: what it says of the others, whatever the first is."""
    sure = precision[0, 0] + 1e-9
    others = precision - np.outer(precision[:, 0], precision[0]) / sure
    rest = shift - precision[:, 0] * shift[0] / sure
    others[0], others[:, 0], rest[0] = 0.0, 0.0, 0.0
    return others, rest


def _moments(
    planes: Floats, curve_prior: Prior, log_weight: Floats, usual: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return mean (4,) and covariance (4, 4) of the four figures, over all cells.

    `usual` (60,): what a pace at failure usually keeps, which the second figure is counted from.
    """
    weight = np.exp(log_weight - log_weight.max()).reshape(CURVES, N_MAX)
    weight /= weight.sum()
    planes = planes.reshape(-1, CURVES, N_MAX)
    shape = (CURVES, N_MAX)
    at = np.stack(
        [
            planes[V1],
            planes[V1] + planes[DROP] - (0.0 if usual is None else usual),
            np.broadcast_to(_LOG_N, shape),
            np.broadcast_to(curve_exponents(curve_prior)[:, None], shape),
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


def _habits(reps: Sequence[Observation]) -> tuple[float | None, float | None, float | None, float | None]:
    """Return fastest velocity, longest grind, median travel and median rest of the reps done."""
    roms = sorted(rep.rom_m for rep in reps if rep.rom_m is not None)
    rom_m = roms[len(roms) // 2] if roms else None
    velocities = [rep.velocity_mps for rep in reps if rep.velocity_mps is not None and rep.metric == "mean"]
    took = [took_s for rep in reps if (took_s := concentric_s(rep.duration_s, rep.velocity_mps, rep.rom_m)) is not None]
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


@record(frozen=True, slots=True)
class ObservedOutcome:
    """The end of a closed set.

    Attributes
    ----------
    failed : bool
        The lifter tried another rep and failed: no more were possible.
    called_rir : float or None
        Reps in reserve that the lifter reported after the set; 10 − RPE.
    at_days : float
        When, in days from any fixed time: learned values drift with time.
    usual_rir : float or None
        Reps in reserve at which such a set usually ends; None: it ends anywhere, as a warm-up does.
    """

    failed: bool = False
    called_rir: float | None = None
    at_days: float = 0.0
    usual_rir: float | None = 2.0


_UNKNOWN = ObservedOutcome(usual_rir=None)
