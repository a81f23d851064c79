"""A failed attempt as evidence: the reps done before it were all there were."""

from __future__ import annotations

from math import log

import numpy as np

from failure_detector.model.grid import CURVES, N_MAX, PROGRESS_MAX, Floats

# A slow, short rep is so many times more likely after the last possible rep than before it (design choice: found in
# 19 of 20 failed attempts, and in less than 1 of 1,000 reps else).
_LIKELIHOOD_RATIO = 200.0

# Row g: log likelihood by cell of a failed attempt after g reps.
FAILED_AFTER: Floats = np.array(
    [
        [0.0 if n == g else -log(_LIKELIHOOD_RATIO) for _ in CURVES for n in range(1, N_MAX + 1)]
        for g in range(PROGRESS_MAX + 1)
    ]
)
"""Array (51, 180).

>>> round(float(FAILED_AFTER[8, 7]), 3), round(float(FAILED_AFTER[8, 9]), 3)
(0.0, -5.298)
"""
