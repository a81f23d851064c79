"""Times in the future are refused; senttime corrects a wrong clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events import corrected, corrected_time, decode, parse_time
from spotter.domain.events.lifting import RepCompleted
from tests.ingest.support import event, rep
from tests.ingest.validation_cases import MINIMAL, NOW, refused, shift, took


@pytest.mark.parametrize(
    ("time", "senttime", "field"),
    [
        ({"minutes": 1.9}, None, None),
        ({"minutes": 2.1}, None, "time"),
        ({"hours": 5}, {"hours": 5}, None),
        ({"hours": 5, "minutes": 3}, {"hours": 5}, "time"),
        ({"hours": -5}, {"hours": -5}, None),
        ({"hours": -1}, {"hours": -5}, "time"),
        ({"days": -365}, None, None),
        ({"days": -9000}, {"days": 30_000}, "time"),
        ({"days": -9400}, {"days": -9400}, None),
    ],
)  # fmt: skip
def test_two_minutes_ahead_at_most(
    time: dict[str, float], senttime: dict[str, float] | None, field: str | None
) -> None:
    """By the sender's clock, corrected if senttime is sent."""
    sent = rep() | {"time": shift(**time)} | ({} if senttime is None else {"senttime": shift(**senttime)})
    if field is None:
        took(sent)
    else:
        assert (422, field) == ((problem := refused(sent)).status, problem.field)


def test_times_in_the_data_are_checked_too() -> None:
    """Start and end of a rep, the first sample, also where they are amended."""
    far = shift(hours=1)
    for raw, field in (
        (rep(ended_at=far), "data.ended_at"),
        (rep(started_at=far), "data.started_at"),
        (event("rep.started", athlete_id="ada", started_at=far), "data.started_at"),
        (event("rep.amended", athlete_id="ada", rep_number=1, set={"ended_at": far}), "data.set.ended_at"),
        (event("motion.sampled", **MINIMAL["motion.sampled"] | {"athlete_id": "ada", "t0": far}), "data.t0"),
    ):
        assert (422, field) == ((problem := refused(raw)).status, problem.field)
    took(event("budget.granted", athlete_id="ada", units=1, reason="meet", expires=shift(days=30)))


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-01-05T10:00:00", "2026-01-05", 5, "0001-01-01T00:00:00+14:00", True]
)  # fmt: skip
def test_a_time_is_rfc_3339_with_its_offset(time: object) -> None:
    """Anything else is refused, naming the field."""
    for name in ("time", "senttime"):
        assert (422, name) == ((problem := refused(rep() | {name: time})).status, problem.field)


class TestClocksWithoutADate:
    """A device that starts counting in 1970 is put right by its own senttime."""

    def test_senttime_of_the_same_clock_corrects_every_time(self) -> None:
        """The log keeps what was sent, and each moment is as long ago as it says."""
        start, end, sent = "1970-01-01T00:05:14Z", "1970-01-01T00:05:15Z", "1970-01-01T00:05:15.200Z"
        taken = took(rep(started_at=start, ended_at=end) | {"time": end, "senttime": sent})
        assert parse_time(end) == taken.event.time
        assert None is taken.warning
        assert NOW - timedelta(milliseconds=200) == corrected_time(decode(taken.record.value))
        data = taken.event.data
        assert isinstance(data, RepCompleted) and data.started_at is not None
        assert NOW - timedelta(milliseconds=1200) == corrected(taken.event, data.started_at)

    @pytest.mark.parametrize("year", ["0001", "1900", "1970", "1980", "1999"])
    def test_any_year_will_do(self, year: str) -> None:
        """Of a sample, of a rep under way and of a correction, too."""
        moment, sent = f"{year}-01-02T00:00:00Z", {"senttime": f"{year}-01-02T00:00:01Z"}
        for raw in (
            rep() | {"time": moment},
            event("rep.started", athlete_id="ada", started_at=moment) | {"time": moment},
            event("rep.amended", athlete_id="ada", rep_number=1, set={"ended_at": moment}) | {"time": moment},
            event("motion.sampled", **MINIMAL["motion.sampled"] | {"athlete_id": "ada", "t0": moment})
            | {"time": moment},
        ):
            assert NOW - timedelta(seconds=1) == corrected_time(took(raw | sent).event)

    def test_a_time_left_out_is_when_it_was_sent(self) -> None:
        """By the clock that tells the start of the rep."""
        sent = "1970-01-01T00:05:15Z"
        taken = took(rep(started_at="1970-01-01T00:05:14Z") | {"senttime": sent}).event
        assert (parse_time(sent), NOW) == (taken.time, corrected_time(taken))
        assert NOW == took(rep() | {"senttime": shift(seconds=1)}).event.time

    def test_without_senttime_it_is_refused_with_what_to_do(self) -> None:
        """Nothing tells how long ago it was."""
        undated = "1970-01-01T00:05:15Z"
        for raw, field in (
            (rep() | {"time": undated}, "time"),
            (rep(started_at=undated), "data.started_at"),
            (event("motion.sampled", **MINIMAL["motion.sampled"] | {"athlete_id": "ada", "t0": undated}), "data.t0"),
        ):
            problem = refused(raw)
            assert (422, field) == (problem.status, problem.field)
            assert "Send senttime" in str(problem.mend)

    def test_senttime_of_another_clock_is_refused(self) -> None:
        """A phone's senttime says nothing of a sensor's clock."""
        problem = refused(rep() | {"time": "1970-01-01T00:05:15Z", "senttime": shift()})
        assert "same clock" in str(problem.mend)

    def test_what_no_clock_tells_has_a_date(self) -> None:
        """A grant expires on a day that somebody chose."""
        raw = event("budget.granted", athlete_id="ada", units=1, reason="meet", expires="1970-01-01T00:00:00Z")
        assert "data.expires" == refused(raw | {"senttime": shift()}).field


def test_nothing_happened_after_it_was_received() -> None:
    """Whatever the clock that sent it says."""
    ahead = took(rep() | {"time": shift(hours=5, seconds=60), "senttime": shift(hours=5)}).event
    assert NOW == corrected_time(ahead)


def test_ingest_stamps_receipt_and_configuration() -> None:
    """Whatever the sender put there."""
    taken = took(rep() | {"receivedtime": "rubbish", "configversion": "rubbish"}).event
    assert (NOW, 7, NOW) == (taken.receivedtime, taken.configversion, taken.time)
