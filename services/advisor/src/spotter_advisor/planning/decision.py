"""The decision after a rep. Pure and total: an action for every estimate under all terms.

*Stop* is advised once the chance of being at the target or nearer to failure reaches the threshold that follows from what
a late and an early stop cost (`Policy.stop_threshold`), not where the next rep would probably fail: that comes too late
in most sets (design choice, tuned on simulated sets).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from spotter.domain.events.outputs import Action, Confidence
from spotter.domain.rules import first_of, in_order
from spotter_advisor.state.terms import SetTerms

FLOOR_PROBABILITY: Final = 0.5
"""At a floor no policy can ask for more certainty than this before *stop*."""
EMERGENCY_PROBABILITY: Final = 0.5
"""A stalled rep alerts the room only if the lifter was at least as likely as not at the end: of sets with a missed report
near failure one in six looks like one that stalled (measured on simulated sets)."""

Form = Literal["short_rom", "second_dip"]
"""How a rep broke down in form (R18)."""


@dataclass(frozen=True, slots=True)
class RirEstimate:
    """An estimate, as far as the decision needs it."""

    rir: float
    """Median of the reps in reserve."""
    p_rir_le: Sequence[float]
    """P(RIR <= 0), P(RIR <= 1), ...; beyond the last the median decides."""
    confidence: Confidence
    failed: bool = False
    """The rep was not completed."""
    stalled: bool = False
    form: Form | None = None

    def probability(self, rir: int) -> float:
        """Return P(RIR <= rir)."""
        if rir < len(self.p_rir_le):
            return self.p_rir_le[rir]
        return 1.0 if self.rir <= rir else self.p_rir_le[-1] if self.p_rir_le else 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """An action, and why."""

    action: Action
    rules: tuple[str, ...]
    """The one that decided comes first."""
    emergency: bool = False
    ends: bool = False
    """The estimate alone asks for the end of the set, whatever was advised before."""
    form: Form | None = None
    """The breakdown of form to mention."""


def asks_for_end(terms: SetTerms, estimate: RirEstimate) -> bool:
    """Return whether an estimate alone asks for *stop* or *failing*."""
    if estimate.failed or estimate.stalled or _breaks_down(terms, estimate):
        return True
    limit = terms.limit
    if limit is None:
        return False
    if estimate.probability(limit) >= terms.stop_probability:
        return True
    return terms.floor > 0 and estimate.probability(terms.floor) >= min(FLOOR_PROBABILITY, terms.stop_probability)


def decide(terms: SetTerms, estimate: RirEstimate, *, latched: bool, one_more_left: bool) -> Decision:
    """Decide on the action after a rep.

    `latched`: *stop* was advised in time earlier in this set, and no correction has lifted it. `one_more_left`: *one more*
    has not been advised in time in this set.
    """
    ends = asks_for_end(terms, estimate)
    if estimate.failed or estimate.stalled:
        # The bar may be on the lifter now, with nobody to help.
        emergency = terms.unspotted and estimate.probability(0) >= EMERGENCY_PROBABILITY
        return Decision("failing", _safety(terms), emergency=emergency, ends=True)
    if _breaks_down(terms, estimate):
        return Decision("stop", first_of("R18", terms.rules), ends=True, form=estimate.form)
    if terms.hurts:
        return Decision("stop", first_of("R15", terms.rules), ends=ends)
    rules = terms.rules if estimate.form is None else in_order((*terms.rules, "R18"))
    if latched:
        return Decision("stop", first_of("R19", rules), ends=ends, form=estimate.form)
    if ends:
        return Decision("stop", first_of(terms.rules[0], rules), ends=True, form=estimate.form)
    if one_more_left and _one_more(terms, estimate):
        return Decision("one_more", first_of(terms.rules[0], rules), form=estimate.form)
    return Decision("continue", first_of(terms.rules[0], rules), form=estimate.form)


def decide_overdue(terms: SetTerms) -> Decision:
    """Decide on the action while a rep takes longer than any grind of the lifter."""
    return Decision("failing", _safety(terms), emergency=terms.unspotted, ends=True)


def _one_more(terms: SetTerms, estimate: RirEstimate) -> bool:
    """Return whether the set is one rep above its target, or nearer without a sure *stop*, by a sure enough model."""
    if terms.target is None or estimate.confidence == "low" or (terms.high_risk and estimate.confidence != "high"):
        return False
    above = terms.target + 1
    return estimate.rir < above + 0.5 and estimate.probability(above) >= terms.one_more_probability


def _breaks_down(terms: SetTerms, estimate: RirEstimate) -> bool:
    """R18: a high-risk lift ends where form breaks down, however fast it was."""
    return terms.high_risk and estimate.form is not None


def _safety(terms: SetTerms) -> tuple[str, ...]:
    guards = [rule for rule, holds in (("R03", terms.unspotted), ("R02", terms.high_risk)) if holds]
    return in_order([*guards, "R19"])
