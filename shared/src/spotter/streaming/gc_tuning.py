"""What a process that serves does once, when everything is loaded, so that answers come evenly."""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread may keep others waiting: the one that has just written to the disk has an answer to send."""
COLLECT_AFTER: Final = (2_000, 5, 400)
"""Work leaves few cycles behind: collecting after every 700 new objects, as Python does, costs a fifth of a batch; after
50,000, each collection is a pause of 20 to 50 ms that the next reps wait for. After 2,000 it is 1 ms, or 5 at times."""


def tune() -> None:
    """Spare later collections all that is loaded (each takes 50 ms and more otherwise), and let threads take turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)
