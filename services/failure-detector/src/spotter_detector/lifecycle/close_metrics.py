"""Metrics of a closed set: its first velocity against the lifter's usual one, and the estimated 1RM."""

from __future__ import annotations

from spotter.domain.events.outputs import SetClosed
from spotter_detector.lifecycle.profile_update import profile_before
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.profile import day_offset, one_rep_max


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
    if best is not None:
        metrics["one_rep_max_kg"], metrics["one_rep_max_sd_kg"] = best.kg, best.sd_kg
    return metrics
