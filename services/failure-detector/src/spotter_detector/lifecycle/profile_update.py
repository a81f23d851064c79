"""What closed sets teach about their lifter, and the prior of a set that opens.

A profile belongs to a lifter, an exercise, a velocity metric and a device family. It is no state of its own: it follows
from the terms of closed sets, kept with the sets, and from a base into which sets older than four weeks are folded. So
a corrected or voided set teaches something else, and the next set is pinned to a prior that takes it into account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from spotter.domain.events.lifting import Device, MotionSampled, RepCompleted
from spotter.domain.events.outputs import SetClosed
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.time import DAY_US
from spotter_detector.lifecycle.set_draft import SetDraft, context_of
from spotter_detector.lifecycle.set_reps import reps_of
from spotter_detector.lifecycle.unit_of_work import UnitOfWork, base_of, last_event_us
from spotter_detector.model import Prior, build_prior
from spotter_detector.model.set_end import FAILED_NEXT
from spotter_detector.profile import (
    ObservedOutcome,
    Profile,
    Term,
    day_offset,
    likelihood_of_set,
    one_rep_max,
    posterior_profile,
)
from spotter_detector.state import LiftedSet, RepRecord

_NEVER_US: Final = 1 << 62
# Reps in reserve at the end of a set that nobody planned; the intents whose sets end for reasons of their own (design
# choice).
_USUAL_RIR: Final = 2.0
_ENDS_ANYWHERE: Final = frozenset({"warmup", "technique", "test"})
_FAMILY: Final = re.compile(r"[a-z]+")


@record(frozen=True, slots=True)
class Measure:
    """How a set is measured."""

    metric: str
    family: str
    """Of the device."""


def profile_key(exercise: str | None, by: Measure) -> str:
    """Return the name of the profile that a set belongs to; empty if the exercise is unknown.

    >>> profile_key("back_squat", Measure("mean", "openbarbell")), profile_key(None, Measure("mean", "openbarbell"))
    ('back_squat|mean|openbarbell', '')
    """
    return f"{exercise}|{by.metric}|{by.family}" if exercise else ""


def family_of(device: Device | None) -> str:
    """Return the family of a device: the first word of its model.

    >>> family_of(Device(model="OpenBarbell V3")), family_of(None)
    ('openbarbell', '')
    """
    model = device.model if device and device.model else ""
    match = _FAMILY.search(model.lower())
    return match[0] if match else ""


def habitual_key(work: UnitOfWork, exercise: str | None, before_us: int) -> str:
    """Guess the profile of a set without reps yet: that of the lifter's newest set of the exercise."""
    start = f"{exercise}|"
    earlier = (ref for ref in reversed(work.lifter.sets) if ref.opened_us < before_us)
    used = (ref.profile for ref in earlier if exercise and ref.profile.startswith(start))
    return next(used, profile_key(exercise, Measure("mean", "")))


def measure_of(data: RepCompleted | MotionSampled) -> Measure:
    """Return how a set is measured that begins with this rep or signal."""
    return Measure(data.velocity_metric if isinstance(data, RepCompleted) else "mean", family_of(data.device))


def measure_of_rep(rep: RepRecord) -> Measure:
    """Return how a set is measured that begins with this rep."""
    device = Device.model_construct(**rep.device) if rep.device else None
    return Measure(rep.measured.get("velocity_metric", "mean"), family_of(device))


def measure_in(key: str) -> Measure:
    """Return how the sets of a profile are measured."""
    _, metric, family = key.split("|") if key else ("", "mean", "")
    return Measure(metric, family)


def pinned_prior(work: UnitOfWork, config: int, context: Mapping[str, Any], key: str, opened_us: int) -> Prior:
    """Return the prior of a set that opens at `opened_us`, with all that was learned before it."""
    model_class = work.config(config).catalogue.get(context.get("exercise")).model_class
    terms = _terms(work, key, opened_us)
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
        profile=_profile(work, terms, key, "velocity", model_class),
        timing_profile=_profile(work, terms, key, "timing", model_class),
        pace_profile=_profile(work, terms, key, "pace", model_class),
    )


def _terms(work: UnitOfWork, key: str, before_us: int) -> list[Term]:
    """Return the terms of a profile's sets that had ended at `before_us`, by what had happened by then."""
    if not key:
        return []
    terms = []
    for ref in work.lifter.sets:
        # What was described anew later may have been of this profile, or of another one, then.
        if ref.opened_us < before_us and (ref.profile == key or ref.noted_us > before_us):
            lifted_set = work.get(ref.key)
            if last_event_us(lifted_set) > before_us and not lifted_set.moved_to:
                term = _term_at(work, lifted_set, before_us, key)
            else:
                term = lifted_set.term if ref.profile == key else None
            if term is not None:
                terms.append(term)
    return terms


def profiles_of(lifted_set: LiftedSet) -> set[str]:
    """Return the profiles that a set belongs to, or has belonged to as it was described before."""
    measure = measure_in(lifted_set.profile)
    exercises = {note.fields["exercise"] for note in lifted_set.notes if note.fields.get("exercise") is not None}
    return {lifted_set.profile, *(profile_key(exercise, measure) for exercise in exercises)}


