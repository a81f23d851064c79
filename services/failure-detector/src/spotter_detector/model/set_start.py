"""How many reports come before a set's first rep: one belief over the set's travel and that number.

Unracking, walking out, a machine's calibration and earlier sets arrive as reports before the first rep, of any travel,
at any speed, seconds or minutes before it. Which they are no single report shows, and no verdict on one may be measured
against another that is as doubtful. So all reports so far are read at once. For each number c of reports before the
first rep and each travel of a log grid:

* a report from c on is a rep of that travel (log-normal, sd .06, of some .16), or else odd, of any travel (6 %); one
  before c has that travel, or any;
* the speed of a rep is near that of the rep before it, but for wild readings, seldom far under it, and a rep that lost
  a third at once is hardly followed by another as fast; between reports that are no reps, and from the last of them to the first rep, it
  changes as it likes;
* the time between two reps is near the usual of the set; before the first rep it is anything.

After every report the likeliest c is found again, and the set is read from there: so reports before the first rep cost
nothing once the next reps show them. The shares and spreads are design choices on broad plateaus; recorded sets have
none, one, two and three or more such reports in about .4, .43, .13 and .04 of sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, inf, log, pi, sqrt

import numpy as np

from spotter_detector.model.grid import Floats
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.timing import travel_m

# Reports before the first rep, at most: whatever is more is an earlier set, after which a pause begins a new curve.
BEFORE_MAX = 8
_SHARES = (0.50, 0.30, 0.12, 0.05, 0.015, 0.008, 0.004, 0.002, 0.001)
_LOG_SHARES: Floats = np.log(_SHARES)

# Travel, in logs: the grid, and the density of an odd report's over it.
_LEAST_M, _MOST_M, _STEP = 0.05, 2.5, 0.04
_GRID: Floats = np.arange(log(_LEAST_M), log(_MOST_M) + _STEP, _STEP)
_ODD_TRAVEL = 1.0 / (log(_MOST_M) - log(_LEAST_M))
_ODD_SHARE = 0.06
_REP_SD = 0.06
# An odd report is often followed by another like it: put down in two moves, or half reps. Within this (in logs), and the
# density of such a repetition.
_REPEATED, _ODD_AGAIN_DENSITY = 0.15, 1.0
_REP, _ODD_ONCE, _ODD_AGAIN, _EARLY = range(4)
# Lifters find their depth in the first reps, and cut the last: some reps of the travel are further off it.
_LOOSE_SHARE, _LOOSE_SD = 0.08, 0.16
_NEVER = 1e-9
# Of two reports whose travel differs as much (in logs) one is odd.
_UNLIKE = 0.3
# Some reports before the first rep have the travel of the reps.
_LIKE_REPS_SHARE = 0.15
# What is known of the travel before the set: of a lifter's earlier sets, of the exercise; and that it may be wrong.
_LEARNED_SD, _COLD_SD = 0.12, 0.30
_ANYTHING_SHARE = 0.05

# Logs of the ratio of a report's speed to the one before: of reps, mean and sd, with a share of falls; of the first rep
# to a report before it; of two such reports, which are often alike.
_SLOWING, _SLOWING_SD = -0.03, 0.10
_FALL_SHARE, _LAST_FALL_SHARE, _FALL, _FALL_SD = 0.04, 0.15, -0.3, 0.4
_WILD_SHARE, _WILD_SD = 0.04, 0.9
_LOADED, _LOADED_SD, _LOADED_UNLIKE, _LOADED_UNLIKE_SD = -0.4, 0.45, -0.6, 0.9
_UNLIKE_SD = 0.7
# A first rep may be slow.
_SLOW_FIRST_SHARE, _SLOW_FIRST, _SLOW_FIRST_SD = 0.3, 0.15, 0.2
# Two reports before the first rep, one after the other, are often of one block, as alike in all as reps are.
_BLOCK_SHARE, _BLOCK_SPEED_SD, _BLOCK_TRAVEL_SD = 0.5, 0.08, 0.06
_NEAR_SDS = 2.0
# A wild reading is followed by one near that before it: from a jump this wide (in logs).
_JUMP = 0.25
# After a rep that lost this much at once (in logs), one as fast hardly comes.
_COLLAPSE, _AS_FAST = -0.40, -0.10
_LOG_GOES_ON = log(0.1)

# Logs of a wait over the set's usual one: between reps, before the first rep; or anything, over the range of waits.
_WAIT_SD, _EARLY_WAIT_SD = 0.5, 0.6
_ANY_WAIT = 1.0 / log(1000.0)
_PAUSE_SHARE, _EARLY_ANY_SHARE = 0.05, 0.3
_USUAL_WAIT_MAX_S = 6.0
_WAIT_MIN_S = 0.05

# Reports this alike are reps from the first on, and need no reading (shares and logs).
_PLAIN_TRAVEL, _PLAIN_FALL, _PLAIN_RISE, _PLAIN_WAITS = 1.2, 0.78, 1.2, 3.0
_PLAIN_COLD, _PLAIN_LEARNED = 1.6, 1.25


def reports_before(prior: Prior, observations: Sequence[Observation], first: int = 0) -> list[int]:
    """Return how many reports come before the first rep, as known after each report from `first` on.

    The number of all reports: none of them was a rep yet.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> figures = ((0.0, 1.1, 0.24), (20.0, 0.7, 0.8), (31.0, 0.5, 0.42), (34.0, 0.49, 0.41), (37.0, 0.48, 0.42))
    >>> reps = [Observation(n, end_s, velocity_mps, None, rom_m, None) for n, (end_s, velocity_mps, rom_m) in
    ...         enumerate(figures, 1)]
    >>> reports_before(prior, reps), reports_before(prior, reps[2:])
    ([0, 1, 2, 2, 2], [0, 0, 0])
    """
    count = len(observations)
    plain = plain_reports(prior, observations)
    reading = _Reading(prior, observations) if plain < count else None
    return [0 if reading is None or upto <= plain else reading.likeliest(upto) for upto in range(first + 1, count + 1)]


def plain_reports(prior: Prior, observations: Sequence[Observation]) -> int:
    """Return up to which report all are so alike that the first is plainly a rep: in most sets up to the last.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> reps = [Observation(n, 3.0 * n, 0.5, None, rom_m, None) for n, rom_m in enumerate((0.42, 0.4, 0.2), 1)]
    >>> plain_reports(prior, reps)
    2
    """
    usual_m, ratio = (prior.rom_m, _PLAIN_LEARNED) if prior.rom_m is not None else (travel_m(prior), _PLAIN_COLD)
    rom_least, rom_most, gap_least, gap_most = ratio * usual_m, usual_m / ratio, inf, 0.0
    before = None
    for index, rep in enumerate(observations):
        rom_m = rep.rom_m
        if rom_m is not None:
            if rom_m < rom_least:
                if ratio * rom_m < usual_m:
                    return index
                rom_least = rom_m
            if rom_m > rom_most:
                if rom_m > ratio * usual_m:
                    return index
                rom_most = rom_m
            if rom_most > _PLAIN_TRAVEL * rom_least:
                return index
        if before is not None and index <= BEFORE_MAX:
            gap_s = rep.end_s - before.end_s
            if gap_s < gap_least:
                gap_least = gap_s
            if gap_s > gap_most:
                gap_most = gap_s
            if gap_most > _PLAIN_WAITS * gap_least and gap_most > _PLAIN_WAITS:
                return index
            if rep.velocity_mps is not None and before.velocity_mps is not None:
                ratio_before = rep.velocity_mps / before.velocity_mps
                if not _PLAIN_FALL <= ratio_before <= _PLAIN_RISE:
                    return index
        before = rep
    return len(observations)


class _Reading:
    """What the reports of one set say about how many of them come before its first rep."""

    def __init__(self, prior: Prior, observations: Sequence[Observation]) -> None:
        self._count = len(observations)
        usual_m, sd = (travel_m(prior), _COLD_SD) if prior.rom_m is None else (prior.rom_m, _LEARNED_SD)
        self._travel = _log_travel_prior(usual_m, sd)
        # Row n: log density of the first n reports' travel as reps, by the travel of reps.
        travels = np.zeros((self._count + 1, len(_GRID)))
        firsts = np.zeros((self._count, len(_GRID)))
        before_m = None
        for index, rep in enumerate(observations):
            if rep.rom_m is not None:
                repeats = before_m is not None and abs(log(rep.rom_m / before_m)) < _REPEATED
                by_kind = _log_travels(rep.rom_m)
                travels[index + 1], firsts[index] = by_kind[_ODD_AGAIN if repeats else _ODD_ONCE], by_kind[_REP]
            before_m = rep.rom_m
        self._as_reps: Floats = np.cumsum(travels, axis=0)
        # By how much less: the first rep is one.
        self._as_first: Floats = firsts - travels[1:]
        first_m = observations[0].rom_m
        self._first_as_none: Floats = np.zeros(len(_GRID)) if first_m is None else _log_travels(first_m)[_EARLY]
        self._speeds = [
            None
            if later.velocity_mps is None or earlier.velocity_mps is None or later.metric != earlier.metric
            else log(later.velocity_mps / earlier.velocity_mps)
            for earlier, later in pairwise(observations)
        ]
        # Falls to the speed of last reps are common.
        most_mps = prior.v_last_mean_mps + _NEAR_SDS * prior.v_last_sd_mps
        self._falls = [
            _LAST_FALL_SHARE if rep.velocity_mps is not None and rep.velocity_mps <= most_mps else _FALL_SHARE
            for rep in observations[1:]
        ]
        self._waits_s = [max(later.end_s - earlier.end_s, _WAIT_MIN_S) for earlier, later in pairwise(observations)]
        self._travels = [
            None if later.rom_m is None or earlier.rom_m is None else log(later.rom_m / earlier.rom_m)
            for earlier, later in pairwise(observations)
        ]

    def likeliest(self, count: int) -> int:
        """Return the likeliest number after the first `count` reports."""
        numbers = min(count, BEFORE_MAX) + 1
        by_travel = self._as_reps[count] - self._as_reps[:numbers] + self._travel
        by_travel[:count] += self._as_first[: min(numbers, count)]
        by_travel[1:] += self._first_as_none
        most = by_travel.max(axis=1)
        log_odds = most + np.log(np.exp(by_travel - most[:, None]).sum(axis=1))
        log_odds += _LOG_SHARES[:numbers] + self._log_steps(count, numbers)
        return int(log_odds.argmax())

    def _log_steps(self, count: int, numbers: int) -> list[float]:
        """Return the log density of speeds and waits of the first `count` reports by the number before the first rep."""
        waits_s = sorted(self._waits_s[: count - 1])
        usual_s = min(waits_s[(len(waits_s) - 1) // 2], _USUAL_WAIT_MAX_S) if waits_s else _USUAL_WAIT_MAX_S
        # Step i leads from report i to the next: between reps if the first rep is report i or an earlier one.
        speeds = self._speeds[: count - 1]
        waits = [log(wait_s / usual_s) for wait_s in self._waits_s[: count - 1]]
        alike = [travel is None or abs(travel) < _UNLIKE for travel in self._travels]
        rep_speeds = [
            _log_rep_speed(speed, before, fall) if is_alike else _log_wild_speed(speed)
            for before, speed, fall, is_alike in zip((None, *speeds), speeds, self._falls, alike, strict=False)
        ]
        after = [0.0] * (count + 1)
        for at in range(count - 2, -1, -1):
            after[at] = after[at + 1] + _log_rep_wait(waits[at]) + rep_speeds[at]
        totals = []
        before = 0.0
        for number in range(numbers):
            total = before + after[number] + self._log_going_on(number, count)
            if number < count - 1 and alike[number]:
                total += _log_first_speed(speeds[number], self._falls[number]) - rep_speeds[number]
            if 0 < number < count:
                total += _log_early_wait(waits[number - 1]) + _log_loaded_speed(
                    speeds[number - 1], is_alike=alike[number - 1]
                )
            totals.append(total)
            if 0 < number < count:
                before += _log_early(speeds[number - 1], self._travels[number - 1], waits[number - 1])
        return totals

    def _log_going_on(self, first: int, count: int) -> float:
        """Return the log probability that reps went on after one that lost a third at once."""
        collapsed, total = False, 0.0
        for speed, travel in zip(self._speeds[first : count - 1], self._travels[first:], strict=False):
            if speed is None or (travel is not None and abs(travel) > _UNLIKE):
                continue
            if speed < _COLLAPSE:
                collapsed = True
            elif collapsed and speed > _AS_FAST:
                total += _LOG_GOES_ON
        return total


@lru_cache(maxsize=1024)
def _log_travel_prior(usual_m: float, sd: float) -> Floats:
    off = (_GRID - log(usual_m)) / sd
    density = (1.0 - _ANYTHING_SHARE) * np.exp(-0.5 * off * off) / (sd * sqrt(2.0 * pi)) + _ANYTHING_SHARE * _ODD_TRAVEL
    prior: Floats = np.log(density * _STEP)
    prior.setflags(write=False)
    return prior


@lru_cache(maxsize=4096)
def _log_travels(rom_m: float) -> Floats:
    """Return the log density of a report's travel by the travel of reps.

    Rows: of the first rep; of a report after it; of one that repeats the travel before it; of the first report of all
    where it is no rep.
    """
    off = log(rom_m) - _GRID
    near = np.exp(-0.5 * (off / _REP_SD) ** 2) / (_REP_SD * sqrt(2.0 * pi))
    loose = np.exp(-0.5 * (off / _LOOSE_SD) ** 2) / (_LOOSE_SD * sqrt(2.0 * pi))
    as_rep = (1.0 - _ODD_SHARE - _LOOSE_SHARE) * near + _LOOSE_SHARE * loose
    early = _LIKE_REPS_SHARE * near + (1.0 - _LIKE_REPS_SHARE) * _ODD_TRAVEL
    travels: Floats = np.log(
        np.array([as_rep + _NEVER, as_rep + _ODD_SHARE * _ODD_TRAVEL, as_rep + _ODD_AGAIN_DENSITY, early])
    )
    travels.setflags(write=False)
    return travels


def _log_rep_speed(speed: float | None, before: float | None, fall_share: float) -> float:
    """Return the log density of a rep's speed over that of the rep before; `before`: of that one likewise."""
    if speed is None:
        return 0.0
    density = (
        (1.0 - fall_share - _WILD_SHARE) * _normal(speed, _SLOWING, _SLOWING_SD)
        + fall_share * _normal(speed, _FALL, _FALL_SD)
        + _WILD_SHARE * _normal(speed, 0.0, _WILD_SD)
    )
    if before is not None and abs(before) > _JUMP:
        density = max(density, 0.5 * _normal(speed + before, 2.0 * _SLOWING, sqrt(2.0) * _SLOWING_SD))
    return log(density)


