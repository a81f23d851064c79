"""What sets teach of their lifter, and what is known of the lifter when a set opens.

A profile belongs to a lifter, an exercise, a velocity metric and a device family. It is no state of its own: it follows
from what each closed set taught, kept with the set, and from a base into which sets older than four weeks are folded. So
a set that is corrected, or voided, teaches something else, and the next set is pinned to what is known then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from spotter.domain.events.lifting import Device, MotionSampled, RepCompleted
from spotter.domain.fast_dataclass import record, replace
from spotter_detector.lifecycle.device_clock import DAY_US
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import Prior, build_prior
from spotter_detector.model.rir_report import FAILED_NEXT
from spotter_detector.profile import Profile, SetOutcome, Term, likelihood_of_set, posterior_profile
from spotter_detector.profile.base_fold import base_of
from spotter_detector.state import LiftedSet

_FAMILY: Final = re.compile(r"[a-z]+")


@record(frozen=True, slots=True)
class Measure:
    """How a set is measured."""

    metric: str
    family: str
    """Of the device."""


def profile_key(exercise: str | None, by: Measure) -> str:
    """Name the profile that a set belongs to; empty where the exercise is not known.

    >>> profile_key("back_squat", Measure("mean", "openbarbell")), profile_key(None, Measure("mean", "openbarbell"))
    ('back_squat|mean|openbarbell', '')
    """
    return f"{exercise}|{by.metric}|{by.family}" if exercise else ""


def family_of(device: Device | None) -> str:
    """Name the family of a device: the first word of its model.

    >>> family_of(Device(model="OpenBarbell V3")), family_of(None)
    ('openbarbell', '')
    """
    said = device.model if device and device.model else ""
    found = _FAMILY.search(said.lower())
    return found[0] if found else ""


def key_by_habit(turn: UnitOfWork, exercise: str | None) -> str:
    """Guess the profile of a set that no rep was seen of: that of the lifter's newest set of the exercise."""
    start = f"{exercise}|"
    used = (ref.profile for ref in reversed(turn.lifter.sets) if exercise and ref.profile.startswith(start))
    return next(used, profile_key(exercise, Measure("mean", "")))


def measure_of(data: RepCompleted | MotionSampled) -> Measure:
    """Say how the set is measured whose first rep is this one, or is found in this signal."""
    return Measure(data.velocity_metric if isinstance(data, RepCompleted) else "mean", family_of(data.device))


def measure_in(key: str) -> Measure:
    """Say how the sets of a profile are measured."""
    _, metric, family = key.split("|") if key else ("", "mean", "")
    return Measure(metric, family)


def pinned_prior(turn: UnitOfWork, config: int, context: Mapping[str, Any], key: str, opened_us: int) -> Prior:
    """Give the model's starting values for a set that opens at `opened_us`, with all that was learned before it."""
    model_class = turn.config(config).catalogue.get(context.get("exercise")).model_class
    terms = _terms(turn, key, opened_us)
    return build_prior(
        model_class,
        pct_1rm=context.get("pct_1rm"),
        planned_reps=context.get("planned_reps"),
        target_rir=context.get("target_rir"),
        tempo=context.get("tempo") is not None,
        velocity_metric=measure_in(key).metric,
        load_kg=context.get("load_kg"),
        drop=context.get("intent") == "drop",
        at_days=opened_us / DAY_US,
        profile=_profile(turn, terms, key, "velocity", model_class),
        timing_profile=_profile(turn, terms, key, "timing", model_class),
    )


def _terms(turn: UnitOfWork, key: str, before_us: int) -> list[Term]:
    """Give what the sets of a profile taught that began before."""
    if not key:
        return []
    refs = (ref for ref in turn.lifter.sets if ref.profile == key and ref.opened_us < before_us)
    return [term for ref in refs if (term := turn.get(ref.key).term) is not None]


def _profile(turn: UnitOfWork, terms: Sequence[Term], key: str, kind: str, model_class: str) -> Profile | None:
    base = base_of(turn.lifter, key, kind, model_class)
    told = [term for term in terms if term.kind == kind and term.model_class == model_class]
    return _learned(base, tuple(told)) if told else base


@lru_cache(maxsize=1024)
def _learned(base: Profile | None, terms: tuple[Term, ...]) -> Profile:
    # Asked again when the set closes, and by each word on it until its first rep.
    return posterior_profile(base, terms)


def known_before(turn: UnitOfWork, one: LiftedSet, term: Term) -> Profile | None:
    """Give what is known by velocity of a set's lifter without what the set itself taught; None: nothing is."""
    terms = _terms(turn, one.profile, one.opened_us)
    return _profile(turn, terms, one.profile, "velocity", term.model_class)


def teach(turn: UnitOfWork) -> None:
    """Put with each set that the turn has changed what it teaches: ended sets do, running ones not yet."""
    for one, before in turn.changed_sets():
        if one.ended_us is None:
            if one.term is not None:
                turn.put(replace(one, term=None))
        elif before is None or before.ended_us is None or _says_another_thing(before, one):
            term = _term(turn, one)
            if term != one.term:
                turn.put(replace(one, term=term))


def _says_another_thing(before: LiftedSet, one: LiftedSet) -> bool:
    return before.reps is not one.reps or before.start is not one.start or before.context is not one.context


def _term(turn: UnitOfWork, one: LiftedSet) -> Term | None:
    if not one.profile:
        return None
    observations = [seen.observation for seen in turn.merger.merge_reps(one.key, one.reps)]
    if not observations:
        return None
    # What was said of the last rep is said of the set's end, and counts once.
    called_rir = observations[-1].called_rir
    if called_rir is not None:
        observations[-1] = replace(observations[-1], called_rir=None)
    failed = called_rir is not None and called_rir <= FAILED_NEXT
    outcome = SetOutcome(
        failed=failed,
        called_rir=None if failed else called_rir,
        at_days=one.opened_us / DAY_US,
    )
    return likelihood_of_set(one.start, observations, outcome)
