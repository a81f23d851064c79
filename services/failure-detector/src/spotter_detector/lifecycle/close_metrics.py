"""What a set that is over says of its lifter's day: its first velocity against the lifter's own, and the 1RM."""

from __future__ import annotations

from spotter.domain.events.outputs import SetClosed
from spotter_detector.lifecycle.profile_update import known_before
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.profile import day_offset, one_rep_max


def tell(turn: UnitOfWork) -> None:
    """Add to each end of a set that the turn tells of what is learned of the lifter; nothing where nothing is."""
    for place, fact in enumerate(turn.facts):
        if isinstance(fact, SetClosed):
            said = _said(turn, fact.set_key)
            if said:
                turn.facts[place] = fact.model_copy(update=said)


def _said(turn: UnitOfWork, set_key: str) -> dict[str, float]:
    one = turn.find(set_key)
    term = None if one is None else one.term
    if one is None or term is None or (term.load_kg is None and term.pct_1rm is None):
        return {}
    profile = known_before(turn, one, term)
    if profile is None:
        return {}
    said: dict[str, float] = {}
    day = day_offset(profile, term)
    if day is not None:
        said["velocity_offset_mps"], said["velocity_offset_sd"] = round(day.offset_mps, 4), round(day.in_sds, 2)
    best = one_rep_max(profile)
    if best is not None:
        said["one_rep_max_kg"], said["one_rep_max_sd_kg"] = best.kg, best.sd_kg
    return said
