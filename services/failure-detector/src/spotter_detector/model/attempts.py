"""Failed attempts that travel alone does not show: by when a report comes and how fast it is.

Devices report a failed attempt in these shapes (their own recordings): slow and short (see `travel`); one rep split in
two by a dip of the bar, two slow halves about a second apart; a rep that all but stops, and seconds later a far faster
one with a helper's hands on the bar; and a rep of usual speed whose pauses the device removed, which shows where its
start is reported too. The time between two reps is rest and shows nothing. The limits are design choices.
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
_HELPED_S_MAX = 9.0
_HELPED_RATIO = 1.25
_STOOD_SHARE = 0.62
# By how much longer than in the reps before it a rep with a reported start took than its duration (seconds): a bar that
# stood. Without earlier ones the way down is allowed for.
_STOOD_S, _DOWN_S = 1.2, 2.0


def is_double(gap_s: float, duration_s: float | None, velocity_off_mps: float | None, rom_off_m: float | None) -> bool:
    """Whether a report duplicates the one before it, from end to end `gap_s` apart.

    One whose own duration fits between them is another rep. `velocity_off_mps` and `rom_off_m` are by how much they
    differ, if both have the measure.

    >>> is_double(0.3, 0.8, 0.005, 0.0), is_double(0.3, None, 0.2, 0.25), is_double(0.6, 0.5, 0.0, 0.0)
    (True, False, False)
    """
    return (
        0.0 < gap_s <= DOUBLE_S
        and (duration_s is None or gap_s < duration_s)
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
    return 0.0 <= apart_s <= _HELPED_S_MAX and slow_ratio <= _STOOD_SHARE and velocity_ratio >= _HELPED_RATIO


def has_inner_pause(inner_s: float, inners_s: tuple[float, ...]) -> bool:
    """Whether the bar stood in a rep with a reported start: by its time from start to end less its duration.

    `inners_s` are those of the reps before it: the way down, where a device's reps begin with it.

    >>> has_inner_pause(3.1, (0.2, 0.1)), has_inner_pause(1.9, (1.8, 2.0)), has_inner_pause(1.9, ())
    (True, False, False)
    """
    return inner_s - max(inners_s, default=_DOWN_S) > _STOOD_S
