"""Raw motion made into reps as it comes: pure and streaming, for `motion.sampled`.

* `segmenter`: the state of one signal of one device in one set, `advance` and `finish`; `stored`: it as JSON;
* `intake`: chunks, late, twice or in order, made into one even stream;
* `bar`: velocity or position of a bar, with `edges` (when a phase began and ended) and `stall`;
* `wrist`: an IMU, with `attitude` (up, vertical velocity), `axis` (what the limb turns about) and `swings`;
* `parameters`: the numbers it goes by; `records`: chunks, and what is found.

    >>> state, found = advance(segmenter("bar_velocity"), Chunk(0, 50.0, "bar_velocity", [0.0] * 50))
    >>> found
    []
"""

from __future__ import annotations

from spotter_detector.motion.codec import segmenter_from_json, segmenter_to_json
from spotter_detector.motion.records import Chunk, LoweringFound, MotionFinding, Phase, RepFound, StallFound
from spotter_detector.motion.segmenter import GRIND_S, Segmenter, advance, finish, segmenter

SEGMENTATION_VERSION = "segmentation-1"

__all__ = [
    "GRIND_S",
    "SEGMENTATION_VERSION",
    "Chunk",
    "LoweringFound",
    "MotionFinding",
    "Phase",
    "RepFound",
    "Segmenter",
    "StallFound",
    "advance",
    "finish",
    "segmenter",
    "segmenter_from_json",
    "segmenter_to_json",
]
