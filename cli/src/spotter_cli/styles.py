"""How advice looks in a terminal: word, shape and colour, never colour alone."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {"continue": "continue", "one_more": "one more", "stop": "stop", "failing": "failing"}
SHAPES: Final = {"continue": "▲", "one_more": "◆", "stop": "■", "failing": "■"}
COLOURS: Final = {"continue": "#56B4E9", "one_more": "#F0E442", "stop": "#D55E00", "failing": "#D55E00"}
"""Sky blue, yellow and vermillion of the Okabe-Ito palette, which people with any colour vision can tell apart."""


def style_of(action: str) -> str:
    """Give the style of an advice's word; a failing lifter's is reversed."""
    colour = COLOURS.get(action, "")
    return f"bold reverse {colour}" if action == "failing" else f"bold {colour}" if action == "stop" else colour
