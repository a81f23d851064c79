"""Generated workouts of apps with habits: sets numbered within exercises, two recorders, uploads late and reversed.

They join the workouts of `workouts`, whose seeds stay what they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event, encode
from spotter.domain.events.lifting import SetMoved
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter
from tests.contract.workouts import BASES, Workout

EXERCISES: Final = ("leg_press", "biceps_curl", "bench_press", "leg_curl", "juggling")
KEPT_S: Final = (0.0, 0.0, 0.0, 40.0, 300.0, 2000.0)
"""How long an app keeps what it has recorded before it sends it."""
END_S: Final = 4000.0
"""By then everything has been sent, and every set has ended."""


def habitual_workout(
    host: Harness, seed: int, athlete_id: str, size: int = 30, base: datetime | None = None
) -> Workout:
    """Generate a workout of at least `size` events; the same seed gives the same."""
    rng = random.Random(f"habits {seed}")
    chosen = rng.choice(BASES)
    habits = _Habits(rng, Lifter(host, base or chosen, athlete_id), f"{athlete_id}-other")
    habits.train(size)
    return habits.workout()


class _Habits:
    """One lifter's apps."""

    def __init__(self, rng: random.Random, lifter: Lifter, other_id: str) -> None:
        self.rng = rng
        self.lifter = lifter
        self.other_id = other_id
        self.now_s = 0.0
        self.sent: list[tuple[float, Event]] = []
        """Events with the second at which they are received."""
        self.named = rng.choice(["within exercises", "through", "not at all"])
        self._counts: dict[str, int] = {}

    def train(self, size: int) -> None:
        """Do one thing after the other until there are enough events."""
        if self.rng.random() < 0.5:
            self.sent.append((0.0, self.lifter.event(AthleteUpdated(level="intermediate"), 0, source="coach")))
        deeds: list[Callable[[], list[Event]]] = [
            self.straight, self.straight, self.superset, self.two_arms, self.alternating, self.drops, self.drop_within,
            self.rest_pause, self.counter_restart, self.flushed,
        ]  # fmt: skip
        while len(self.sent) < size:
            events = self.rng.choice(deeds)()
            events += self.corrections(events)
            self.send(events)
            if self.rng.random() < 0.3:
                self.send(self.second_recording(events))
            self.now_s += self.rng.choice([20.0, 60.0, 100.0, 200.0, 700.0])

    def workout(self) -> Workout:
        """Return all that was sent in the order of its receipt, with time passing in between."""
        key = athlete_key("g1", self.lifter.athlete_id)
        steps: list[NewRecord | float] = []
        clock_s = 0.0
        for received_s, event in sorted(self.sent, key=lambda item: item[0]):
            if received_s - clock_s > self.rng.choice([8, 95, 1000]):
                steps.append(received_s - 1)
            clock_s = received_s
            steps.append(NewRecord("lifts.v1", key, encode(event)))
        steps.append(max(END_S, clock_s) + 1000)
        return Workout(self.lifter.athlete_id, self.lifter.base, self.other_id, tuple(steps))

    # How it arrives

    def send(self, events: Sequence[Event]) -> None:
        """Send events as they happen, or keep them and send them in some order, some of them twice."""
        kept_s, order = self.rng.choice(KEPT_S), self.rng.choice(["as it was", "reversed", "any", "calls first"])
        if not events:
            return
        if not kept_s:
            self.sent += [(self._seconds(event), event) for event in events]
        else:
            ordered = list(events)
            if order == "reversed":
                ordered.reverse()
            elif order == "any":
                self.rng.shuffle(ordered)
            elif order == "calls first":
                ordered.sort(key=lambda event: event.type.startswith("spotter.rep"))
            last_s = max(map(self._seconds, ordered))
            for index, event in enumerate(ordered):
                received_s = last_s + kept_s + 0.01 * index
                self.sent.append((received_s, self.lifter.late(event, received_s)))
        if self.rng.random() < 0.2:
            self._send_again(self.rng.choice(events))

    def _send_again(self, event: Event) -> None:
        again_s = self._seconds(event) + self.rng.choice([2.0, 90.0, 3000.0])
        if self.rng.random() < 0.5:  # a device notifies twice: the same values, another event
            event = replace(event, id=f"{event.id}-again", time=event.time + timedelta(seconds=1.5))
        self.sent.append((again_s, self.lifter.late(event, again_s)))

    def _seconds(self, event: Event) -> float:
        return (event.time - self.lifter.base).total_seconds()

    # What is done

    def _name(self, exercise: str) -> str | None:
        if self.named == "not at all":
            return None
        counter = exercise if self.named == "within exercises" else ""
        self._counts[counter] = self._counts.get(counter, 0) + 1
        return str(self._counts[counter])

    def _set(self, exercise: str, name: str | None, count: int, **context: object) -> list[Event]:
        """Return a set, perhaps without its start, the lifter's call or its end."""
        rng, lifter, names_it = self.rng, self.lifter, self.rng.random() < 0.4
        events = []
        if rng.random() < 0.8 or context:
            events.append(lifter.start(self.now_s, name, exercise, **context))
        for index in range(count):
            self.now_s += 3.0
            velocity = round(max(0.1, 0.55 - 0.05 * index + rng.gauss(0, 0.02)), 3)
            named = {"exercise": exercise} if names_it else {}
            events.append(lifter.rep(index + 1, self.now_s, velocity, name, **named))
        if rng.random() < 0.5:
            events.append(lifter.call(rng.choice([0, 1, 2, 4]), self.now_s + 3, rng.choice([name, None])))
        if rng.random() < 0.7:
            events.append(lifter.end(self.now_s + 4, name))
        self.now_s += 5.0
        return events

    def straight(self) -> list[Event]:
        """Do a set."""
        exercise = self.rng.choice(EXERCISES)
        return self._set(exercise, self._name(exercise), self.rng.randint(2, 6), load_kg=60.0)

    def superset(self) -> list[Event]:
        """Do two exercises in turn, under an id for each that is kept, or as they are named anyway."""
        pair = self.rng.sample(EXERCISES, 2)
        names = [self.rng.choice(["A", self._name(pair[0])]), self.rng.choice(["B", self._name(pair[1])])]
        events = []
        for _ in range(self.rng.choice([1, 2])):
            for exercise, name in zip(pair, names, strict=True):
                events += self._set(exercise, name, self.rng.randint(2, 3))
                self.now_s += self.rng.choice([5.0, 15.0])
        return events

    def two_arms(self) -> list[Event]:
        """Do one arm after the other."""
        first, second = self._name("biceps_curl"), self._name("biceps_curl")
        events = self._set("biceps_curl", first, 3, side="left")
        self.now_s += self.rng.choice([10.0, 60.0])
        part_of = {"part_of": first} if first is not None and self.rng.random() < 0.5 else {}
        return events + self._set("biceps_curl", second, 3, side="right", **part_of)

    def alternating(self) -> list[Event]:
        """Do both arms in turn within a set."""
        name = self._name("biceps_curl")
        events = [self.lifter.start(self.now_s, name, "biceps_curl")]
        for index in range(4):
            self.now_s += 2.5
            side = ("left", "right")[index % 2]
            events.append(self.lifter.rep(index + 1, self.now_s, 0.5 - 0.03 * index, name, side=side))
        self.now_s += 4.0
        return events

    def drops(self) -> list[Event]:
        """Do a drop set as an app writes it: a row for each load."""
        exercise = self.rng.choice(EXERCISES)
        events: list[Event] = []
        previous: str | None = None
        for load_kg in (60.0, 45.0, 30.0):
            name = self._name(exercise)
            part_of = {"part_of": previous} if previous is not None and self.rng.random() < 0.5 else {}
            events += self._set(
                exercise, name, 2, load_kg=load_kg, intent="work" if load_kg == 60 else "drop", **part_of
            )
            self.now_s += self.rng.choice([4.0, 30.0])
            previous = name
        return events

    def drop_within(self) -> list[Event]:
        """Take load off within a set."""
        name, lifter = self._name("leg_press"), self.lifter
        events = [lifter.start(self.now_s, name, "leg_press", load_kg=100.0)]
        for index, load_kg in enumerate((100.0, 100.0, 70.0, 70.0)):
            self.now_s += 3.0
            if index == 2 and self.rng.random() < 0.5:
                events.append(lifter.start(self.now_s - 2, name, "leg_press", load_kg=70.0, intent="drop"))
            events.append(lifter.rep(index + 1, self.now_s, 0.5 - 0.05 * (index % 2), name, load_kg=load_kg))
        self.now_s += 4.0
        return [*events, lifter.end(self.now_s, name)]

    def rest_pause(self) -> list[Event]:
        """Do two sets of one exercise with a breath between."""
        exercise = self.rng.choice(EXERCISES)
        events = self._set(exercise, self._name(exercise), 4, load_kg=60.0)
        self.now_s += 12.0
        return events + self._set(exercise, self._name(exercise), 2, load_kg=60.0)

    def counter_restart(self) -> list[Event]:
        """Do a set whose device counts from one again in the middle."""
        name = self._name("leg_curl")
        return [*self._set("leg_curl", name, 3), *self._set("leg_curl", name, 2)]

    def flushed(self) -> list[Event]:
        """Do a set whose reps come with the time of their sending."""
        name = self._name("leg_curl")
        self.now_s += 20.0
        return [self.lifter.rep(number, self.now_s, 0.5 - 0.02 * number, name) for number in (1, 2, 3, 4)]

    # What is said of it afterwards

    def second_recording(self, events: Sequence[Event]) -> list[Event]:
        """Return the reps as a watch saw them, under ids of its own and without velocities."""
        lifter, name = self.lifter, f"w{self.rng.randint(1, 3)}"
        reps = [event for event in events if event.type == "spotter.rep.completed.v1" and self.rng.random() < 0.9]
        seen = [
            lifter.rep(None, self._seconds(event) + self.rng.uniform(-0.4, 0.4), None, name, source="watch")
            for event in reps
        ]
        if seen and self.rng.random() < 0.5:
            seen.append(replace(lifter.end(max(map(self._seconds, seen)) + 4, name), source="watch"))
        return seen

    def corrections(self, events: Sequence[Event]) -> list[Event]:
        """Return what is said of a set, perhaps long after it."""
        rng, lifter, data = self.rng, self.lifter, self.rng.choice(events).data
        at_s, name = self.now_s + rng.choice([5.0, 60.0, 600.0]), data.set_id
        roll = rng.random()
        if roll < 0.6:
            return []
        if roll < 0.68:
            return [lifter.void_set(at_s, name)]
        if roll < 0.76:
            return [lifter.void(rng.randint(1, 4), at_s, name)]
        if roll < 0.82:
            return [lifter.amend(rng.randint(1, 4), at_s, name, mean_velocity_mps=0.3)]
        if roll < 0.90:
            return [lifter.amend_set(at_s, name, load_kg=55.0)]
        if roll < 0.95:
            return [lifter.amend_set(at_s, name, exercise="leg_press")]
        return [lifter.event(SetMoved(set_id=name, to_athlete_id=self.other_id), at_s, source="coach")]
