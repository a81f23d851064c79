"""The detector's worker on real Kafka under a backlog, compared with other ways to run the same step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab.bench.broker import Broker, grows, settings_of, sustained
from lab.bench.plan import BenchPlan
from lab.bench.processes import python
from lab.bench.rows import BenchRow, BenchTarget, measured, not_measured
from lab.bench.workload import LIFTERS, Prepared, prepared
from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ESTIMATES
from spotter.streaming.state_versions import Input, Stepper
from spotter_cli.cluster.local_kafka import free_port
from spotter_detector.processor import FailureDetector

GROUP: Final = "worker"
TIMES: Final = 4.0
TARGET: Final = BenchTarget("times", TIMES, at_least=True)
LIMIT_S: Final = 120.0
_ROOT: Final = Path(__file__).resolve().parents[4]
PEERS_PYTHON: Final = _ROOT / ".venv-peers" / "bin" / "python"
_QUIX: Final = _ROOT / "lab" / "peers" / "quix.py"
"""Not in the package, because it runs in the peers' own environment."""


@dataclass(frozen=True, slots=True)
class System:
    """A process that runs the detector's step on a topic."""

    name: str
    arguments: tuple[str, ...]
    note: str
    interpreter: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Waiting events, and the number of outputs for them."""

    events: Sequence[Prepared]
    outputs: int


EVENT_BY_EVENT: Final = System(
    "the same worker, waiting for the broker after each event", ("-m", "lab.bench.peers.event_by_event"), ""
)
WORKER: Final = System(
    "Faust worker, sustained", ("-m", "spotter_detector"), "outputs and changelog confirmed before each commit"
)
LOOP: Final = System(
    "bare aiokafka loop", ("-m", "lab.bench.peers.loop"), "the same step and batches; no changelog, recovery, timers"
)
QUIX: Final = System(
    "Quix Streams application",
    (str(_QUIX),),
    "the same step, one event at a time; state in memory alone",
    str(PEERS_PYTHON),
)


def workers(plan: BenchPlan, kafka: Broker) -> Iterator[BenchRow]:
    """Measure all systems on the same broker, one after another in each round."""
    peers = PEERS_PYTHON.exists() and _QUIX.exists()
    systems = [EVENT_BY_EVENT, WORKER, LOOP, *([QUIX] if peers else [])]
    backlog = _backlog(plan.worker_reps)
    few = _backlog(plan.event_by_event_reps)
    rounds: dict[str, list[dict[str, float]]] = {system.name: [] for system in systems}
    for number in range(plan.rounds):
        for system in systems:
            waiting = few if system is EVENT_BY_EVENT else backlog
            plan.say(f"{system.name}: {len(waiting.events):,} reps on Kafka, round {number + 1} of {plan.rounds}")
            rounds[system.name].append({"reps_per_s": _measure(plan, kafka, system, waiting)})
    by_event = measured(GROUP, EVENT_BY_EVENT.name, rounds[EVENT_BY_EVENT.name])
    for slow, fast in zip(rounds[EVENT_BY_EVENT.name], rounds[WORKER.name], strict=True):
        fast["times"] = fast["reps_per_s"] / slow["reps_per_s"]
    yield _row(WORKER, rounds, by_event, TARGET, f"{plan.worker_reps:,} waiting reps of {LIFTERS} lifters; ")
    yield by_event
    yield _row(LOOP, rounds, by_event)
    yield _row(QUIX, rounds, by_event) if peers else not_measured(GROUP, QUIX.name, "not installed: make peers")


def _row(
    system: System,
    rounds: Mapping[str, Sequence[Mapping[str, float]]],
    by_event: BenchRow,
    target: BenchTarget | None = None,
    note: str = "",
) -> BenchRow:
    rates = rounds[system.name]
    return measured(
        GROUP, system.name, rates, against=by_event, than="event by event", target=target, note=note + system.note
    )


def _measure(plan: BenchPlan, kafka: Broker, system: System, backlog: Backlog) -> float:
    """Let a process work off a backlog; return reps per second by the growth of its output."""
    prefix = kafka.topics()
    kafka.fill(prefix, backlog.events)
    environment = settings_of(kafka.bootstrap, prefix, free_port(), "bench")
    name = f"worker-{Path(system.arguments[-1]).stem}"
    with python(name, plan.folder, *system.arguments, environment=environment, interpreter=system.interpreter) as child:
        seen = asyncio.run(grows(kafka.bootstrap, prefix + ESTIMATES, backlog.outputs, LIMIT_S, child.check))
    return sustained(seen, backlog.outputs / len(backlog.events))


def _backlog(count: int) -> Backlog:
    """Prepare events, and count the detector's outputs for them."""
    events = prepared(count)
    stepper = Stepper(FailureDetector(), Configuration())
    outputs = 0
    for first in range(0, count, 256):
        inputs = [
            Input(0, first + at, event.key, event.value, event.event)
            for at, event in enumerate(events[first : first + 256])
        ]
        outputs += len(stepper.run(inputs).outputs)
    return Backlog(events, outputs)
