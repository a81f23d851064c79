"""The detector's worker on real Kafka under a backlog, beside what else could carry the same step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from failure_detector.processor import FailureDetector
from lab.bench.broker import Broker, grows, settings_of, sustained
from lab.bench.plan import Plan
from lab.bench.processes import python
from lab.bench.rows import Row, Target, measured, not_measured
from lab.bench.workload import LIFTERS, Prepared, prepared
from spotter.bus.stepping import Input, Stepper
from spotter.config import Configuration
from spotter.topics import ESTIMATES
from standalone.local_kafka import free_port

GROUP: Final = "worker"
TIMES: Final = 4.0
TARGET: Final = Target("times", TIMES, at_least=True)
LIMIT_S: Final = 120.0
PEERS_PYTHON: Final = Path(__file__).resolve().parents[4] / ".venv-peers" / "bin" / "python"
_PEERS: Final = Path(__file__).with_name("peers")


def workers(plan: Plan, kafka: Broker) -> Iterator[Row]:
    """Measure all of them on the same broker, the ratios in the same run."""
    events = prepared(plan.worker_reps)
    few = events[: plan.event_by_event_reps]
    slow = _measure(plan, kafka, "the worker event by event", few, "-m", "lab.bench.peers.event_by_event")
    by_event = measured(GROUP, "the same worker, waiting for the broker after each event", [slow])
    fast = _measure(plan, kafka, "the detector's Faust worker", events, "-m", "failure_detector")
    fast["times"] = fast["reps_per_s"] / slow["reps_per_s"]
    yield measured(
        GROUP,
        "Faust worker, sustained",
        [fast],
        against=by_event,
        than="event by event",
        target=TARGET,
        note=f"{len(events):,} waiting reps of {LIFTERS} lifters; outputs and changelog confirmed",
    )
    yield by_event
    loop = _measure(plan, kafka, "a bare aiokafka loop", events, "-m", "lab.bench.peers.loop")
    note = "the same step and batches; no changelog, no recovery, no timers"
    yield measured(GROUP, "bare aiokafka loop", [loop], against=by_event, than="event by event", note=note)
    yield _quix(plan, kafka, few * 1 if plan.rounds == 1 else events[: plan.worker_reps // 2], by_event)


def _quix(plan: Plan, kafka: Broker, events: list[Prepared], by_event: Row) -> Row:
    name = "Quix Streams application"
    if not PEERS_PYTHON.exists():
        return not_measured(GROUP, name, "not installed: make peers")
    found = _measure(
        plan, kafka, "a Quix Streams application", events, str(_PEERS / "quix.py"), interpreter=str(PEERS_PYTHON)
    )
    note = "the same step, one event at a time; state in memory alone"
    return measured(GROUP, name, [found], against=by_event, than="event by event", note=note)


def _measure(
    plan: Plan, kafka: Broker, name: str, events: list[Prepared], *arguments: str, interpreter: str = ""
) -> dict[str, float]:
    """Let a process work off a backlog, and see from outside how fast its output grows."""
    plan.say(f"{name}: {len(events):,} reps on Kafka")
    prefix = kafka.topics()
    kafka.fill(prefix, events)
    environment = settings_of(kafka.bootstrap, prefix, free_port(), "bench")
    outputs = outputs_of(events)
    with python(
        arguments[-1].rpartition("/")[2], plan.folder, *arguments, environment=environment, interpreter=interpreter
    ) as child:
        seen = asyncio.run(grows(kafka.bootstrap, prefix + ESTIMATES, outputs, LIMIT_S, child.check))
    return {"reps_per_s": sustained(seen, outputs / len(events))}


def outputs_of(events: list[Prepared]) -> int:
    """Count what the detector writes for events that it takes in this order."""
    stepper = Stepper(FailureDetector(), Configuration())
    return sum(
        len(stepper.run([Input(0, first + at, one.key, one.value, one.event) for at, one in enumerate(some)]).outputs)
        for first in range(0, len(events), 256)
        for some in [events[first : first + 256]]
    )
