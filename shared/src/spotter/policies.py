"""Policy as data: what a coach may change, layer over layer, and the layer that ships."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Annotated

import orjson
from pydantic import Field

from spotter.values import ExerciseId, Part, Share

Rir = Annotated[int, Field(ge=0, le=10)]
Units = Annotated[float, Field(ge=0, le=50)]


class PolicyFields(Part):
    """One layer: a value that is left out comes from the layer below.

    No layer lowers a floor: one rep in reserve on high-risk lifts, two on those without a needed spotter.
    """

    target_rir: Rir | None = None
    """Where *stop* is said in work sets."""
    target_rir_by_exercise: dict[ExerciseId, Rir] | None = None
    """The same, for single exercises; wins over `target_rir`."""
    unspotted_extra_rir: Rir | None = None
    """Added to target and floor where a needed spotter is missing; at least 1."""
    beginner_target_rir: Rir | None = None
    stop_probability: Share | None = None
    """*Stop* is said when P(RIR <= target) reaches this."""
    one_more_probability: Share | None = None
    """*One more* is said when P(RIR <= target + 1) reaches this."""
    weekly_units: Units | None = None
    weekly_units_frequent: Units | None = None
    """Instead of `weekly_units` for a lifter who trains four or more days a week."""
    weekly_units_per_muscle: Units | None = None
    failure_cost: Units | None = None
    """Cost of a set that ended at failure or with no rep in reserve."""
    near_failure_cost: Units | None = None
    """Cost of a set that ended one rep from failure."""
    high_risk_factor: Annotated[float, Field(ge=1, le=10)] | None = None
    cheap_factor: Annotated[float, Field(ge=0, le=1)] | None = None
    """Applied to AMRAP sets of bodyweight and band exercises."""
    sessions_to_intermediate: Annotated[int, Field(ge=1, le=1000)] | None = None
    days_to_intermediate: Annotated[int, Field(ge=1, le=1000)] | None = None


class Policy(Part):
    """A whole policy: every value decided. Fields mean what they mean in `PolicyFields`."""

    target_rir: int
    target_rir_by_exercise: dict[str, int]
    unspotted_extra_rir: int
    beginner_target_rir: int
    stop_probability: float
    one_more_probability: float
    weekly_units: float
    weekly_units_frequent: float
    weekly_units_per_muscle: float
    failure_cost: float
    near_failure_cost: float
    high_risk_factor: float
    cheap_factor: float
    sessions_to_intermediate: int
    days_to_intermediate: int

    def over(self, layers: Iterable[PolicyFields]) -> Policy:
        """Lay `layers`, lowest first, over this policy."""
        values = self.model_dump()
        for layer in layers:
            said = {name: getattr(layer, name) for name in PolicyFields.model_fields}
            by_exercise = said.pop("target_rir_by_exercise")
            if by_exercise:
                values["target_rir_by_exercise"] = {**values["target_rir_by_exercise"], **by_exercise}
            values |= {name: value for name, value in said.items() if value is not None}
        return Policy.model_validate(values)


@cache
def builtin_policy() -> Policy:
    """Read the policy that ships: the defaults of every gym.

    >>> builtin_policy().target_rir, builtin_policy().weekly_units
    (2, 4.0)
    """
    text = resources.files("spotter").joinpath("policy.json").read_bytes()
    return Policy.model_validate(orjson.loads(text))
