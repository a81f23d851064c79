"""Simulated velocity and position of a bar: sets with halts, unracks, grinding reps, attempts and stalls.

At the top the bar is carried a little too far and comes back, and sways in the lifter's hands. With `racks` it first
comes out of a rack or is set to rights on the floor, is carried a few steps, and is put away at the end.

The velocity of each phase is a power of half a sine, skewed in time, with a sticking region in slow reps (velocity falls
nearly to nothing in mid-way, then recovers; Elliott, Wilson, Kerr 1989). All ranges are design choices, wide enough to
cover bench press, squat, deadlift and rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_FINE_HZ = 1000
_TOP, _SLOW_MPS = 0.95, 0.05


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A true concentric phase: start and lockout, s, and travel from one to the other, m.

    Lockout is where velocity first falls under .05 m/s within 5 % of the top, or turns its sign.
    """

    started_s: float
    ended_s: float
    rom_m: float

    @property
    def mean_velocity_mps(self) -> float:
        """Travel over time, from the bottom to lockout."""
        return self.rom_m / (self.ended_s - self.started_s)


@dataclass(frozen=True, slots=True)
class BarSet:
    """A set's measured signal, with its true reps, failed attempts, and the start of a stall.

    `from_above`: each rep begins with the way down.
    """

    rate_hz: float
    from_above: bool
    velocity_mps: Floats
    position_m: Floats
    reps: tuple[TrueRep, ...]
    attempts: int
    stall_since_s: float | None


@dataclass(frozen=True, slots=True)
class Sensor:
    """The errors of a sensor: white noise of velocity and position, and drift of position."""

    noise_mps: float = 0.03
    noise_m: float = 0.002
    drift_mps: float = 0.004


def bar_set(
    rng: np.random.Generator,
    *,
    rate_hz: float = 50.0,
    sensor: Sensor | None = None,
    stall: bool = False,
    racks: bool = False,
) -> BarSet:
    """Draw a set; with `stall` its last rep gets stuck for eight to twelve seconds.

    >>> lift = bar_set(np.random.default_rng(3), stall=True)
    >>> len(lift.reps), round(lift.reps[0].rom_m, 2), lift.attempts, round(lift.stall_since_s, 1), len(lift.velocity_mps)
    (4, 0.36, 1, 17.9, 1437)
    """
    sensor = sensor or Sensor()
    script = _Script(rng)
    from_above = rng.random() < 0.7
    rom = rng.uniform(0.25, 0.7)
    count = int(rng.integers(3, 13))
    first, last = rng.uniform(0.4, 0.9), rng.uniform(0.12, 0.3)
    touch_and_go, paused = rng.random() < 0.5, rng.random() < 0.3
    script.rest(rng.uniform(1.0, 3.0))
    if racks:
        script.carry(rng.uniform(0.03, 0.5) if from_above else rng.uniform(0.02, 0.1))
    elif from_above and rng.random() < 0.7:
        script.move(rng.uniform(0.03, 0.12), rng.uniform(0.4, 0.9))
        script.hold(rng.uniform(1.0, 3.0), rng.uniform(0.0, 0.02))
    reps: list[TrueRep] = []
    for number in range(count):
        velocity = first + (last - first) * (number / max(1, count - 1)) ** 1.3
        travel = rom * rng.normal(1.0, 0.03)
        if from_above:
            script.move(-travel, rng.uniform(0.8, 2.5))
            if paused:
                script.rest(rng.uniform(0.3, 2.0))
        over = rng.uniform(0.0, 0.03) if rng.random() < 0.5 else 0.0
        reps.append(script.lift(travel + over, (travel + over) / (velocity * rng.normal(1.0, 0.04))))
        if over:
            script.move(-over, rng.uniform(0.15, 0.4))
        sway = rng.uniform(0.0, 0.02) if rng.random() < 0.7 else 0.0
        if from_above:
            script.hold(0.0 if touch_and_go else rng.uniform(0.3, 3.0), sway)
        else:
            script.hold(rng.uniform(0.0, 1.0), sway)
            script.move(-travel, rng.uniform(0.6, 2.0))
            script.rest(0.0 if touch_and_go else rng.uniform(0.3, 3.0))
    attempts, stalled = 0, None
    if stall or rng.random() < 0.2:
        if from_above:
            script.move(-rom, rng.uniform(0.8, 2.5))
        share = rng.uniform(0.25, 0.7)
        up = script.lift(share * rom, share * rom / rng.uniform(0.15, 0.3))
        attempts = 1
        if stall:
            stalled = up.ended_s
            script.rest(rng.uniform(8.0, 12.0))
        script.move(-share * rom, rng.uniform(0.5, 1.5))
    elif racks:
        script.carry(rng.uniform(0.01, 0.05))
        script.move(-rng.uniform(0.03, 0.6), rng.uniform(0.4, 1.2))
        script.rest(rng.uniform(0.0, 12.0))
    elif from_above and rng.random() < 0.7:
        script.rest(rng.uniform(0.5, 2.0))
        script.move(-rng.uniform(0.03, 0.08), rng.uniform(0.4, 0.8))
    script.rest(1.5)
    velocity_mps, position_m = script.sampled(rate_hz)
    times = np.arange(len(velocity_mps)) / rate_hz
    drift = rng.uniform(-1.0, 1.0) * sensor.drift_mps * times
    return BarSet(
        rate_hz=rate_hz,
        from_above=from_above,
        velocity_mps=velocity_mps + rng.normal(0.0, sensor.noise_mps, len(times)),
        position_m=position_m + drift + rng.normal(0.0, sensor.noise_m, len(times)),
        reps=tuple(reps),
        attempts=attempts,
        stall_since_s=stalled,
    )