def _log_wild_speed(speed: float | None) -> float:
    """Return the log density of the speed of a report of quite another travel: one of the two is odd."""
    return 0.0 if speed is None else log(_normal(speed, 0.0, _WILD_SD))


def _log_first_speed(speed: float | None, fall_share: float) -> float:
    """Return the log density of the second rep's speed over the first's."""
    if speed is None:
        return 0.0
    return log(
        (1.0 - _SLOW_FIRST_SHARE) * exp(_log_rep_speed(speed, None, fall_share))
        + _SLOW_FIRST_SHARE * _normal(speed, _SLOW_FIRST, _SLOW_FIRST_SD)
    )


def _log_loaded_speed(speed: float | None, *, is_alike: bool) -> float:
    """Return the log density of the first rep's speed over that of the report before it, of like travel or not."""
    if speed is None:
        return 0.0
    mean, sd = (_LOADED, _LOADED_SD) if is_alike else (_LOADED_UNLIKE, _LOADED_UNLIKE_SD)
    off = (speed - mean) / sd
    return -0.5 * off * off - log(sd * sqrt(2.0 * pi))


def _log_early(speed: float | None, travel: float | None, wait: float) -> float:
    """Return the log density of a report before the first rep given the one before it: of one block with it, or not."""
    block, other = exp(_log_rep_wait(wait)), exp(_log_early_wait(wait))
    if speed is not None:
        block *= _normal(speed, 0.0, _BLOCK_SPEED_SD)
        other *= _normal(speed, 0.0, _UNLIKE_SD)
    if travel is not None:
        block *= _normal(travel, 0.0, _BLOCK_TRAVEL_SD)
        other *= _ODD_TRAVEL
    return log(_BLOCK_SHARE * block + (1.0 - _BLOCK_SHARE) * other)


def _log_rep_wait(wait: float) -> float:
    return log((1.0 - _PAUSE_SHARE) * _normal(wait, 0.0, _WAIT_SD) + _PAUSE_SHARE * _ANY_WAIT)


def _log_early_wait(wait: float) -> float:
    return log((1.0 - _EARLY_ANY_SHARE) * _normal(wait, 0.0, _EARLY_WAIT_SD) + _EARLY_ANY_SHARE * _ANY_WAIT)


def _normal(value: float, mean: float, sd: float) -> float:
    off = (value - mean) / sd
    return exp(-0.5 * off * off) / (sd * sqrt(2.0 * pi))
