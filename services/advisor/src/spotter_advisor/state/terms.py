"""What the rules decided for a set: stored with it when it opens."""

from __future__ import annotations

from dataclasses import dataclass

from spotter.domain.reasons import Reason


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
