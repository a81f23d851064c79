"""The exact posterior under the home family, rep by rep.

For every exponent, travel, range of loads and number of reps possible, the evidence of the reps so far is closed-form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lab.accuracy.answers import RIR_MAX
from lab.accuracy.oracles.home_beliefs import Beliefs, HomeGrid, Loads, informed, population
from lab.accuracy.oracles.home_law import Evidence, Natural, log_reps_within, set_prior, share_used
from lab.accuracy.oracles.home_posterior import learned
from lab.accuracy.oracles.knowledge import Knowledge
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.oracles.readings import Readings, read
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters

# Values in an array at once: they fit the processor's cache.
_NUMBERS_AT_ONCE = 60_000
_NEGLIGIBLE_LOG_MASS = -30.0


def posteriors(
    sets: Sequence[LabelledSet],
    earlier: Sequence[Sequence[LabelledSet]],
    knowledge: Knowledge,
    grid: HomeGrid | None = None,
) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each rep of each set, (reps, 61); see `lab.accuracy.oracles.posteriors`."""
    grid = HomeGrid() if grid is None else grid
    exercise = sets[0].exercise
    if knowledge.sense == "durations":
        # With unknown travel, the first velocity carries less information about the load.
        grid = replace(grid, loads=max(grid.loads // 2, 1))
    if knowledge.lifter == "everything":
        # A well-known lifter needs narrow load ranges; one curve per lifter keeps that cheap.
        beliefs, grid = informed(sets), replace(grid, loads=3 * grid.loads)
    else:
        beliefs = population(exercise, knowledge.sense, grid)
    if knowledge.lifter == "sets":
        beliefs = learned(beliefs, earlier, knowledge.sense, with_load=knowledge.load)
    return judged(sets, beliefs, knowledge, grid)


def judged(sets: Sequence[LabelledSet], beliefs: Beliefs, knowledge: Knowledge, grid: HomeGrid) -> list[Floats]:
    """Return the posterior of each set given the beliefs about its lifter."""
    readings = read(sets, knowledge.sense)
    loads = Loads.of(sets, with_load=knowledge.load, ranges=grid.loads)
    cells = beliefs.log_weight.shape[1] * loads.mps.shape[1]
    at_once = max(_NUMBERS_AT_ONCE // (cells * parameters().lifting.reps_max), 1)
    by_length = np.argsort(readings.counts, kind="stable")
    posteriors: list[Floats] = [np.empty(0)] * len(sets)
    for start in range(0, len(sets), at_once):
        places = by_length[start : start + at_once]
        rows = _judge(readings.part(places), loads.part(places), beliefs.part(places), sets[0].exercise)
        for index, row in zip(places.tolist(), rows, strict=True):
            posteriors[index] = row
    return posteriors


def _judge(readings: Readings, loads: Loads, beliefs: Beliefs, exercise: str) -> list[Floats]:
    of, reps_max = parameters().home[exercise], parameters().lifting.reps_max
    longest = readings.values.shape[1]
    # Axes: reps possible, sets, cells of the lifter, ranges of loads.
    prior = set_prior(
        of, beliefs.mean[:, :, None], beliefs.cov[:, :, None], loads.mps[:, None], loads.variance[:, None]
    )
    reps = np.arange(1.0, reps_max + 1)[:, None, None, None]
    mass, log_n, log_n_variance = log_reps_within(prior.log_n, prior.log_n_log_n, reps)
    log_mass = np.log(mass) + beliefs.log_weight[:, :, None] + loads.log_weight[:, None]
    likely = (log_mass > log_mass.max(axis=(0, 2, 3), keepdims=True) + _NEGLIGIBLE_LOG_MASS).any(axis=(1, 2, 3))
    most = int(np.flatnonzero(likely)[-1]) + 1
    most = min(max(most, longest + 1), reps_max)
    log_mass, log_n, log_n_variance = log_mass[:most], log_n[:most], log_n_variance[:most]
    with_first = prior.first_log_n / prior.log_n_log_n
    with_last = prior.log_n_last / prior.log_n_log_n
    off, less = log_n - prior.log_n, prior.log_n_log_n - log_n_variance
    first, last = prior.first + with_first * off, prior.last + with_last * off
    ff = prior.first_first - with_first**2 * less
    fl = prior.first_last - with_first * with_last * less
    ll = prior.last_last - with_last**2 * less

    prior_known = Natural.of(first, last, ff, fl, ll)
    constant = log_mass + prior_known.constant
    seen = _evidence(readings, beliefs, most)  # each (n, most, q, longest)
    rows = [np.zeros((count, RIR_MAX + 1)) for count in readings.counts.tolist()]
    for done in range(1, longest + 1):
        possible = slice(done - 1, most)
        log_weight = prior_known.log_evidence(_after(seen, done, possible), possible)
        log_weight += constant[possible]
        log_weight -= log_weight.max(axis=(0, 2, 3), keepdims=True)
        by_reps = np.exp(log_weight, out=log_weight).sum(axis=(2, 3))
        by_reps /= by_reps.sum(axis=0)
        for index in np.flatnonzero(readings.counts >= done).tolist():
            rows[index][done - 1, : most - done + 1] = by_reps[:, index]
    return rows


def _after(seen: Evidence, done: int, possible: slice) -> Evidence:
    """Return the evidence after `done` reps, its axes in the order of the prior's."""
    return Evidence(
        *(
            np.swapaxes(part[:, possible, :, done - 1], 0, 1)[..., None]
            for part in (seen.ff, seen.fl, seen.ll, seen.f, seen.l)
        )
    )


def _evidence(readings: Readings, beliefs: Beliefs, most: int) -> Evidence:
    """Return the evidence after each rep, for each curve and 1 … `most` reps possible."""
    sets, longest = readings.values.shape
    later = share_used(np.arange(1.0, most + 1)[:, None], beliefs.curve[:, None], longest)  # (n or 1, most, q, longest)
    sooner = 1.0 - later
    information = np.stack([readings.information(done) for done in range(1, longest + 1)], axis=-1)
    with_values = information * readings.values[..., None]
    cells = later.shape[1:3]

    def summed(share: Floats, weight: Floats) -> Floats:
        total: Floats = share.reshape(len(share), -1, longest) @ weight
        return total.reshape(sets, *cells, longest)

    unit = beliefs.unit[0, :, None]
    return Evidence(
        ff=summed(sooner * sooner, information) / unit**2,
        fl=summed(sooner * later, information) / unit**2,
        ll=summed(later * later, information) / unit**2,
        f=summed(sooner, with_values) / unit,
        l=summed(later, with_values) / unit,
    )
