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
Booleans = npt.NDArray[np.bool_]

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
_LAGS: Final = np.arange(POINTS // 6, POINTS // 2 + 1)
# The mean over the pairs of points that are a lag apart: pairs × lags.
_APART: Final = np.stack([np.eye(POINTS, k=lag).ravel() / (POINTS - lag) for lag in _LAGS.tolist()], axis=1)
_G_MPS2: Final = 9.80665
TWO_STRIDES_S: Final = 2.4
"""Two strides of an easy walk."""
# The longest stride, and the longest stretch of three steps, s; a body's bounce, m; smaller swings are an arm's, rad.
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
    early = signal[before]
    shapes = early + (signal[before + 1] - early) * share
    return Stretches(shapes, _variance(shapes))


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
    size = np.einsum("npc,npc->np", shapes, shapes)
    apart = size[:, :, None] + size[:, None] - 2.0 * (shapes @ shapes.swapaxes(1, 2))
    return np.asarray((apart.reshape(len(shapes), -1) @ _APART).min(axis=1) / (2.0 * cut.variance + NOISE))


def _variance(shapes: Floats) -> Floats:
    """Return the variance of points over all channels, in two passes: a posture is far larger than some movements."""
    middle = np.add.reduce(shapes, axis=1, keepdims=True) / POINTS
    rest = (shapes - middle).reshape(len(shapes), -1)
    return np.asarray(np.einsum("nv,nv->n", rest, rest) / POINTS)


def is_gait(cut: Stretches, seconds: Floats) -> tuple[Booleans, Booleans]:
    """Return which stretches are strides of a walk, or a quick tremor, rather than fast repetitions.

    The first answer is for a set that is expected: a swing must be a stride's in size and bounce to be a step. The second
    is for none: any small quick swing is one.

    >>> t = np.linspace(0, 2 * np.pi, 50)
    >>> swing = np.column_stack([1 + 0.2 * np.cos(2 * t), 0.3 * np.sin(t), 0 * t, 0 * t, 0 * t, 0.6 * np.cos(t)])
    >>> raise_ = np.column_stack([np.cos(1 + np.sin(t)), np.sin(1 + np.sin(t)), 0 * t, 0 * t, 0 * t, 1.7 * np.cos(t)])
    >>> is_gait(Stretches(np.stack([swing[::2], raise_[::2]])[:, :24], np.ones(2)), np.array([1.1, 1.1]))[1].tolist()
    [True, False]
    """
    sure, likely = np.zeros((2, len(seconds)), dtype=np.bool_)
    quick = np.flatnonzero(seconds <= _THREE_STEPS_S)
    if not len(quick):
        return sure, likely
    duration = seconds[quick]
    shapes = cut.shapes[quick]
    mean = np.add.reduce(shapes, axis=1) / POINTS
    force = mean[:, :3] * _G_MPS2
    up = force / (np.sqrt(np.einsum("nc,nc->n", force, force)) + 1e-9)[:, None]
    waves = _HARMONICS @ (shapes - mean[:, None])  # stretches × harmonics × channels
    along = np.einsum("nhc,nc->nh", waves[:, :, :3], up) * _G_MPS2
    once, twice, thrice = 2.0 * _power(along).T
    first = _power(waves[:, 0])
    bounce = twice + thrice
    sway = 2.0 * _G_MPS2**2 * first[:, :3].sum(axis=1)
    turning = 2.0 / TURN_G**2 * first[:, 3:].sum(axis=1)
    swing_rad = 2.0 * np.sqrt(2.0 * turning) * duration / (2.0 * np.pi)
    carried = (once >= _CARRIED) & (once > bounce) & (once > _CARRIED_SHARE * sway)
    bounce_m = np.sqrt(2.0 * twice) * np.square(duration / (4.0 * np.pi))
    stride = duration <= _STRIDE_S
    strides = (swing_rad >= _SWING_RAD[0]) & (bounce_m >= _BOUNCE_M)
    steps = (bounce > _BOUNCE) & (bounce > sway)
    tremor = stride & (cut.variance[quick] < _QUICK_MIN)
    small = (swing_rad < _SWING_RAD[1]) & ~carried
    sure[quick] = tremor | (small & np.where(stride, strides, steps))
    likely[quick] = tremor | (small & (stride | steps))
    return sure, likely


def _power(waves: npt.NDArray[np.complex128]) -> Floats:
    return np.asarray(np.square(waves.real) + np.square(waves.imag))
