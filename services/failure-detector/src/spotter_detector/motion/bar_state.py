"""What is known of a set's bar between two samples."""

from __future__ import annotations

from dataclasses import dataclass, field

from spotter.domain.fast_dataclass import record
from spotter_detector.motion.records import Lift, Phase
from spotter_detector.motion.stalls import FREE, StallState

DOWN, UP = -1, 1
FROM_ABOVE, FROM_BELOW = 1, -1


@record(frozen=True, slots=True)
class Lockout:
    """Where a way up may have ended: when that was seen, the bar's position, and the velocity that it fell under."""

    seen_us: int
    position_m: float
    level_mps: float


@dataclass(slots=True)
class BarState:
    """State of a set's bar; only `run` changes it, on a copy.

    Attributes
    ----------
    way : int
        −1 on the way down or at the bottom (and at first), 1 on the way up or at the top.
    position_m, extreme_m, left_m : float
        Position of the bar, its lowest (highest) point on this way down (up), and where this way started.
    began_us, ended_us : int or None
        Edges of this way, once found.
    seen : int
        Samples since this way was detected.
    peak_mps : float
        The fastest mean over 0.1 s of this way.
    slow_us : int or None
        Since when the bar has been at rest.
    lowering : Phase or None
        The way down that led to this bottom.
    given : bool
        This way was emitted as a rep (way up), or its lowering is complete (way down).
    lockout : Lockout or None
        Where this way up ended, unless the bar goes on.
    top_m : float or None
        Position of the last rep's lockout.
    rests : int
        1: this set's reps start from above, −1: from below, 0: unknown yet.
    from_rack : bool
        The lift is one that starts from above, and nothing was lowered yet: a rise is the way out of the rack.
    on_lifter : bool
        A bar that rests at the bottom of such a lift is stuck.
    roms_m, usual_m : tuple of floats, float or None
        Travel of the last reps; of the lifter's earlier sets.
    rep_ended_us : int or None
        End of the last rep.
    positions_m : tuple of floats
        The newest positions, of a position signal.
    velocities : list of floats
        The newest, at most 75.
    """

    way: int = DOWN
    position_m: float = 0.0
    extreme_m: float = 0.0
    left_m: float = 0.0
    began_us: int | None = None
    ended_us: int | None = None
    seen: int = 0
    peak_mps: float = 0.0
    slow_us: int | None = None
    lowering: Phase | None = None
    given: bool = False
    lockout: Lockout | None = None
    top_m: float | None = None
    rests: int = 0
    from_rack: bool = False
    on_lifter: bool = True
    roms_m: tuple[float, ...] = ()
    usual_m: float | None = None
    rep_ended_us: int | None = None
    stuck: StallState = FREE
    positions_m: tuple[float, ...] = ()
    velocities: list[float] = field(default_factory=list)


def initial(lift: Lift, usual_m: float | None = None) -> BarState:
    """Return the state before a set of an exercise."""
    rests = {None: 0, True: FROM_ABOVE, False: FROM_BELOW}[lift.lowered_first]
    return BarState(usual_m=usual_m, rests=rests, from_rack=lift.lowered_first is True, on_lifter=lift.on_lifter)
