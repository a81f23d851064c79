"""What lifters of the wide world set out to do, how far they go, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from lab.accuracy.simulation.parameters import parameters, uniform
from lab.accuracy.wide import parameters as wide

Kind: TypeAlias = Literal["warm-up", "heavy", "work"]
KINDS: Final[tuple[Kind, ...]] = ("warm-up", "heavy", "work")


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


def draw_plans(count: int, random: np.random.Generator) -> list[SetPlan]:
    """Draw a lifter's sets of an exercise in order of time, session by session."""
    plans: list[SetPlan] = []
    at_days = 0.0
    while len(plans) < count:
        plans += draw_session(at_days, random)
        at_days += uniform(parameters().lifting.days_between, random)
    return plans[:count]


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


def _whole(limits: tuple[int, int], random: np.random.Generator) -> int:
    return int(random.integers(limits[0], limits[1] + 1))
