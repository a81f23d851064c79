"""Failed attempts that travel alone does not show: by when a report comes and how fast it is.

Devices report a failed attempt in these shapes (their own recordings): slow and short (see `travel`); one rep split in
two by a dip of the bar, two slow halves about a second apart; a rep that all but stops, and seconds later a far faster
one with a helper's hands on the bar; and a rep of usual speed whose pauses the device removed, so that only the time
between two reps shows that the bar stopped. The limits are design choices.
"""

from __future__ import annotations

# Two ends this close are one rep reported twice: it is too short to go down and up.
DOUBLE_S = 0.65
_DOUBLE_VELOCITY_MPS = 0.04
_DOUBLE_ROM_M = 0.03
# The second half of a rep begins at the dip.
_HALF_APART_S = 2.2
_HALVES_ROM_MAX = 1.35
_HALF_VELOCITY_SHARE = 0.9
# With hands on the bar.
_HELPED_S = (1.5, 9.0)
_HELPED_RATIO = 1.25
_STOOD_SHARE = 0.62
# A stop that only the clock shows, against a longer wait, a missed report and a pause. Log odds, by logistic regression
# on simulated sets of both families (10 seeds that are not used for evaluation; a set with a missed report or a pause
# counts .3); 0 is the limit. Seconds over the set's middle wait; over its longest, by pieces.
_STOOD_ODDS = -9.87
_OVER_MIDDLE = 2.46
_OVER_LONGEST = ((-2.0, 2.0, 3.08), (2.0, 4.0, -1.70), (4.0, 6.0, -2.58), (6.0, 8.0, -7.69))
# The fewer waits there are, the less a long one means.
_FEW_WAITS = -0.92
# A rep with its pause removed is no slower than the last.
_STOOD_VELOCITY = (0.8, 1.6)
_SLOWER, _SLOWER_THAN = 85.7, 0.9
_FASTER = 5.78
# The further the last rep was over the velocity at failure, the longer the wait must be to count as a stop: per sd, and
# again per sd above 0.
_FROM_FAILURE, _OVER_FAILURE = -0.16, -1.24
_FROM_FAILURE_LEAST = -3.0
STOOD_SDS_MAX = 3.2
# Of a rep with a reported start: by how much its time exceeds its reported duration.
_TAKEN_OFF_S = 1.2


def is_double(gap_s: float, velocity_off_mps: float | None, rom_off_m: float | None) -> bool:
    """Whether a report duplicates the one before it, from end to end `gap_s` apart.

    `velocity_off_mps` and `rom_off_m` are by how much they differ, if both have the measure.

    >>> is_double(0.3, 0.005, 0.0), is_double(0.3, 0.2, 0.25), is_double(2.5, 0.0, 0.0)
    (True, False, False)
    """
    return (
        0.0 < gap_s <= DOUBLE_S
        and (velocity_off_mps is None or abs(velocity_off_mps) <= _DOUBLE_VELOCITY_MPS)
        and (rom_off_m is None or abs(rom_off_m) <= _DOUBLE_ROM_M)
    )


def is_second_half(gap_s: float, took_s: float | None, rom_share: float, velocity_ratio: float) -> bool:
    """Whether a slow report continues a slow short one; the dip between them takes about a second.

    `rom_share` is the travel of both over the usual, `velocity_ratio` the velocity over that of the last completed rep.

    >>> is_second_half(2.6, 1.6, 1.0, 0.5), is_second_half(4.8, 1.6, 1.0, 0.5)
    (True, False)
    """
    apart_s = gap_s - (0.0 if took_s is None else took_s)
    return apart_s <= _HALF_APART_S and rom_share <= _HALVES_ROM_MAX and velocity_ratio <= _HALF_VELOCITY_SHARE


def is_helped(gap_s: float, took_s: float | None, slow_ratio: float, velocity_ratio: float) -> bool:
    """Whether a rep far faster than the last completed one follows a rep that all but stopped.

    >>> is_helped(5.0, 0.9, 0.4, 1.8), is_helped(5.0, 0.9, 0.9, 1.8), is_helped(20.0, 0.9, 0.4, 1.8)
    (True, False, False)
    """
    apart_s = gap_s - (0.0 if took_s is None else took_s)
    in_time = apart_s >= _HELPED_S[0] - 1.0 and apart_s <= _HELPED_S[1]
    return in_time and slow_ratio <= _STOOD_SHARE and velocity_ratio >= _HELPED_RATIO


def is_stop(waited_s: float, waits_s: tuple[float, ...], velocity_ratio: float, from_failure: float) -> bool:
    """Whether the time between two reps shows a stop that the rep's own duration leaves out.

    `waited_s` is the interval less what the rep itself took over the fastest, `waits_s` are those of the set so far;
    `from_failure` is by how many sds the rep before was over the velocity at failure.

    >>> [is_stop(waited_s, (3.0, 2.8, 3.2), 1.0, from_failure=0.0) for waited_s in (6.5, 4.0, 25.0)]
    [True, False, False]
    """
    if not waits_s or not _STOOD_VELOCITY[0] <= velocity_ratio <= _STOOD_VELOCITY[1] or from_failure > STOOD_SDS_MAX:
        return False
    in_order = sorted(waits_s)
    over_s = waited_s - in_order[-1]
    if not 0.0 < over_s <= _OVER_LONGEST[-1][1]:
        return False
    log_odds = _STOOD_ODDS + _OVER_MIDDLE * (waited_s - in_order[len(in_order) // 2]) + _FEW_WAITS / len(in_order)
    for least_s, most_s, weight in _OVER_LONGEST:
        log_odds += weight * (min(over_s, most_s) - max(least_s, 0.0)) if over_s > least_s else 0.0
    log_odds += _SLOWER * min(velocity_ratio - _SLOWER_THAN, 0.0) + _FASTER * max(velocity_ratio - 1.0, 0.0)
    log_odds += _FROM_FAILURE * max(from_failure, _FROM_FAILURE_LEAST) + _OVER_FAILURE * max(from_failure, 0.0)
    return log_odds > 0.0


def has_inner_pause(from_start_s: float, duration_s: float) -> bool:
    """Whether a rep with a reported start took longer than its duration, by more than a change of direction.

    >>> has_inner_pause(4.1, 1.2), has_inner_pause(1.4, 1.2)
    (True, False)
    """
    return from_start_s - duration_s > _TAKEN_OFF_S