class _Script:
    """A bar's velocity, built phase by phase at 1 kHz."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.parts: list[Floats] = []
        self.samples = 0

    def rest(self, seconds: float) -> None:
        """Add a rest, in which the bar sways a little."""
        count = round(seconds * _FINE_HZ)
        sway = self.rng.uniform(0.0, 0.008) * np.sin(
            2 * np.pi * self.rng.uniform(0.3, 2.0) * np.arange(count) / _FINE_HZ
        )
        self._add(sway)

    def hold(self, seconds: float, sway_m: float) -> None:
        """Add a rest at the top, in which the bar sways up and down by `sway_m` to each side, ever less."""
        at_s = np.arange(round(seconds * _FINE_HZ)) / _FINE_HZ
        turns = 2 * np.pi * self.rng.uniform(0.5, 1.5)
        self._add(-sway_m * turns * np.sin(turns * at_s) * np.exp(-at_s / self.rng.uniform(0.5, 3.0)))

    def carry(self, travel_m: float) -> None:
        """Lift the bar by that much, walk a few steps with it, and hold it."""
        self.move(travel_m, self.rng.uniform(0.4, 1.0))
        for _ in range(int(self.rng.integers(0, 4))):
            step_m = self.rng.uniform(0.005, 0.03)
            self.move(step_m, 0.25)
            self.move(-step_m, 0.25)
        self.hold(self.rng.uniform(0.5, 3.0), self.rng.uniform(0.0, 0.02))

    def move(self, travel_m: float, seconds: float) -> TrueRep:
        """Add a phase without a sticking region."""
        return self._go(travel_m, seconds, dip=0.0)

    def lift(self, travel_m: float, seconds: float) -> TrueRep:
        """Add a concentric phase; the slower, the deeper its sticking region."""
        slow = np.clip((seconds - 1.2) / 2.5, 0.0, 1.0)
        return self._go(travel_m, seconds, dip=float(slow) * self.rng.uniform(0.5, 0.97))

    def _go(self, travel_m: float, seconds: float, dip: float) -> TrueRep:
        count = max(2, round(seconds * _FINE_HZ))
        share = (np.arange(count) + 0.5) / count
        shape = np.sin(np.pi * share ** self.rng.uniform(0.75, 1.25)) ** self.rng.uniform(0.8, 1.6)
        shape *= 1.0 - dip * np.exp(-(((share - self.rng.uniform(0.4, 0.6)) / 0.12) ** 2))
        started_s = self.samples / _FINE_HZ
        velocity = shape * travel_m / shape.sum() * _FINE_HZ
        self._add(velocity)
        travel = np.cumsum(np.abs(velocity)) / _FINE_HZ
        locked = np.flatnonzero((travel >= _TOP * abs(travel_m)) & (np.abs(velocity) < _SLOW_MPS))
        last = int(locked[0]) if len(locked) else count - 1
        return TrueRep(started_s, started_s + (last + 1) / _FINE_HZ, float(travel[last]))

    def _add(self, part: Floats) -> None:
        self.parts.append(part)
        self.samples += len(part)

    def sampled(self, rate_hz: float) -> tuple[Floats, Floats]:
        """Return velocity and position at the sensor's rate."""
        velocity = np.concatenate(self.parts)
        position = np.cumsum(velocity) / _FINE_HZ
        at_s = np.arange(0.0, len(velocity) / _FINE_HZ, 1.0 / rate_hz)
        fine_s = (np.arange(len(velocity)) + 0.5) / _FINE_HZ
        return np.interp(at_s, fine_s, velocity), np.interp(at_s, fine_s + 0.5 / _FINE_HZ, position)
