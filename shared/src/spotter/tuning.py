"""What a process that serves does once, when everything is loaded, so that answers come evenly."""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread may keep others waiting: the one that has just written to the disk has an answer to give."""
COLLECT_AFTER: Final = (50_000, 20, 100)
"""Work leaves few cycles behind: collecting after every 700 new objects, as Python does, costs a fifth of a batch."""


def tune() -> None:
    """Spare later collections all that is loaded (each takes 50 ms and more otherwise), and let threads take turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)
