"""One version of the detector goes on where another has published."""

from __future__ import annotations

from collections.abc import Mapping

from spotter.domain.fast_dataclass import replace
from spotter_detector.state import LiftedSet


def after_published(lifted_set: LiftedSet, reps: Mapping[str, int], estimates: Mapping[str, int]) -> LiftedSet:
    """Return a set whose reps and estimates go on from published revisions, given by the events that reported the reps.

    Two versions may revise a rep unequally often, and readers keep the highest revision: a lower one would be lost.
    """
    raised = tuple(
        replace(
            rep,
            revision=max(rep.revision, reps.get(rep.event_id, 0)),
            estimates=max(rep.estimates, estimates.get(rep.event_id, 0)),
        )
        for rep in lifted_set.reps
    )
    return lifted_set if raised == lifted_set.reps else replace(lifted_set, reps=raised)
