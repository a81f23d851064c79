"""From posteriors to `effort.estimated`: one for each rep that arrived or is revised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spotter.domain.events import Event, EventData
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.fast_dataclass import record
from spotter.domain.time import moment_of
from spotter_detector.model import MODEL_VERSION, Filter, Observation, RepEstimate, Request
from spotter_detector.state import LiftedSet


@record(frozen=True, slots=True)
class ChangedRep:
    """A rep whose estimate is new."""

    observation: int
    """Index of its observation."""
    index: int
    """Index among the reps of the set."""
    second: bool = False
    """It is the second report of a rep: another counter's was taken as the observation."""
    arrived: bool = False


@record(frozen=True, slots=True)
class EstimateRequest:
    """The estimates that one event requires."""

    event: Event
    lifted_set: LiftedSet
    observations: tuple[Observation, ...]
    changed: tuple[ChangedRep, ...]
    """In the order in which they are published."""
    newest_rep_us: int


def estimates(model: Filter, requests: Sequence[EstimateRequest]) -> list[list[EventData]]:
    """Compute the estimates of many events together, those of each event in the requested order."""
    filter_requests = [
        Request(request.lifted_set.start, request.observations, min(change.observation for change in request.changed))
        for request in requests
    ]
    return [
        [_estimate(request, change, answers[change.observation - filter_request.first]) for change in request.changed]
        for request, filter_request, answers in zip(requests, filter_requests, model.run(filter_requests), strict=True)
    ]


def _estimate(request: EstimateRequest, change: ChangedRep, estimate: RepEstimate) -> EventData:
    lifted_set, rep = request.lifted_set, request.lifted_set.reps[change.index]
    flags: Iterable[str] = estimate.flags
    if rep.flags or change.second:
        flags = {*estimate.flags, *rep.flags, *(("second_source",) if change.second else ())}
    fields: dict[str, Any] = {
        "gym_id": request.event.data.gym_id,
        "athlete_id": request.event.data.athlete_id,
        "set_id": lifted_set.set_id,
        "set_key": lifted_set.key,
        "rep_number": rep.number,
        "rep_event_id": rep.event_id,
        "revision": rep.estimates,
        "velocity_loss": estimate.velocity_loss,
        "reference_velocity_mps": estimate.reference_velocity_mps,
        "reference_rep": estimate.reference_rep,
        "rir": estimate.rir,
        "rir_low": estimate.rir_low,
        "rir_high": estimate.rir_high,
        "p_rir_le": list(estimate.p_rir_le),
        "p_next_fails": estimate.p_next_fails,
        "share_done": estimate.share_done,
        "mode": estimate.mode,
        "confidence": estimate.confidence,
        "learned_sets": lifted_set.start.learned_sets,
        "flags": sorted(flags),
        "model_version": MODEL_VERSION,
        "profile_version": lifted_set.start.profile_version,
        "arrival": change.arrived,
        "newest": rep.ended_us >= request.newest_rep_us,
        "fresh": rep.fresh,
        "set_open": lifted_set.is_open,
        "rep_time": moment_of(rep.ended_us),
        "newest_received": moment_of(max([other.received_us for other in lifted_set.reps])),
    }
    return EffortEstimated.model_construct(**fields)
