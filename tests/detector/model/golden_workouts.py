"""Lifters' events made by arithmetic alone, and all that the detector publishes of them, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from typing import Any, Final, cast

import orjson

from spotter.domain.events import Event, encode
from spotter.domain.events.lifting import EffortReported, MotionSampled
from spotter.domain.events.outputs import RepOverdue
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from spotter.streaming.state_versions import Input, Stepper
from spotter_detector.processor import FailureDetector
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

BASE: Final = datetime(2026, 1, 5, 18, tzinfo=UTC)
DAY_S: Final = 86_400.0
NOT_COMPARED: Final = frozenset(
    {"gym_id", "athlete_id", "set_id", "set_key", "exposure_key", "model_version", "profile_version"}
)
"""Names of things, and what the versions themselves change."""


@dataclass
class _Detector:
    """Takes a lifter's events through the detector alone."""

    tag: str = "golden"
    outputs: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stepper = Stepper(FailureDetector(), Configuration())
        self._offset = 0

    def write(self, records: Sequence[NewRecord]) -> None:
        """Take events."""
        for record in records:
            batch = self._stepper.run([Input(0, self._offset, record.key, record.value)])
            self.outputs += [out.event for out in batch.outputs]
            self._offset += 1

    def run(self) -> None:
        """Do nothing: events are taken as they are written."""


def _set(lifter: Lifter, name: str, at_s: float, velocities: Sequence[float], **context: Any) -> None:
    """Lift a set of measured reps."""
    lifter.send(lifter.start(at_s, name, **context))
    for index, velocity in enumerate(velocities):
        lifter.send(
            lifter.rep(
                index + 1, at_s + 5 + 3 * index, velocity, name, rom_m=0.42, concentric_s=round(0.42 / velocity, 3)
            )
        )


def _slowing(first: float, last: float, count: int) -> list[float]:
    """Velocities of a set to failure with a little scatter."""
    shares = [(rep / (count - 1)) ** 1.25 for rep in range(count)]
    return [
        round((first + share * (last - first)) * (1 + 0.03 * sin(2.4 * rep + 1)), 3) for rep, share in enumerate(shares)
    ]


def _month(lifter: Lifter) -> None:
    """Five bench sets in kg: two failed, two called, one whose end nobody calls."""
    for day, load_kg, reps, call in ((0, 80, 9, 0), (3, 85, 6, 2), (9, 70, 13, 0), (12, 82.5, 7, None), (20, 80, 9, 5)):
        name, at_s = f"day-{day}", day * DAY_S
        _set(lifter, name, at_s, _slowing(1.1 - 0.0075 * load_kg, 0.17, reps), load_kg=load_kg)
        if call == 0:
            lifter.send(lifter.event(EffortReported(set_id=name, failed=True), at_s + 60, source="app"))
        elif call is not None:
            lifter.send(lifter.call(call, at_s + 60, name))
        lifter.send(lifter.end(at_s + 62, name))


