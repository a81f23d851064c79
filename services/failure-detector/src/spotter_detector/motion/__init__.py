"""Segments raw motion (`motion.sampled`) into reps as it arrives: pure and streaming.

* `segmenter`: the state of one signal of one device in one set, `advance` and `finish`; `codec`: its JSON;
* `sample_parser`: chunks, late, duplicated or in order, made into one stream, with `even_rows` (even rows, no spikes);
* `bar`: velocity or position of a bar, its reps, with `bar_state`, `edges` (when a phase began and ended) and `stalls`;
* `wrist`: an IMU, with `cycles` (which stretches are reps) and `likeness` (what two stretches have in common);
* `parameters`: thresholds and time constants; `records`: chunks and findings.

    >>> state, findings = advance(segmenter("bar_velocity"), Chunk(0, 50.0, "bar_velocity", [0.0] * 50))
    >>> findings
    []
"""

from __future__ import annotations

from spotter_detector.motion.codec import segmenter_from_json, segmenter_to_json
from spotter_detector.motion.records import Chunk, Lift, LoweringFound, MotionFinding, Phase, RepFound, StallFound
from spotter_detector.motion.segmenter import GRIND_S, Segmenter, advance, finish, segmenter

__all__ = [
    "GRIND_S",
    "Chunk",
    "Lift",
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
