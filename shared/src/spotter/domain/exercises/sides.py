"""The side of the body that a name says: *(L)*, *right*, *left leg*, *rechts*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

SingleSide = Literal["left", "right"]

_SIDES: Final[dict[str, SingleSide]] = {"left": "left", "l": "left", "right": "right", "r": "right"}
_LIMBS: Final = {"leg": "singleleg", "foot": "singleleg", "arm": "singlearm", "hand": "singlearm", "side": "single"}


def without_side(words: Sequence[str]) -> tuple[tuple[str, ...], SingleSide | None]:
    """Return canonical words without those for a side, and the side; none where a name says both.

    A limb of one side is a single limb.

    >>> without_side(("lunge", "left", "leg")), without_side(("bicep", "curl", "r")), without_side(("row", "l", "r"))
    ((('lunge', 'singleleg'), 'left'), (('bicep', 'curl'), 'right'), (('row',), None))
    """
    sides = {_SIDES[word] for word in words if word in _SIDES}
    if not sides:
        return tuple(words), None
    rest: list[str] = []
    after_side = False
    for index, word in enumerate(words):
        before_side = index + 1 < len(words) and words[index + 1] in _SIDES
        if word in _SIDES:
            after_side = index + 1 < len(words) and words[index + 1] in _LIMBS
        elif word in _LIMBS and (after_side or (before_side and index + 2 == len(words))):
            rest.append(_LIMBS[word])
            after_side = False
        else:
            rest.append(word)
    return tuple(rest), sides.pop() if len(sides) == 1 else None
