"""The conditions under which simulated sets are lifted and measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lab.accuracy.simulation.parameters import Range

Measured: TypeAlias = Literal["velocity", "durations", "phases", "cycles"]
Fault: TypeAlias = Literal["unrack", "ghost", "double", "outlier", "slow_first", "missed", "pause"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What differs between rows of a report; None means the parameters' own value.

    Attributes
    ----------
    measured : str
        `velocity`: a tracker on the bar, with travel and duration; `durations`: concentric times, as a watch has them;
        `phases`: these and the times of the way down, which lengthen or shorten towards failure as is the lifter's way;
        `cycles`: when each rep ended, nothing else.
    faults : tuple of (fault, share)
        Share of the judged and earlier sets that have each fault; a share of None is the parameters' own.
    load_pct : (least, most) or None
        Loads in % of the 1RM.
    sensor_sd_mps : float or None
        Noise of the tracker.
    tempo : bool
        All sets are lifted at a controlled tempo.
    to_failure : float or None
        Share of a lifter's earlier sets that end in a known failure; the last set always does.

    >>> Conditions(faults=(("ghost", 1.0),)).measured
    'velocity'
    """

    measured: Measured = "velocity"
    faults: tuple[tuple[Fault, float | None], ...] = field(default=())
    load_pct: Range | None = None
    sensor_sd_mps: float | None = None
    tempo: bool = False
    to_failure: float | None = None
