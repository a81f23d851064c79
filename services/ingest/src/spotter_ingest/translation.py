"""What a sender may say in other words than the log holds: exercises by name, loads in pounds, samples that are no number.

Data in the log's own words, which is nearly all of it, costs a few look-ups.
"""

from __future__ import annotations

import hashlib
import math
import operator
import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from spotter.domain.event_types import EXERCISE_NAME_CHARACTERS_MAX, KG_PER_LB, LOAD_KG_MAX, EventData
from spotter.domain.events.lifting import MotionSampled, RepAmended, RepFields, SetContext
from spotter.domain.events.people import PolicyUpdated, SessionStarted, StationPaired
from spotter.domain.exercises import Catalogue, SingleSide, match, meant, without_side, words
from spotter.domain.fast_dataclass import record
from spotter.domain.ids import EXERCISE_PATTERN
from spotter.http.envelope_fields import invalid, shown

_CACHED_MAX: Final = 4096
_LOAD_LB_MAX: Final = LOAD_KG_MAX / KG_PER_LB
_SUGGESTED_MAX: Final = 3
_DIGEST_BYTES: Final = 8
_ID_CHARACTERS_MAX: Final = 64
_ID: Final = re.compile(EXERCISE_PATTERN)
_NO_ID: Final = re.compile(r"[^a-z0-9]+")

Fields = dict[str, Any]


@record(frozen=True, slots=True)
class NamedExercise:
    """An exercise as the log names it, the side that its name said, and what to tell the sender."""

    exercise: str
    side: SingleSide | None
    warning: str


def translated(data: Fields, kind: type[EventData], catalogue: Catalogue) -> tuple[Fields, list[str]]:
    """Return an event's data in the words of the log, with warnings for its sender; raises Problem 422.

    Data that is worded so already is returned itself.
    """
    warnings: list[str] = []
    if issubclass(kind, SetContext | RepFields):
        data = _part(data, "data", catalogue, warnings, sided=True)
    elif issubclass(kind, StationPaired):
        data = _part(data, "data", catalogue, warnings)
    elif kind is RepAmended and isinstance(change := data.get("set"), dict):
        worded = _part(change, "data.set", catalogue, warnings, sided=True)
        data = data if worded is change else {**data, "set": worded}
    elif kind is MotionSampled:
        data = _sampled(data, warnings)
    elif kind is PolicyUpdated:
        data = _targets(data, "data", catalogue, warnings)
    elif kind is SessionStarted:
        data = _session(data, catalogue, warnings)
    return data, warnings


def _sampled(data: Fields, warnings: list[str]) -> Fields:
    """Return motion with null for samples that are NaN or infinite, as programs write what their sensor did not give."""
    samples = data.get("samples")
    if not isinstance(samples, list):
        return data
    wrong = {index for index, sample in enumerate(samples) if _is_no_number(sample)}
    if not wrong:
        return data
    warnings.append(f"missing: samples that are no number are taken for null ({len(wrong)} of {len(samples)})")
    return {**data, "samples": [None if index in wrong else sample for index, sample in enumerate(samples)]}


def _is_no_number(sample: object) -> bool:
    if isinstance(sample, list):
        return any(isinstance(part, float) and not math.isfinite(part) for part in sample)
    return isinstance(sample, float) and not math.isfinite(sample)


def _session(data: Fields, catalogue: Catalogue, warnings: list[str]) -> Fields:
    if isinstance(planned := data.get("planned"), list):
        parts = [
            _part(part, f"data.planned.{index}", catalogue, warnings) if isinstance(part, dict) else part
            for index, part in enumerate(planned)
        ]
        data = data if all(map(operator.is_, parts, planned)) else {**data, "planned": parts}
    if isinstance(policy := data.get("policy"), dict):
        worded = _targets(policy, "data.policy", catalogue, warnings)
        data = data if worded is policy else {**data, "policy": worded}
    return data


def _targets(part: Fields, where: str, catalogue: Catalogue, warnings: list[str]) -> Fields:
    """Return a policy with its exercises by id."""
    targets = part.get("target_rir_by_exercise")
    if not isinstance(targets, dict) or all(name in catalogue for name in targets):
        return part
    by_id: Fields = {}
    for name, target in targets.items():
        worded = _part({"exercise": name}, f"{where}.target_rir_by_exercise", catalogue, warnings)["exercise"]
        if worded in by_id:
            field = f"{where}.target_rir_by_exercise"
            raise invalid(field, f"{field} names {worded} twice", "Name each exercise once.")
        by_id[worded] = target
    return {**part, "target_rir_by_exercise": by_id}


