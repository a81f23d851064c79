"""Workers crash between any two effects, are paused and wake after a take-over: nothing is lost, nothing differs."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from spotter.domain.events import encode
from spotter.domain.events.lifting import SetMoved
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.host import Durable, MemoryWorker
from spotter.streaming.memory.log import MemoryLog
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector
from tests.contract.habits import habitual_workout
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness
from tests.contract.workouts import Workout, workout

SCHEDULES = int(os.environ.get("SPOTTER_SCHEDULES", "3000"))
"""In all; `make test` takes 500 of them."""
PARTITIONS = 2
TOPICS = ("estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")

DETECTOR, ADVISOR, CONFIGURATION = FailureDetector(), Advisor(), Configuration()


@dataclass
class Place:
    """The workers of one processor: one at work, others that were paused and may wake."""

    processor: FailureDetector | Advisor
    durable: Durable = field(default_factory=Durable)
    worker: MemoryWorker | None = None
    effects: Iterator[str] | None = None
    paused: list[Iterator[str]] = field(default_factory=list)


class Floor:
    """A log and its workers, driven effect by effect by a seeded scheduler."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.log = MemoryLog(PARTITIONS)
        self.places = [Place(DETECTOR), Place(ADVISOR)]
        self.crashes = 0

    def play(self, done: Workout) -> None:
        """Write a workout bit by bit while workers come and go, then let everything settle."""
        for step in done.steps:
            if isinstance(step, NewRecord):
                self.log.write(step)
                for _ in range(self.rng.randrange(6)):
                    self._one_effect()
            else:
                self._settle()
                now = done.base + timedelta(seconds=step)
                for worker_place in self.places:
                    self._worker(worker_place).timers(now)
        self._settle()

    def _worker(self, worker_place: Place) -> MemoryWorker:
        if worker_place.worker is None:
            worker_place.worker = MemoryWorker(
                self.log, worker_place.processor, CONFIGURATION, worker_place.durable, range(PARTITIONS)
            )
        return worker_place.worker

    def _one_effect(self) -> None:
        worker_place = self.rng.choice(self.places)
        if worker_place.paused and self.rng.random() < 0.3:
            zombie = self.rng.choice(worker_place.paused)
            if next(zombie, None) is None:
                worker_place.paused.remove(zombie)
            return
        worker = self._worker(worker_place)
        if worker_place.effects is None:
            worker_place.effects = worker.flush(self.rng.choice([1, 2, 5, 512]), self.rng.randrange)
        if next(worker_place.effects, None) is None:
            worker_place.effects = None
        elif self.rng.random() < 0.04:
            self.crashes += 1
            if self.rng.random() < 0.4:
                worker.fenced = True
                worker_place.paused.append(worker_place.effects)
            worker_place.effects, worker_place.worker = None, None

    def _settle(self) -> None:
        while any(
            worker_place.effects is not None or self._worker(worker_place).waiting() for worker_place in self.places
        ):
            self._one_effect()
        for worker_place in self.places:
            for zombie in worker_place.paused:
                for _ in zombie:
                    pass
            worker_place.paused.clear()
        if any(self._worker(worker_place).waiting() for worker_place in self.places):
            self._settle()


def contents(log: MemoryLog) -> dict[tuple[str, str], bytes]:
    """Return what was written under each id; fails where one id has two contents.

    Where an input stood is no content of a dead letter: a moved set's event that was written twice is refused twice.
    """
    by_id: dict[tuple[str, str], bytes] = {}
    for topic in TOPICS:
        for record in log.records(topic):
            identity = (topic, record.value.partition(b'"id":"')[2].partition(b'"')[0].decode())
            value = without_position(record.value) if topic.endswith(".dead.v1") else record.value
            assert by_id.setdefault(identity, value) == value, f"two contents of {identity}"
    return by_id


def without_position(value: bytes) -> bytes:
    """Leave out where an input stood."""
    return re.sub(rb',?"(sequence|origin)":("[0-9-]*"|{[^}]*})', b"", value)