def _term_at(work: UnitOfWork, lifted_set: LiftedSet, at_us: int, key: str) -> Term | None:
    """Return what a set taught a profile by what had happened at a moment; None if it was not over, or of another one."""
    if lifted_set.active_us > at_us:
        return None
    earlier = SetDraft.of(lifted_set)
    earlier.notes = [note for note in lifted_set.notes if note.at_us <= at_us]
    earlier.voided = any(note.kind == "voided" for note in earlier.notes)
    context, start = context_of(earlier), lifted_set.start
    if profile_key(context.get("exercise"), measure_in(lifted_set.profile)) != key:
        return None
    if context != lifted_set.context:  # as it was described then
        start = pinned_prior(work, lifted_set.config, context, key, lifted_set.opened_us)
    reps, _ = reps_of(earlier, context)
    return _term(work, replace(lifted_set, reps=reps, start=start, key=f"{lifted_set.key}@{at_us}"))


def _profile(work: UnitOfWork, terms: Sequence[Term], key: str, kind: str, model_class: str) -> Profile | None:
    base = base_of(work.lifter, key, kind, model_class)
    relevant = [term for term in terms if term.kind == kind and term.model_class == model_class]
    return _learned(base, tuple(relevant)) if relevant else base


@lru_cache(maxsize=1024)
def _learned(base: Profile | None, terms: tuple[Term, ...]) -> Profile:
    # Needed again when the set closes, and at each amendment until its first rep.
    return posterior_profile(base, terms)


def terms_and_profile(work: UnitOfWork, key: str, kind: str, model_class: str) -> tuple[list[Term], Profile | None]:
    """Return the terms of all of a profile's sets, and what they have taught by now."""
    terms = _terms(work, key, _NEVER_US)
    return terms, _profile(work, terms, key, kind, model_class)


def profile_before(work: UnitOfWork, lifted_set: LiftedSet, term: Term) -> Profile | None:
    """Return the velocity profile of a set's lifter without the set itself; None if nothing was learned."""
    terms = _terms(work, lifted_set.profile, lifted_set.opened_us)
    return _profile(work, terms, lifted_set.profile, "velocity", term.model_class)


def update_terms(work: UnitOfWork) -> None:
    """Store the term of each changed set: ended sets have one, running sets do not yet."""
    for lifted_set, before in work.changed_sets():
        if work.with_terms.get(lifted_set.key) is lifted_set:
            continue
        if lifted_set.ended_us is None:
            if lifted_set.term is not None:
                work.put(replace(lifted_set, term=None))
        elif before is None or before.ended_us is None or _has_changed(before, lifted_set):
            term = _term(work, lifted_set)
            if term != lifted_set.term:
                work.taught[lifted_set.profile] = min(
                    work.taught.get(lifted_set.profile, lifted_set.opened_us), lifted_set.opened_us
                )
                lifted_set = work.put(replace(lifted_set, term=term))
        work.with_terms[lifted_set.key] = work.get(lifted_set.key)


def _has_changed(before: LiftedSet, after: LiftedSet) -> bool:
    return (
        before.reps is not after.reps
        or before.start is not after.start
        or before.context is not after.context
        or before.opened_us != after.opened_us
        or before.profile != after.profile
    )


def _term(work: UnitOfWork, lifted_set: LiftedSet) -> Term | None:
    if not lifted_set.profile:
        return None
    observations = [seen.observation for seen in work.merged(lifted_set)]
    if not observations:
        return None
    # A report on the last rep is the outcome of the set, and must count once.
    called_rir = observations[-1].called_rir
    if called_rir is not None:
        observations[-1] = replace(observations[-1], called_rir=None)
    failed = called_rir is not None and called_rir <= FAILED_NEXT
    called_rir = None if failed else called_rir
    outcome = ObservedOutcome(failed, called_rir, lifted_set.opened_us / DAY_US, _usual_rir(lifted_set.context))
    return likelihood_of_set(lifted_set.start, observations, outcome)


def _usual_rir(context: Mapping[str, Any]) -> float | None:
    """Return the reps in reserve at which such a set usually ends; None: anywhere."""
    intent, target_rir = context.get("intent"), context.get("target_rir")
    if intent in _ENDS_ANYWHERE:
        return None
    return _USUAL_RIR if target_rir is None else float(target_rir)


def add_close_metrics(work: UnitOfWork) -> None:
    """Add the metrics to each `set.closed` of this unit of work, where the lifter's profile has any."""
    for index, fact in enumerate(work.facts):
        if isinstance(fact, SetClosed):
            metrics = _metrics(work, fact.set_key)
            if metrics:
                work.facts[index] = fact.model_copy(update=metrics)


def _metrics(work: UnitOfWork, set_key: str) -> dict[str, float]:
    lifted_set = work.find(set_key)
    term = None if lifted_set is None else lifted_set.term
    if lifted_set is None or term is None or (term.load_kg is None and term.pct_1rm is None):
        return {}
    profile = profile_before(work, lifted_set, term)
    if profile is None:
        return {}
    metrics: dict[str, float] = {}
    offset = day_offset(profile, term)
    if offset is not None:
        metrics["velocity_offset_mps"] = round(offset.offset_mps, 4)
        metrics["velocity_offset_sd"] = round(offset.in_sds, 2)
    best = one_rep_max(profile)
    if best is not None and best.is_sure:
        metrics["one_rep_max_kg"], metrics["one_rep_max_sd_kg"] = best.kg, best.sd_kg
    return metrics
