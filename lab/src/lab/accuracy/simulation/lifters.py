"""Simulated lifters with all their sets of one exercise: the simulator's interface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import devices, faults, habits, home, other, timing
from lab.accuracy.simulation.conditions import Conditions
from lab.accuracy.simulation.habits import SetEnding
from lab.accuracy.simulation.parameters import EXERCISES, FAMILIES, parameters
from lab.accuracy.truth import HomeLifter, TrueLifter, TrueSet

# Keeps the numbers of lifters of different seeds apart.
_LIFTERS_A_SEED_MAX = 100_000


@dataclass(slots=True)
class _Streams:
    """A lifter's random streams, one per purpose: a draw for a fault never changes a set's strength."""

    truth: np.random.Generator
    habits: np.random.Generator
    reps: np.random.Generator
    faults: np.random.Generator
    eccentric: np.random.Generator


def lifters(
    family: str, exercise: str, count: int, sets_each: int, seed: int, conditions: Conditions | None = None
) -> list[list[LabelledSet]]:
    """Simulate lifters with their sets in order of time.

    A lifter's last set goes to failure and is the one judged; the sets before end by habit. The same seed yields the same
    strength, fatigue, noise and ends under all conditions, so that a fault or another sensor is the only difference.

    Parameters
    ----------
    family : str
        `home` or `other`.
    exercise : str
        One of `EXERCISES`.
    count, sets_each, seed : int
        Lifters, sets of each, and the random seed.

    Raises
    ------
    ValueError
        For a family or exercise that is not simulated, or too many lifters for a seed.

    >>> [[first, last]] = lifters("home", "bench_press", count=1, sets_each=2, seed=1)
    >>> last.order, last.ended_rir, last.truth == tuple(range(last.reps_possible - 1, -1, -1))
    (1, 0, True)
    """
    conditions = Conditions() if conditions is None else conditions
    made: list[list[LabelledSet]] = []
    for number, (sets, streams) in enumerate(_draw(family, exercise, count, sets_each, seed, conditions)):
        lifter = seed * _LIFTERS_A_SEED_MAX + number
        made.append(_lifted(lifter, sets, streams, conditions))
    return made


def draw(
    family: str, exercise: str, count: int, sets_each: int, seed: int, conditions: Conditions | None = None
) -> list[list[TrueSet]]:
    """Return the true sets of the same lifters, without their reps."""
    conditions = Conditions() if conditions is None else conditions
    return [sets for sets, _ in _draw(family, exercise, count, sets_each, seed, conditions)]


def _draw(
    family: str, exercise: str, count: int, sets_each: int, seed: int, conditions: Conditions
) -> list[tuple[list[TrueSet], _Streams]]:
    if family not in FAMILIES or exercise not in EXERCISES:
        raise ValueError(f"no {exercise} of a family {family} is simulated: take one of {EXERCISES} and of {FAMILIES}")
    if count > _LIFTERS_A_SEED_MAX:
        raise ValueError(f"{count} lifters are too many for one seed: take at most {_LIFTERS_A_SEED_MAX}")
    of, lifting = parameters().body[exercise], parameters().lifting
    source = np.random.SeedSequence((seed, FAMILIES.index(family), EXERCISES.index(exercise)))
    population, *own = source.spawn(count + 1)
    random = np.random.default_rng(population)
    one_rm_kg = of.one_rm_kg * np.exp(of.one_rm_log_sd * random.standard_normal(count))
    people: list[HomeLifter] | list[TrueLifter]
    people = (home if family == "home" else other).draw_lifters(exercise, one_rm_kg, random)
    sensor_sd_mps = parameters().device.sensor_sd if conditions.sensor_sd_mps is None else conditions.sensor_sd_mps
    load_pct = lifting.load_pct if conditions.load_pct is None else conditions.load_pct
    drawn: list[tuple[list[TrueSet], _Streams]] = []
    for lifter, child in zip(people, own, strict=True):
        streams = _Streams(*(np.random.default_rng(seed) for seed in child.spawn(5)))
        sets: list[TrueSet] = []
        for wanted_pct in streams.truth.uniform(*load_pct, sets_each).tolist():
            load_kg = round(wanted_pct / 100.0 * lifter.one_rm_kg / lifting.plate_kg) * lifting.plate_kg
            pct_1rm = 100.0 * load_kg / lifter.one_rm_kg
            if isinstance(lifter, HomeLifter):
                sets.append(home.draw_set(lifter, pct_1rm, sensor_sd_mps, streams.truth))
            else:
                sets.append(other.draw_set(lifter, pct_1rm, sensor_sd_mps, streams.truth))
        drawn.append((sets, streams))
    return drawn


def _lifted(lifter: int, sets: list[TrueSet], streams: _Streams, conditions: Conditions) -> list[LabelledSet]:
    exercise = sets[0].lifter.exercise
    body = timing.draw_body(exercise, streams.habits)
    tempo_s = float(streams.habits.uniform(*parameters().habits.tempo_s))
    usual_growth = timing.ECCENTRIC_GROWTH_SD * float(streams.eccentric.standard_normal())
    days = np.cumsum(streams.habits.uniform(*parameters().lifting.days_between, len(sets)))
    to_failure = parameters().habits.to_failure if conditions.to_failure is None else conditions.to_failure
    made: list[LabelledSet] = []
    for order, lifted_set in enumerate(sets):
        ends = habits.ending(lifted_set.reps_possible, to_failure, streams.habits)
        if order == len(sets) - 1:
            ends = SetEnding(0, failed=True, reported_rir=None)
        happened = faults.drawn(conditions.faults, streams.faults)
        pause = faults.pause_in(lifted_set.reps_possible, streams.faults) if "pause" in happened else None
        reps_possible = lifted_set.reps_possible
        if pause is not None and pause.after < reps_possible - ends.rir:
            reps_possible += pause.reps_back
        growth = usual_growth + timing.ECCENTRIC_GROWTH_SET_SD * float(streams.eccentric.standard_normal())
        lifted = timing.lift(
            lifted_set,
            body,
            reps_possible - ends.rir,
            streams.reps,
            first_slower=faults.first_slower(streams.faults) if "slow_first" in happened else 1.0,
            pause=pause,
            tempo_s=tempo_s if conditions.tempo else None,
            eccentric_growth=growth if conditions.measured == "phases" else 0.0,
        )
        reports = devices.measure(lifted, conditions.measured, lifted_set.sensor_sd_mps, streams.reps)
        reports = faults.put_in(reports, happened, streams.faults)
        made.append(
            LabelledSet(
                exercise=exercise,
                lifter=lifter,
                order=order,
                at_days=round(float(days[order] - days[0]), 3),
                load_kg=round(lifted_set.pct_1rm / 100.0 * lifted_set.lifter.one_rm_kg, 3),
                pct_1rm=lifted_set.pct_1rm,
                reps=devices.observe(reports, conditions.measured),
                truth=tuple(report.truth for report in reports),
                failed_attempt=None,
                reps_possible=reps_possible,
                ended_rir=ends.rir,
                failed=ends.failed,
                reported_rir=ends.reported_rir,
                faults=frozenset[str](happened),
                true=lifted_set,
            )
        )
    return made
