"""How many reports come before a set's first rep: one belief over the set's travel and that number.

Unracking, walking out, a machine's calibration and earlier sets arrive as reports before the first rep, of any travel,
at any speed, seconds or minutes before it. Which they are no single report shows, and no verdict on one may be measured
against another that is as doubtful. So all reports so far are read at once. For each number c of reports before the
first rep and each travel of a log grid:

* a report from c on is a rep of that travel (log-normal, sd .06, of some .16), or else odd, of any travel (1.5 %; of the
  last one, which may be the bar put down, after any wait, 6 %); one before c has that travel, or any, or that of the one
  before it;
* the speed of a rep is near that of the rep before it, but for wild readings, seldom far under it, and a rep that lost
  a third at once is hardly followed by another as fast; between reports that are no reps, and from the last of them to
  the first rep, it changes as it likes;
* the time between two reps is near the usual of the set; before the first rep it is anything.

After every report the probability of each c is found again; the set is read from each likely one, and the reps left are
averaged. So reports before the first rep cost nothing once the next reps show them, and where they might be reps or none
the estimate is as doubtful. Recorded sets have none, one, two and three or more such reports in about .4, .43,
.13 and .04 of sets; the shares here are between those and what lifters do who press start at the bar (design choice).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import inf, log
from typing import TypeAlias

import numpy as np

from spotter.domain.fast_dataclass import record
from spotter_detector.model.grid import Floats
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.report_odds import (
    AS_FAST,
    COLD_SD,
    COLLAPSE,
    EARLY,
    FALL_SHARE,
    GRID,
    LAST_FALL_SHARE,
    LEARNED_SD,
    LOG_GOES_ON,
    NEAR_SDS,
    ODD_AGAIN,
    ODD_ONCE,
    REP,
    REPEATED,
    UNLIKE,
    USUAL_WAIT_MAX_S,
    WAIT_MIN_S,
    early_step,
    log_early_wait,
    log_first_speed,
    log_last_travel,
    log_loaded_speed,
    log_rep_speed,
    log_rep_wait,
    log_travel_prior,
    log_travels,
    log_wild_speed,
)
from spotter_detector.model.strands import WORK
from spotter_detector.model.timing import travel_m
from spotter_detector.model.travel import usual_travel

# Reports before the first rep, at most: whatever is more is an earlier set, after which a pause begins a new curve.
BEFORE_MAX = 8
_SHARES = (0.52, 0.30, 0.10, 0.05, 0.015, 0.008, 0.004, 0.002, 0.001)
_LOG_SHARES: Floats = np.log(_SHARES)

# A number less likely than this changes no probability by as much.
_LIKELY = 0.05
Opening: TypeAlias = tuple[tuple[int, float], ...]
_PLAIN: Opening = ((0, 1.0),)

# A set without any rep is never stopped: that several reports are none at all must be so many times likelier.
_LOG_SURER = log(5.0)
# Reports this alike are reps from the first on, and need no reading (shares and logs).
_PLAIN_TRAVEL, _PLAIN_FALL, _PLAIN_RISE, _PLAIN_WAITS = 1.25, 0.75, 1.25, 3.5
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
    return [opening[0][0] for opening in openings(prior, observations, first)]


def openings(prior: Prior, observations: Sequence[Observation], first: int = 0) -> list[Opening]:
    """Return how many reports may come before the first rep, as known after each report from `first` on.

    The likeliest number first, each with its probability; what is unlikely is left out.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> figures = ((0.0, 0.6, 0.3), (9.0, 0.5, 0.42), (12.0, 0.49, 0.41), (15.0, 0.48, 0.42))
    >>> reps = [Observation(n, end_s, velocity_mps, None, rom_m, None) for n, (end_s, velocity_mps, rom_m) in
    ...         enumerate(figures, 1)]
    >>> [[(number, round(p, 1)) for number, p in opening] for opening in openings(prior, reps)]
    [[(0, 1.0)], [(1, 0.6), (0, 0.4)], [(1, 1.0)], [(1, 1.0)]]
    """
    count = len(observations)
    plain = alike_reports(prior, observations).count
    reading = _Reading(prior, observations) if plain < count else None
    return [
        _PLAIN if reading is None or upto <= plain else reading.opening(upto) for upto in range(first + 1, count + 1)
    ]


@record(frozen=True, slots=True)
class AlikeReports:
    """Up to which report, `count`, all are of one strand and so alike that the first is plainly a rep, and how alike.

    Their travels, and the usual one, are from `rom_least_m` to `rom_most_m`; the times between them from `gap_least_s` to
    `gap_most_s`.
    """

    count: int
    rom_least_m: float
    rom_most_m: float
    gap_least_s: float
    gap_most_s: float


def alike_reports(
    prior: Prior, observations: Sequence[Observation], earlier: AlikeReports | None = None
) -> AlikeReports:
    """Return up to which report all are so alike that the first is plainly a rep: in most sets up to the last.

    `earlier` is the result for some of them, from the first on, if all of these are alike.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> reps = [Observation(n, 3.0 * n, 0.5, None, rom_m, None) for n, rom_m in enumerate((0.42, 0.4, 0.2), 1)]
    >>> alike_reports(prior, reps).count, alike_reports(prior, reps, alike_reports(prior, reps[:2])).count
    (2, 2)
    """
    usual_m, ratio = (prior.rom_m, _PLAIN_LEARNED) if prior.rom_m is not None else (travel_m(prior), _PLAIN_COLD)
    if earlier is None or earlier.count == 0:
        begin, rom_least, rom_most, gap_least, gap_most = 0, ratio * usual_m, usual_m / ratio, inf, 0.0
        before = None
    else:
        begin, rom_least, rom_most = earlier.count, earlier.rom_least_m, earlier.rom_most_m
        gap_least, gap_most = earlier.gap_least_s, earlier.gap_most_s
        before = observations[begin - 1]
    alike = len(observations)
    side = observations[0].side if observations else None
    for index in range(begin, alike):
        rep = observations[index]
        if rep.side != side or rep.kind != WORK:
            alike = index
            break
        rom_m = rep.rom_m
        if rom_m is not None:
            if rom_m < rom_least:
                rom_least = rom_m
            if rom_m > rom_most:
                rom_most = rom_m
            if ratio * rom_m < usual_m or rom_m > ratio * usual_m or rom_most > _PLAIN_TRAVEL * rom_least:
                alike = index
                break
        # Of reports that tell nothing but their time none is told from a rep: a breath is as long as what comes before one.
        is_measured = rom_m is not None or rep.velocity_mps is not None
        if before is not None and is_measured and index <= BEFORE_MAX:
            gap_s = rep.end_s - before.end_s
            if gap_s < gap_least:
                gap_least = gap_s
            if gap_s > gap_most:
                gap_most = gap_s
            if gap_most > _PLAIN_WAITS * gap_least and gap_most > _PLAIN_WAITS:
                alike = index
                break
            if rep.velocity_mps is not None and before.velocity_mps is not None:
                ratio_before = rep.velocity_mps / before.velocity_mps
                if not _PLAIN_FALL <= ratio_before <= _PLAIN_RISE:
                    alike = index
                    break
        before = rep
    return AlikeReports(alike, rom_least, rom_most, gap_least, gap_most)


# A report that tells no travel.
_ANY_TRAVEL: Floats = np.zeros(len(GRID))


class _Reading:
    """What the reports of one set say about how many of them come before its first rep."""

    def __init__(self, prior: Prior, observations: Sequence[Observation]) -> None:
        self._observations = observations
        count = len(observations)
        self._expected_m, sd = (travel_m(prior), COLD_SD) if prior.rom_m is None else (prior.rom_m, LEARNED_SD)
        self._travel = log_travel_prior(self._expected_m, sd)
        # Row n: log density of the first n reports' travel as reps, by the travel of reps.
        travels = np.zeros((count + 1, len(GRID)))
        firsts = np.zeros((count, len(GRID)))
        before_m = None
        for index, rep in enumerate(observations):
            if rep.rom_m is not None:
                repeats = before_m is not None and abs(log(rep.rom_m / before_m)) < REPEATED
                by_kind = log_travels(rep.rom_m)
                travels[index + 1], firsts[index] = by_kind[ODD_AGAIN if repeats else ODD_ONCE], by_kind[REP]
            before_m = rep.rom_m
        self._as_reps: Floats = np.cumsum(travels, axis=0)
        # By how much less: the first rep is one.
        self._as_first: Floats = firsts - travels[1:]
        self._early: Floats = np.exp(
            [_ANY_TRAVEL if rep.rom_m is None else log_travels(rep.rom_m)[EARLY] for rep in observations[:BEFORE_MAX]]
        )
        # Falls to the speed of last reps are common.
        most_mps = prior.v_last_mean_mps + NEAR_SDS * prior.v_last_sd_mps
        self._falls = [
            LAST_FALL_SHARE if rep.velocity_mps is not None and rep.velocity_mps <= most_mps else FALL_SHARE
            for rep in observations
        ]
        self._waits_s = [max(later.end_s - earlier.end_s, WAIT_MIN_S) for earlier, later in pairwise(observations)]

    def opening(self, count: int) -> Opening:
        """Return the likely numbers after the first `count` reports."""
        numbers = min(count, BEFORE_MAX) + 1
        waits = self._log_waits(count)
        by_travel = self._as_reps[count] - self._as_reps[:numbers] + self._travel
        if count > 1:
            by_travel[: count - 1] += self._as_last(count - 1, waits[-1])
        by_travel[:count] += self._as_first[: min(numbers, count)]
        by_travel[1:] += self._log_early(numbers - 1, waits)
        most = by_travel.max(axis=1)
        log_odds = most + np.log(np.exp(by_travel - most[:, None]).sum(axis=1))
        log_odds += _LOG_SHARES[:numbers] + self._log_steps(count, numbers, waits)
        if 1 < count <= BEFORE_MAX:
            log_odds[count] -= _LOG_SURER
        weights = np.exp(log_odds - log_odds.max())
        weights /= weights.sum()
        likely = [(number, weight) for number, weight in enumerate(weights.tolist()) if weight >= _LIKELY]
        if len(likely) == 1:
            return ((likely[0][0], 1.0),)
        total = sum(weight for _, weight in likely)
        likely.sort(key=lambda each: -each[1])
        return tuple([(number, weight / total) for number, weight in likely])

    def _as_last(self, at: int, wait: float) -> Floats:
        """Return by how much more a report's log density is as the last one, by the travel of reps."""
        rom_m = self._observations[at].rom_m
        if rom_m is None:
            return np.zeros(len(GRID))
        as_last: Floats = log_last_travel(rom_m, wait) - (self._as_reps[at + 1] - self._as_reps[at])
        return np.maximum(as_last, 0.0)

    def _log_early(self, numbers: int, waits: Sequence[float]) -> Floats:
        """Return the log density of the first 1 … `numbers` reports as none of the reps, by the travel of reps."""
        blocks, others = [0.0], [1.0]
        for at in range(1, numbers):
            block, other = early_step(self._speed(at - 1, at), self._travel_ratio(at - 1, at), waits[at - 1])
            blocks.append(block)
            others.append(other)
        each = np.array(blocks)[:, None] + np.array(others)[:, None] * self._early[:numbers]
        total: Floats = np.cumsum(np.log(each), axis=0)
        return total

    def _log_steps(self, count: int, numbers: int, waits: Sequence[float]) -> list[float]:
        """Return the log density of speeds and waits of the first `count` reports from the last before the first rep."""
        after = self._log_reps(count, numbers, waits)
        for number in range(1, min(numbers, count)):
            speed, travel = self._speed(number - 1, number), self._travel_ratio(number - 1, number)
            is_alike = travel is None or abs(travel) < UNLIKE
            after[number] += log_early_wait(waits[number - 1]) + log_loaded_speed(speed, is_alike=is_alike)
        return after

    def _log_reps(self, count: int, numbers: int, waits: Sequence[float]) -> list[float]:
        """Return the log density of the speeds and waits of the first `count` reports by the first rep; of none, 0."""
        by_travel: dict[float | None, list[float]] = {}
        totals = [0.0] * numbers
        for first in range(min(numbers, count)):
            told_m = [rep.rom_m for rep in self._observations[first:count] if rep.rom_m is not None]
            usual_m = usual_travel(told_m, self._expected_m) if told_m else None
            if usual_m not in by_travel:
                by_travel[usual_m] = self._log_reps_of(usual_m, count, waits)
            totals[first] = by_travel[usual_m][first]
        return totals

    def _log_reps_of(self, usual_m: float | None, count: int, waits: Sequence[float]) -> list[float]:
        """Return these by the first rep, for a set of this travel.

        Speeds are compared between the reports that share the travel, from each to the next; the others are odd, and as
        fast as they like.
        """
        like = self._share_travel(usual_m, count)
        speeds = [self._speed(at, later) for at, later in pairwise(like)]
        falls = [self._falls[at] for at in like[1:]]
        as_reps = [log_rep_speed(*each) for each in zip(speeds, (None, *speeds), falls, strict=False)]
        chain = _sums_from(as_reps)
        goes_on = _times_gone_on(speeds)
        odd = [0.0 if at in like else log_wild_speed(self._speed(at - 1, at)) for at in range(1, count)]
        odds_and_waits = _sums_from([odd[at] + log_rep_wait(waits[at]) for at in range(count - 1)])
        totals = []
        for first in range(count):
            total = odds_and_waits[first]
            at = bisect_left(like, first)
            if at < len(like) and like[at] > first:
                total += log_wild_speed(self._speed(like[at] - 1, like[at]))
            if at < len(speeds):
                total += log_first_speed(speeds[at], falls[at]) + chain[at + 1] + goes_on[at] * LOG_GOES_ON
            totals.append(total)
        return totals

    def _share_travel(self, usual_m: float | None, count: int) -> list[int]:
        """Return which of the first `count` reports have this travel, or tell none."""
        roms_m = [rep.rom_m for rep in self._observations[:count]]
        return [
            at
            for at, rom_m in enumerate(roms_m)
            if rom_m is None or usual_m is None or abs(log(rom_m / usual_m)) < UNLIKE
        ]

    def _log_waits(self, count: int) -> list[float]:
        """Return the logs of the waits between the first `count` reports over the usual one."""
        waits_s = self._waits_s[: count - 1]
        if not waits_s:
            return []
        usual_s = min(sorted(waits_s)[(len(waits_s) - 1) // 2], USUAL_WAIT_MAX_S)
        return [round(log(wait_s / usual_s), 2) for wait_s in waits_s]

    def _speed(self, before: int, at: int) -> float | None:
        """Return the log of a report's speed over that of an earlier one."""
        earlier, later = self._observations[before], self._observations[at]
        if later.velocity_mps is None or earlier.velocity_mps is None or later.metric != earlier.metric:
            return None
        return log(later.velocity_mps / earlier.velocity_mps)

    def _travel_ratio(self, before: int, at: int) -> float | None:
        earlier_m, later_m = self._observations[before].rom_m, self._observations[at].rom_m
        return None if later_m is None or earlier_m is None else log(later_m / earlier_m)


def _sums_from(values: Sequence[float]) -> list[float]:
    """Return the sums of the values from each on, and 0."""
    sums = [0.0] * (len(values) + 1)
    for at in range(len(values) - 1, -1, -1):
        sums[at] = sums[at + 1] + values[at]
    return sums


def _times_gone_on(speeds: Sequence[float | None]) -> list[int]:
    """Return by the first step how often a rep as fast followed one that lost a third at once."""
    times = [0] * (len(speeds) + 1)
    as_fast = 0
    for at in range(len(speeds) - 1, -1, -1):
        speed = speeds[at]
        times[at] = as_fast if speed is not None and speed < COLLAPSE else times[at + 1]
        as_fast += speed is not None and speed > AS_FAST
    return times
