"""What is known of a lifter once a set has taught something: published with the end of the set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spotter.domain.events.outputs import ExerciseProfile, LoadVelocityLine, SetClosed
from spotter_detector.lifecycle.profile_update import measure_in, terms_and_profile
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import MODEL_VERSION
from spotter_detector.profile import Profile, Term, load_velocity, one_rep_max, velocity_at_failure
from spotter_detector.profile.term import KINDS


def add_learned_profiles(work: UnitOfWork) -> None:
    """Add to the last `set.closed` of this unit of work the profiles that it has changed, with all sets known by now."""
    last = next((index for index in reversed(range(len(work.facts))) if isinstance(work.facts[index], SetClosed)), None)
    if last is None:
        return
    keys: dict[str, str] = {}
    for lifted_set, before in work.changed_sets():
        for changed in (lifted_set, before):
            if changed is not None and changed.profile:
                keys[changed.profile] = work.exercise_of(changed).model_class
    learned = [learned_profile(work, key, model_class) for key, model_class in keys.items()]
    if learned:
        work.facts[last] = work.facts[last].model_copy(update={"learned": learned})


def learned_profile(work: UnitOfWork, key: str, model_class: str) -> ExerciseProfile:
    """Return what is known by the profile of a name; with 0 learned sets where all of it was taken back."""
    for kind in KINDS:
        terms, profile = terms_and_profile(work, key, kind, model_class)
        if profile is not None and profile.learned_sets:
            fields = {
                **_names(key),
                "measure": kind,
                "learned_sets": profile.learned_sets,
                "profile_version": profile.version,
            }
            return ExerciseProfile.model_construct(
                **fields | (_figures(profile, terms) if kind == "velocity" else _NO_VELOCITY)
            )
    fields = {**_names(key), "measure": "velocity", "learned_sets": 0, "profile_version": "population"}
    return ExerciseProfile.model_construct(**fields)


def _names(key: str) -> dict[str, Any]:
    measure = measure_in(key)
    return {
        "exercise": key.partition("|")[0],
        "velocity_metric": measure.metric,
        "devices": measure.family or None,
        "model_version": MODEL_VERSION,
    }


def _figures(profile: Profile, terms: Sequence[Term]) -> dict[str, Any]:
    v_last_mps, v_last_sd_mps = velocity_at_failure(profile)
    fields: dict[str, Any] = {"v_last_mps": v_last_mps, "v_last_sd_mps": v_last_sd_mps}
    if (line := load_velocity(profile, terms)) is not None:
        fields["line"] = LoadVelocityLine.model_construct(
            load_unit=line.unit, **{name: getattr(line, name) for name in _LINE_FIELDS}
        )
    best = one_rep_max(profile)
    if best is None:
        fields["one_rep_max_missing"] = "no_load_in_kg"
    elif not best.is_sure:
        fields["one_rep_max_missing"] = "too_uncertain"
    else:
        fields["one_rep_max_kg"], fields["one_rep_max_sd_kg"] = best.kg, best.sd_kg
    return fields


_NO_VELOCITY: Final = {"one_rep_max_missing": "no_velocity"}
_LINE_FIELDS: Final = tuple(name for name in LoadVelocityLine.model_fields if name != "load_unit")
