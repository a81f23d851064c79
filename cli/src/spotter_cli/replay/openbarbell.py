"""Files of sets with the raw frames of their reps, in the format of the OpenBarbell app; any device with an adapter."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.ids import is_id
from spotter.domain.time import parse_time
from spotter_cli.replay.recording import (
    COMPLETED,
    ENDED,
    STARTED,
    RecordedEvent,
    Recording,
    RecordingSet,
    UnreadableFile,
)
from spotter_ingest.adapters.registry import BadFrame, adapter_of

_EXERCISES: Final = {
    "squat": "back_squat",
    "bench": "bench_press",
    "press": "overhead_press",
    "military_press": "overhead_press",
    "row": "barbell_row",
}
"""Other names of exercises in the catalogue; unknown names become snake case."""
_KG_PER: Final = {"lbs": 0.45359237, "lb": 0.45359237, "kgs": 1.0, "kg": 1.0}
_LOAD_MAX_KG: Final = 600.0
_BEFORE_FIRST_REP: Final = timedelta(seconds=1)
_AFTER_LAST_REP: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Rep:
    at: datetime
    data: dict[str, object]
    source: str
    """Name of the adapter: the events' source, and the lifter of a file that names none."""


def looks_like_frames(document: object) -> bool:
    """Return whether a JSON document is a file of OpenBarbell sets: objects that have `reps`, under any keys."""
    return (
        isinstance(document, dict)
        and bool(document)
        and "type" not in document
        and all(isinstance(entry, dict) and isinstance(entry.get("reps"), list) for entry in document.values())
    )


def read_frames(document: Mapping[str, Mapping[str, object]], athlete_id: str | None = None) -> Recording:
    """Read sets and their frames in order of time; raises UnreadableFile if there is no rep."""
    remarks: list[str] = []
    read = [(name, entry, _reps(name, entry, remarks)) for name, entry in document.items()]
    sets = sorted(((name, entry, reps) for name, entry, reps in read if reps), key=lambda item: item[2][0].at)
    if not sets:
        raise UnreadableFile("it has no rep")
    recorded: list[RecordingSet] = []
    events: list[RecordedEvent] = []
    for index, (name, entry, reps) in enumerate(sets):
        next_rep_at = sets[index + 1][2][0].at if index + 1 < len(sets) else None
        lifter = _lifter(entry, athlete_id or reps[0].source)
        recording_set = RecordingSet(index + 1, lifter, _set_id(name, entry, index))
        recorded.append(recording_set)
        events += _events_of(recording_set, entry, reps, next_rep_at, remarks)
    return Recording(tuple(events), tuple(recorded), tuple(remarks))


def _events_of(
    recording_set: RecordingSet,
    entry: Mapping[str, object],
    reps: list[_Rep],
    next_rep_at: datetime | None,
    remarks: list[str],
) -> Iterator[RecordedEvent]:
    """Yield a set's events. Each rep repeats exercise and load, for tokens that may not start sets."""
    who: dict[str, object] = {"athlete_id": recording_set.athlete_id, "set_id": recording_set.set_id}
    lift = {"exercise": _exercise(entry), "load_kg": _load_kg(recording_set, entry, remarks)}
    about = {name: value for name, value in lift.items() if value is not None}
    where = f"set {recording_set.set_id}"
    first, last = reps[0].at, reps[-1].at
    if "exercise" in about:
        starts = first - _concentric(reps[0].data) - _BEFORE_FIRST_REP
        yield RecordedEvent(f"{where} begins", {"type": STARTED, "data": {**who, **about}}, starts, recording_set)
    for rep in reps:
        event: dict[str, object] = {"type": COMPLETED, "source": rep.source, "data": {**who, **rep.data, **about}}
        yield RecordedEvent(f"{where}, rep {rep.data.get('rep_number')}", event, rep.at, recording_set)
    ends = last + _AFTER_LAST_REP
    if next_rep_at is not None and ends > next_rep_at - 2 * _BEFORE_FIRST_REP:
        ends = last
    yield RecordedEvent(f"{where} ends", {"type": ENDED, "data": dict(who)}, ends, recording_set)


def _reps(name: str, entry: Mapping[str, object], remarks: list[str]) -> list[_Rep]:
    stored = entry.get("reps")
    reps: list[_Rep] = []
    for number, rep in enumerate(stored if isinstance(stored, list) else [], 1):
        where = f"set {name}, rep {number} of the file"
        if not isinstance(rep, dict) or not isinstance(rep.get("data"), list):
            remarks.append(f"{where} has no frame and is skipped")
        elif rep.get("removed") is True or entry.get("removed") is True:
            remarks.append(f"{where} was removed by the lifter and is skipped")
        else:
            try:
                adapter = adapter_of(rep["data"])
                reps.append(_Rep(parse_time(rep.get("time")), adapter.decode_rep(rep["data"]), adapter.NAME))
            except BadFrame as error:
                remarks.append(f"{where} is skipped: {error}")
            except ValueError as error:
                remarks.append(f"{where} is skipped: time {error}")
    return sorted(reps, key=lambda rep: rep.at)


def _lifter(entry: Mapping[str, object], athlete_id: str) -> str:
    athlete = entry.get("athleteID", entry.get("athlete_id"))
    return athlete if isinstance(athlete, str) and is_id(athlete) else athlete_id


def _set_id(name: str, entry: Mapping[str, object], index: int) -> str:
    candidates = (entry.get("setID"), name)
    return next((text for text in candidates if isinstance(text, str) and is_id(text)), f"set-{index + 1}")


def _exercise(entry: Mapping[str, object]) -> str | None:
    exercise = entry.get("exercise")
    name = re.sub(r"[^a-z0-9]+", "_", exercise.lower()).strip("_")[:64] if isinstance(exercise, str) else ""
    return _EXERCISES.get(name, name) or None


def _load_kg(recording_set: RecordingSet, entry: Mapping[str, object], remarks: list[str]) -> float | None:
    stated, unit = entry.get("weight"), entry.get("metric")
    if stated in (None, ""):
        return None
    try:
        weight = float(stated.replace(",", ".")) if isinstance(stated, str) else float(stated)  # type: ignore[arg-type]  # other types raise TypeError
    except (TypeError, ValueError):
        weight = math.nan
    load_kg = weight * _KG_PER.get(unit.lower() if isinstance(unit, str) else "", math.nan)
    if not 0 <= load_kg <= _LOAD_MAX_KG:
        remarks.append(f"set {recording_set.set_id} has no usable load: {stated!r} {unit!r} is not within 0 to 600 kg")
        return None
    return round(load_kg, 2)


def _concentric(rep: Mapping[str, object]) -> timedelta:
    concentric_s = rep.get("concentric_s")
    return timedelta(seconds=concentric_s if isinstance(concentric_s, float) and 0 <= concentric_s <= 30 else 1.0)
