"""Simulated wrists: sets as they are recorded, with getting ready and putting away, and people who sit, stand or walk.

A wrist is a frame that turns (three angles) and is carried (acceleration in the room); the sensor sits on it at a random
angle. Walking: arms swing like pendulums of 0.2 to 0.5 rad at half the cadence of 100 to 130 steps a minute, the body
bounces at the cadence, each step is a short shock (Tudor-Locke et al. 2018, Br. J. Sports Med. 52; Meyns et al. 2013, Gait
Posture 38). Sitting and standing: breathing, sway, and movements of the arm every few seconds that mostly come back. The
other ranges are design choices, wide enough to cover the recorded ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lab.accuracy.motion.disturbances import G_MPS2

Floats = npt.NDArray[np.float64]

KINDS = ("curl", "press", "pull")
IDLE = ("sitting", "standing", "walking", "walking with a bag")


@dataclass(frozen=True, slots=True)
class WristSet:
    """A recording: rows [ax, ay, az, gx, gy, gz], m/s² with gravity and rad/s, and the reps' starts and ends, s."""

    rate_hz: float
    rows: Floats
    reps: tuple[tuple[float, float], ...]


def wrist_set(rng: np.random.Generator, kind: str = "curl", *, rate_hz: float = 100.0) -> WristSet:
    """Draw a set of 4 to 15 reps that slow down, with 4 to 15 s before it and 3 to 10 s after it.

    >>> recorded = wrist_set(np.random.default_rng(2), "press")
    >>> len(recorded.reps), round(recorded.reps[0][0], 1), recorded.rows.shape
    (14, 8.4, (7874, 6))
    """
    wrist = _Wrist(rng, rate_hz)
    wrist.fidget(rng.uniform(4.0, 15.0), every_s=2.0)
    wrist.hold(rng.uniform(0.5, 2.0))
    count, seconds = int(rng.integers(4, 16)), rng.uniform(1.8, 4.5)
    turn = {"curl": rng.uniform(1.2, 2.4), "press": rng.uniform(0.15, 0.4), "pull": rng.uniform(0.4, 0.9)}[kind]
    axis = np.array([0.25 * rng.normal(), 1.0, 0.25 * rng.normal()])
    lift_m = {"curl": 0.1, "press": rng.uniform(0.35, 0.6), "pull": rng.uniform(0.3, 0.6)}[kind]
    reps: list[tuple[float, float]] = []
    for number in range(count):
        started = wrist.seconds
        slower = 1.0 + rng.uniform(0.2, 0.6) * (number / count) ** 2
        up = 0.45 * seconds * slower * rng.normal(1.0, 0.05)
        size = rng.normal(1.0, 0.04)
        wrist.move(turn * size * axis, lift_m * size, up)
        wrist.hold(rng.uniform(0.0, 0.3))
        wrist.move(-turn * size * axis, -lift_m * size, 0.5 * seconds * rng.normal(1.0, 0.07))
        reps.append((started, wrist.seconds))
        wrist.hold(rng.uniform(0.0, 0.6) + (rng.uniform(2.0, 6.0) if rng.random() < 0.05 else 0.0))
    wrist.hold(rng.uniform(0.3, 1.0))
    wrist.fidget(rng.uniform(3.0, 10.0), every_s=2.0)
    return WristSet(rate_hz, wrist.rows(), tuple(reps))


def idle(rng: np.random.Generator, kind: str, seconds: float = 120.0, *, rate_hz: float = 100.0) -> Floats:
    """Draw rows of a wrist whose owner trains nothing: one of `IDLE`.

    >>> idle(np.random.default_rng(1), "walking", 10.0).shape
    (1000, 6)
    """
    wrist = _Wrist(rng, rate_hz)
    if kind.startswith("walking"):
        wrist.walk(seconds, rng.uniform(0.03, 0.12) if kind.endswith("bag") else rng.uniform(0.2, 0.5))
    else:
        wrist.fidget(seconds, every_s=7.0 if kind == "sitting" else 5.0)
        wrist.sway(0.05, 8.0)
        if kind == "standing":
            wrist.sway(0.03, 1.5)
    return wrist.rows()[: round(seconds * rate_hz)]


