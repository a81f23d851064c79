"""Many lifters' reps, and what must be true of the logs after any number of crashes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spotter.domain.events import Event, EventData, decode
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.lifting import RepCompleted, SetEnded
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, SetSummarised
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.host import MemoryHost
from spotter.streaming.memory.log import MemoryLog
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector
from tests.contract.habits import habitual_workout
from tests.contract.memory_harness import MemoryHarness

OUTPUTS = ("estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")
_PLACES = re.compile(rb',?"(sequence|origin)":("[0-9-]*"|{[^}]*})')


@dataclass(frozen=True, slots=True)
class Workload:
    """Events in the order in which they are sent, and how many reps and sets they are."""

    events: tuple[Event, ...]
    reps: int
    sets: int


def workload(seed: int, lifters: int, reps: int) -> Workload:
    """Generate sets of eight to twelve reps of many lifters, interleaved as on a busy floor; each does as many reps.

    For every twenty of them there is one whose apps have habits, whose reps and sets are not among those counted.
    """
    rng = random.Random(seed)
    base = datetime.now(UTC) - timedelta(hours=3)
    events: list[Event] = []
    sets = 0
    for number in range(lifters):
        athlete_id = f"crash-{number}"
        at, left, set_number = base + timedelta(seconds=rng.random() * 60), reps // lifters, 0
        exercise = rng.choice(["bench_press", "back_squat", "biceps_curl", "leg_press"])
        while left:
            count = min(left, rng.randint(8, 12))
            left, sets, set_number = left - count, sets + 1, set_number + 1
            for index in range(count):
                at += timedelta(seconds=3)
                velocity = round(max(0.08, 0.55 - 0.035 * index + rng.gauss(0, 0.02)), 3)
                data = RepCompleted(
                    gym_id="g1",
                    athlete_id=athlete_id,
                    set_id=f"s{set_number}",
                    rep_number=index + 1,
                    exercise=exercise,
                    mean_velocity_mps=velocity,
                )
                events.append(_event(f"{athlete_id}-{set_number}-{index + 1}", at, data))
            at += timedelta(seconds=3)
            ended = SetEnded(gym_id="g1", athlete_id=athlete_id, set_id=f"s{set_number}")
            events.append(_event(f"{athlete_id}-{set_number}-end", at, ended))
            at += timedelta(seconds=60)
    for number in range(lifters // 20):
        done = habitual_workout(MemoryHarness(), seed + number, f"habit-{number}", base=base)
        events += [decode(step.value) for step in done.steps if isinstance(step, NewRecord)]
    events.sort(key=lambda event: event.received)
    return Workload(tuple(events), reps // lifters * lifters, sets)


def _event(identity: str, at: datetime, data: RepCompleted | SetEnded) -> Event:
    return Event(id=identity, source="tracker", time=at, data=data, senttime=at, receivedtime=at, configversion=0)


def check(sent: Workload, logs: Mapping[str, Sequence[tuple[str, bytes]]]) -> str:
    """Assert that nothing was lost and nothing differs; `logs` has (key, value) of each topic, in order.

    Every accepted rep has its estimate and every set its summary, no id has two contents, and all that came out,
    the ledger included, equals what a host that never crashed makes of the same log.
    """
    written = {topic: _contents(topic, logs[topic]) for topic in OUTPUTS}
    estimated = {
        (estimate.athlete_id, estimate.set_key, estimate.rep_number)
        for estimate in _counted(written["estimates.v1"].values())
        if isinstance(estimate, EffortEstimated)
    }
    summarised = {
        summary.set_key for summary in _counted(written["advice.v1"].values()) if isinstance(summary, SetSummarised)
    }
    accepted = {
        (rep.athlete_id, rep.set_id, rep.rep_number)
        for rep in _counted(value for _, value in logs["lifts.v1"])
        if isinstance(rep, RepCompleted)
    }
    assert sent.reps == len(accepted), f"{sent.reps} reps were accepted, {len(accepted)} are in the log"
    assert sent.reps == len(estimated), f"{len(estimated)} of {sent.reps} reps have an estimate"
    assert sent.sets == len(summarised), f"{len(summarised)} of {sent.sets} sets have a summary"
    calm = _calm(logs["lifts.v1"])
    for topic in OUTPUTS:
        assert calm[topic].keys() == written[topic].keys(), f"{topic}: other ids than without crashes"
        differing = [name for name, value in calm[topic].items() if _plain(value) != _plain(written[topic][name])]
        assert not differing, f"{topic}: {len(differing)} ids have other contents than without crashes"
    ledger = sum(isinstance(event.data, BudgetChanged) for event in _events(written["advice.v1"].values()))
    advice = sum(isinstance(event.data, AdviceGiven) for event in _events(written["advice.v1"].values()))
    copies = sum(len(logs[topic]) for topic in OUTPUTS) - sum(map(len, written.values()))
    return (
        f"{sent.reps} reps, {sent.sets} sets, {advice} advice, {ledger} ledger changes, {copies} records written again"
    )


def _events(values: Iterable[bytes]) -> list[Event]:
    return [decode(value) for value in values]


def _counted(values: Iterable[bytes]) -> list[EventData]:
    """Return what is about the lifters of whom is known how many reps and sets they did."""
    return [event.data for event in _events(values) if (event.data.athlete_id or "").startswith("crash-")]


def _plain(value: bytes) -> bytes:
    """Leave out where the input stood: crashes make logs longer."""
    return _PLACES.sub(b"", value)


def _contents(topic: str, records: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for _, value in records:
        name = value.partition(b'"id":"')[2].partition(b'"')[0].decode()
        assert contents.setdefault(name, value) == value, f"{topic}: two contents of {name}"
    return contents


def _calm(lifts: Sequence[tuple[str, bytes]]) -> dict[str, dict[str, bytes]]:
    log = MemoryLog()
    for key, value in lifts:
        log.write(NewRecord("lifts.v1", key, value))
    MemoryHost(log, [FailureDetector(), Advisor()], Configuration()).run()
    return {topic: _contents(topic, [(record.key, record.value) for record in log.records(topic)]) for topic in OUTPUTS}


def key_of(event: Event) -> str:
    """Return the key under which an event is written."""
    return athlete_key(event.data.gym_id or "", event.data.athlete_id or "")
