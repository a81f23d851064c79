"""From posteriors to `effort.estimated`: one per rep that arrived or is revised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spotter.domain.events import Event, EventData
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.fast_dataclass import record
from spotter_detector.lifecycle.device_clock import moment
from spotter_detector.model import MODEL_VERSION, Filter, Observation, RepEstimate, Request
from spotter_detector.state import LiftedSet


@record(frozen=True, slots=True)
class ChangedRep:
    """A rep whose estimate is new."""

    observation: int
    """Place among the observations."""
    place: int
    """Place among the reps of the set."""
    second: bool = False
    """Another counter's report of the same rep was observed."""
    arrived: bool = False


@record(frozen=True, slots=True)
class EstimateRequest:
    """The estimates that one event asks for."""

    event: Event
    one: LiftedSet
    observations: tuple[Observation, ...]
    touched: tuple[ChangedRep, ...]
    """In the order in which they are told."""
    newest_rep_us: int


def estimates(model: Filter, wanted: Sequence[EstimateRequest]) -> list[list[EventData]]:
    """Compute the estimates of many events together, each event's in the order asked for."""
    requests = [
        Request(want.one.start, want.observations, min(item.observation for item in want.touched)) for want in wanted
    ]
    return [
        [_estimate(want, item, found[item.observation - request.first]) for item in want.touched]
        for want, request, found in zip(wanted, requests, model.run(requests), strict=True)
    ]


def _estimate(want: EstimateRequest, item: ChangedRep, found: RepEstimate) -> EventData:
    one, rep = want.one, want.one.reps[item.place]
    flags: Iterable[str] = found.flags
    if rep.flags or item.second:
        flags = {*found.flags, *rep.flags, *(("second_source",) if item.second else ())}
    said: dict[str, Any] = {
        "gym_id": want.event.data.gym_id,
        "athlete_id": want.event.data.athlete_id,
        "set_id": one.set_id,
        "set_key": one.key,
        "rep_number": rep.number,
        "revision": rep.estimates,
        "velocity_loss": found.velocity_loss,
        "reference_velocity_mps": found.reference_velocity_mps,
        "reference_rep": found.reference_rep,
        "rir": found.rir,
        "rir_low": found.rir_low,
        "rir_high": found.rir_high,
        "p_rir_le": list(found.p_rir_le),
        "p_next_fails": found.p_next_fails,
        "share_done": found.share_done,
        "mode": found.mode,
        "confidence": found.confidence,
        "learned_sets": one.start.learned_sets,
        "flags": sorted(flags),
        "model_version": MODEL_VERSION,
        "profile_version": one.start.profile_version,
        "arrival": item.arrived,
        "newest": rep.ended_us >= want.newest_rep_us,
        "fresh": rep.fresh,
        "set_open": one.is_open,
        "rep_time": moment(rep.ended_us),
        "newest_received": moment(max([known.received_us for known in one.reps])),
    }
    return EffortEstimated.model_construct(**said)
