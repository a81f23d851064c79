"""The exact posterior under the other family, on a grid of courses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lab.accuracy.oracles import endings, other_full_knowledge
from lab.accuracy.oracles.knowledge import Knowledge, rows_of
from lab.accuracy.oracles.normal import Floats, Places, Singles
from lab.accuracy.oracles.other_law import Axes, OtherGrid, axes, chances, course_shares, load_density, survival
from lab.accuracy.oracles.readings import Readings, Sense, read
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters

# Values of cells per batch; sets of similar length share a batch.
_NUMBERS_AT_ONCE = 2_000_000
_SETS_AT_ONCE = 100
_NEGLIGIBLE = 1e-9
# Smaller chances count as 0 and lower log fits as this: subnormal numbers are slow.
_CHANCE_MIN = 1e-14
_LOG_FIT_MIN = -50.0
_READING_MIN = 1e-3


@dataclass(frozen=True, slots=True)
class OracleTables:
    """The predictions of each cell, for one exercise and sense.

    Attributes
    ----------
    axes : Axes
    course : array (s, f, l, reps)
        Readings that the cell expects.
    just : array (s or 1, f, l, reps, e)
        P(exactly that many reps are possible).
    day : array (s, l, e)
        Density of an unknown load.
    """

    axes: Axes
    course: Floats
    just: Singles
    day: Singles


@dataclass(frozen=True, slots=True)
class Fit:
    """The fit of readings to each cell: coefficients of a reading's powers, minus a centre, in its log density.

    Attributes
    ----------
    terms : array (reps, 3, cells)
    centre : float
        The middle of the readings (of their logs if log-normal), so that single precision is enough.
    """

    terms: Singles
    centre: float

    @classmethod
    def of(cls, grid_tables: OracleTables, readings: Readings) -> Fit:
        """Build the fit for the readings' sensor; `read` ensures that there is only one."""
        reps = readings.values.shape[1]
        course = np.moveaxis(grid_tables.course[..., :reps], -1, 0).reshape(reps, -1)
        if readings.relative:
            course = np.log(np.maximum(course, _READING_MIN))
            precision = np.broadcast_to(1.0 / readings.cv[:, None] ** 2, course.shape)
        else:
            precision = 1.0 / (readings.added_variance[0, :, None] + (readings.cv[:, None] * course) ** 2)
        centre = float(course[0].mean())
        course = course - centre
        constant = course * course * precision - np.log(precision)
        terms = np.stack((-0.5 * precision, course * precision, -0.5 * constant), axis=1)
        return cls(terms.astype(np.float32), centre)

    def log_density(self, readings: Readings, first: int, stop: int) -> Singles:
        """Return the log density of each set's reps `first` to `stop` (exclusive) in each cell, (n, cells)."""
        values = readings.values[:, first:stop]
        if readings.relative:
            values = np.log(np.maximum(values, _READING_MIN))
        off = (values - self.centre).astype(np.float32)
        powers = np.stack((off * off, off, np.ones_like(off)), axis=-1)
        fit: Singles = powers.reshape(len(values), -1) @ self.terms[first:stop].reshape(3 * (stop - first), -1)
        return fit


@lru_cache(maxsize=4)
def tables(exercise: str, sense: Sense, grid: OtherGrid) -> OracleTables:
    """Return the tables of an exercise."""
    of, lifting = parameters().other[exercise], parameters().lifting
    cut = axes(exercise, sense, grid)
    shares = course_shares(cut.fatigue, cut.load, lifting.reps_max)
    course = cut.scale[:, None, None, None] * shares
    if sense == "velocity":
        done = survival(course, cut.ends, cut.ends_sd, lifting.velocity_floor_mps)
    else:
        done = survival(shares[None], cut.ends, cut.ends_sd, lifting.velocity_floor_mps / of.v0)
    day = load_density(cut.load, cut.strength, cut.load_sd, None)
    return OracleTables(cut, course, _tidy(chances(done)), _tidy(np.swapaxes(day, 1, 2)))


