"""Parameters of the segmentation: fitted for the wrist, design choices for the bar.

Those of `WristParameters` are in the middle of ranges that count equally well on recorded sets of eleven people's wrists;
`python -m lab.accuracy.motion` shows how well.
"""

from __future__ import annotations

from spotter.domain.fast_dataclass import record


@record(frozen=True, slots=True)
class WristParameters:
    """Parameters for a wrist or bar IMU, in rows of `step_s`.

    Attributes
    ----------
    step_s : float
        Time from row to row, s.
    expected : bool
        A set has been started and has no rep yet: brisk swings of an arm are reps rather than strides.
    shortest, longest : int
        Rows of a cycle.
    cut_every : int
        Rows after which the signal may be cut although it does not slow down.
    lag : int
        Rows after the end of a cycle at which it is counted.
    wait : int
        Rows of pause after which a chain that isn't counted yet is given up.
    alike, usual_share, usual_follow : float
        Likeness that costs what it earns, in a chain whose cycles are alike as usual; the share of what a counted chain has more or less in common that is asked as well; and how fast that is learned.
    start, enough_of_two, enough : float
        What it costs to start a chain, and what one of two cycles, of no set that was started, and any other must have earned to be counted.
    open_cost, away_cost, pace_cost, length_cost : float
        Cost of a posture that changes, of a rotation that does not come back, of a cut in full swing, and of another length (by the square of its logarithm).
    edge_cost : float
        Share of these costs where the signal begins or ends, which may be in the midst of a cycle.
    slowest_pace : float
        Squared change by row that is as good as still, thousandths squared.
    several, several_cost : float
        Unlikeness to itself below which a stretch is several cycles, and what that costs.
    gait_cost : float
        Cost of a step.
    pause_cost, moved_cost, pause_cost_max : float
        Cost of a row of pause, of one before a quick stretch that moves as much as that does, and of the longest pause.
    """

    step_s: float = 0.08
    expected: bool = False
    shortest: int = 10
    longest: int = 112
    cut_every: int = 3
    lag: int = 8
    wait: int = 38
    alike: float = 0.1
    usual_share: float = 0.5
    usual_follow: float = 0.3
    start: float = 0.8
    enough_of_two: float = -0.25
    enough: float = -0.35
    open_cost: float = 0.4
    away_cost: float = 0.25
    pace_cost: float = 0.3
    length_cost: float = 0.25
    slowest_pace: float = 360.0
    edge_cost: float = 0.3
    several: float = 0.5
    several_cost: float = 1.0
    gait_cost: float = 1.0
    pause_cost: float = 0.01
    moved_cost: float = 0.2
    pause_cost_max: float = 0.5


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
