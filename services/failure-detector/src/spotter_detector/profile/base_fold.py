"""What the sets taught that are forgotten: folded into a base for each profile, kept with the lifter."""

from __future__ import annotations

from spotter.domain.fast_dataclass import replace
from spotter_detector.profile import Profile, posterior_profile
from spotter_detector.state import LiftedSet, LifterSets


def base_of(lifter: LifterSets, key: str, kind: str, model_class: str) -> Profile | None:
    """Give the base of a profile; None where there is none, or the catalogue says now that it is another kind of lift."""
    base = lifter.bases.get(_name(key, kind))
    return base if base is not None and base.model_class == model_class else None


def folded(lifter: LifterSets, one: LiftedSet) -> LifterSets:
    """Give the lifter with what a set that is forgotten had taught."""
    term = one.term
    if term is None or not term.teaches or not one.profile:
        return lifter
    base = posterior_profile(base_of(lifter, one.profile, term.kind, term.model_class), [term])
    return replace(lifter, bases={**lifter.bases, _name(one.profile, term.kind): base})


def _name(key: str, kind: str) -> str:
    return f"{key}|{kind}"
