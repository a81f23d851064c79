"""The nouns of the rules: what they look at, what each asks for, and what holds in a set because of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import Exercise
from spotter.domain.policies import BlockKind
from spotter.domain.reasons import Reason
from spotter_advisor.state.eligibility import Standing

HIGH_RISK_FLOOR: Final = 1
HIGH_RISK_TARGET: Final = 2
PAID_BELOW: Final = 2
"""A set that ends with this many reps in reserve costs nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: a set, its lifter, and how the lifter stands."""

    exercise: Exercise
    known: bool
    """The exercise is in the gym's catalogue."""
    intent: Intent
    asked_rir: int | None
    """The set's own target."""
    last_set: bool
    spotter: bool
    beginner: bool
    standing: Standing = field(default_factory=Standing)
    block: BlockKind | None = None
    """Of the training calendar."""
    last_week: bool = False
    """Of the block."""
    time_pressed: bool = False

    @property
    def high_risk(self) -> bool:
        """Tell whether the lift never goes to failure by advice."""
        return self.exercise.traits.high_risk

    @property
    def unspotted(self) -> bool:
        """Tell whether it needs a spotter, and nobody said that there is one."""
        return self.exercise.needs_spotter and not self.spotter


@dataclass(frozen=True, slots=True)
class Bound:
    """The least reps in reserve that a rule asks for, or lets go down to."""

    rule: str
    rir: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds in a set from its start on."""

    target: int | None
    """*Stop* is said here; None: only safety speaks."""
    floor: int
    """What no policy, budget or intent goes under."""
    rules: tuple[str, ...]
    """Those that shaped this, the one that decided first."""
    reason: Reason
    left: float
    """Of the week's budget when the set opened, in units."""
    stop_probability: float
    one_more_probability: float
    high_risk: bool
    unspotted: bool
    """It needs a spotter, and nobody said that there is one."""
    pain: bool = False
    """A joint that the exercise loads hurts."""
    hurts: bool = False
    """That was told while the set was under way: it ends here."""

    @property
    def failure_allowed(self) -> bool:
        """Tell whether the set may end at failure by advice."""
        return self.target == 0

    @property
    def limit(self) -> int | None:
        """Where *stop* is said: the target, and where there is none the floor of a lift that has one."""
        if self.target is not None:
            return self.target
        return self.floor or None


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds in a set, and each rule's part in it."""

    terms: Terms
    bounds: tuple[Bound, ...]
