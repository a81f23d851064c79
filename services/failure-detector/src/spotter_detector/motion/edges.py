"""When a movement began and when it ended, fitted to velocity.

A threshold alone finds the start late, by an amount that depends on how softly the movement starts. So velocity after
the start is modelled as c · (t − t₀), up to six tenths of its peak, and as zero before it; t₀ is the mean over all,
weighted by likelihood (design choice: softer laws fit no better, and put the start too early). If the bar turns without
a halt, the start is where the straight line through that rise of velocity is zero: the way before says nothing about it.
The end is the start of the movement played backwards.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_LOOK_BACK = 22
_LOOK_AHEAD = 45
_TURNING = 8  # Samples within which a bar that turns goes from −moving to +moving.
_WIDTH = 5  # Samples whose mean separates a halt from noise.
_STEADY = 4


def onset(velocities: Sequence[float], moving: float, level: float = 0.0) -> float:
    """Return the index (fractional) at which the movement at the end of `velocities` began, or first reached `level`.

    The last sample is well within the movement, which is positive. The first ones may be a halt or the way before.

    >>> rng = np.random.default_rng(5)
    >>> t = np.arange(45) * 0.02
    >>> soft = np.where(t > 0.5, 0.8 * np.sin(np.pi / 1.2 * np.clip(t - 0.5, 0, 1.2)) ** 2, 0.0)
    >>> hard = np.where(t > 0.5, 2.0 * (t - 0.5), 0.0)
    >>> turning = 1.5 * (t - 0.5)
    >>> [round(onset(way + rng.normal(0, 0.03, 45), 0.05) * 0.02, 2) for way in (soft, hard, turning)]
    [0.58, 0.5, 0.49]
    """
    signal = np.asarray(velocities, dtype=np.float64)
    smooth = _smooth(signal)
    below = np.flatnonzero(smooth < moving)
    crossing = int(below[-1]) + 1 if len(below) else 0
    if crossing == 0 or crossing >= len(signal) - 2:
        return float(crossing)
    ahead = smooth[crossing:]
    enough = int(np.flatnonzero(ahead >= 0.6 * float(ahead.max()))[0])
    stop = min(len(signal), crossing + max(4, enough + 1))
    early = max(0, crossing - _TURNING)
    back = np.flatnonzero(smooth[early:crossing] < -moving)
    if len(back):
        turned = early + int(back[-1]) + 1 + int(np.argmax(smooth[early + int(back[-1]) + 1 :] >= 0.0))
        return _straight(signal[turned:stop], level) + turned
    first = max(0, crossing - _LOOK_BACK)
    return first + _fitted(signal[first:stop], crossing - first, level)


def ending(velocities: Sequence[float], moving: float, level: float = 0.0) -> float:
    """Return the index (fractional) at which the movement before the end of `velocities` ended, or fell under `level`.

    The last samples are a halt or the way after, the movement before them is positive.

    >>> t = np.arange(60) * 0.02
    >>> round(ending(np.where(t < 0.8, np.sin(np.pi * t / 0.8), 0.0).tolist(), 0.05) * 0.02, 2)
    0.8
    """
    backwards = np.asarray(velocities, dtype=np.float64)[::-1]
    moves = _smooth(backwards) >= moving
    steady = moves.copy()
    for shift in range(1, _STEADY):
        steady[:-shift] &= moves[shift:]
        steady[-shift:] = False
    starts = np.flatnonzero(steady)
    if not len(starts):
        return float(len(backwards) - 1)
    start = int(starts[0])
    halts = np.flatnonzero(~moves[start:])
    # Half of the way is enough, and excludes its other end.
    moved = int(halts[0]) if len(halts) else len(moves) - start
    stop = start + min(max(_STEADY, moved // 2), _LOOK_AHEAD)
    return len(backwards) - 1 - onset(backwards[:stop].tolist(), moving, level)


def _smooth(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    padded = np.pad(signal, _WIDTH // 2, mode="edge")
    return np.convolve(padded, np.full(_WIDTH, 1.0 / _WIDTH), "valid")


def _straight(window: npt.NDArray[np.float64], level: float) -> float:
    """Return where the straight line through a window reaches `level`, near its first sample."""
    at = np.arange(len(window)) - (len(window) - 1) / 2.0
    slope = float(at @ window) / max(float(at @ at), 1e-9)
    reached = (level - float(window.mean())) / max(slope, 1e-6) - float(at[0])
    return min(max(reached, -float(_WIDTH // 2)), float(_WIDTH))


def _fitted(window: npt.NDArray[np.float64], crossing: int, level: float) -> float:
    """Return when `level` is reached, as the mean over all starts, weighted by their fit."""
    starts = np.arange(0.0, min(crossing + 1.5, len(window) - 2.0), 0.5)
    since = np.clip(np.arange(len(window))[None, :] - starts[:, None], 0.0, None)
    sizes = np.square(since).sum(axis=1)
    slopes = since @ window / sizes
    errors = np.square(window).sum() - np.square(slopes) * sizes
    least = float(errors.min())
    variance = max(least / max(1, len(window) - 3), 1e-8)
    weights = np.exp((least - errors) / (2.0 * variance))
    reached = np.minimum(starts + level / np.maximum(slopes, 1e-6), len(window) - 1.0)
    return float((weights * reached).sum() / weights.sum())
