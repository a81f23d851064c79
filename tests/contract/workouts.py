"""Generated workouts: what happens on a floor, with duplicates, disorder, gaps, late history, poison and corrections."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from spotter.domain.events import Unreadable, decode, encode
from spotter.domain.events.lifting import EffortReported, SetMoved
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

BASES = (
    datetime(2026, 1, 7, 18, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # clocks go forward in Europe during this hour
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # and back
    datetime(2026, 12, 31, 22, 58, tzinfo=UTC),  # the year ends, in week 53
)


@dataclass(frozen=True, slots=True)
class Workout:
    """Records for one lifter in the order in which a log took them; None stands for a time in which nothing comes."""

    athlete_id: str
    base: datetime
    other_id: str
    """The lifter to whom sets are moved."""
    steps: tuple[NewRecord | float, ...]
    """A record, or the second up to which time passes."""

    def without_pauses(self) -> Workout:
        """Return the workout on a host whose time can't be made to pass: now, and all at once."""
        return replace(self, steps=tuple(step for step in self.steps if isinstance(step, NewRecord)))


def workout(host: Harness, seed: int, athlete_id: str, size: int = 30, base: datetime | None = None) -> Workout:
    """Generate a workout; the same seed gives the same."""
    rng = random.Random(seed)
    chosen = rng.choice(BASES)
    base = base or chosen
    lifter, other_id = Lifter(host, base, athlete_id), f"{athlete_id}-other"
    key = athlete_key("g1", athlete_id)
    steps: list[NewRecord | float] = []
    at_s, number, set_number = 0.0, 0, 1
    exercise = rng.choice(["bench_press", "back_squat", "biceps_curl", "push_up", "juggling"])

    def put(event: object) -> None:
        record = event if isinstance(event, NewRecord) else NewRecord("lifts.v1", key, encode(event))  # type: ignore[arg-type]
        steps.insert(max(0, len(steps) - (rng.choice([1, 2, 3]) if rng.random() < 0.15 else 0)), record)

    if rng.random() < 0.5:
        described = AthleteUpdated(level=rng.choice(["beginner", "intermediate"]), time_zone="Europe/Berlin")
        put(lifter.event(described, -60, source="coach"))
    while len(steps) < size:
        set_id = rng.choice([None, f"s{set_number}", f"s{set_number}", "1"])
        roll = rng.random()
        at_s += rng.choice([2.0, 2.5, 3.0, 4.5])
        if roll < 0.55:
            number += 1
            velocity = None if rng.random() < 0.1 else round(max(0.05, 0.55 - 0.05 * number + rng.gauss(0, 0.03)), 3)
            late = rng.choice([0, 0, 0, 12, 40])
            put(
                lifter.rep(
                    rng.choice([number, number, None]), at_s, velocity, set_id, sent_s=at_s + late, exercise=exercise
                )
            )
        elif roll < 0.62:
            put(lifter.start(at_s, set_id, exercise, is_last_set=rng.random() < 0.5))
        elif roll < 0.68:
            put(lifter.void(max(1, number), at_s, set_id))
        elif roll < 0.73:
            put(lifter.amend(max(1, number - 1), at_s, set_id, mean_velocity_mps=0.3))
        elif roll < 0.78:
            put(lifter.end(at_s, set_id))
            set_number, number = set_number + 1, 0
        elif roll < 0.80:
            put(lifter.event(SetMoved(set_id=set_id, to_athlete_id=other_id), at_s, source="coach"))
        elif roll < 0.83:
            steps += _again(
                [step for step in steps if isinstance(step, NewRecord)], base + timedelta(seconds=at_s), rng
            )
        elif roll < 0.87:
            put(NewRecord("lifts.v1", key, rng.choice([b"\xff", b"{}", b"[1,2]"])))
        elif roll < 0.91:
            put(lifter.event(EffortReported(set_id=set_id, rir=rng.choice([0, 1, 2, 3])), at_s, source="app"))
        elif roll < 0.95:
            put(lifter.began(at_s, number + 1, set_id))
            at_s += rng.choice([1, 8])
            steps.append(at_s)
        else:
            at_s += rng.choice([20, 70, 95, 700])
            steps.append(at_s)
            set_number, number = set_number + rng.choice([0, 1]), 0
    at_s += 1000
    steps.append(at_s)
    return Workout(athlete_id, base, other_id, tuple(steps))


def _again(records: list[NewRecord], received: datetime, rng: random.Random) -> list[NewRecord]:
    """Send an earlier event again: ingest takes it at another time."""
    if not records:
        return []
    record = rng.choice(records)
    try:
        return [replace(record, value=encode(replace(decode(record.value), receivedtime=received)))]
    except Unreadable:
        return []


def play(host: Harness, done: Workout) -> None:
    """Have a host process a workout, time passing where it says so."""
    waiting: list[NewRecord] = []
    for step in done.steps:
        if isinstance(step, NewRecord):
            waiting.append(step)
            continue
        host.write(waiting)
        waiting = []
        host.run()
        host.pass_time(done.base + timedelta(seconds=step))
    host.write(waiting)
    host.run()