class _Wrist:
    """Angles and acceleration, built movement by movement."""

    def __init__(self, rng: np.random.Generator, rate_hz: float) -> None:
        self.rng, self.rate_hz = rng, rate_hz
        self.angles = np.zeros((0, 3))
        self.pull = np.zeros((0, 3))
        self.posture = np.zeros(3)

    @property
    def seconds(self) -> float:
        return len(self.angles) / self.rate_hz

    def add(self, angles: Floats, pull: Floats) -> None:
        self.angles = np.vstack([self.angles, angles])
        self.pull = np.vstack([self.pull, pull])
        self.posture = angles[-1] if len(angles) else self.posture

    def hold(self, seconds: float) -> None:
        count = round(seconds * self.rate_hz)
        self.add(np.tile(self.posture, (count, 1)), np.zeros((count, 3)))

    def move(self, turn: Floats, lift_m: float, seconds: float) -> None:
        """Turn and carry, smoothly from rest to rest (minimum jerk; Flash, Hogan 1985, J. Neurosci. 5)."""
        share = np.arange(1, max(2, round(seconds * self.rate_hz)) + 1)[:, None] / max(2, round(seconds * self.rate_hz))
        way = 10 * share**3 - 15 * share**4 + 6 * share**5
        push = (60 * share - 180 * share**2 + 120 * share**3) / seconds**2
        tremor = self.rng.normal(0.0, 0.15, (len(share), 3))
        self.add(self.posture + way * turn, push * np.array([0.0, 0.0, lift_m]) + tremor)

    def fidget(self, seconds: float, every_s: float) -> None:
        """Move the arm somewhere now and then, and mostly back again."""
        until = self.seconds + seconds
        while self.seconds < until:
            self.hold(min(self.rng.exponential(every_s), until - self.seconds))
            size = self.rng.choice([0.1, 0.5, 1.0], p=[0.5, 0.35, 0.15])
            turn, lift_m = self.rng.normal(0.0, size, 3), self.rng.normal(0.0, 0.3 * size)
            self.move(turn, lift_m, self.rng.uniform(0.4, 1.6))
            if self.rng.random() < 0.6:
                self.hold(self.rng.uniform(0.0, 3.0))
                self.move(-turn, -lift_m, self.rng.uniform(0.4, 1.6))

    def sway(self, size_rad: float, memory_s: float) -> None:
        """Add sway and breathing to all that has been drawn."""
        count = len(self.angles)
        breath = 0.01 * np.sin(2 * np.pi * np.arange(count) / self.rate_hz / self.rng.uniform(3.0, 5.0))
        self.angles = self.angles + self._wander(count, size_rad, memory_s) + breath[:, None] * self.rng.normal(size=3)

    def walk(self, seconds: float, swing_rad: float) -> None:
        """Walk, with an arm that swings by this much to each side."""
        count = round(seconds * self.rate_hz)
        stride_s = 120.0 / self.rng.uniform(100.0, 130.0) * (1.0 + self._wander(count, 0.03, 3.0)[:, 0])
        phase = np.cumsum(2 * np.pi / stride_s / self.rate_hz)
        swing = swing_rad * (1.0 + self._wander(count, 0.15, 2.0)[:, 0]) * (np.sin(phase) + 0.15 * np.sin(2 * phase))
        heading = np.cumsum(self._wander(count, 0.25, 4.0)[:, 0]) / self.rate_hz
        posture = self._wander(count, 0.06, 5.0)
        angles = np.column_stack((0.25 * swing, swing, heading)) + posture * np.array([1.0, 1.0, 0.0])
        bounce = self.rng.uniform(1.2, 3.0)
        pull = np.zeros((count, 3))
        # The body is highest when the arms hang straight down (Meyns 2013): it falls while they are fastest.
        pull[:, 2] = -bounce * np.cos(2 * phase + self.rng.normal(0.0, 0.4)) + 0.3 * bounce * np.cos(phase)
        pull[:, 0] = 0.5 * bounce * np.sin(2 * phase) + 0.55 * np.gradient(np.gradient(swing)) * self.rate_hz**2
        for step in np.flatnonzero(np.diff(np.floor(phase / np.pi)) > 0).tolist():
            length = min(round(0.25 * self.rate_hz), count - step)
            after = np.arange(length) / self.rate_hz
            shock = self.rng.uniform(0.5, 1.5) * bounce * np.exp(-after / 0.04)
            pull[step : step + length, 2] += shock * np.cos(2 * np.pi * 12.0 * after)
            pull[step : step + length, 0] -= 0.4 * shock * np.cos(2 * np.pi * 9.0 * after)
        self.add(self.posture + angles, pull)

    def rows(self) -> Floats:
        """Return what a sensor at a random angle measures."""
        frames = _frames(self.angles)
        force = np.einsum("tji,tj->ti", frames, self.pull + np.array([0.0, 0.0, G_MPS2]))
        spin = np.einsum("tji,tjk->tik", frames, np.gradient(frames, 1.0 / self.rate_hz, axis=0))
        rates = np.column_stack((spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]))
        mounted = np.linalg.qr(self.rng.normal(size=(3, 3)))[0]
        mounted *= np.sign(np.linalg.det(mounted))
        measured = np.column_stack((force @ mounted.T, rates @ mounted.T))
        return np.asarray(measured + self.rng.normal(0.0, [0.05] * 3 + [0.02] * 3, measured.shape))

    def _wander(self, count: int, size: float, memory_s: float) -> Floats:
        """Return three channels of noise with this deviation and memory."""
        keep = float(np.exp(-1.0 / self.rate_hz / memory_s))
        noise = self.rng.normal(0.0, size * np.sqrt(1.0 - keep * keep), (count, 3))
        value = self.rng.normal(0.0, size, 3)
        for index in range(count):
            value = keep * value + noise[index]
            noise[index] = value
        return noise


def _frames(angles: Floats) -> Floats:
    """Return the frames of a wrist turned about x, then y, then z: an array of times × 3 × 3."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles).T, np.sin(angles).T
    rows = (
        (cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx),
        (sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx),
        (-sy, cy * sx, cy * cx),
    )
    return np.moveaxis(np.array(rows), 2, 0)
