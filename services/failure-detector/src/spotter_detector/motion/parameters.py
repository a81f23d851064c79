"""Parameters of the segmentation: fitted for the wrist, design choices for the bar.

Those of `WristParameters` are in the middle of ranges that count equally well on recorded sets of one lifter's watch;
`python -m lab.accuracy.motion` shows how well parameters fitted on some exercises count the others.
"""

from __future__ import annotations

from spotter.domain.fast_dataclass import record


@record(frozen=True, slots=True)
class WristParameters:
    """Parameters for a wrist or bar IMU.

    Attributes
    ----------
    leak_s : float
        Time constant with which the integrated rotation forgets, s.
    share : float
        A turning point counts once the movement has gone back by this share of the usual swing.
    arrived_share, slow : float
        The way out is complete at this share of the usual swing, once slower than `slow` of its fastest.
    floor_rad, floor_mps : float
        The smallest swing of rotation, and of vertical velocity.
    lever_rad_per_mps : float
        Radians of rotation that equal 1 m/s of vertical velocity: the larger of the two is counted.
    memory_s : float
        Time constant with which the axis of rotation is learned, s.
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
    """Parameters for a bar's velocity or position.

    Attributes
    ----------
    moving_mps : float
        Under this the bar is at rest.
    lift_m : float
        A rise of this much from rest is the way up.
    rom_min_m : float
        The smallest travel of a rep while the usual travel is unknown.
    complete_share, attempt_share, down_share : float
        Shares of the usual travel: of a rep, of an attempt, and of the way down after a bar turns back.
    top_share, went_on_share : float
        Shares of the usual travel: from which on a slow bar is locked out, and by which it must rise to have gone on.
    still_s, still_unknown_s : float
        How long after a possible lockout the bar must not go on, with and without a usual travel.
    """

    moving_mps: float = 0.05
    lift_m: float = 0.04
    rom_min_m: float = 0.15
    complete_share: float = 0.8
    attempt_share: float = 0.2
    down_share: float = 0.3
    top_share: float = 0.95
    went_on_share: float = 0.08
    still_s: float = 0.2
    still_unknown_s: float = 0.4
