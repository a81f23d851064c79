"""What sets older than 28 days taught, folded into one base per profile that is kept with the lifter."""

from __future__ import annotations

from spotter.domain.fast_dataclass import replace
from spotter_detector.profile import Profile, posterior_profile
from spotter_detector.state import LiftedSet, LifterSets


def base_of(lifter: LifterSets, key: str, kind: str, model_class: str) -> Profile | None:
    """Return the base of a profile; None if there is none, or if the exercise has another model class by now."""
    base = lifter.bases.get(_name(key, kind))
    return base if base is not None and base.model_class == model_class else None


def fold_into_base(lifter: LifterSets, lifted_set: LiftedSet) -> LifterSets:
    """Return the lifter with the term of a set that is dropped folded into its profile's base."""
    term = lifted_set.term
    if term is None or not term.teaches or not lifted_set.profile:
        return lifter
    base = posterior_profile(base_of(lifter, lifted_set.profile, term.kind, term.model_class), [term])
    return replace(lifter, bases={**lifter.bases, _name(lifted_set.profile, term.kind): base})


def _name(key: str, kind: str) -> str:
    return f"{key}|{kind}"
