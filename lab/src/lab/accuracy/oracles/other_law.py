"""The other family as arithmetic on a grid: a cell is a course of velocities, and each failing velocity ends it somewhere.

Axes of every array over cells: `scale` (velocity at no load; for durations that over the lifter's travel, 1/s), `fatigue`
of a set, `load` (the share of the day's strength at no speed that the load takes). Lifters add `ends`: the mean velocity
they fail at, for durations as a share of that at no load, since only ratios count there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lab.accuracy.oracles.normal import Floats, cumulated
from lab.accuracy.oracles.readings import Sense
from lab.accuracy.simulation.parameters import parameters

# Points for integrating priors that are not products of normals.
_FINE = 161
# Half the width of an axis, in standard deviations.
_SPREADS = 3.2


@dataclass(frozen=True, slots=True)
class OtherGrid:
    """The resolution: points per axis."""

    scale: int
    fatigue: int
    load: int
    ends: int

    @classmethod
    def of(cls, sense: Sense) -> OtherGrid:
        """Return a grid with an error under half a percent; durations need more points, since they measure ratios sharply."""
        return cls(10, 17, 36, 12) if sense == "velocity" else cls(18, 17, 46, 12)


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes for one exercise and sense, and the population over them.

    Attributes
    ----------
    scale : array (s,)
    fatigue, lifter_fatigue : array (f,), (m,)
        Logs of a set's and of a lifter's own fatigue.
    load : array (l,)
    ends : array (e,)
    ends_sd : float
        Standard deviation of a set's failing velocity, in the units of `ends`.
    strength : array (s, e)
        Share of the strength at no speed that a 1RM takes.
    load_sd : float
        Standard deviation between sets of the log of that strength.
    prior : array (s, m, e)
        P(scale, lifter's fatigue, ends) in the population.
    fatigue_given : array (m, f)
        P(a set's fatigue | the lifter's).
    """

    scale: Floats
    fatigue: Floats
    lifter_fatigue: Floats
    load: Floats
    ends: Floats
    ends_sd: float
    strength: Floats
    load_sd: float
    prior: Floats
    fatigue_given: Floats


@lru_cache(maxsize=16)
def axes(exercise: str, sense: Sense, grid: OtherGrid) -> Axes:
    """Return the axes for an exercise: evenly spaced, over nearly all of the population."""
    of, body, lifting = parameters().other[exercise], parameters().body[exercise], parameters().lifting
    v0 = of.v0 + of.v0_sd * np.linspace(-4.0, 4.0, _FINE)
    v0_weight = np.exp(-0.5 * np.linspace(-4.0, 4.0, _FINE) ** 2)
    ends = np.maximum(of.v_fail + of.v_fail_between_sd * np.linspace(-4.0, 4.0, _FINE), lifting.velocity_floor_mps)
    ends_weight = v0_weight
    joint = v0_weight[:, None] * ends_weight
    if sense == "velocity":
        scales, ends_of = np.broadcast_arrays(v0[:, None], ends)
        ends_sd = of.v_fail_within_sd
    else:
        travels = np.linspace(-3.0, 3.0, 13)
        rom = body.rom + body.rom_sd * travels
        scales = v0[:, None, None] / rom
        scales, ends_of = np.broadcast_arrays(scales, (ends[:, None] / v0[:, None, None]))
        joint = joint[:, :, None] * np.exp(-0.5 * travels**2)
        ends_sd = of.v_fail_within_sd / of.v0
    joint = np.broadcast_to(joint, scales.shape)
    scale, end = _axis(scales, joint, grid.scale), _axis(ends_of, joint, grid.ends)
    both = _gathered(scale, end, scales, ends_of, joint)
    lifter_sd = of.fatigue_log_sd
    set_sd = float(np.hypot(of.fatigue_log_sd, of.fatigue_within_log_sd))
    lifter_fatigue = np.log(of.fatigue) + _SPREADS * lifter_sd * np.linspace(-1.0, 1.0, grid.fatigue)
    fatigue = np.log(of.fatigue) + _SPREADS * set_sd * np.linspace(-1.0, 1.0, grid.fatigue)
    prior = both[:, None, :] * _normal(lifter_fatigue, np.log(of.fatigue), lifter_sd)[None, :, None]
    given = _normal(fatigue, lifter_fatigue[:, None], of.fatigue_within_log_sd)
    strength = 1.0 - (end / scale[:, None] if sense == "velocity" else np.tile(end, (len(scale), 1)))
    return Axes(
        scale=scale,
        fatigue=fatigue,
        lifter_fatigue=lifter_fatigue,
        load=loads_of(exercise, grid.load),
        ends=end,
        ends_sd=ends_sd,
        strength=strength,
        load_sd=of.strength_log_sd,
        prior=prior / prior.sum(),
        fatigue_given=given,
    )


