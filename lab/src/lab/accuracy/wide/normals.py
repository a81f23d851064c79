"""Normal distributions: their function, and points that fill them evenly."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np

from lab.accuracy.answers import Floats

DIMENSIONS: Final = 4


def even_normals(points: int) -> Floats:
    """Return points that fill a normal population evenly, (4, points): an additive recurrence (Roberts 2018).

    A mean over them is an integral over the population, the same in every run.
    """
    root = 1.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (DIMENSIONS + 1.0))
    step = np.array([root ** -(dimension + 1.0) for dimension in range(DIMENSIONS)])
    uniform = (0.5 + step[:, None] * np.arange(1, points + 1)) % 1.0
    normal: Floats = np.vectorize(NormalDist().inv_cdf)(np.clip(uniform, 1e-6, 1.0 - 1e-6)).astype(np.float64)
    return normal


def cumulative(z: Floats) -> Floats:
    """Return the normal distribution function, within 8e-5 (Bowling 2009)."""
    probability: Floats = 1.0 / (1.0 + np.exp(-np.clip(0.07056 * z**3 + 1.5976 * z, -700.0, 700.0)))
    return probability
