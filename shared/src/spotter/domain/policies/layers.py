"""Policy layers: the effective policy, and which layer each value comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, get_args

import orjson

from spotter.domain.exercises import RISKS
from spotter.domain.policies.fields import MERGED, RULES_BY_FIELD, Policy, PolicyFields

LayerName = Literal["built-in", "gym", "team", "lifter", "block", "session"]
LAYERS: Final[tuple[LayerName, ...]] = get_args(LayerName)
"""From the lowest to the highest: each overrides those before it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a policy."""

    name: LayerName
    values: Mapping[str, Any]
    """By field of `PolicyFields`; what is left out comes from below."""
    called: str | None = None
    """Name of the team or the block."""


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """One value of an effective policy, with its explanation."""

    field: str
    value: Any  # a number, nothing, or numbers by exercise or risk
    layer: LayerName
    called: str | None
    title: str
    why: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effective:
    """A whole policy, and where it comes from."""

    policy: Policy
    origin: Mapping[str, LayerName]
    """By field; of fields with several values also by `field.key`."""
    called: Mapping[str, str] = field(default_factory=dict)
    """Names of the team or block that a value comes from, by the same keys."""

    def explained(self) -> list[PolicyValue]:
        """Return every value with its title, its reason and the layer that it comes from."""
        return [
            PolicyValue(
                field=name,
                value=getattr(self.policy, name),
                layer=self.origin[name],
                called=self.called.get(name),
                title=model.title or name,
                why=model.description or "",
                rules=RULES_BY_FIELD[name],
            )
            for name, model in PolicyFields.model_fields.items()
        ]


def effective(layers: Sequence[Layer]) -> Effective:
    """Merge `layers`, lowest first, into the policy that ships.

    >>> merged = effective([Layer("gym", {"target_rir": 3}), Layer("lifter", {"weekly_units": 2.0})])
    >>> merged.policy.target_rir, *(merged.origin[name] for name in ("target_rir", "weekly_units", "cheap_factor"))
    (3, 'gym', 'lifter', 'built-in')
    """
    values, origin, called = dict(_shipped()), dict(_shipped_origin()), dict[str, str]()
    for layer in layers:
        for name, value in layer.values.items():
            keys = [name]
            if name in MERGED:
                values[name] = {**values[name], **value}
                keys += [f"{name}.{key}" for key in value]
            else:
                values[name] = value
            for key in keys:
                origin[key] = layer.name
                called.pop(key, None)
                if layer.called is not None:
                    called[key] = layer.called
    return Effective(Policy.model_construct(**values), origin, called)


@cache
def builtin_policy() -> Policy:
    """Return the policy that ships: the defaults of every gym.

    >>> builtin_policy().target_rir, builtin_policy().weekly_units
    (2, 4.0)
    """
    return Policy.model_validate(_shipped())


@cache
def _shipped() -> dict[str, Any]:
    text = resources.files("spotter.domain.policies").joinpath("policy.json").read_bytes()
    values: dict[str, Any] = orjson.loads(text)
    # Validated twice: every value is in its range, and none is missing.
    PolicyFields.model_validate(values)
    Policy.model_validate(values)
    for name in ("late_cost", "early_cost"):
        if values[name].keys() != RISKS.keys():
            raise ValueError(f"policy.json: {name} must have a price for each of {', '.join(RISKS)}")
    return values


@cache
def _shipped_origin() -> dict[str, LayerName]:
    names = [*_shipped(), *(f"{name}.{key}" for name in MERGED for key in _shipped()[name])]
    return dict.fromkeys(names, "built-in")
