"""A lifter's eligibility for failure when a set opens, and what the rules decided: stored with the set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spotter.domain.reasons import Reason

RecoveryRule = Literal["R11", "R13"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is left of the week, and what else speaks for or against failure; the default is nothing of either."""

    left: float = 0.0
    """Units left of the week's budget."""
    muscle_left: float = 0.0
    """Units that a set may cost by what the week allows the exercise's muscle groups."""
    planned_left: float = 0.0
    """In a deload week: units left for planned isolation sets (R12)."""
    signs: tuple[str, ...] = ()
    """Names of the active warnings (R15, R16)."""
    pain: bool = False
    """A joint that the exercise loads hurts: no failure on it (R15)."""
    hard_share: float | None = None
    """Share of the last 28 days' work sets that ended at one rep in reserve or less; None: too few sets (R09)."""
    hard_share_over: bool = False
    """It is too high: nothing is spent until it is back."""
    closed_until: datetime | None = None
    """When the exercise's muscle groups have recovered (R11, R13); None: they have."""
    closed_rule: RecoveryRule | None = None
    plateau: bool = False
    """No gain on this exercise for three weeks (R17)."""


@dataclass(frozen=True, slots=True)
class SetTerms:
    """What applies to a set from its start."""

    target: int | None
    """Reps in reserve at which *stop* is advised; None: stopped for safety only."""
    floor: int
    """Reps in reserve that no policy, budget or intent goes below."""
    rules: tuple[str, ...]
    """Ids of the rules that shaped this; the one that decided comes first."""
    reason: Reason
    left: float
    """Units left of the week's budget when the set opened."""
    stop_probability: float
    one_more_probability: float
    high_risk: bool
    unspotted: bool
    """It needs a spotter and none is reported."""
    pain: bool = False
    """A joint that the exercise loads hurts."""
    hurts: bool = False
    """The pain was reported during the set: the set ends here."""

    @property
    def limit(self) -> int | None:
        """Reps in reserve at which *stop* is advised: the target, or without one the floor, if there is any."""
        if self.target is not None:
            return self.target
        return self.floor or None
