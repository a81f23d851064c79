"""What arrives of a diary, and a host that takes it: detector and advisor in memory, with their timers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lab.habits.delivery import in_order_of_arrival
from lab.habits.diary import APP, TRACKER, WATCH, Clock, Diary, Report, Teller
from lab.season.gym import GYM, Lane, Training, Wait, train
from spotter.domain.events import Event, corrected_time
from spotter.domain.events.lifting import RepCompleted
from spotter.domain.events.outputs import RepCounted
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.gym_config import Configuration

UNDER_WAY_S: Final[dict[Teller, float]] = {APP: 0.15, TRACKER: 0.06, WATCH: 0.2}
"""From each sender to the log."""
_AFTERWARDS_S: Final = 3600.0
_STEP_S: Final = 30.0
"""How often timers are looked for while nothing comes, for as long as one may be due."""
_STEPS_MAX: Final = 8
_NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Attendance:
    """A lifter's workout on the floor: what is sent, and what came of it."""

    diary: Diary
    name: str
    lane: Lane = field(init=False)
    sent: list[Event] = field(default_factory=list)
    """In the order of arrival."""

    def __post_init__(self) -> None:
        self.lane = Lane(self.name, self._workout())

    def _workout(self) -> Training:
        visit = self.diary.visit
        settings = AthleteUpdated(gym_id=GYM, athlete_id=self.name, level="advanced", time_zone="Europe/Berlin")
        at = visit.at(-600)
        yield [Event("settings", "coach", at, settings, at, at, 0)]
        now_s = 0.0
        for arrives_s, reports in batches(self.diary):
            yield from self._wait(now_s, arrives_s)
            now_s = arrives_s
            events = [event_of(self.diary, report, self.name, self._key_of(report)) for report in reports]
            self.sent += events
            yield events
        yield from self._wait(now_s, now_s + _AFTERWARDS_S)

    def _wait(self, now_s: float, until_s: float) -> Training:
        """Let time pass, with a look for timers now and then."""
        if until_s - now_s < _STEP_S:
            return
        for step in range(1, _STEPS_MAX):
            if now_s + step * _STEP_S < until_s:
                yield Wait(self.diary.visit.at(now_s + step * _STEP_S))
        yield Wait(self.diary.visit.at(until_s))

    def _key_of(self, report: Report) -> str | None:
        """Return the key of the report's set, as an app reads it back."""
        if not report.by_key or report.logged is None:
            return None
        ids = {other.id for other in self.diary.of(report.logged, RepCompleted)}
        counted = (event.data for event in reversed(self.lane.story) if isinstance(event.data, RepCounted))
        return next((rep.set_key for rep in counted if rep.rep_event_id in ids), None)


def batches(diary: Diary) -> Iterator[tuple[float, list[Report]]]:
    """Yield when reports arrive, with those that arrive together."""
    batch: list[Report] = []
    for report in in_order_of_arrival(diary):
        if batch and report.sending_s > batch[0].sending_s:
            yield batch[0].sending_s, batch
            batch = []
        batch.append(report)
    if batch:
        yield batch[0].sending_s, batch


def event_of(diary: Diary, report: Report, athlete_id: str, set_key: str | None = None) -> Event:
    """Return the event of a report, by the clock of its sender."""
    visit, clock = diary.visit, diary.clocks.get(report.teller, Clock())
    off = timedelta(seconds=clock.ahead_s) + (timedelta() if clock.dated else _NO_DATE - visit.base)
    fields: dict[str, Any] = {name: value for name, value in report.fields.items() if value is not None}
    set_id = report.sent_id or (_set_id(diary, report) if report.named else None)
    if isinstance(fields.get("part_of"), int):
        first_id = diary.sets[fields.pop("part_of")].set_id
        if first_id not in (None, set_id):
            fields["part_of"] = first_id
    if report.started_s is not None:
        fields["started_at"] = visit.at(report.started_s) + off
    data = report.kind(gym_id=GYM, athlete_id=athlete_id, set_id=set_id, set_key=set_key, **fields)
    sending = visit.at(report.sending_s)
    return Event(
        id=report.id,
        source=report.teller,
        time=visit.at(report.at_s) + off,
        data=data,
        senttime=sending + off if clock.senttime else None,
        receivedtime=sending + timedelta(seconds=UNDER_WAY_S[report.teller]),
        configversion=0,
    )


def _set_id(diary: Diary, report: Report) -> str | None:
    return None if report.logged is None else diary.sets[report.logged].set_id


def attend(diaries: Sequence[Diary]) -> list[Attendance]:
    """Have the workouts of some lifters processed side by side."""
    attendances = [Attendance(diary, f"lifter-{diary.visit.seed}") for diary in diaries]
    train([attendance.lane for attendance in attendances], Configuration())
    return attendances


def happened_s(diary: Diary, event: Event) -> float:
    """Return when an event happened by the contract's corrected time, in the workout's seconds."""
    return (min(corrected_time(event), event.received) - diary.visit.base).total_seconds()
