"""The style of advice in a terminal; never colour alone: word and shape stand beside it."""

from __future__ import annotations

from typing import Final

from spotter.domain.actions import ACTIONS, LOUD

WORDS: Final = {str(action): signs.terminal_word for action, signs in ACTIONS.items()}
SHAPES: Final = {str(action): signs.glyph for action, signs in ACTIONS.items()}
COLOURS: Final = {str(action): signs.colour for action, signs in ACTIONS.items()}


def style_of(action: str) -> str:
    """Return the style of an advice's word; a failing lifter's is reversed."""
    colour = COLOURS.get(action, "")
    return f"bold reverse {colour}" if action == "failing" else f"bold {colour}" if action in LOUD else colour
