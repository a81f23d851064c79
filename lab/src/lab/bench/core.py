"""Processor time of the cores alone: within-set filter, decision, and the steps of detector and advisor."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from math import exp
from statistics import median
from typing import Final

import numpy as np

from lab.bench.plan import BenchPlan
from lab.bench.rows import BenchRow, BenchTarget, measured
from lab.bench.workload import prepared
from spotter.domain.exercises import builtin_catalogue
from spotter.domain.gym_config import Configuration
from spotter.domain.policies import Layer, effective
from spotter.streaming.gc_tuning import tune
from spotter.streaming.state_versions import Input, Stepper
from spotter_advisor.planning.decision import RirEstimate, decide
from spotter_advisor.processor import Advisor
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import apply_rules
from spotter_advisor.state.terms import Eligibility
from spotter_detector.model import Filter, Observation, Prior, Request, build_prior
from spotter_detector.processor import FailureDetector

GROUP: Final = "core"
SETS: Final = 256
REPS: Final = 8
BATCH: Final = 128
"""Events in a batch of the one-process host."""
_SINGLE_SETS: Final = 64
_CLASSES: Final = ("bench_press", "back_squat", "deadlift", "unknown")


def core(plan: BenchPlan) -> Iterator[BenchRow]:
    """Measure filter and steps."""
    plan.say("the filter and the steps of detector and advisor")
    thresholds, switch_s = gc.get_threshold(), sys.getswitchinterval()
    tune()  # as the hosts do
    yield _filter(plan, "filter, one set at a time (its earlier reps in the cache)", 1)
    yield _filter(plan, f"filter, {SETS} sets side by side", SETS)
    yield _decision(plan)
    detector, advisor = _steps(plan)
    note = f"per rep, in batches of {BATCH} events"
    yield measured(GROUP, "detector: whole step", detector, note=note)
    yield measured(GROUP, "advisor: whole step", advisor, note="per event of the detector's story (3 to 4 a rep)")
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(switch_s)


def _filter(plan: BenchPlan, name: str, sets: int) -> BenchRow:
    rounds = [{"rep_us": _filter_us(sets, seed)} for seed in range(max(3, plan.rounds))]
    return measured(GROUP, name, rounds, target=BenchTarget("rep_us", 150 if sets == 1 else 25), note="per rep")


def _filter_us(sets: int, seed: int) -> float:
    chance, model = np.random.default_rng(seed), Filter()
    groups = [[_set(chance, number) for number in range(sets)] for _ in range(max(1, _SINGLE_SETS // sets))]
    times_us: list[float] = []
    for group in groups:
        for rep in range(REPS):
            requests = [Request(start, reps[: rep + 1], rep) for start, reps in group]
            times_us.append(_us(lambda requests=requests: model.run(requests), len(requests)))  # type: ignore[misc]
    return median(times_us)


def _set(chance: np.random.Generator, number: int) -> tuple[Prior, tuple[Observation, ...]]:
    start = build_prior(_CLASSES[number % len(_CLASSES)], pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    first_mps = chance.uniform(0.4, 0.8)
    noise = 1 + 0.03 * chance.standard_normal(REPS)
    velocities_mps = [round(float(first_mps * (1 - 0.04 * rep) * noise[rep]), 3) for rep in range(REPS)]
    reps = (Observation(rep + 1, 3.0 * rep, v, 0.45 / v, 0.45, None) for rep, v in enumerate(velocities_mps))
    return start, tuple(reps)


def _decision(plan: BenchPlan) -> BenchRow:
    """Measure the rules at the start of a set (policy, eligibility, all rules) and the decisions of its reps together."""
    catalogue = builtin_catalogue()
    layers = (Layer("gym", {"target_rir": 3}), Layer("lifter", {"weekly_units": 3.0}))
    standing = Eligibility(left=4.0, muscle_left=2.0)
    cases = [
        RuleInputs(catalogue.get(name), True, "work", None, last, False, False, standing)
        for name in ("bench_press", "leg_press", "biceps_curl", "push_up")
        for last in (False, True)
    ]
    readings = [
        RirEstimate(rir, [1 / (1 + exp((rir - at - 0.5) / 0.5)) for at in range(7)], "high")
        for rir in (6.0, 3.0, 2.0, 0.5)
    ]

    def decides() -> None:
        for case in cases:
            terms = apply_rules(case, effective(layers).policy).terms
            for reading in readings:
                decide(terms, reading, latched=False, one_more_left=True)

    decides()
    count = len(cases) * len(readings)
    rounds = [{"decision_us": median(_us(decides, count) for _ in range(50))} for _ in range(max(3, plan.rounds))]
    note = "a rep's decision, with a quarter of its set's rules and policy"
    return measured(GROUP, "advisor: decision", rounds, target=BenchTarget("decision_us", 50), note=note)


def _us(work: Callable[[], object], count: int) -> float:
    began_ns = time.process_time_ns()
    work()
    return (time.process_time_ns() - began_ns) / count / 1000


def _steps(plan: BenchPlan) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Run reps through both, in rounds; the lifters' histories grow."""
    events = prepared(plan.core_reps)
    lifts = [Input(0, at, event.key, event.value, event.event) for at, event in enumerate(events)]
    detector: list[dict[str, float]] = []
    advisor: list[dict[str, float]] = []
    for _ in range(plan.rounds):
        story, per_rep_us = _run(Stepper(FailureDetector(), Configuration()), lifts)
        _, per_event_us = _run(Stepper(Advisor(), Configuration()), story)
        detector.append({"rep_us": per_rep_us})
        advisor.append({"event_us": per_event_us})
    return detector, advisor


def _run(stepper: Stepper, inputs: list[Input]) -> tuple[list[Input], float]:
    """Run events in batches; return the outputs, and the median time per event, µs."""
    written: list[Input] = []
    times_us: list[float] = []
    for first in range(0, len(inputs), BATCH):
        taken = inputs[first : first + BATCH]
        began_ns = time.process_time_ns()
        batch = stepper.run(taken)
        times_us.append((time.process_time_ns() - began_ns) / len(taken) / 1000)
        for key, name in batch.changed:  # as after a commit
            stepper.table.prune(key, name, 1 << 62)
        written += [
            Input(0, len(written) + at, output.key, output.value, output.event)
            for at, output in enumerate(batch.outputs)
        ]
    return written, median(times_us)