def loads_of(exercise: str, points: int) -> Floats:
    """Return the points of the load axis: all loads, on every day of nearly every lifter."""
    of = parameters().other[exercise]
    least, most = parameters().lifting.load_pct
    spread = 3.0 * float(
        np.hypot(of.strength_log_sd, np.hypot(of.v_fail_between_sd, of.v_fail * of.v0_sd / of.v0) / of.v0)
    )
    strength = 1.0 - of.v_fail / of.v0
    return np.linspace(
        least / 100.0 * strength * np.exp(-spread), min(most / 100.0 * strength * np.exp(spread), 0.97), points
    )


def _axis(values: Floats, weight: Floats, points: int) -> Floats:
    mean = float((values * weight).sum() / weight.sum())
    sd = float(np.sqrt(((values - mean) ** 2 * weight).sum() / weight.sum()))
    return mean + _SPREADS * sd * np.linspace(-1.0, 1.0, points)


def _gathered(first: Floats, second: Floats, firsts: Floats, seconds: Floats, weight: Floats) -> Floats:
    """Return the density of weighted points at the grid's points: a Gaussian with the same mean and covariance.

    Scale and failing velocity are normal, or nearly so, for both senses.
    """
    share = weight / weight.sum()
    off_first, off_second = firsts - (firsts * share).sum(), seconds - (seconds * share).sum()
    a, b, c = (
        (x * y * share).sum() for x, y in ((off_first, off_first), (off_first, off_second), (off_second, off_second))
    )
    x, y = (first - (firsts * share).sum())[:, None], second - (seconds * share).sum()
    det = a * c - b * b
    density: Floats = np.exp(-0.5 * (c * x * x - 2.0 * b * x * y + a * y * y) / det)
    return density


def _normal(points: Floats, mean: float | Floats, sd: float) -> Floats:
    density = np.exp(-0.5 * ((points - mean) / sd) ** 2)
    return np.asarray(density / density.sum(axis=-1, keepdims=True))


def course_shares(fatigue: Floats, load: Floats, reps: int) -> Floats:
    """Return velocity at reps 1 … `reps` as a share of that at no load, (…, f, l, reps); 0 where capacity is used up.

    `fatigue` are logs, (…, f).

    >>> course_shares(np.log([0.035]), np.array([0.72]), 3).round(3).tolist()
    [[[0.28, 0.261, 0.242]]]
    """
    used = np.exp(fatigue)[..., None, None] * load[:, None] * np.arange(reps)
    return np.asarray(1.0 - load[:, None] / np.maximum(1.0 - used, load[:, None]))


def survival(course: Floats, ends: Floats, ends_sd: float, floor: float) -> Floats:
    """Return P(at least n reps are possible), n = 1 …, for mean failing velocities: (…, reps, e) from courses (…, reps).

    The first rep is always possible; none is below the floor of failing velocities.

    >>> survival(np.array([0.4, 0.2, 0.1, 0.04]), np.array([0.1]), 0.1, 0.05)[:, 0].round(3).tolist()
    [1.0, 0.841, 0.5, 0.0]
    """
    done = cumulated((course[..., None] - ends) / ends_sd)
    done[course < floor] = 0.0
    done[..., 0, :] = 1.0
    return done


def chances(done: Floats) -> Floats:
    """Return P(exactly n reps are possible) from P(at least n), both (…, reps, e); the last covers all higher n.

    >>> chances(np.array([[1.0], [0.75], [0.5]]))[:, 0].tolist()
    [0.25, 0.25, 0.5]
    """
    just = done.copy()
    just[..., :-1, :] -= done[..., 1:, :]
    return just


def load_density(load: Floats, strength: Floats, load_sd: float, pct_1rm: Floats | None) -> Floats:
    """Return the density of the day's load, (…, l), given the share of strength that a 1RM takes (…); any load if unknown.

    `pct_1rm` is of the shape of `strength`. Within a set's day, strength is log-normal with `load_sd`.
    """
    log_load = np.log(load / strength[..., None])
    if pct_1rm is not None:
        return np.asarray(np.exp(-0.5 * ((log_load - np.log(pct_1rm / 100.0)[..., None]) / load_sd) ** 2) / load)
    least, most = parameters().lifting.load_pct
    within = cumulated((log_load - np.log(least / 100.0)) / load_sd) - cumulated(
        (log_load - np.log(most / 100.0)) / load_sd
    )
    return np.asarray(within / strength[..., None])
