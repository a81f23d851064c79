"""The numbers that the segmentation goes by: of the wrist fitted, of the bar design choices.

Those of `WristParameters` lie in the middle of ranges that count alike on recorded sets of one lifter's watch; how well numbers
fitted on some exercises count the others is what `python -m lab.accuracy.motion` shows.
"""

from __future__ import annotations

from spotter.domain.fast_dataclass import record


@record(frozen=True, slots=True)
class WristParameters:
    """Of a wrist or bar IMU.

    Attributes
    ----------
    leak_s : float
        Time constant with which the integrated rotation forgets, s.
    share : float
        A turn counts as one when this share of the usual swing has been gone back.
    arrived_share, slow : float
        The way out has arrived with this share of the usual swing, once slower than `slow` of its fastest.
    floor_rad, floor_mps : float
        The least swing of rotation, and of vertical velocity.
    lever_rad_per_mps : float
        How many radians of rotation stand against 1 m/s of vertical velocity: the larger of the two is counted.
    memory_s : float
        Time constant with which the axis of rotation is learned, s.

    >>> WristParameters().share
    0.5
    """

    leak_s: float = 4.0
    share: float = 0.5
    arrived_share: float = 0.85
    slow: float = 0.25
    floor_rad: float = 0.2
    floor_mps: float = 0.2
    lever_rad_per_mps: float = 1.1
    memory_s: float = 20.0


@record(frozen=True, slots=True)
class BarParameters:
    """Of a bar's velocity or position.

    Attributes
    ----------
    moving_mps : float
        Under this the bar stands.
    lift_m : float
        A rise of this much from where it stood is the way up.
    rom_min_m : float
        The least travel of a rep while the usual travel is not known.
    complete_share, attempt_share, down_share : float
        Of the usual travel: what makes a rep, what makes an attempt, and what a bar that turns back has gone down.
    still_s, still_unknown_s : float
        How long the bar stands where it may be the top until it is, with and without a usual travel.

    >>> BarParameters().moving_mps
    0.05
    """

    moving_mps: float = 0.05
    lift_m: float = 0.04
    rom_min_m: float = 0.15
    complete_share: float = 0.8
    attempt_share: float = 0.2
    down_share: float = 0.3
    still_s: float = 0.2
    still_unknown_s: float = 0.4
