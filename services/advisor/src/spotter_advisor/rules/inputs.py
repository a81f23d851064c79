"""What the rules look at, what each of them asks for, and their result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import Exercise
from spotter.domain.policies import BlockKind
from spotter.domain.reasons import Reason
from spotter_advisor.state.terms import Eligibility, SetTerms

HIGH_RISK_FLOOR: Final = 1
HIGH_RISK_TARGET: Final = 2
PAID_BELOW: Final = 2
"""A set that ends with this many reps in reserve costs nothing."""


@dataclass(frozen=True, slots=True)
class RuleInputs:
    """What the rules look at: a set, its lifter, and the lifter's eligibility for failure."""

    exercise: Exercise
    in_catalogue: bool
    """The gym knows the exercise."""
    intent: Intent
    asked_rir: int | None
    """The set's own target."""
    last_set: bool
    spotter: bool
    beginner: bool
    eligibility: Eligibility = field(default_factory=Eligibility)
    block: BlockKind | None = None
    """Of the training calendar."""
    last_week: bool = False
    """Of the block."""
    time_pressed: bool = False

    @property
    def high_risk(self) -> bool:
        """Whether the lift never goes to failure by advice."""
        return self.exercise.traits.high_risk

    @property
    def unspotted(self) -> bool:
        """Whether it needs a spotter and none is reported."""
        return self.exercise.needs_spotter and not self.spotter


@dataclass(frozen=True, slots=True)
class RuleBound:
    """The least reps in reserve that a rule requires or allows."""

    rule: str
    rir: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """The terms of a set, and the bound that each rule put in."""

    terms: SetTerms
    bounds: tuple[RuleBound, ...]