def _timed(lifter: Lifter) -> None:
    """Curls to failure that are known by the ends of their reps, then by their durations."""
    for day in (0, 4, 8):
        name, at_s = f"day-{day}", day * DAY_S
        lifter.send(lifter.start(at_s, name, "biceps_curl"))
        end_s = at_s + 5.0
        for rep in range(10 + day // 4):
            end_s += round(2.2 + 0.02 * rep**1.8, 2)
            more = {"concentric_s": round(0.8 + 0.012 * rep**1.9, 2), "eccentric_s": 1.1} if day == 8 else {}
            lifter.send(lifter.rep(rep + 1, end_s, None, name, **more))
        lifter.send(lifter.event(EffortReported(set_id=name, failed=True), end_s + 5, source="app"))
        lifter.send(lifter.end(end_s + 6, name))


def _corrected(lifter: Lifter) -> None:
    """An unrack, a re-rack, a rep voided, amended, late, called in the set, and a pause."""
    lifter.send(lifter.start(0, "junk", pct_1rm=75))
    lifter.send(lifter.rep(1, 4, 0.9, "junk", rom_m=0.12, concentric_s=0.13))
    reps = [
        lifter.rep(number + 2, 12 + 3 * number + (20 if number > 4 else 0), velocity, "junk", rom_m=0.42)
        for number, velocity in enumerate(_slowing(0.52, 0.2, 8))
    ]
    lifter.send(*reps[:3], *reps[4:6], lifter.late(reps[3], 70), lifter.call(2, 54, "junk"), *reps[6:])
    lifter.send(lifter.rep(10, 60, 0.15, "junk", rom_m=0.15, concentric_s=1.0))
    lifter.send(lifter.void(4, 71, "junk"), lifter.amend(5, 72, "junk", mean_velocity_mps=0.4))
    lifter.send(lifter.amend_set(73, "junk", load_kg=90), lifter.end(74, "junk"))


def _habits(lifter: Lifter) -> None:
    """Sides that alternate, a drop, a superset, a second recorder, help, tempo, and reps that are not judged."""
    lifter.send(lifter.start(0, "sides", "leg_extension"))
    for number in range(1, 13):
        velocity = round(0.5 - 0.02 * ((number + 1) // 2), 3)
        lifter.send(lifter.rep(number, 3.0 * number, velocity, "sides", side="left" if number % 2 else "right"))
    lifter.send(lifter.end(40, "sides"), lifter.start(200, "drop", load_kg=80, intent="drop"))
    for number, velocity in enumerate([*_slowing(0.5, 0.18, 6), *_slowing(0.62, 0.2, 6)]):
        load_kg = 80 if number < 6 else 60
        lifter.send(lifter.rep(number + 1, 205 + 3.5 * number, velocity, "drop", load_kg=load_kg))
    lifter.send(lifter.end(250, "drop"), lifter.start(500, "one", "bench_press"))
    lifter.send(*(lifter.rep(number, 502 + 3 * number, 0.5 - 0.03 * number, "one") for number in range(1, 5)))
    lifter.send(*(lifter.rep(number, 530 + 3 * number, 0.8, "one", exercise="barbell_row") for number in range(1, 4)))
    lifter.send(*(lifter.rep(number, 560 + 3 * number, 0.4 - 0.04 * number, "one") for number in range(5, 8)))
    second = [lifter.rep(number, 560.3 + 3 * number, None, "watch", source="watch") for number in range(5, 8)]
    lifter.send(*second, lifter.end(600, "one"))
    lifter.send(lifter.start(900, "helped", tempo="3-0-1", pct_1rm=70))
    for number in range(1, 9):
        more = {"kind": "warmup"} if number == 1 else {"assisted": True} if number == 7 else {}
        lifter.send(
            lifter.rep(number, 905.0 + 5 * number, round(0.42 - 0.02 * max(0, number - 5), 3), "helped", **more)
        )
    lifter.send(lifter.began(951, 9, "helped"))
    overdue = RepOverdue(set_id="helped", rep_number=9, started_at=BASE + timedelta(seconds=951), outlasted_s=6.0)
    lifter.send(lifter.event(overdue, 957, source="spotter/failure-detector"), lifter.end(970, "helped"))


def _motion(lifter: Lifter, signal: str, rate_hz: float, samples: Sequence[Any], at_s: float = 0.0) -> None:
    size = round(rate_hz)
    for first in range(0, len(samples), size):
        part = list(samples[first : first + size])
        t0 = lifter.base + timedelta(seconds=at_s + first / rate_hz)
        data = MotionSampled(set_id=signal, t0=t0, rate_hz=rate_hz, signal=cast(Any, signal), samples=part)
        lifter.send(lifter.event(data, at_s + (first + len(part)) / rate_hz))


def _bar(lifter: Lifter) -> None:
    """Five reps of a bar at 50 Hz, down and up, each up slower than the one before."""
    samples: list[float] = [0.0] * 100
    for up_s in (0.9, 0.95, 1.05, 1.2, 1.5):
        for travel_m, seconds in ((-0.45, 1.2), (0.45, up_s)):
            count = round(seconds * 50)
            samples += [round(travel_m / seconds * pi / 2 * sin(pi * (i + 0.5) / count), 4) for i in range(count)]
        samples += [0.0] * 25
    lifter.send(lifter.start(0, "bar_velocity", load_kg=80))
    _motion(lifter, "bar_velocity", 50.0, samples, 1.0)
    lifter.send(lifter.end(60, "bar_velocity"))


def _wrist(lifter: Lifter) -> None:
    """Eight curls on a wrist at 50 Hz, between some seconds of getting ready and of putting away."""
    rows, angle = [], 0.0
    for index in range(round(50 * (4.0 + 8 * 3.4 + 4.0))):
        into = (index / 50 - 4.0) % 3.4
        active = 4.0 <= index / 50 < 4.0 + 8 * 3.4
        rate = (1 if into < 1.7 else -1) * pi / 1.7 * sin(pi * (into % 1.7) / 1.7) if active else 0.05 * sin(index / 9)
        angle += rate / 50
        rows.append([round(v, 4) for v in (9.81 * cos(angle), 9.81 * sin(angle), 0.02 * sin(index), 0.0, 0.0, -rate)])
    lifter.send(lifter.start(0, "imu_wrist", "biceps_curl"))
    _motion(lifter, "imu_wrist", 50.0, rows, 1.0)
    lifter.send(lifter.end(60, "imu_wrist"))


WORKOUTS: Final[Mapping[str, Callable[[Lifter], None]]] = {
    "month": _month,
    "timed": _timed,
    "corrected": _corrected,
    "habits": _habits,
    "bar": _bar,
    "wrist": _wrist,
}


def published() -> dict[str, list[str]]:
    """Return by workout and set the lines of what the detector publishes, in its order."""
    lines: dict[str, list[str]] = {}
    for name, lift in WORKOUTS.items():
        detector = _Detector()
        lift(Lifter(cast(Harness, detector), BASE, name))
        for event in detector.outputs:
            lines.setdefault(f"{name}, {event.data.set_id}", []).append(line(event))
    return lines


def line(event: Event) -> str:
    """Return an output as a line; what it passes on of its input is its type alone."""
    kind = event.type.removeprefix("spotter.").removesuffix(".v1")
    if event.source != "spotter/failure-detector":
        return kind
    return " ".join([kind, *_values(orjson.loads(encode(event))["data"])])


def _values(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in sorted(fields.items()):
        if name in NOT_COMPARED:
            continue
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _values(value))
        elif isinstance(value, list):
            yield f"{name}={','.join(_text(item) for item in value)}"
        else:
            yield f"{name}={_text(value)}"


def _text(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace(" ", "_")
