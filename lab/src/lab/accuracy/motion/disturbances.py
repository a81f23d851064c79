"""What happens to recordings of a wrist: other lengths before and after, a shock, a tail that is frozen."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

G_MPS2: Final = 9.80665
_SHOCK_G, _SHOCK_S = 2.0, 0.03
_PAD_S, _FROZEN_S = 15.0, (3.0, 15.0)


def padded(rng: np.random.Generator, rows: Floats, rate_hz: float, cut_s: tuple[float, float]) -> Floats:
    """Cut a recording from up to 15 s before its exercise to up to 15 s after it; what is missing there is still.

    >>> padded(np.random.default_rng(1), np.zeros((1000, 6)), 100.0, (2.0, 8.0)).shape
    (2794, 6)
    """
    before, after = (round(rng.uniform(0.0, _PAD_S) * rate_hz) for _ in range(2))
    first, last = round(cut_s[0] * rate_hz) - before, round(cut_s[1] * rate_hz) + after
    inside = rows[max(first, 0) : min(last, len(rows))]
    return np.vstack((_still(rng, rows[0], -first), inside, _still(rng, rows[-1], last - len(rows))))


def shocked(rng: np.random.Generator, rows: Floats, rate_hz: float) -> Floats:
    """Add a shock of 2 g for 30 ms somewhere, in any direction."""
    length = max(1, round(_SHOCK_S * rate_hz))
    first = int(rng.integers(0, len(rows) - length))
    direction = rng.normal(size=3)
    knocked = rows.copy()
    knocked[first : first + length, :3] += _SHOCK_G * G_MPS2 * direction / np.linalg.norm(direction)
    return knocked


def frozen(rng: np.random.Generator, rows: Floats, rate_hz: float) -> Floats:
    """Repeat the last row for 3 to 15 s, as a watch that goes on sending what it measured last."""
    return np.vstack((rows, np.tile(rows[-1], (round(rng.uniform(*_FROZEN_S) * rate_hz), 1))))


def _still(rng: np.random.Generator, row: Floats, count: int) -> Floats:
    noise = rng.normal(0.0, [0.03] * 3 + [0.01] * 3, (max(count, 0), 6))
    # A wrist at rest does not turn.
    return np.concatenate((row[:3], np.zeros(3))) + noise
