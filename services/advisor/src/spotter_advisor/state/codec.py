"""Storage format of the advisor's state: JSON with a version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from spotter.domain.policies import Block, Session
from spotter.domain.weeks import day_of
from spotter.streaming.codec import dump_json, load_json
from spotter_advisor.state.history import DayStats, History, SentNotice, SetFacts, WellnessCheckIn
from spotter_advisor.state.records import (
    ATHLETE,
    HISTORY,
    LEDGER,
    WEEKS,
    AdvisedOutcome,
    AdvisedRep,
    AdvisedSet,
    AnnouncedBudget,
    AthleteState,
    Calendar,
    Closing,
    Context,
    EffortReport,
    FrequencyReport,
    Grant,
    Ledger,
    LedgerEntry,
    PastCalendar,
    Pins,
    StopLatch,
    ToldSummary,
    TouchedWeek,
    TouchedWeeks,
)
from spotter_advisor.state.terms import Eligibility, SetTerms

STATE_VERSION: Final = 1
Entry = AdvisedSet | AthleteState | Ledger | History | TouchedWeeks
T = TypeVar("T")


def dump(name: str, value: object) -> bytes:
    """Encode an entry as JSON."""
    if not isinstance(value, Entry):
        raise TypeError(f"entry {name} must be a set, an athlete, a ledger, a history or weeks")
    return dump_json({"v": STATE_VERSION, "value": value})


def load(name: str, raw: bytes) -> Entry:
    """Decode what `dump` encoded; raises ValueError for a version that this program cannot read."""
    body = load_json(raw)
    if body["v"] != STATE_VERSION:
        raise ValueError(f"entry {name} has version {body['v']}: this program reads {STATE_VERSION}")
    value: dict[str, Any] = body["value"]
    if name == ATHLETE:
        return _athlete(value)
    if name == LEDGER:
        return Ledger(tuple(_with(LedgerEntry, entry, times=("at",), tuples=("rules",)) for entry in value["entries"]))
    if name == HISTORY:
        return _history(value)
    if name == WEEKS:
        return TouchedWeeks(tuple(_week(week) for week in value["weeks"]))
    return _set(value)


def _athlete(value: dict[str, Any]) -> AthleteState:
    value["grants"] = tuple(_with(Grant, grant, times=("expires", "at")) for grant in value["grants"])
    value["frequency"] = tuple(_with(FrequencyReport, report, times=("at",)) for report in value["frequency"])
    value["past_calendars"] = tuple(
        PastCalendar(Calendar(**past["calendar"]), datetime.fromisoformat(past["until"]))
        for past in value["past_calendars"]
    )
    value["blocks"] = tuple(Block(**block) for block in value.get("blocks", ()))
    value["sessions"] = tuple(Session(**session) for session in value.get("sessions", ()))
    if value["calendar"] is not None:
        value["calendar"] = Calendar(**value["calendar"])
    if value["announced"] is not None:
        value["announced"] = _with(AnnouncedBudget, value["announced"], times=("week_start",), tuples=("reasons",))
        value["announced"] = replace(value["announced"], signs=tuple(value["announced"].signs))
    return _with(AthleteState, value, times=("calendar_until", "newest_set_at", "swept"), tuples=("days",))


def _history(value: dict[str, Any]) -> History:
    return History(
        days=tuple(DayStats(**day) for day in value["days"]),
        progress={name: tuple((week, best) for week, best in rows) for name, rows in value["progress"].items()},
        checkins=tuple(_with(WellnessCheckIn, checkin, times=("at",)) for checkin in value["checkins"]),
        notices={
            key: _with(SentNotice, notice, times=("until",), tuples=("rules",))
            for key, notice in value["notices"].items()
        },
    )


def _week(value: dict[str, Any]) -> TouchedWeek:
    value["calendar"] = Calendar(**value["calendar"])
    return TouchedWeek(**value)


def _pins(value: dict[str, Any], opened_at: datetime) -> Pins:
    value["day"] = value.get("day") or day_of(opened_at, value["zone"]).isoformat()
    value["blocks"] = tuple(Block(**block) for block in value.get("blocks", ()))
    if value.get("session") is not None:
        value["session"] = Session(**value["session"])
    return Pins(**value)


def _set(value: dict[str, Any]) -> AdvisedSet:
    value["context"] = Context(**value["context"])
    opened_at = datetime.fromisoformat(value["opened_at"])
    value["pins"] = _pins(value["pins"], opened_at)
    value["terms"] = _with(SetTerms, value["terms"], tuples=("rules",))
    value["reps"] = tuple(_with(AdvisedRep, rep, times=("started", "ended")) for rep in value["reps"])
    if value["stop"] is not None:
        value["stop"] = _with(StopLatch, value["stop"], times=("said_at", "under_way"))
    if value["report"] is not None:
        value["report"] = _with(EffortReport, value["report"], times=("about",))
    if value["closing"] is not None:
        value["closing"] = _with(Closing, value["closing"], times=("ended_at",))
    if value["told"] is not None:
        summary = value["told"]
        value["told"] = ToldSummary(
            _with(AdvisedOutcome, summary["outcome"], times=("last_rep_at",)),
            Context(**summary["context"]),
            _with(Closing, summary["closing"], times=("ended_at",)),
            summary["day"],
            Calendar(**summary["calendar"]),
        )
    for name in ("price", "charged"):
        if value[name] is not None:
            value[name] = _with(LedgerEntry, value[name], times=("at",), tuples=("rules",))
    if value.get("standing") is not None:
        value["standing"] = _with(Eligibility, value["standing"], times=("closed_until",), tuples=("signs",))
    for name in ("own_facts", "facts"):
        if value[name] is not None:
            value[name] = SetFacts(**value[name])
    return _with(AdvisedSet, value, times=("opened_at", "opened_received", "received", "overdue"))


def _with(kind: type[T], value: dict[str, Any], times: tuple[str, ...] = (), tuples: tuple[str, ...] = ()) -> T:
    for name in times:
        if value[name] is not None:
            value[name] = datetime.fromisoformat(value[name])
    for name in tuples:
        value[name] = tuple(value[name])
    return kind(**value)
