"""How each action of an advice looks, sounds and feels: word, shape, colour, tones, vibration.

`actions.json` is the only table: Python reads it here, and the pages' JavaScript as a module that the dashboard serves.
Rows are in order of severity. Colour is never the only sign; sky blue, yellow and vermillion of the Okabe-Ito palette
can be told apart with any colour vision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import orjson

from spotter.domain.events.outputs import Action

Haptic = Literal["none", "tick", "double", "long"]
Tone = tuple[float, float, float, float]
"""From when, for how long (s), at which pitch (Hz), how loud (0 to 1)."""


@dataclass(frozen=True, slots=True)
class ActionSigns:
    """The signs of one action."""

    word: str
    """What the lifter reads."""
    coach_word: str
    terminal_word: str
    loud: bool
    """It is announced at once, and repeated until somebody has seen it."""
    shape: Literal["triangle", "diamond", "square"]
    glyph: str
    """The shape as a character."""
    colour: str
    haptic: Haptic
    vibration_ms: tuple[int, ...]
    """On and off in turn."""
    tones: tuple[Tone, ...]


ACTIONS_JSON: Final = resources.files("spotter.domain").joinpath("actions.json").read_bytes()


def _signs(row: dict[str, Any]) -> ActionSigns:
    lists = {"vibration_ms": tuple(row["vibration_ms"]), "tones": tuple(map(tuple, row["tones"]))}
    return ActionSigns(**{**row, **lists})


ACTIONS: Final[Mapping[Action, ActionSigns]] = MappingProxyType(
    {action: _signs(row) for action, row in orjson.loads(ACTIONS_JSON).items()}
)
if tuple(ACTIONS) != get_args(Action):
    raise TypeError(f"actions.json has rows for {', '.join(ACTIONS)}; the actions are {', '.join(get_args(Action))}")

LOUD: Final[frozenset[Action]] = frozenset(action for action, signs in ACTIONS.items() if signs.loud)