def posteriors(
    sets: Sequence[LabelledSet],
    earlier: Sequence[Sequence[LabelledSet]],
    knowledge: Knowledge,
    grid: OtherGrid | None = None,
) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each rep of each set, (reps, 61); see `lab.accuracy.oracles.posteriors`."""
    grid = OtherGrid.of(knowledge.sense) if grid is None else grid
    if knowledge.lifter == "everything":
        return other_full_knowledge.posteriors(sets, knowledge, grid)
    grid_tables = tables(sets[0].exercise, knowledge.sense, grid)
    beliefs = grid_tables.axes.prior[None]
    if knowledge.lifter == "sets":
        beliefs = learned(grid_tables, earlier, knowledge)
    return judged(grid_tables, sets, beliefs, knowledge)


def learned(grid_tables: OracleTables, earlier: Sequence[Sequence[LabelledSet]], knowledge: Knowledge) -> Floats:
    """Return P(scale, lifter's fatigue, ends), (n, s, m, e), of lifters after their earlier sets."""
    log_beliefs = np.zeros((len(earlier), *grid_tables.axes.prior.shape))
    # The sets of all lifters at once: sets of one length share most of the work.
    lifter = np.repeat(np.arange(len(earlier)), len(earlier[0]))
    with np.errstate(divide="ignore"):
        log_beliefs += np.log(grid_tables.axes.prior)
        for places, likelihood in _likelihoods(
            grid_tables, [lifted_set for sets in earlier for lifted_set in sets], knowledge
        ):
            of_lifter = np.einsum("nsfe,mf->nsme", likelihood, grid_tables.axes.fatigue_given, optimize=True)
            np.add.at(log_beliefs, lifter[places], np.log(of_lifter))
    log_beliefs -= log_beliefs.max(axis=(1, 2, 3), keepdims=True)
    beliefs: Floats = np.exp(log_beliefs)
    return beliefs


def _likelihoods(
    grid_tables: OracleTables, sets: Sequence[LabelledSet], knowledge: Knowledge
) -> Iterator[tuple[Places, Singles]]:
    """Yield P(a set's reps and its end | scale, the set's fatigue, ends), (n, s, f, e), by length of set."""
    readings, ends = read(sets, knowledge.sense), endings.likelihoods(sets)
    fits = Fit.of(grid_tables, readings)
    failed = np.array([lifted_set.failed for lifted_set in sets])
    for count in np.unique(readings.counts).tolist():
        for of_kind, stops in ((failed, 1), (~failed, ends.shape[1])):
            places_all = np.flatnonzero((readings.counts == count) & of_kind)
            if knowledge.load:
                places_all = places_all[np.argsort(_pct(sets, places_all))]
            for start in range(0, len(places_all), _SETS_AT_ONCE):
                places = places_all[start : start + _SETS_AT_ONCE]
                fit = _relative(fits.log_density(readings.part(places), 0, count))
                fit = fit.reshape(len(places), *grid_tables.course.shape[:3])
                pct_1rm = _pct(sets, places) if knowledge.load else None
                yield places, _over_loads(grid_tables, fit, count, ends[places, :stops], pct_1rm)


def _over_loads(grid_tables: OracleTables, fit: Singles, count: int, ends: Floats, pct_1rm: Floats | None) -> Singles:
    total = np.zeros((len(fit), *fit.shape[1:3], len(grid_tables.axes.ends)), dtype=np.float32)
    ended = ends.astype(np.float32)
    days = [] if pct_1rm is None else [_day_at(grid_tables, scale, pct_1rm) for scale in range(fit.shape[1])]
    for stop in range(min(ends.shape[1], grid_tables.just.shape[3] - count + 1)):
        just = grid_tables.just[:, :, :, count + stop - 1]
        for scale in range(fit.shape[1]):
            chance = just[min(scale, len(just) - 1)]  # (f, l, e)
            if pct_1rm is None:
                # (f, n, l) @ (f, l, e)
                summed = np.swapaxes(fit[:, scale], 0, 1) @ (grid_tables.day[scale] * chance)
                total[:, scale] += ended[:, stop, None, None] * np.swapaxes(summed, 0, 1)
            else:
                day = days[scale]
                near = _near(day)
                # (f, l, n, 1) · (l, n, e) · (f, l, 1, e)
                weighed = fit[:, scale, :, near].transpose(1, 2, 0)[..., None] * day[near] * chance[:, near, None]
                total[:, scale] += ended[:, stop, None, None] * np.swapaxes(weighed.sum(axis=1), 0, 1)
    return total


def _day_at(grid_tables: OracleTables, scale: int, pct_1rm: Floats) -> Singles:
    """Return the density of the day's load at known loads, (l, n, e)."""
    of_ends = grid_tables.axes.strength[scale]
    shape = (len(pct_1rm), len(of_ends))
    density = load_density(
        grid_tables.axes.load,
        np.broadcast_to(of_ends, shape),
        grid_tables.axes.load_sd,
        np.broadcast_to(pct_1rm[:, None], shape),
    )
    return _tidy(np.moveaxis(density, 2, 0))


def _tidy(chance: Floats) -> Singles:
    return np.where(chance > _CHANCE_MIN, chance, 0.0).astype(np.float32)


def _relative(log_fit: Singles) -> Singles:
    """Scale fits of the last axis by the best of them, in place."""
    log_fit -= log_fit.max(axis=-1, keepdims=True)
    np.maximum(log_fit, _LOG_FIT_MIN, out=log_fit)
    return np.exp(log_fit, out=log_fit)


def _near(day: Singles) -> slice:
    """Return the loads that matter to any of these sets."""
    likely = np.flatnonzero(day.max(axis=(1, 2)) > _NEGLIGIBLE * day.max())
    return slice(int(likely[0]), int(likely[-1]) + 1)


def _pct(sets: Sequence[LabelledSet], places: Places) -> Floats:
    loads = [sets[index].pct_1rm for index in places.tolist()]
    if None in loads:
        raise ValueError("a set has no load in % of the 1RM for the oracle: use one without load")
    return np.array(loads, dtype=float)


def judged(
    grid_tables: OracleTables, sets: Sequence[LabelledSet], beliefs: Floats, knowledge: Knowledge
) -> list[Floats]:
    """Return the posterior of each set given the beliefs about its lifter."""
    readings = read(sets, knowledge.sense)
    fits = Fit.of(grid_tables, readings)
    # Similar lengths together, to waste little work; a known load predicts the length and keeps loads together.
    order = np.argsort(readings.counts if not knowledge.load else _pct(sets, np.arange(len(sets))), kind="stable")
    posteriors: list[Floats] = [np.empty(0)] * len(sets)
    start = 0
    while start < len(sets):
        # The longest set of a part is known only once the part is.
        cells = grid_tables.course[..., 0].size * int(readings.counts[order[start]] + 2)
        places = order[start : start + max(_NUMBERS_AT_ONCE // cells, 1)]
        part = beliefs[places] if len(beliefs) > 1 else beliefs
        rows = _judge(grid_tables, fits, readings.part(places), part, _pct(sets, places) if knowledge.load else None)
        for index, row in zip(places.tolist(), rows, strict=True):
            posteriors[index] = row
        start += len(places)
    return posteriors


def _judge(
    grid_tables: OracleTables, fits: Fit, readings: Readings, beliefs: Floats, pct_1rm: Floats | None
) -> list[Floats]:
    count, longest = readings.values.shape
    # From the lifter's fatigue to the set's: (s, f, n, e).
    believed = np.einsum("nsme,mf->sfne", beliefs, grid_tables.axes.fatigue_given, optimize=True)
    believed = _tidy(believed / believed.max(axis=(0, 1, 3), keepdims=True))
    log_fit = np.empty((count, longest, grid_tables.course[..., 0].size), dtype=np.float32)
    for index in range(longest):
        log_fit[:, index] = fits.log_density(readings, index, index + 1)
        if index:
            log_fit[:, index] += log_fit[:, index - 1]
    fit = _relative(log_fit).reshape(count, longest, *grid_tables.course.shape[:3])
    reps_max = grid_tables.just.shape[3]
    by_reps = np.zeros((count, longest, reps_max), dtype=np.float32)
    for scale in range(fit.shape[2]):
        day = grid_tables.day[scale][:, None] if pct_1rm is None else _day_at(grid_tables, scale, pct_1rm)
        near = _near(day)
        for fatigue in range(fit.shape[3]):
            just = grid_tables.just[min(scale, len(grid_tables.just) - 1), fatigue, near, :reps_max]  # (l, reps, e)
            # (l, n, e) @ (l, e, reps)
            expected = (believed[scale, fatigue] * day[near]) @ np.swapaxes(just, 1, 2)
            by_reps += fit[:, :, scale, fatigue, near] @ np.swapaxes(expected, 0, 1)
    return rows_of(by_reps.astype(np.float64), readings)
