"""How likely reports are as reps and as what comes before the first rep: by travel, speed and wait.

Densities of logs, so that they may be multiplied; the shares and spreads are design choices on broad plateaus.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log, pi, sqrt

import numpy as np

from spotter_detector.model.grid import Floats

# Travel, in logs: the grid, and the density of an odd report's over it.
_LEAST_M, _MOST_M, _STEP = 0.05, 2.5, 0.04
GRID: Floats = np.arange(log(_LEAST_M), log(_MOST_M) + _STEP, _STEP)
_ODD_TRAVEL = 1.0 / (log(_MOST_M) - log(_LEAST_M))
# In the set, and of the last report so far: a bar put down comes at its end.
_ODD_SHARE, _ODD_LAST_SHARE = 0.015, 0.06
_REP_SD = 0.06
# An odd report is often followed by another like it: put down in two moves, or half reps. Within this (in logs), and the
# density of such a repetition.
REPEATED, _ODD_AGAIN_DENSITY = 0.15, 1.0
REP, ODD_ONCE, ODD_AGAIN, EARLY = range(4)
# Lifters find their depth in the first reps, and cut the last: some reps of the travel are further off it.
_LOOSE_SHARE, _LOOSE_SD = 0.08, 0.16
_NEVER = 1e-9
# Of two reports whose travel differs as much (in logs) one is odd.
UNLIKE = 0.3
# Some reports before the first rep have the travel of the reps.
_LIKE_REPS_SHARE = 0.15
# What is known of the travel before the set: of a lifter's earlier sets, of the exercise; and that it may be wrong.
LEARNED_SD, COLD_SD = 0.12, 0.30
_ANYTHING_SHARE = 0.05

# Logs of the ratio of a report's speed to the one before: of reps, mean and sd, with a share of falls; of the first rep
# to a report before it; of two such reports, which are often alike.
_SLOWING, _SLOWING_SD = -0.03, 0.10
FALL_SHARE, LAST_FALL_SHARE, _FALL, _FALL_SD = 0.04, 0.15, -0.3, 0.4
_WILD_SHARE, _WILD_SD = 0.04, 1.1
_LOADED, _LOADED_SD, _LOADED_UNLIKE, _LOADED_UNLIKE_SD = -0.4, 0.6, -0.6, 0.9
# Some of them are slow.
_CAREFUL_SHARE, _CAREFUL, _CAREFUL_SD = 0.1, 0.4, 0.6
_UNLIKE_SD = 0.7
# A first rep may be slow.
_SLOW_FIRST_SHARE, _SLOW_FIRST, _SLOW_FIRST_SD = 0.3, 0.15, 0.2
# Two reports before the first rep, one after the other, are often of one block, as alike in all as reps are.
_BLOCK_SHARE, _BLOCK_SPEED_SD, _BLOCK_TRAVEL_SD = 0.42, 0.08, 0.06
NEAR_SDS = 2.0
# A wild reading is followed by one near that before it, a rep that all but stopped often by a helped, faster one: from a
# jump this wide (in logs).
_JUMP = 0.25
_RETURN_SHARE, _HELP_SHARE, _HELP, _HELP_SD = 0.5, 0.2, 0.3, 0.4
# After a rep that lost this much at once (in logs), one as fast hardly comes.
COLLAPSE, AS_FAST = -0.40, -0.10
LOG_GOES_ON = log(0.05)

# Logs of a wait over the set's usual one: between reps, before the first rep; or anything, over the range of waits.
_WAIT_SD, _SLOWER_SHARE, _SLOWER, _SLOWER_SD = 0.25, 0.2, 0.2, 0.6
_EARLY_WAIT, _EARLY_WAIT_SD = 1.0, 0.8
_ANY_WAIT = 1.0 / log(1000.0)
_PAUSE_SHARE, _EARLY_ANY_SHARE = 0.05, 0.4
USUAL_WAIT_MAX_S = 6.0
WAIT_MIN_S = 0.05


# A set is read again with each report, and its steps stay the same.
_kept = lru_cache(maxsize=8192)


@lru_cache(maxsize=1024)
def log_travel_prior(usual_m: float, sd: float) -> Floats:
    """Return the log probability of each travel of the grid before the set, from the usual one and its sd (of logs)."""
    off = (GRID - log(usual_m)) / sd
    density = (1.0 - _ANYTHING_SHARE) * np.exp(-0.5 * off * off) / (sd * sqrt(2.0 * pi)) + _ANYTHING_SHARE * _ODD_TRAVEL
    prior: Floats = np.log(density * _STEP)
    prior.setflags(write=False)
    return prior


@lru_cache(maxsize=4096)
def log_travels(rom_m: float) -> Floats:
    """Return the log density of a report's travel by the travel of reps.

    Rows: of the first rep; of a report after it; of one that repeats the travel before it; of a
    report before the first rep.
    """
    off = log(rom_m) - GRID
    near = np.exp(-0.5 * (off / _REP_SD) ** 2) / (_REP_SD * sqrt(2.0 * pi))
    loose = np.exp(-0.5 * (off / _LOOSE_SD) ** 2) / (_LOOSE_SD * sqrt(2.0 * pi))
    as_rep = (1.0 - _ODD_LAST_SHARE - _LOOSE_SHARE) * near + _LOOSE_SHARE * loose
    early = _LIKE_REPS_SHARE * near + (1.0 - _LIKE_REPS_SHARE) * _ODD_TRAVEL
    travels: Floats = np.log(
        np.array(
            [
                as_rep + _NEVER,
                as_rep + _ODD_SHARE * _ODD_TRAVEL,
                as_rep + _ODD_AGAIN_DENSITY,
                early,
            ]
        )
    )
    travels.setflags(write=False)
    return travels


@lru_cache(maxsize=4096)
def log_last_travel(rom_m: float, wait: float) -> Floats:
    """Return the log density of the travel of one of the last reports, by the travel of reps.

    The bar is put down after any wait: an odd report is so much likelier than after that of a rep.
    """
    odd = _ODD_LAST_SHARE * _ODD_TRAVEL * exp(log_early_wait(wait) - log_rep_wait(wait))
    travel: Floats = np.log(np.exp(log_travels(rom_m)[REP]) + odd)
    travel.setflags(write=False)
    return travel


@_kept
def log_rep_speed(speed: float | None, before: float | None, fall_share: float) -> float:
    """Return the log density of a rep's speed over that of the rep before; `before`: of that one likewise."""
    if speed is None:
        return 0.0
    density = (
        (1.0 - fall_share - _WILD_SHARE) * _normal(speed, _SLOWING, _SLOWING_SD)
        + fall_share * _normal(speed, _FALL, _FALL_SD)
        + _WILD_SHARE * _normal(speed, 0.0, _WILD_SD)
    )
    if before is not None and abs(before) > _JUMP:
        both = speed + before
        returned = _RETURN_SHARE * _normal(both, 2.0 * _SLOWING, sqrt(2.0) * _SLOWING_SD)
        density = max(density, returned + _HELP_SHARE * _normal(both, _HELP, _HELP_SD))
    return log(density)


