"""What held in a set, as the advisor wrote it down beside the plan; all of it may be missing in old logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

JsonObject = Mapping[str, Any]
_NOTHING: Final[JsonObject] = {}
_ABOUT: Final = ("beginner", "last_set", "spotter", "block", "last_week", "mode")


@dataclass(frozen=True, slots=True)
class Bound:
    """The least reps in reserve that a rule asked for."""

    rule: str
    rir: int
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Target and floor of a set, and all that they were made of."""

    target: int | None = None
    floor: int = 0
    reason: str | None = None
    stop_probability: float | None = None
    one_more_probability: float | None = None
    bounds: tuple[Bound, ...] = ()
    standing: JsonObject = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """Those that shaped this, the one that decided first."""
    late_cost: float | None = None
    """What a stop that comes a rep too late costs, beside `early_cost`; None where a policy names the chance itself."""
    early_cost: float | None = None
    about: JsonObject = field(default_factory=dict)
    """Beginner, last set, spotter, kind of block, mode of the session: as the rules saw them."""

    @property
    def limit(self) -> int | None:
        """Where *stop* is said: the target, and where there is none the floor of a lift that has one."""
        return self.target if self.target is not None else (self.floor or None)

    def deciding(self) -> Bound | None:
        """Give the bound that made the target; of several the one whose rule is named first."""
        made = [bound for bound in self.bounds if bound.rir == self.target]
        return next((bound for bound in made if bound.rule == (*self.rules, "")[0]), made[0] if made else None)

    def without(self, rule: str) -> int | None:
        """Give the target as it would be if that rule had not spoken; None where nothing else did."""
        return max((bound.rir for bound in self.bounds if bound.rule != rule), default=None)


def terms_in(plan: JsonObject | None) -> Terms | None:
    """Read what the advisor wrote beside a plan; None where it wrote nothing of it."""
    because = (plan or {}).get("because")
    if not because:
        return None
    said = {**because, **(because.get("terms") or {})}
    if "target" not in said and "bounds" not in said:
        return None
    bounds = [one for one in said.get("bounds") or [] if isinstance(one, dict)]
    return Terms(
        target=said.get("target"),
        floor=said.get("floor") or 0,
        reason=said.get("reason"),
        stop_probability=said.get("stop_probability"),
        one_more_probability=said.get("one_more_probability"),
        bounds=tuple(Bound(one["rule"], one["rir"], one.get("reason") or "") for one in bounds),
        standing=said.get("standing") or _NOTHING,
        origins=said.get("origins") or {},
        rules=tuple((plan or {}).get("rule_ids") or ()),
        late_cost=said.get("late_cost"),
        early_cost=said.get("early_cost"),
        about={name: said.get(name) for name in _ABOUT},
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was known of a rep when advice was given after it."""

    rir: float | None = None
    p_at_limit: float | None = None
    p_next_fails: float | None = None
    p_rir_le: tuple[float, ...] = ()
    confidence: str | None = None
    latched: bool = False
    failed: bool = False
    stalled: bool = False

    def probability(self, rir: int) -> float | None:
        """Give P(RIR <= rir); None where it is not known."""
        return self.p_rir_le[rir] if 0 <= rir < len(self.p_rir_le) else None
