"""What two stretches of an IMU's signal have in common, and what tells a repetition from a step.

A stretch is resampled to `POINTS` rows of six: specific force in g, and rotation rate in `TURN_G` g per rad/s, so that a
limb that turns and one that is carried weigh alike. Two stretches are alike by the share of their variance that they
have in common, posture included; a stretch that is itself made of equal shorter ones is no cycle but several.

Walking swings a straight arm by less than eighty degrees, 50 to 70 times a minute, while the body rises and falls twice as
often by 3 to 5 cm (Orendurff et al. 2004, J. Rehabil. Res. Dev. 41). A fast repetition turns the limb further, or carries it
up and down once a cycle, or does not bounce. The other numbers are design choices.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from spotter.domain.fast_dataclass import record

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]

POINTS: Final = 24
CHANNELS: Final = 6
TURN_G: Final = 0.3
"""Rotation of 1 rad/s weighs as much as this acceleration, g."""
NOISE: Final = 0.002
"""Variance below which nothing is alike, g²."""
STILL: Final = 0.0025
"""A stretch that varies less than this is no movement, g²."""

_AT: Final = np.linspace(0.0, 1.0, POINTS)
_HARMONICS: Final = np.exp(-2j * np.pi * np.arange(1, 4)[:, None] * np.arange(POINTS) / (POINTS - 1)) / POINTS
_LAGS: Final = range(POINTS // 6, POINTS // 2 + 1)
_G_MPS2: Final = 9.80665
# The longest stride, and the longest stretch of three steps, s; smaller swings are an arm's, rad; a body's bounce, m.
_STRIDE_S, _THREE_STEPS_S, _BOUNCE_M = 1.8, 2.0, 0.011
_SWING_RAD = (0.72, 1.3)
# Power of three steps' bounce and of a load carried up and down, (m/s²)², and the least share of all acceleration.
_BOUNCE, _CARRIED, _CARRIED_SHARE = 0.5, 2.5, 0.35
# A reach that is none, rad².
_REACH = 0.05
# A quick movement that varies less than this is a tremor, g².
_QUICK_MIN = 0.04


@record(frozen=True, slots=True)
class Stretches:
    """Stretches of a signal.

    Attributes
    ----------
    shapes : array, stretches × POINTS × CHANNELS
        Resampled rows.
    variance : array
        Variance over all channels, g².
    """

    shapes: Floats
    variance: Floats


def stretches(signal: Floats, first: int, starts: Steps, ends: Steps) -> Stretches:
    """Resample stretches of a signal (rows × CHANNELS) whose first row is step `first`; `ends` are included.

    >>> t = np.arange(100.0)[:, None] * np.ones(6)
    >>> cut = stretches(t, 0, np.array([10, 20]), np.array([56, 66]))
    >>> cut.shapes[:, :3, 0].tolist()
    [[10.0, 12.0, 14.0], [20.0, 22.0, 24.0]]
    """
    at = (starts - first)[:, None] + _AT * (ends - starts)[:, None]
    before = np.minimum(at.astype(np.int64), len(signal) - 2)
    share = (at - before)[..., None]
    shapes = signal[before] * (1.0 - share) + signal[before + 1] * share
    return Stretches(shapes, np.square(shapes - shapes.mean(axis=1, keepdims=True)).sum(axis=2).mean(axis=1))


def likeness(new: Stretches, old: Stretches) -> Floats:
    """Return how alike each new stretch is to each old one: 1 the same, 0 as unlike as two
    stretches of one posture, less where the postures differ.

    >>> t = np.linspace(0, 4 * np.pi, 200)
    >>> wave = np.column_stack([np.sin(t)] * 6)
    >>> first, second, half = (stretches(wave, 0, np.array([a]), np.array([b])) for a, b in ((0, 99), (100, 199), (0, 50)))
    >>> round(float(likeness(second, first)[0, 0]), 2), round(float(likeness(half, first)[0, 0]), 2)
    (1.0, -0.6)
    """
    ours, theirs = (shape.reshape(len(shape), -1) for shape in (new.shapes, old.shapes))
    apart = np.square(ours).sum(axis=1)[:, None] + np.square(theirs).sum(axis=1)[None] - 2.0 * ours @ theirs.T
    return np.asarray(1.0 - apart / POINTS / (new.variance[:, None] + old.variance[None] + NOISE))


def openness(cut: Stretches) -> Floats:
    """Return how far from its first posture each stretch ends, as a share of its variance."""
    force = cut.shapes[:, :, :3]
    return np.asarray(np.square(force[:, 0] - force[:, -1]).sum(axis=1) / (cut.variance + NOISE))


def turned_away(cut: Stretches, seconds: Floats) -> Floats:
    """Return how far each stretch has turned when it ends, as a share of how far it turns: 0 if it comes back, 1 if not.

    An arm that swings like a pendulum feels no change of posture; only its rotation shows half a swing.
    """
    turned = np.cumsum(cut.shapes[:, :, 3:], axis=1) / TURN_G * (seconds / POINTS)[:, None, None]
    reach = np.square(turned.max(axis=1) - turned.min(axis=1)).sum(axis=1)
    return np.asarray(np.square(turned[:, -1]).sum(axis=1) / (reach + _REACH))


def inner_period(cut: Stretches) -> Floats:
    """Return how unlike each stretch is to itself moved by a sixth to half of its length: 0 for several equal cycles."""
    shapes = cut.shapes
    apart = [np.square(shapes[:, lag:] - shapes[:, :-lag]).sum(axis=2).mean(axis=1) for lag in _LAGS]
    return np.asarray(np.min(apart, axis=0) / (2.0 * cut.variance + NOISE))


def is_gait(cut: Stretches, seconds: Floats, *, expected: bool = False) -> npt.NDArray[np.bool_]:
    """Return which stretches are strides of a walk, or a quick tremor, rather than fast repetitions.

    With a set `expected` a swing must be a stride's in size and bounce to be one; else any small quick swing is.

    >>> t = np.linspace(0, 2 * np.pi, 50)
    >>> swing = np.column_stack([1 + 0.2 * np.cos(2 * t), 0.3 * np.sin(t), 0 * t, 0 * t, 0 * t, 0.6 * np.cos(t)])
    >>> raise_ = np.column_stack([np.cos(1 + np.sin(t)), np.sin(1 + np.sin(t)), 0 * t, 0 * t, 0 * t, 1.7 * np.cos(t)])
    >>> is_gait(Stretches(np.stack([swing[::2], raise_[::2]])[:, :24], np.ones(2)), np.array([1.1, 1.1])).tolist()
    [True, False]
    """
    gait = np.zeros(len(seconds), dtype=np.bool_)
    quick = np.flatnonzero(seconds <= _THREE_STEPS_S)
    if not len(quick):
        return gait
    duration = seconds[quick]
    force, turns = cut.shapes[quick, :, :3] * _G_MPS2, cut.shapes[quick, :, 3:] / TURN_G
    mean = force.mean(axis=1, keepdims=True)
    size = np.sqrt(np.square(mean).sum(axis=2, keepdims=True)) + 1e-9
    along = ((force - mean) * (mean / size)).sum(axis=2)
    once, twice, thrice = (2.0 * np.square(np.abs(along @ harmonic)) for harmonic in _HARMONICS)
    bounce = twice + thrice
    sway = 2.0 * np.square(np.abs(np.einsum("p,npc->nc", _HARMONICS[0], force - mean))).sum(axis=1)
    turning = 2.0 * np.square(np.abs(np.einsum("p,npc->nc", _HARMONICS[0], turns))).sum(axis=1)
    swing_rad = 2.0 * np.sqrt(2.0 * turning) * duration / (2.0 * np.pi)
    carried = (once >= _CARRIED) & (once > bounce) & (once > _CARRIED_SHARE * sway)
    bounce_m = np.sqrt(2.0 * twice) * np.square(duration / (4.0 * np.pi))
    stride = duration <= _STRIDE_S
    swings = swing_rad >= _SWING_RAD[0]
    bounces = bounce_m >= _BOUNCE_M
    strides = swings & bounces if expected else stride
    steps = np.where(stride, strides, (bounce > _BOUNCE) & (bounce > sway))
    tremor = stride & (cut.variance[quick] < _QUICK_MIN)
    gait[quick] = tremor | ((swing_rad < _SWING_RAD[1]) & ~carried & steps)
    return gait