@_kept
def log_wild_speed(speed: float | None) -> float:
    """Return the log density of the speed of a report of quite another travel: one of the two is odd."""
    return 0.0 if speed is None else log(_normal(speed, 0.0, _WILD_SD))


@_kept
def log_first_speed(speed: float | None, fall_share: float) -> float:
    """Return the log density of the second rep's speed over the first's."""
    if speed is None:
        return 0.0
    return log(
        (1.0 - _SLOW_FIRST_SHARE) * exp(log_rep_speed(speed, None, fall_share))
        + _SLOW_FIRST_SHARE * _normal(speed, _SLOW_FIRST, _SLOW_FIRST_SD)
    )


@_kept
def log_loaded_speed(speed: float | None, *, is_alike: bool) -> float:
    """Return the log density of the first rep's speed over that of the report before it, of like travel or not."""
    if speed is None:
        return 0.0
    mean, sd = (_LOADED, _LOADED_SD) if is_alike else (_LOADED_UNLIKE, _LOADED_UNLIKE_SD)
    careful = _CAREFUL_SHARE * _normal(speed, _CAREFUL, _CAREFUL_SD)
    return log((1.0 - _CAREFUL_SHARE) * _normal(speed, mean, sd) + careful + _NEVER)


@_kept
def early_step(speed: float | None, travel: float | None, wait: float) -> tuple[float, float]:
    """Return the densities of a report before the first rep given the one before it: of one block with it, or not.

    The second is without its travel.
    """
    block, other = exp(log_rep_wait(wait)), exp(log_early_wait(wait))
    if speed is not None:
        block *= _normal(speed, 0.0, _BLOCK_SPEED_SD)
        other *= _normal(speed, 0.0, _UNLIKE_SD)
    if travel is not None:
        block *= _normal(travel, 0.0, _BLOCK_TRAVEL_SD)
    return _BLOCK_SHARE * block, (1.0 - _BLOCK_SHARE) * other


@_kept
def log_rep_wait(wait: float) -> float:
    """Return the log density of the wait between two reps, a log over the usual one."""
    usual, slower = _normal(wait, 0.0, _WAIT_SD), _normal(wait, _SLOWER, _SLOWER_SD)
    return log((1.0 - _SLOWER_SHARE - _PAUSE_SHARE) * usual + _SLOWER_SHARE * slower + _PAUSE_SHARE * _ANY_WAIT)


@_kept
def log_early_wait(wait: float) -> float:
    """Return the log density of the wait after a report before the first rep, a log over the usual one."""
    return log((1.0 - _EARLY_ANY_SHARE) * _normal(wait, _EARLY_WAIT, _EARLY_WAIT_SD) + _EARLY_ANY_SHARE * _ANY_WAIT)


def _normal(value: float, mean: float, sd: float) -> float:
    off = (value - mean) / sd
    return exp(-0.5 * off * off) / (sd * sqrt(2.0 * pi))
