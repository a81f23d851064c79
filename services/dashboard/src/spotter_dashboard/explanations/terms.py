"""The terms of a set as the advisor records them beside the plan; all of it may be missing in old logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

JsonObject = Mapping[str, Any]
_COPIED: Final = ("target", "reason", "stop_probability", "one_more_probability", "late_cost", "early_cost")
_ABOUT: Final = ("beginner", "last_set", "spotter", "block", "last_week", "mode")


@dataclass(frozen=True, slots=True)
class RecordedBound:
    """The least reps in reserve that a rule asked for."""

    rule: str
    rir: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedTerms:
    """Target and floor of a set, and everything that led to them."""

    target: int | None = None
    floor: int = 0
    reason: str | None = None
    stop_probability: float | None = None
    one_more_probability: float | None = None
    bounds: tuple[RecordedBound, ...] = ()
    standing: JsonObject = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """Those that shaped the terms; the one that decided comes first."""
    late_cost: float | None = None
    """What a stop that comes a rep too late costs, beside `early_cost`; None where a policy names the chance itself."""
    early_cost: float | None = None
    about: JsonObject = field(default_factory=dict)
    """Beginner, last set, spotter, kind of block, mode of the session: as the rules saw them."""

    @property
    def limit(self) -> int | None:
        """Where *stop* is said: the target, and where there is none the floor of a lift that has one."""
        return self.target if self.target is not None else (self.floor or None)

    def deciding(self) -> RecordedBound | None:
        """Return the bound that made the target; of several the one whose rule is named first."""
        made = [bound for bound in self.bounds if bound.rir == self.target]
        return next((bound for bound in made if bound.rule == (*self.rules, "")[0]), made[0] if made else None)

    def without(self, rule: str) -> int | None:
        """Return the target without the bounds of a rule; None where there are no others."""
        return max((bound.rir for bound in self.bounds if bound.rule != rule), default=None)


def terms_in(plan: JsonObject | None) -> RecordedTerms | None:
    """Return the terms recorded beside a plan; None where there are none."""
    because = (plan or {}).get("because")
    if not because:
        return None
    recorded = {**because, **(because.get("terms") or {})}
    if "target" not in recorded and "bounds" not in recorded:
        return None
    bounds = [bound for bound in recorded.get("bounds") or [] if isinstance(bound, dict)]
    return RecordedTerms(
        **{name: recorded.get(name) for name in _COPIED},
        floor=recorded.get("floor") or 0,
        bounds=tuple(RecordedBound(bound["rule"], bound["rir"], bound.get("reason") or "") for bound in bounds),
        standing=recorded.get("standing") or {},
        origins=recorded.get("origins") or {},
        rules=tuple((plan or {}).get("rule_ids") or ()),
        about={name: recorded.get(name) for name in _ABOUT},
    )


@dataclass(frozen=True, slots=True)
class RepEvidence:
    """What the advice after a rep was based on."""

    rir: float | None = None
    p_at_limit: float | None = None
    p_next_fails: float | None = None
    p_rir_le: tuple[float, ...] = ()
    confidence: str | None = None
    latched: bool = False
    failed: bool = False
    stalled: bool = False

    def probability(self, rir: int) -> float | None:
        """Return P(RIR <= rir); None where it is not recorded."""
        return self.p_rir_le[rir] if 0 <= rir < len(self.p_rir_le) else None
