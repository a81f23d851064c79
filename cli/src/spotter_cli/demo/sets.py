"""Simulated sets, whose velocity falls from the first rep to the last rep before failure.

`v = (1 - f) * v1 + f * v_last + noise`, `f = share of the set done ** curve`; the number of reps follows from
the load (Nuzzo 2024) and the lifter. Noise: .035 of the velocity from the lifter, .03 m/s from the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from random import Random
from typing import Final

from spotter_cli.demo.lifters import MODEL_CLASSES, SAME_LIFTER_SHARE, SimulatedLifter, Strength
from spotter_detector.model import EXERCISE_MODELS
from spotter_detector.model.exercise_models import log_reps_at

SENSOR_SD_MPS: Final = 0.03
VELOCITY_CV: Final = 0.035
UNRACK_SHARE: Final = 0.15
"""Share of the sets in which the sensor mistakes unracking for a rep."""
FATIGUE_PER_SET: Final = 0.08
"""Reduction of log reps by each earlier set of the exercise (design choice)."""
_RACKED_IN_S: Final = 2.5
_GIVEN_UP_S: Final = 8.0


@dataclass(frozen=True, slots=True)
class PlannedRep:
    """A rep as it will be if the lifter gets that far; times are seconds since the start of the set."""

    starts_s: float
    ends_s: float
    mean_velocity_mps: float
    peak_velocity_mps: float
    rom_m: float
    completed: bool = True
    """False for a failed attempt."""


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """A set as its lifter intends it."""

    set_id: str
    lifter: SimulatedLifter
    station_id: str
    exercise: str
    load_kg: float
    pct_1rm: float
    is_last_set: bool
    spotter_present: bool
    reps: tuple[PlannedRep, ...]
    """As many as the lifter intends to do without advice."""
    reps_to_failure: int
    follows_advice: bool
    """Whether the lifter stops when advised to."""
    wait_s: float
    """From the end of the previous set at the same rack."""
    elapsed_s: float = 0.0
    """How long the set has been running when the simulation begins."""


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """An event of a set, with its time in seconds since the start of the set."""

    at_s: float
    type: str
    data: dict[str, object]


def plan_set(
    random: Random,
    lifter: SimulatedLifter,
    station_id: str,
    exercise: str,
    *,
    set_id: str,
    earlier: int,
    last: bool,
    wait_s: float,
) -> PlannedSet:
    """Draw a set that follows `earlier` sets of the exercise."""
    strength = lifter.strengths[exercise]
    load_kg = max(20.0, 2.5 * round(strength.one_rm_kg * random.uniform(0.70, 0.86) / 2.5))
    pct_1rm = 100 * load_kg / strength.one_rm_kg
    model = EXERCISE_MODELS[MODEL_CLASSES[exercise]]
    log_mean = log_reps_at(pct_1rm) + model.load_shift + strength.log_reps_shift - FATIGUE_PER_SET * earlier
    to_failure = min(max(round(exp(random.gauss(log_mean, model.load_sd * (1 - SAME_LIFTER_SHARE)))), 4), 16)
    intended = min(max(to_failure - random.choice((-1, 0, 0, 1, 2, 4)), 3), 12)
    v1_mps = max(model.velocity_at_mps(log_mean) + strength.v1_shift_mps, strength.v_last_mps + 0.08)
    return PlannedSet(
        set_id=set_id,
        lifter=lifter,
        station_id=station_id,
        exercise=exercise,
        load_kg=load_kg,
        pct_1rm=round(min(pct_1rm, 120.0), 1),
        is_last_set=last,
        spotter_present=random.random() < 0.7,
        reps=tuple(_reps(random, strength, v1_mps, to_failure, intended)),
        reps_to_failure=to_failure,
        follows_advice=random.random() < lifter.compliance,
        wait_s=wait_s,
    )


def _reps(random: Random, strength: Strength, v1_mps: float, to_failure: int, intended: int) -> list[PlannedRep]:
    reps: list[PlannedRep] = []
    at_s = random.uniform(2.5, 4.0)
    if random.random() < UNRACK_SHARE:
        travel_m, speed_mps = random.uniform(0.05, 0.1), random.uniform(0.25, 0.5)
        ends_s = at_s + travel_m / speed_mps
        reps.append(PlannedRep(at_s, ends_s, _measured(speed_mps), _measured(1.3 * speed_mps), round(travel_m, 3)))
        at_s = ends_s + random.uniform(2.0, 3.0)
    for number in range(1, intended + 1):
        done = (number - 1) / max(to_failure - 1, 1)
        if number > to_failure:
            reps.append(PlannedRep(at_s, at_s + _GIVEN_UP_S, 0.0, 0.0, 0.0, completed=False))
            break
        true_mps = v1_mps + done**strength.curve * (strength.v_last_mps - v1_mps)
        true_mps = max(true_mps * (1 + VELOCITY_CV * random.gauss(0, 1)), 0.06)
        rom_m = strength.rom_m * random.gauss(1, 0.015)
        ends_s = at_s + rom_m / true_mps
        seen_mps = true_mps + SENSOR_SD_MPS * random.gauss(0, 1)
        peak_mps = seen_mps * random.uniform(1.35, 1.6)
        reps.append(PlannedRep(at_s, ends_s, _measured(seen_mps), _measured(peak_mps), round(rom_m, 3)))
        lowering_s = random.uniform(1.0, 1.5)
        at_s = ends_s + lowering_s + 0.3 + 1.5 * done**2 * random.uniform(0.5, 1.0)
    return reps


def _measured(velocity_mps: float) -> float:
    return round(max(velocity_mps, 0.03), 3)


def events_of(planned: PlannedSet) -> list[TimedEvent]:
    """Return the set's events in order of time, as they are if no advice is followed."""
    who: dict[str, object] = {"athlete_id": planned.lifter.athlete_id, "set_id": planned.set_id}
    begins = {
        "exercise": planned.exercise,
        "load_kg": planned.load_kg,
        "pct_1rm": planned.pct_1rm,
        "is_last_set": planned.is_last_set,
        "spotter_present": planned.spotter_present,
        "station_id": planned.station_id,
    }
    device = {"id": planned.station_id, "model": "simulated encoder"}
    events = [TimedEvent(0.0, "spotter.set.started.v1", {**who, **begins})]
    for number, rep in enumerate(planned.reps, 1):
        events.append(TimedEvent(rep.starts_s, "spotter.rep.started.v1", {**who, "rep_number": number}))
        if not rep.completed:
            events.append(TimedEvent(rep.ends_s, "spotter.effort.reported.v1", {**who, "failed": True}))
            continue
        measured: dict[str, object] = {
            "rep_number": number,
            "mean_velocity_mps": rep.mean_velocity_mps,
            "peak_velocity_mps": rep.peak_velocity_mps,
            "rom_m": rep.rom_m,
            "concentric_s": round(max(rep.ends_s - rep.starts_s, 0.1), 3),
            "device": device,
        }
        events.append(TimedEvent(rep.ends_s, "spotter.rep.completed.v1", {**who, **measured}))
    events.append(TimedEvent(events[-1].at_s + _RACKED_IN_S, "spotter.set.ended.v1", dict(who)))
    return events