def without_places(by_id: dict[tuple[str, str], bytes]) -> dict[tuple[str, str], bytes]:
    """Leave out where the inputs stood: a log in which workers crashed has more records, moved sets' events twice.

    What nobody can read has no id but its place, so that the id goes with it.
    """
    left: dict[tuple[str, str], bytes] = {}
    for (topic, identity), value in by_id.items():
        content = without_position(value)
        if b'"reason":"unreadable"' in content:
            content = content.replace(identity.encode(), b"")
            identity = content.decode()
        left[topic, identity] = content
    return left


@pytest.mark.timeout(900)
@pytest.mark.parametrize("schedules", [500, pytest.param(SCHEDULES - 500, marks=pytest.mark.slow)])
def test_no_schedule_of_crashes_changes_what_comes_out(schedules: int) -> None:
    """Whatever crashes when, the outputs and the state are those of a day without any crash."""
    first = random.SystemRandom().randrange(2**32)
    first = int(os.environ.get("SPOTTER_SEED", first))
    print(f"SPOTTER_SEED={first}")
    began = time.monotonic()
    crashes = moved = 0
    calm = calm_day(first, workout)
    for number in range(schedules):
        if number % 20 == 0:
            calm = calm_day(first + number, (workout, habitual_workout)[number // 20 % 2])
        floor = Floor(first + number)
        floor.play(calm.done)
        crashes += floor.crashes
        moved += any(b'"moved_to"' in value for value in calm.outputs.values())
        assert calm.outputs == without_places(contents(floor.log)), f"seed {first + number}: outputs differ"
        assert calm.states == [state_of(worker_place) for worker_place in floor.places], (
            f"seed {first + number}: state differs"
        )
    print(f"{schedules} schedules, {crashes} crashes, {time.monotonic() - began:.1f} s")
    assert crashes > schedules / 2
    assert moved > schedules / 10


@dataclass(frozen=True)
class CalmDay:
    """A workout, and what comes of it when nothing crashes."""

    done: Workout
    outputs: dict[tuple[str, str], bytes]
    states: list[dict[str, bytes]]


def calm_day(seed: int, generate: Callable[..., Workout]) -> CalmDay:
    """Play a generated workout without any crash."""
    done = with_moves(generate(MemoryHarness(), seed, "ada", size=8), seed)
    floor = Floor(seed)
    for step in done.steps:
        if isinstance(step, NewRecord):
            floor.log.write(step)
        else:
            run_calmly(floor, done, step)
    run_calmly(floor, done, None)
    return CalmDay(done, without_places(contents(floor.log)), [state_of(worker_place) for worker_place in floor.places])


def with_moves(done: Workout, seed: int) -> Workout:
    """Let a coach move sets to another lifter, some time into the workout or after it, in half of all workouts."""
    rng = random.Random(seed)
    steps = list(done.steps)
    lifter = Lifter(MemoryHarness(), done.base, done.athlete_id)
    for number in range(rng.choice([0, 1, 2])):
        data = SetMoved(set_id=rng.choice([None, None, "s1", "1"]), to_athlete_id=done.other_id)
        at_s = rng.choice([5.0, 20.0, 60.0])
        move = lifter.event(data, at_s, id=f"move-{number}", source="coach")
        steps.insert(rng.randint(len(steps) // 3, len(steps)), NewRecord("lifts.v1", "g1/ada", encode(move)))
    return replace(done, steps=tuple(steps))


def run_calmly(floor: Floor, done: Workout, until_s: float | None) -> None:
    """Process what waits without any crash, then let time pass."""
    while any(floor._worker(worker_place).waiting() for worker_place in floor.places):
        for worker_place in floor.places:
            for _ in floor._worker(worker_place).flush():
                pass
    if until_s is not None:
        for worker_place in floor.places:
            floor._worker(worker_place).timers(done.base + timedelta(seconds=until_s))
        run_calmly(floor, done, None)


def state_of(worker_place: Place) -> dict[str, bytes]:
    """Return a processor's state of the lifter, and of the one to whom sets move, as it would be stored."""
    assert worker_place.worker is not None
    states = {key: worker_place.worker.stage.state(key) for key in ("g1/ada", "g1/ada-other")}
    return {
        f"{key} {name}": worker_place.processor.dump(name, value)
        for key, state in states.items()
        for name, value in state.items()
    }
