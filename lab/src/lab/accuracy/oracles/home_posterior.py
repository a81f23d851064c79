"""Learning about a lifter of the home family from earlier sets.

Given the curve's exponent, the travel (for durations) and the reps possible, a set is one update of a Gaussian. A set with
unknown reps possible is a mixture over them, which is merged into one Gaussian again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lab.accuracy.oracles import endings
from lab.accuracy.oracles.home_beliefs import Beliefs, Loads, evidence
from lab.accuracy.oracles.home_law import (
    FASTER,
    LAST,
    MORE,
    STATES,
    STEEPER,
    Evidence,
    log_reps_within,
    set_prior,
    update,
)
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.oracles.readings import Readings, Sense, read
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters

_LIFTERS_AT_ONCE = 250


def learned(beliefs: Beliefs, earlier: Sequence[Sequence[LabelledSet]], sense: Sense, *, with_load: bool) -> Beliefs:
    """Return the beliefs about lifters after their earlier sets (one sequence per lifter, all of one length)."""
    parts: list[Beliefs] = []
    for start in range(0, len(earlier), _LIFTERS_AT_ONCE):
        part = earlier[start : start + _LIFTERS_AT_ONCE]
        part_beliefs = beliefs.part(np.arange(start, start + len(part)))
        for sets in zip(*part, strict=True):
            part_beliefs = _learn_one(part_beliefs, sets, sense, with_load=with_load)
        parts.append(part_beliefs)
    return replace(
        parts[0],
        log_weight=np.concatenate([part.log_weight for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        cov=np.concatenate([part.cov for part in parts]),
    )


def _learn_one(beliefs: Beliefs, sets: Sequence[LabelledSet], sense: Sense, *, with_load: bool) -> Beliefs:
    """Learn from one more set of each lifter; failed sets separately, because their reps possible are known."""
    with np.errstate(divide="ignore"):
        ends = np.log(endings.likelihoods(sets))
    failed = np.array([lifted_set.failed for lifted_set in sets])
    after = replace(beliefs, log_weight=beliefs.log_weight.copy(), mean=beliefs.mean.copy(), cov=beliefs.cov.copy())
    readings = read(sets, sense)
    loads = Loads.of(sets, with_load=with_load, ranges=1)
    for places, stops in ((np.flatnonzero(failed), 1), (np.flatnonzero(~failed), ends.shape[1])):
        if len(places) == 0:
            continue
        gained = _learn(
            beliefs.part(places), readings.part(places), loads.part(places), ends[places, :stops], sets[0].exercise
        )
        after.log_weight[places], after.mean[places], after.cov[places] = gained.log_weight, gained.mean, gained.cov
    return after


def _learn(beliefs: Beliefs, readings: Readings, loads: Loads, ends: Floats, exercise: str) -> Beliefs:
    of = parameters().home[exercise]
    reps: Floats = readings.counts[:, None] + np.arange(float(ends.shape[1]))
    seen = evidence(readings, reps[:, None], beliefs, readings.final_information())  # (n, q, stops)
    # The set's position on the line: its reps say more about it than the load.
    vague = set_prior(of, beliefs.mean, beliefs.cov, loads.mps, loads.variance)
    middle = Evidence(*(part[..., -1] for part in (seen.ff, seen.fl, seen.ll, seen.f, seen.l)))
    _, first, _ = update(vague.first, vague.last, vague.first_first, vague.first_last, vague.last_last, middle)
    lever = first - beliefs.mean[..., FASTER] - of.line_velocity
    prior = set_prior(of, beliefs.mean, beliefs.cov, loads.mps, loads.variance, lever)
    # Joint Gaussian of six: the lifter's four constants, the set's first and last velocity.
    mean = np.concatenate((beliefs.mean, prior.first[..., None], prior.last[..., None]), axis=-1)
    with_log_n = beliefs.cov[..., MORE] + lever[..., None] * beliefs.cov[..., STEEPER]
    with_log_n = np.concatenate((with_log_n, prior.first_log_n[..., None], prior.log_n_last[..., None]), axis=-1)
    cov = np.empty((*mean.shape, STATES + 2))
    cov[..., :STATES, :STATES] = beliefs.cov
    cov[..., :STATES, STATES] = cov[..., STATES, :STATES] = beliefs.cov[..., FASTER]
    cov[..., :STATES, STATES + 1] = cov[..., STATES + 1, :STATES] = beliefs.cov[..., LAST]
    cov[..., STATES, STATES] = prior.first_first
    cov[..., STATES, STATES + 1] = cov[..., STATES + 1, STATES] = prior.first_last
    cov[..., STATES + 1, STATES + 1] = prior.last_last

    mass, log_n, log_n_variance = log_reps_within(prior.log_n[..., None], prior.log_n_log_n[..., None], reps[:, None])
    gain = (with_log_n / prior.log_n_log_n[..., None])[..., None, :]  # (n, q, 1, 6)
    mean = mean[..., None, :] + gain * (log_n - prior.log_n[..., None])[..., None]
    less = prior.log_n_log_n[..., None] - log_n_variance
    cov = cov[..., None, :, :] - gain[..., :, None] * gain[..., None, :] * less[..., None, None]

    first, last = mean[..., STATES], mean[..., STATES + 1]
    ff, fl, ll = cov[..., STATES, STATES], cov[..., STATES, STATES + 1], cov[..., STATES + 1, STATES + 1]
    log_weight, _, _ = update(first, last, ff, fl, ll, seen)
    log_weight = log_weight + np.log(mass) + ends[:, None]
    # The lifter's constants move by cov (I + J A)⁻¹ (h − J b) and lose cov J (I + A J)⁻¹ cov'.
    det, information_det = ff * ll - fl * fl, seen.ff * seen.ll - seen.fl**2
    scale = 1.0 / (1.0 + ff * seen.ff + 2.0 * fl * seen.fl + ll * seen.ll + det * information_det)
    inner_ff = (seen.ff + information_det * ll) * scale
    inner_fl = (seen.fl - information_det * fl) * scale
    inner_ll = (seen.ll + information_det * ff) * scale
    off_f = seen.f - seen.ff * first - seen.fl * last
    off_l = seen.l - seen.fl * first - seen.ll * last
    pull_f = off_f - inner_ff * (ff * off_f + fl * off_l) - inner_fl * (fl * off_f + ll * off_l)
    pull_l = off_l - inner_fl * (ff * off_f + fl * off_l) - inner_ll * (fl * off_f + ll * off_l)
    to_f, to_l = cov[..., :STATES, STATES], cov[..., :STATES, STATES + 1]
    mean = mean[..., :STATES] + to_f * pull_f[..., None] + to_l * pull_l[..., None]
    mix_f = to_f * inner_ff[..., None] + to_l * inner_fl[..., None]
    mix_l = to_f * inner_fl[..., None] + to_l * inner_ll[..., None]
    cov = (
        cov[..., :STATES, :STATES] - mix_f[..., :, None] * to_f[..., None, :] - mix_l[..., :, None] * to_l[..., None, :]
    )
    return _gathered(beliefs, log_weight, mean, cov)


def _gathered(beliefs: Beliefs, log_weight: Floats, mean: Floats, cov: Floats) -> Beliefs:
    """Merge each cell's mixture over the reps possible into one Gaussian, and weight cells by their evidence."""
    top = log_weight.max(axis=-1, keepdims=True)
    weight = np.exp(log_weight - top)
    total = weight.sum(axis=-1, keepdims=True)
    weight = weight / total
    middle = np.einsum("nqs,nqsi->nqi", weight, mean)
    off = mean - middle[..., None, :]
    cov = np.einsum("nqs,nqsij->nqij", weight, cov) + np.einsum("nqs,nqsi,nqsj->nqij", weight, off, off)
    evidence = beliefs.log_weight + (top + np.log(total))[..., 0]
    return replace(beliefs, log_weight=evidence - evidence.max(axis=-1, keepdims=True), mean=middle, cov=cov)
