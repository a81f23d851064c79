"""From posteriors to `effort.estimated`: one for each rep that arrived or is revised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spotter.domain.events import Event, EventData
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.fast_dataclass import record
from spotter.domain.time import moment_of
from spotter_detector.model import MODEL_VERSION, Filter, Observation, RepEstimate, Request, is_of_strand
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
    before: int | None = None
    """Reports of its strand before the first rep, where later ones have shown another number than was known when it came."""


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
    filter_requests: list[Request] = []
    # Of each change, in order: which of these it is answered from, and which of its answers.
    sources: list[tuple[int, int]] = []
    for request in requests:
        first = min((change.observation for change in request.changed if change.before is None), default=None)
        own = len(filter_requests)
        if first is not None:
            filter_requests.append(Request(request.lifted_set.start, request.observations, first))
        for change in request.changed:
            if change.before is None:
                sources.append((own, change.observation - (first or 0)))
            else:
                sources.append((len(filter_requests), 0))
                filter_requests.append(_reread(request, change))
    answers = model.run(filter_requests)
    source = iter(sources)
    return [
        [_estimate(request, change, answers[own][at]) for change in request.changed for own, at in (next(source),)]
        for request in requests
    ]


def _reread(request: EstimateRequest, change: ChangedRep) -> Request:
    """Return the request for a report's estimate where later reports have shown which the first rep is."""
    report = request.observations[change.observation]
    strand = tuple([other for other in request.observations[: change.observation + 1] if is_of_strand(other, report)])
    return Request(request.lifted_set.start, strand, len(strand) - 1, change.before)


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
