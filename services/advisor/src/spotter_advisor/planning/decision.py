"""The decision: what is said after a rep. Pure and total: an action for every estimate under all terms.

*Stop* is said where the chance of being at the target or nearer to failure reaches the threshold that follows from what
a late and an early stop cost (`Policy.stop_threshold`), not where the next rep would probably fail: that comes too late
in most sets (design choice, tuned on simulated sets).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from spotter.domain.events.outputs import Action, Confidence
from spotter.domain.rules import first_of, in_order
from spotter_advisor.state.terms import Terms

FLOOR_PROBABILITY: Final = 0.5
"""At a floor no policy asks for more certainty than this before *stop*."""
EMERGENCY_PROBABILITY: Final = 0.5
"""A report of a rep that came to a stand calls the room only where the lifter was as likely at the end as not: of sets
with a missed report near failure one in six looks like one that stalled (measured on simulated sets)."""
SEVERITY: Final[dict[Action, int]] = {"continue": 0, "one_more": 1, "stop": 2, "failing": 3}
"""How actions rank, the laxest first."""

Form = Literal["short_rom", "second_dip"]
"""How a rep broke down in form (R18)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an estimate says, as far as the decision needs it."""

    rir: float
    """Median of the reps in reserve."""
    p_rir_le: Sequence[float]
    """P(RIR <= 0), P(RIR <= 1), ...; from the last on the median decides."""
    confidence: Confidence
    failed: bool = False
    """The rep was not completed."""
    stalled: bool = False
    form: Form | None = None

    def probability(self, rir: int) -> float:
        """Give P(RIR <= rir)."""
        if rir < len(self.p_rir_le):
            return self.p_rir_le[rir]
        return 1.0 if self.rir <= rir else self.p_rir_le[-1] if self.p_rir_le else 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said, and why."""

    action: Action
    rules: tuple[str, ...]
    """The one that decided first."""
    emergency: bool = False
    ends: bool = False
    """The estimate itself asks for the end of the set, whatever was said before."""
    form: Form | None = None
    """The breakdown of form that is to be told."""


def asks_for_end(terms: Terms, reading: Reading) -> bool:
    """Tell whether an estimate by itself asks for *stop* or *failing*."""
    if reading.failed or reading.stalled or _breaks_down(terms, reading):
        return True
    limit = terms.limit
    if limit is None:
        return False
    if reading.probability(limit) >= terms.stop_probability:
        return True
    return terms.floor > 0 and reading.probability(terms.floor) >= min(FLOOR_PROBABILITY, terms.stop_probability)


def decide(terms: Terms, reading: Reading, *, latched: bool, one_more_left: bool) -> Decision:
    """Say what holds after a rep.

    Parameters
    ----------
    latched : bool
        *Stop* was said in time before in this set and has not been lifted by a correction.
    one_more_left : bool
        *One more* has not been said in time in this set.
    """
    ends = asks_for_end(terms, reading)
    if reading.failed or reading.stalled:
        # A lift that needs a spotter and has none may lie on its lifter now.
        emergency = terms.unspotted and reading.probability(0) >= EMERGENCY_PROBABILITY
        return Decision("failing", _safety(terms), emergency=emergency, ends=True)
    if _breaks_down(terms, reading):
        return Decision("stop", first_of("R18", terms.rules), ends=True, form=reading.form)
    if terms.hurts:
        return Decision("stop", first_of("R15", terms.rules), ends=ends)
    rules = terms.rules if reading.form is None else in_order((*terms.rules, "R18"))
    if latched:
        return Decision("stop", first_of("R19", rules), ends=ends, form=reading.form)
    if ends:
        return Decision("stop", first_of(terms.rules[0], rules), ends=True, form=reading.form)
    if one_more_left and _one_more(terms, reading):
        return Decision("one_more", first_of(terms.rules[0], rules), form=reading.form)
    return Decision("continue", first_of(terms.rules[0], rules), form=reading.form)


def decide_overdue(terms: Terms) -> Decision:
    """Say what holds while a rep is under way for longer than any grind of the lifter."""
    return Decision("failing", _safety(terms), emergency=terms.unspotted, ends=True)


def _one_more(terms: Terms, reading: Reading) -> bool:
    """Exactly one rep above the target, or nearer without *stop* being sure yet, and the model sure enough."""
    if terms.target is None or reading.confidence == "low" or (terms.high_risk and reading.confidence != "high"):
        return False
    above = terms.target + 1
    return reading.rir < above + 0.5 and reading.probability(above) >= terms.one_more_probability


def _breaks_down(terms: Terms, reading: Reading) -> bool:
    """R18: a high-risk lift ends where form goes, however fast it was."""
    return terms.high_risk and reading.form is not None


def _safety(terms: Terms) -> tuple[str, ...]:
    guards = [rule for rule, holds in (("R03", terms.unspotted), ("R02", terms.high_risk)) if holds]
    return in_order([*guards, "R19"])
