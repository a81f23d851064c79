"""The values of a policy: each with its range, its title, and why it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from spotter.domain.event_types import ExerciseId, Part, Share
from spotter.domain.exercises import Risk

Rir = Annotated[int, Field(ge=0, le=10)]
Units = Annotated[float, Field(ge=0, le=50)]
Price = Annotated[float, Field(gt=0, le=100)]
Hours = Annotated[int, Field(ge=0, le=720)]
Count = Annotated[int, Field(ge=1, le=1000)]
MERGED: Final = ("target_rir_by_exercise", "late_cost", "early_cost")
"""Fields with several values: a layer adds its own to those of the layers below."""


def _value(title: str, why: str, *rules: str) -> Any:  # as pydantic's Field returns
    return Field(default=None, title=title, description=why, json_schema_extra={"rules": list(rules)})


class SessionFields(Part):
    """Values that an app may set for one session: how far sets go, nothing that is paid from a budget."""

    target_rir: Rir | None = _value(
        "Reps in reserve",
        "Most sets stop with one to three reps in reserve: nearly the same growth as failure, less fatigue and risk.",
        "R01",
    )
    target_rir_by_exercise: dict[ExerciseId, Rir] | None = _value(
        "Reps in reserve, by exercise",
        "Wins over the target for all: one lift may have to stay further from failure than another.",
        "R01",
    )
    unspotted_extra_rir: Rir | None = _value(
        "More without a spotter",
        "A lift that needs a spotter and has none keeps more in reserve, target and floor; at least one.",
        "R03",
    )
    stop_probability: Share | None = _value(
        "Chance that stops",
        "Stop is said at this chance of being at the target; left out, it follows from what stops cost.",
        "R01",
        "R19",
    )
    one_more_probability: Share | None = _value(
        "Chance for one more",
        "One more is said at this chance of being one rep above the target, by a model that is sure of itself.",
        "R19",
    )


class PolicyFields(SessionFields):
    """One layer of a policy: a value that is left out comes from the layer below.

    No layer lowers a floor: one rep in reserve on high-risk lifts, two on those without a needed spotter.
    """

    late_cost: dict[Risk, Price] | None = _value(
        "Cost of a late stop",
        "What it costs to stop a rep too late, by the exercise's risk; the chance that stops is early / (early + late).",
        "R01",
        "R02",
    )
    early_cost: dict[Risk, Price] | None = _value(
        "Cost of an early stop",
        "What it costs to stop a rep too early, by the exercise's risk; the chance that stops is early / (early + late).",
        "R01",
        "R20",
    )
    beginner_target_rir: Rir | None = _value(
        "Beginners' reps in reserve", "Beginners learn the lift first: they keep more in reserve.", "R08"
    )
    weekly_units: Units | None = _value(
        "Units a week", "Failure is spent on purpose: a week has a budget of sets that end at failure.", "R10"
    )
    weekly_units_frequent: Units | None = _value(
        "Units a week, trained often", "Who trains on many days has less time to recover from failure.", "R10"
    )
    frequent_days: Annotated[int, Field(ge=1, le=7)] | None = _value(
        "Days that are often", "Training on so many days a week lowers the week's units.", "R10"
    )
    weekly_units_per_muscle: Units | None = _value(
        "Units a week for a muscle group", "No muscle group takes the whole week's failure.", "R10"
    )
    failure_cost: Units | None = _value(
        "Cost of failure", "A set that ended at failure or with no rep in reserve is a whole exposure.", "R10"
    )
    near_failure_cost: Units | None = _value(
        "Cost of one left", "A set that ended one rep from failure is half an exposure.", "R10"
    )
    high_risk_factor: Annotated[float, Field(ge=1, le=10)] | None = _value(
        "High-risk lifts cost times", "A high-risk lift that got to failure by mishap counts more.", "R02", "R10"
    )
    cheap_factor: Annotated[float, Field(ge=0, le=1)] | None = _value(
        "Endurance sets cost times", "Bodyweight and band sets for as many reps as possible are cheap in risk.", "R06"
    )
    sessions_to_intermediate: Count | None = _value(
        "Sessions of a beginner", "So many logged sessions end being a beginner, with the days below.", "R08"
    )
    days_to_intermediate: Count | None = _value(
        "Days of a beginner", "The sessions must lie over at least so many days.", "R08"
    )
    hard_share_max: Share | None = _value(
        "Share of hard sets", "About nine in ten work sets stay two or three reps from failure.", "R09"
    )
    hard_share_sets: Count | None = _value(
        "Sets for a share", "Of fewer work sets in 28 days no share of hard ones is told.", "R09"
    )
    recovery_hours: Hours | None = _value(
        "Recovery, hours", "After failure a muscle group is closed to failure: it lengthens recovery.", "R11"
    )
    recovery_hours_compound: Hours | None = _value(
        "Recovery after a compound, hours", "Failure on a lift of many joints takes longer to recover from.", "R11"
    )
    recovery_hours_high_intensity: Hours | None = _value(
        "Recovery in a high-intensity block, hours", "After an all-out set the muscle group rests for days.", "R13"
    )
    deload_units: Units | None = _value(
        "Units in a deload week", "A deload week has no failure but what is planned.", "R10", "R12"
    )
    deload_planned_units: Units | None = _value(
        "Planned units in a deload week",
        "A deload week may hold a planned isolation set to failure: one whose own target is under two.",
        "R12",
    )
    signs_to_halve: Count | None = _value(
        "Signs that halve", "So many warning signs halve the week's units until they clear.", "R15"
    )
    signs_to_close: Count | None = _value(
        "Signs that close", "So many warning signs set the week's units to 0 until they clear.", "R15"
    )
    velocity_drop_sd: Annotated[float, Field(gt=0, le=10)] | None = _value(
        "Slow first reps, SD", "First reps slower than usual by this on two sessions running are a sign.", "R16"
    )
    velocity_drop_mps: Annotated[float, Field(gt=0, le=1)] | None = _value(
        "Slow first reps, m/s", "The same in m/s; whichever of the two is reached first.", "R16"
    )
    plateau_weeks: Annotated[int, Field(ge=1, le=26)] | None = _value(
        "Weeks of a plateau", "No gain in velocity at a load for so long is a plateau.", "R16", "R17"
    )
    early_rir: Rir | None = _value(
        "Stopped early, reps left", "A work set that ended with so many left was far from failure.", "R20"
    )
    early_share_max: Share | None = _value(
        "Share stopped early", "More early stops than this in a week are told after the session.", "R20"
    )

    @model_validator(mode="after")
    def _failure_costs_most(self) -> Self:
        near, at = self.near_failure_cost, self.failure_cost
        if near is not None and at is not None and near > at:
            raise ValueError(f"near_failure_cost: {near:g} is more than failure_cost, {at:g}: failure costs the most")
        return self


def _rules_of(field: FieldInfo) -> tuple[str, ...]:
    extra = field.json_schema_extra
    rules = extra.get("rules") if isinstance(extra, dict) else None
    return tuple(str(rule) for rule in rules) if isinstance(rules, list) else ()


RULES_BY_FIELD: Final = {name: _rules_of(field) for name, field in PolicyFields.model_fields.items()}
"""Ids of the rules that go by each value."""


class Policy(Part):
    """A whole policy, with every value; fields as in `PolicyFields`."""

    target_rir: int
    target_rir_by_exercise: Mapping[str, int]
    unspotted_extra_rir: int
    stop_probability: float | None
    one_more_probability: float
    late_cost: Mapping[str, float]
    early_cost: Mapping[str, float]
    beginner_target_rir: int
    weekly_units: float
    weekly_units_frequent: float
    frequent_days: int
    weekly_units_per_muscle: float
    failure_cost: float
    near_failure_cost: float
    high_risk_factor: float
    cheap_factor: float
    sessions_to_intermediate: int
    days_to_intermediate: int
    hard_share_max: float
    hard_share_sets: int
    recovery_hours: int
    recovery_hours_compound: int
    recovery_hours_high_intensity: int
    deload_units: float
    deload_planned_units: float
    signs_to_halve: int
    signs_to_close: int
    velocity_drop_sd: float
    velocity_drop_mps: float
    plateau_weeks: int
    early_rir: int
    early_share_max: float

    def stop_threshold(self, risk: Risk) -> float:
        """Return the probability of being at the target at which *stop* is advised on an exercise of a risk class.

        A stop now is wrong with probability 1 - p and then costs `early`; going on is wrong with probability p and costs
        `late`: they are even at early / (early + late). A policy's own `stop_probability` comes first.

        >>> from spotter.domain.policies import builtin_policy
        >>> builtin_policy().stop_threshold("compound")
        0.5
        """
        if self.stop_probability is not None:
            return self.stop_probability
        early, late = self.early_cost[risk], self.late_cost[risk]
        return early / (early + late)


def fields_of(rule_id: str) -> tuple[str, ...]:
    """Return the fields that a rule goes by.

    >>> fields_of("R11")
    ('recovery_hours', 'recovery_hours_compound')
    """
    return tuple(name for name, rules in RULES_BY_FIELD.items() if rule_id in rules)


def values_in(layer: SessionFields) -> dict[str, Any]:
    """Return the values of a layer, by field.

    >>> values_in(PolicyFields(target_rir=3))
    {'target_rir': 3}
    """
    return layer.model_dump(include=set(PolicyFields.model_fields), exclude_none=True)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the values of a layer into those below.

    >>> merged({"target_rir": 2, "late_cost": {"band": 1.0}}, {"late_cost": {"machine": 2.0}})
    {'target_rir': 2, 'late_cost': {'band': 1.0, 'machine': 2.0}}
    """
    values = {**below, **above}
    for name in MERGED:
        if name in below and name in above:
            values[name] = {**below[name], **above[name]}
    return values
