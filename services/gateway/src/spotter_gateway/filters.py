"""The advice that a client asks for, within what its token may receive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final, get_args

from pydantic import BaseModel, Field

from spotter.domain.events.outputs import Action
from spotter.domain.ids import athlete_key, is_id
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_gateway.frames import Advice, Estimate

NAMES_MAX: Final = 200
"""Lifters, or stations, that one client may ask for by name."""

_ACTIONS: Final[tuple[str, ...]] = get_args(Action)
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False, "": False}


class AdviceQuery(BaseModel):
    """The query parameters of both routes, as sent."""

    athlete_id: Annotated[
        list[str],
        Field(description="Only these lifters; repeated, or separated by commas. All that the token may hear."),
    ] = []
    station_id: Annotated[list[str], Field(description="Only advice at these stations. All.")] = []
    actions: Annotated[
        list[str], Field(description="Only these of continue, one_more, stop, failing; for example stop,failing. All.")
    ] = []
    estimates: Annotated[str, Field(description="1 adds each estimate as it is written.")] = "0"


class StreamQuery(AdviceQuery):
    """The query parameters of the stream of server-sent events."""

    last_event_id: Annotated[
        str, Field(description="As the header Last-Event-ID, for clients that can't set headers.")
    ] = ""


@dataclass(frozen=True, slots=True)
class AdviceFilter:
    """The advice one client receives; an empty set means all."""

    gym_id: str
    athletes: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    estimates: bool = False
    routes: tuple[str, ...] = field(init=False)
    """Keys to look its items up by: the lifters' own, or the gym."""

    def __post_init__(self) -> None:
        keys = tuple(athlete_key(self.gym_id, athlete) for athlete in sorted(self.athletes))
        object.__setattr__(self, "routes", keys or (self.gym_id,))

    def concerns(self, key: str) -> bool:
        """Return whether anything under a lifter's key may be accepted."""
        return key in self.routes or key.partition("/")[0] in self.routes

    def accepts(self, item: Advice | Estimate) -> bool:
        """Return whether an item whose key concerns the client is accepted."""
        if self.stations and item.station_id not in self.stations:
            return False
        if isinstance(item, Estimate):
            return self.estimates
        return not self.actions or item.action in self.actions


def parse_filter(query: AdviceQuery, identity: Identity) -> AdviceFilter:
    """Parse a query, restricted to what its bearer may receive.

    Raises Problem: 403 for a role that may only send, 404 for a lifter that the token does not cover, 422 for an
    invalid value.
    """
    if not identity.has_role("app"):
        raise Problem(
            403,
            "Not allowed",
            f"A token of role {identity.role} may send, not hear advice.",
            mend="Use a token of role app, coach or admin.",
        )
    athletes = _ids("athlete_id", query.athlete_id)
    for athlete in sorted(athletes):
        if not identity.may_see(athlete):
            raise Problem(
                404,
                "Unknown athlete",
                f"There is no lifter {athlete} that this token speaks for.",
                field="athlete_id",
                mend="Use a token of that lifter, or of the whole gym.",
            )
    actions = _listed("actions", query.actions)
    for action in sorted(actions):
        if action not in _ACTIONS:
            raise _invalid("actions", f"There is no action {action[:64]!r}", f"Use some of {', '.join(_ACTIONS)}.")
    estimates = _TRUTH.get(query.estimates.lower())
    if estimates is None:
        raise _invalid("estimates", "estimates must be 1 or 0", "Use estimates=1 for estimates, or leave it out.")
    return AdviceFilter(
        gym_id=identity.gym_id,
        athletes=athletes or identity.athletes,
        stations=_ids("station_id", query.station_id),
        actions=actions,
        estimates=estimates,
    )


def _ids(field: str, values: Iterable[str]) -> frozenset[str]:
    names = _listed(field, values)
    for name in sorted(names):
        if not is_id(name):
            raise _invalid(field, f"{name[:64]!r} is no id", "Use 1 to 64 of A-Z a-z 0-9 _ . : -")
    return names


def _listed(field: str, values: Iterable[str]) -> frozenset[str]:
    names = frozenset(name for value in values for part in value.split(",") if (name := part.strip()))
    if len(names) > NAMES_MAX:
        raise _invalid(field, f"{field} names {len(names)}; at most {NAMES_MAX} are taken", "Leave it out to hear all.")
    return names


def _invalid(field: str, detail: str, mend: str) -> Problem:
    return Problem(422, "Invalid query", f"{detail}.", field=field, mend=mend)
