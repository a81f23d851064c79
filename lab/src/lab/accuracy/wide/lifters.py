"""Lifters of the wide world: their sets in order of time, with the words and reports that come with them."""

from __future__ import annotations

from typing import Final

import numpy as np

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import devices, timing
from lab.accuracy.simulation.devices import DeviceReport
from lab.accuracy.simulation.parameters import EXERCISES, FAMILIES, uniform
from lab.accuracy.truth import OtherSet, WideLifter, WideOtherLifter, WideSet
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide import reports
from lab.accuracy.wide.laws import draw_lifter, draw_set
from lab.accuracy.wide.sessions import SetPlan, draw_plans, draw_words

WRONG_EXERCISE: Final = "wrong exercise"
ARMS_CHANGED: Final = "arms changed"
_STREAM: Final = 80


def wide_lifters(
    family: str, exercise: str, count: int, sets_each: int, seed: int, *, last_to_failure: bool = False
) -> list[list[LabelledSet]]:
    """Simulate lifters with their sets in order of time; sets of another exercise may be among them, as of this one.

    With `last_to_failure` they are the same lifters, sets and reps, and the last set goes on to failure if it is no
    warm-up: no rep that was possible is left out because of where its lifter would have ended.

    >>> [sets] = wide_lifters("home", "bench_press", count=1, sets_each=9, seed=1)
    >>> len(sets), {lifted_set.exercise for lifted_set in sets}
    (9, {'bench_press'})
    """
    source = np.random.SeedSequence((_STREAM, seed, EXERCISES.index(exercise), FAMILIES.index(family)))
    made: list[list[LabelledSet]] = []
    for number, child in enumerate(source.spawn(count)):
        random = np.random.default_rng(child)
        of = {name: draw_lifter(family, name, random) for name in EXERCISES}
        body = timing.draw_body(exercise, random)
        plans = draw_plans(sets_each, random)
        made.append(
            [
                _lifted(
                    exercise,
                    of,
                    body,
                    plan,
                    number,
                    order,
                    random,
                    to_failure=last_to_failure and order == sets_each - 1 and plan.kind != "warm-up",
                )
                for order, plan in enumerate(plans)
            ]
        )
    return made


def _lifted(
    exercise: str,
    of: dict[str, WideLifter | WideOtherLifter],
    body: timing.LifterBody,
    plan: SetPlan,
    number: int,
    order: int,
    random: np.random.Generator,
    *,
    to_failure: bool,
) -> LabelledSet:
    really = exercise
    if random.uniform() < wide.WRONG_EXERCISE_SHARE:
        really = str(random.choice([name for name in EXERCISES if name != exercise]))
    lifter = of[really]
    true = draw_set(lifter, plan, random)
    words = draw_words(plan.kind, true.reps_possible, random)
    own = timing.LifterBody(lifter.rom_m, body.eccentric_s, body.wait_s)
    # All reps are drawn and those that are not done left out: where a set ends changes nothing of the reps before.
    measured = reports.with_a_repeat(_measured(true, own, random), words.done, random)
    faults = {WRONG_EXERCISE} if really != exercise else set()
    measured = reports.with_reports_before(measured, lifter.rom_m, random)
    if random.uniform() < wide.MERGED_SHARE:
        earlier = draw_set(lifter, plan, random)
        done = draw_words(plan.kind, earlier.reps_possible, random).done
        measured = reports.after_set(_measured(earlier, own, random)[:done], measured, random)
    ended = measured
    if not to_failure:
        ended = reports.until(measured, true.reps_possible - words.done)
        if random.uniform() < wide.ARMS_CHANGED_SHARE:
            faults.add(ARMS_CHANGED)
            true = draw_set(lifter, plan, random)
            words = draw_words(plan.kind, true.reps_possible, random)
            ended = reports.with_other_arm(ended, _measured(true, own, random)[: words.done], random)
        ended = reports.with_put_down(ended, lifter.rom_m, random)
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
        reps=devices.observe(ended, "velocity"),
        truth=tuple(report.truth for report in ended),
        failed_attempt=None,
        reps_possible=true.reps_possible,
        ended_rir=0 if to_failure else true.reps_possible - words.done,
        failed=words.failed,
        reported_rir=words.called,
        faults=frozenset(faults),
        true=true,
    )


def _measured(true: WideSet | OtherSet, body: timing.LifterBody, random: np.random.Generator) -> list[DeviceReport]:
    """Return the reports of all reps possible."""
    reps = timing.lift(true, body, true.reps_possible, random)
    return reports.with_breaths(devices.measure(reps, "velocity", true.sensor_sd_mps, random), random)