def _part(part: Fields, where: str, catalogue: Catalogue, warnings: list[str], *, sided: bool = False) -> Fields:
    if "load_lb" in part:
        part = _in_kg(part, where)
    name = part.get("exercise")
    if type(name) is not str or name in catalogue:
        return part
    name = " ".join(name.split())
    if not name or not name.isprintable():
        return part  # validation refuses what is no name
    if len(name) > EXERCISE_NAME_CHARACTERS_MAX:
        detail = f"{where}.exercise must be an id, or a name of at most {EXERCISE_NAME_CHARACTERS_MAX} characters"
        raise invalid(f"{where}.exercise", detail, "Send the exercise's id or name alone.")
    named = exercise_named(catalogue, name)
    warnings.append(named.warning)
    if named.exercise == part["exercise"]:
        return part
    part = {**part, "exercise": named.exercise}
    if sided and named.side is not None:
        if part.get("side") is None:
            part["side"] = named.side
            warnings.append(f"side: taken for {named.side}, as the exercise's name says")
        elif part["side"] != named.side:
            warnings.append(f"side: stays as sent, although the exercise's name says {named.side}")
    return part


def _in_kg(part: Fields, where: str) -> Fields:
    """Return a part with its load in kilograms."""
    field = f"{where}.load_lb"
    pounds = part["load_lb"]
    part = {name: value for name, value in part.items() if name != "load_lb"}
    if pounds is None:
        return part
    if part.get("load_kg") is not None:
        detail = f"{where}.load_kg and {where}.load_lb are both given"
        raise invalid(field, detail, "Send one of them: load_kg in kilograms, or load_lb in pounds.")
    if isinstance(pounds, bool) or not isinstance(pounds, int | float) or not 0 <= pounds <= _LOAD_LB_MAX:
        detail = f"{field} must be a number from 0 to {_LOAD_LB_MAX:.2f} ({LOAD_KG_MAX} kg)"
        raise invalid(field, detail, "Put it right, or leave it out.", "Out of range")
    return {**part, "load_kg": min(pounds * KG_PER_LB, LOAD_KG_MAX)}


@lru_cache(_CACHED_MAX)
def exercise_named(catalogue: Catalogue, name: str) -> NamedExercise:
    """Return which exercise a name means; one that is not sure stays unknown, under an id of its own."""
    hit = meant(catalogue, name)
    if hit is not None:
        without = f", without {', '.join(hit.ignored)}" if hit.ignored else ""
        warning = f"exercise: taken for {hit.exercise.exercise} ({hit.exercise.name}{without}), sent as {shown(name)}"
        return NamedExercise(hit.exercise.exercise, hit.side, warning)
    exercise, side = (name, None) if _ID.match(name) else _id_of(catalogue, name)
    sent = "" if exercise == name else f" (sent as {shown(name)})"
    nearest = [other.exercise.exercise for other in match(catalogue, name).alternatives[:_SUGGESTED_MAX]]
    mend = f" (nearest: {', '.join(nearest)})" if nearest else ""
    warning = f"exercise: {exercise}{sent} is not in the catalogue and is handled as the strictest kind{mend}"
    return NamedExercise(exercise, side, warning)


def _id_of(catalogue: Catalogue, name: str) -> tuple[str, SingleSide | None]:
    """Return an id for a name that no exercise has, and its side: its letters, or a digest where these are not enough."""
    rest, side = without_side(words(name))
    apart = unicodedata.normalize("NFKD", (" ".join(rest) if side else name).casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    exercise = _NO_ID.sub("_", plain).strip("_")
    lossless = all(letter.isascii() for letter in plain if letter.isalnum())
    if exercise and lossless and len(exercise) <= _ID_CHARACTERS_MAX and exercise not in catalogue:
        return exercise, side
    return f"name_{hashlib.blake2b(name.encode(), digest_size=_DIGEST_BYTES).hexdigest()}", None
