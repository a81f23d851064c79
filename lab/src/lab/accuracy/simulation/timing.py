"""A set as lifted: velocity with biological variation, travel and end of each rep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.simulation import home, other
from lab.accuracy.simulation.parameters import BodyParameters, parameters
from lab.accuracy.truth import OtherSet, TrueSet

# The slowest velocity that a device can measure.
_VELOCITY_MIN_MPS = 0.02
# By how much the log of the eccentric time grows up to the last possible rep, either way: sd between lifters, and between
# the sets of one (design choices; drawn for sets with phases alone).
ECCENTRIC_GROWTH_SD, ECCENTRIC_GROWTH_SET_SD = 0.35, 0.10


@dataclass(frozen=True, slots=True)
class LifterBody:
    """A lifter's travel, eccentric time and wait between reps."""

    rom_m: float
    eccentric_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class PauseDuration:
    """A pause within a set: the reps before it, its length, and the reps recovered."""

    after: int
    pause_s: float
    reps_back: int


@dataclass(frozen=True, slots=True)
class TimedRep:
    """A true rep, before any device: end, velocity, travel, concentric time, reps in reserve after it, eccentric time."""

    end_s: float
    velocity_mps: float
    rom_m: float
    concentric_s: float
    rir: int
    eccentric_s: float


def draw_body(exercise: str, random: np.random.Generator, of: BodyParameters | None = None) -> LifterBody:
    """Draw the body of a lifter from the population `of`, by default the exercise's."""
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
    eccentric_growth: float = 0.0,
) -> list[TimedRep]:
    """Return the first `reps` reps of a set.

    Parameters
    ----------
    first_slower : float
        Factor on the first rep's velocity.
    pause : PauseDuration or None
        A pause in the set; the reps it recovers are possible again after it.
    tempo_s : float or None
        The concentric phase takes this long while the lifter can keep it up.
    eccentric_growth : float
        By how much the log of the eccentric time grows up to the last possible rep; under 0: it shortens.
    """
    timing, habits = parameters().timing, parameters().habits
    rep_number = np.arange(1.0, reps + 1)
    wait_extra_s = np.zeros(reps)
    if pause is not None and pause.after < reps:
        rep_number[pause.after :] -= pause.reps_back
        wait_extra_s[pause.after] = pause.pause_s
    capacity = (
        other.velocities(lifted_set, rep_number)
        if isinstance(lifted_set, OtherSet)
        else home.velocities(lifted_set, rep_number)
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
    down = body.eccentric_s * np.exp(timing.eccentric_log_sd * z[2] + eccentric_growth * done)
    wait = body.wait_s * (1.0 + timing.wait_growth * done**2) * np.exp(timing.wait_log_sd * z[3])
    end = np.cumsum(concentric + down + wait + wait_extra_s)
    rir = lifted_set.reps_possible - rep_number.astype(int)
    return [
        TimedRep(*of_rep)
        for of_rep in zip(
            *(values.tolist() for values in (end, velocity, rom, concentric, rir, down)),
            strict=True,
        )
    ]
