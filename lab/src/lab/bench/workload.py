"""The workload of the benches: sets of a gym's lifters, the same in every run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import orjson

from spotter.domain.events import Event, encode, from_json
from spotter.domain.ids import athlete_key

GYM: Final = "g1"
LIFTERS: Final = 200
REPS_PER_SET: Final = 8
REP_EVERY_S: Final = 3.0
PAUSE_S: Final = 150.0
EXERCISES: Final = ("back_squat", "bench_press", "deadlift", "leg_press", "biceps_curl", "lat_pulldown")
_VELOCITY_LOSS: Final = 0.04
"""From rep to rep, as a share of the first (design choice: a set that ends near failure)."""
_NOISE: Final = 0.03


@dataclass(frozen=True, slots=True)
class WorkloadRep:
    """A rep of the workload."""

    lifter: int
    set_number: int
    number: int
    """In its set, from 1."""
    velocity_mps: float

    @property
    def athlete(self) -> str:
        """The lifter's id."""
        return f"lifter-{self.lifter:04d}"

    @property
    def set_id(self) -> str:
        """The set's id."""
        return f"set-{self.set_number}"

    @property
    def id(self) -> str:
        """The event's id."""
        return f"{self.lifter}-{self.set_number}-{self.number}"

    @property
    def after_s(self) -> float:
        """The end of the rep, from the start of the lifter's training."""
        per_set_s = REPS_PER_SET * REP_EVERY_S + PAUSE_S
        return self.set_number * per_set_s + self.number * REP_EVERY_S


def reps(count: int, lifters: int = LIFTERS, seed: int = 1) -> Iterator[WorkloadRep]:
    """Yield the reps of lifters who train side by side: the first rep of each, the second of each, and so on."""
    chance = np.random.default_rng(seed)
    first_mps = chance.uniform(0.4, 0.8, lifters)
    for number in range(count):
        in_order, lifter = divmod(number, lifters)
        set_number, rep_index = divmod(in_order, REPS_PER_SET)
        noise = 1 + _NOISE * float(chance.standard_normal())
        velocity_mps = float(first_mps[lifter]) * (1 - _VELOCITY_LOSS * rep_index) * noise
        yield WorkloadRep(lifter, set_number, rep_index + 1, round(velocity_mps, 3))


def document(rep: WorkloadRep, time: datetime, senttime: datetime) -> dict[str, object]:
    """Return a rep as a device sends it."""
    return {
        "specversion": "1.0",
        "id": rep.id,
        "source": "bench",
        "type": "spotter.rep.completed.v1",
        "time": time.isoformat(),
        "senttime": senttime.isoformat(),
        "data": {
            "athlete_id": rep.athlete,
            "set_id": rep.set_id,
            "rep_number": rep.number,
            "exercise": EXERCISES[rep.lifter % len(EXERCISES)],
            "load_kg": 80.0,
            "mean_velocity_mps": rep.velocity_mps,
            "rom_m": 0.45,
            "concentric_s": round(0.45 / rep.velocity_mps, 3),
        },
    }


def history(count: int, sent: datetime, lifters: int = LIFTERS) -> Iterator[dict[str, object]]:
    """Return reps that devices stored and send now: each with its own time, the last just before `sent`."""
    all_reps = list(reps(count, lifters))
    began = sent - timedelta(seconds=max((rep.after_s for rep in all_reps), default=0.0) + 1)
    return (document(rep, began + timedelta(seconds=rep.after_s), sent) for rep in all_reps)


def bodies(documents: Iterable[dict[str, object]], per_request: int) -> list[bytes]:
    """Return events as NDJSON, `per_request` in each body."""
    lines = [orjson.dumps(document) for document in documents]
    return [b"\n".join(lines[first : first + per_request]) for first in range(0, len(lines), per_request)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event as ingest writes it."""

    key: str
    value: bytes
    event: Event


def prepared(count: int, lifters: int = LIFTERS) -> list[Prepared]:
    """Return events as ingest writes them to the log."""
    sent = datetime.now(UTC)
    prepared_events: list[Prepared] = []
    for rep_event in history(count, sent, lifters):
        data = rep_event["data"]
        assert isinstance(data, dict)
        event = from_json(
            {**rep_event, "data": {"gym_id": GYM, **data}, "receivedtime": sent.isoformat(), "configversion": 0}
        )
        prepared_events.append(Prepared(athlete_key(GYM, str(data["athlete_id"])), encode(event), event))
    return prepared_events
