"""Lifters of the wide world: their sets in order of time, with the words and reports that come with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import devices, timing
from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.parameters import EXERCISES, parameters, uniform
from lab.accuracy.truth import WideLifter, WideSet
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide import reports
from lab.accuracy.wide.first_velocity import first_velocity

Kind: TypeAlias = Literal["warm-up", "heavy", "work"]
KINDS: Final[tuple[Kind, ...]] = ("warm-up", "heavy", "work")
_STREAM: Final = 80


@dataclass(frozen=True, slots=True)
class SetPlan:
    """What a lifter sets out to do: kind and load of a set, and log reps lost by the sets before it."""

    kind: Kind
    pct_1rm: float
    lost: float
    at_days: float


@dataclass(frozen=True, slots=True)
class SetWords:
    """How a set ended and what was said of it."""

    done: int
    failed: bool
    called: float | None


def wide_lifters(exercise: str, count: int, sets_each: int, seed: int) -> list[list[LabelledSet]]:
    """Simulate lifters with their sets in order of time; sets of another exercise may be among them, as of this one.

    >>> [sets] = wide_lifters("bench_press", count=1, sets_each=9, seed=1)
    >>> len(sets), {lifted_set.exercise for lifted_set in sets}
    (9, {'bench_press'})
    """
    source = np.random.SeedSequence((_STREAM, seed, EXERCISES.index(exercise)))
    made: list[list[LabelledSet]] = []
    for number, child in enumerate(source.spawn(count)):
        random = np.random.default_rng(child)
        of = {name: draw_lifter(name, random) for name in EXERCISES}
        body = timing.draw_body(exercise, random)
        plans = _plans(sets_each, random)
        made.append([_lifted(exercise, of, body, plan, number, order, random) for order, plan in enumerate(plans)])
    return made


def draw_lifter(exercise: str, random: np.random.Generator) -> WideLifter:
    """Draw a lifter in one exercise."""
    home, lifting, body = parameters().home[exercise], parameters().lifting, parameters().body[exercise]
    of = wide.EXERCISES_WIDE[exercise]
    z = random.standard_normal(6).tolist()
    return WideLifter(
        exercise=exercise,
        log_scale=wide.SCALE_LOG_SD * z[0],
        line_offset=wide.LINE_BETWEEN_SD * z[1],
        v_last_mps=max(of.v_last + of.v_last_between_sd * z[2], wide.VELOCITY_LAST_MIN_MPS),
        curve=float(np.clip(home.curve + home.curve_sd * z[3], *home.curve_range)),
        rom_m=float(body.rom * np.exp(wide.TRAVEL_LOG_SD * z[4])),
        cv=lifting.cv,
        first_cv=lifting.first_cv,
        first_share=lifting.first_share,
        one_rm_kg=float(body.one_rm_kg * np.exp(body.one_rm_log_sd * z[5])),
    )


def draw_session(at_days: float, random: np.random.Generator) -> list[SetPlan]:
    """Draw the sets of one exercise on one day."""
    plans: list[SetPlan] = []
    if random.uniform() < wide.WARM_UPS_SHARE:
        loads = (uniform(wide.WARM_UP_PCT, random) for _ in range(_whole(wide.WARM_UPS, random)))
        plans += [SetPlan("warm-up", pct_1rm, 0.0, at_days) for pct_1rm in loads]
    if random.uniform() < wide.HEAVY_SHARE:
        plans.append(SetPlan("heavy", uniform(wide.HEAVY_PCT, random), 0.0, at_days))
    pct_1rm, lost = uniform(wide.WORK_PCT, random), 0.0
    for _ in range(_whole(wide.WORK_SETS, random)):
        plans.append(SetPlan("work", pct_1rm, lost, at_days))
        lost -= float(np.log(1.0 - uniform(wide.FEWER_REPS, random)))
    return plans


def draw_set(lifter: WideLifter, plan: SetPlan, random: np.random.Generator) -> WideSet:
    """Draw a set as planned."""
    home, lifting, of = parameters().home[lifter.exercise], parameters().lifting, wide.EXERCISES_WIDE[lifter.exercise]
    x = lifting.log_reps_at(plan.pct_1rm) + home.load_shift - plan.lost
    scale = float(np.exp(lifter.log_scale))
    day, line, last = random.standard_normal(3).tolist()
    v1_mps = scale * (float(first_velocity(lifter.exercise, np.array(x))) + wide.DAY_SD_MPS * day)
    log_n = x + lifter.line_offset + wide.LINE_WITHIN_SD * line
    return WideSet(
        lifter=lifter,
        pct_1rm=plan.pct_1rm,
        v1_mps=max(v1_mps, wide.VELOCITY_LAST_MIN_MPS),
        v_last_mps=max(scale * lifter.v_last_mps + of.v_last_within_sd * last, wide.VELOCITY_LAST_MIN_MPS),
        usual_log_n=x,
        reps_possible=int(np.clip(np.rint(np.exp(log_n)), 1, lifting.reps_max)),
        sensor_sd_mps=parameters().device.sensor_sd,
    )


def draw_words(kind: Kind, reps_possible: int, random: np.random.Generator) -> SetWords:
    """Draw the end of a set: a work set with 0 … 6 left evenly, others after a few reps; and what is called."""
    failed = kind == "work" and random.uniform() < wide.FAILURE_SHARE
    if failed:
        done = reps_possible
    elif kind == "work":
        done = reps_possible - int(random.integers(min(wide.ENDS_RIR_MAX, reps_possible - 1) + 1))
    else:
        done = min(_whole(wide.WARM_UP_REPS if kind == "warm-up" else wide.HEAVY_REPS, random), reps_possible)
    called = random.uniform() < wide.CALLED_SHARE and not failed
    return SetWords(done, failed, call(reps_possible - done, float(random.standard_normal())) if called else None)


def call(rir: int, noise: float) -> float:
    """Return what a lifter calls at these reps left: compressed over three.

    >>> call(2, 0.0), call(9, 0.0), call(0, -1.0)
    (2.0, 6.0, 0.0)
    """
    felt = min(rir, wide.CALL_FROM) + wide.CALL_SLOPE * max(rir - wide.CALL_FROM, 0.0)
    return max(round((felt + wide.CALL_SD * noise) / wide.CALL_STEP) * wide.CALL_STEP, 0.0)


def _plans(count: int, random: np.random.Generator) -> list[SetPlan]:
    plans: list[SetPlan] = []
    at_days = 0.0
    while len(plans) < count:
        plans += draw_session(at_days, random)
        at_days += uniform(parameters().lifting.days_between, random)
    return plans[:count]


def _lifted(
    exercise: str,
    of: dict[str, WideLifter],
    body: timing.LifterBody,
    plan: SetPlan,
    number: int,
    order: int,
    random: np.random.Generator,
) -> LabelledSet:
    really = exercise
    if random.uniform() < wide.WRONG_EXERCISE_SHARE:
        really = str(random.choice([name for name in EXERCISES if name != exercise]))
    lifter = of[really]
    true = draw_set(lifter, plan, random)
    words = draw_words(plan.kind, true.reps_possible, random)
    own = timing.LifterBody(lifter.rom_m, body.eccentric_s, body.wait_s)
    measured = _measured(true, own, words.done, random)
    if random.uniform() < wide.MERGED_SHARE:
        earlier = draw_set(lifter, plan, random)
        done = draw_words(plan.kind, earlier.reps_possible, random).done
        measured = reports.after_set(_measured(earlier, own, done, random), measured, random)
    measured = reports.with_no_reps(measured, lifter.rom_m, random)
    load_kg = plan.pct_1rm / 100.0 * lifter.one_rm_kg
    if random.uniform() < wide.WRONG_LOAD_SHARE:
        load_kg *= uniform(wide.WRONG_LOAD, random)
    return LabelledSet(
        exercise=exercise,
        lifter=number,
        order=order,
        at_days=round(plan.at_days, 3),
        load_kg=round(load_kg, 1),
        pct_1rm=plan.pct_1rm,
        reps=devices.observe(measured, "velocity"),
        truth=tuple(report.truth for report in measured),
        failed_attempt=None,
        reps_possible=true.reps_possible,
        ended_rir=true.reps_possible - words.done,
        failed=words.failed,
        reported_rir=words.called,
        faults=frozenset(() if really == exercise else ("wrong exercise",)),
        true=true,
    )


def _measured(true: WideSet, body: timing.LifterBody, done: int, random: np.random.Generator) -> list[DeviceReport]:
    measured = devices.measure(timing.lift(true, body, done, random), "velocity", true.sensor_sd_mps, random)
    return reports.with_breaths(measured, random)


def _whole(limits: tuple[int, int], random: np.random.Generator) -> int:
    return int(random.integers(limits[0], limits[1] + 1))
