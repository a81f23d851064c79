"""A set as it is lifted: each rep's velocity with its biological variation, its travel, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.simulation import home, other
from lab.accuracy.simulation.parameters import BodyParameters, parameters
from lab.accuracy.truth import HomeSet, TrueSet

# No rep is slower than a device can tell.
_VELOCITY_MIN_MPS = 0.02


@dataclass(frozen=True, slots=True)
class LifterBody:
    """What of a lifter's rep is neither strength nor fatigue: travel, the way down, the wait before the next."""

    rom_m: float
    eccentric_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class PauseDuration:
    """A wait within a set: after so many reps, so long, giving back so many of them."""

    after: int
    pause_s: float
    reps_back: int


@dataclass(frozen=True, slots=True)
class TimedRep:
    """A rep as it was, before any device: end, velocity, travel, concentric time, and reps in reserve after it."""

    end_s: float
    velocity_mps: float
    rom_m: float
    concentric_s: float
    rir: int


def draw_body(exercise: str, random: np.random.Generator, of: BodyParameters | None = None) -> LifterBody:
    """The body of a lifter, drawn from the population `of`, else the exercise's own."""
    of, timing = parameters().body[exercise] if of is None else of, parameters().timing
    z = random.standard_normal(3)
    return LifterBody(
        rom_m=max(of.rom + of.rom_sd * z[0], 0.5 * of.rom),
        eccentric_s=timing.eccentric_s * float(np.exp(timing.eccentric_lifter_log_sd * z[1])),
        wait_s=timing.wait_s * float(np.exp(timing.wait_lifter_log_sd * z[2])),
    )


def lift(
    lifted_set: TrueSet,
    body: LifterBody,
    reps: int,
    random: np.random.Generator,
    *,
    first_slower: float = 1.0,
    pause: PauseDuration | None = None,
    tempo_s: float | None = None,
) -> list[TimedRep]:
    """The first `reps` reps of a set.

    Parameters
    ----------
    first_slower : float
        The first rep's velocity is so many times what it would be.
    pause : Pause or None
        A wait in the set: the reps it gives back are done again, so that more are possible after it.
    tempo_s : float or None
        The concentric phase is held this long while the lifter can.
    """
    timing, habits = parameters().timing, parameters().habits
    rep_number = np.arange(1.0, reps + 1)
    wait_extra_s = np.zeros(reps)
    if pause is not None and pause.after < reps:
        rep_number[pause.after :] -= pause.reps_back
        wait_extra_s[pause.after] = pause.pause_s
    capacity = (
        home.velocities(lifted_set, rep_number)
        if isinstance(lifted_set, HomeSet)
        else other.velocities(lifted_set, rep_number)
    )
    z = random.standard_normal((6, reps))
    cv = np.full(reps, lifted_set.lifter.cv)
    cv[0] = np.hypot(lifted_set.lifter.cv, lifted_set.lifter.first_cv)
    velocity = capacity * (1.0 + cv * z[0])
    velocity[0] *= lifted_set.lifter.first_share * first_slower
    rom = body.rom_m * (1.0 + timing.rom_cv * z[1])
    if tempo_s is not None:
        velocity = np.minimum(velocity, body.rom_m / tempo_s * (1.0 + habits.tempo_cv * z[5]))
    velocity = np.maximum(velocity, _VELOCITY_MIN_MPS)
    concentric = rom / velocity
    done = rep_number / lifted_set.reps_possible
    down = body.eccentric_s * np.exp(timing.eccentric_log_sd * z[2])
    wait = body.wait_s * (1.0 + timing.wait_growth * done**2) * np.exp(timing.wait_log_sd * z[3])
    end = np.cumsum(concentric + down + wait + wait_extra_s)
    rir = lifted_set.reps_possible - rep_number.astype(int)
    return [
        TimedRep(end_s, velocity_mps, rom_m, concentric_s, left)
        for end_s, velocity_mps, rom_m, concentric_s, left in zip(
            end.tolist(), velocity.tolist(), rom.tolist(), concentric.tolist(), rir.tolist(), strict=True
        )
    ]
