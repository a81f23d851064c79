"""When a replay sends: waits cut, everything shifted to now, ids of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from spotter.domain.time import parse_time
from spotter_cli.replay.recording import COMPLETED, ENDED, STARTED, RecordedEvent, Recording, with_sets
from spotter_cli.replay.schedule import TimeShift, reissue, schedule

THEN = datetime(2018, 2, 17, 18, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(
    after_s: float, kind: str = COMPLETED, *, athlete: str = "ada", set_id: str = "1", **data: object
) -> RecordedEvent:
    """Return an event of a recording."""
    moment = THEN + timedelta(seconds=after_s)
    who = {"athlete_id": athlete, "set_id": set_id}
    return RecordedEvent(f"at {after_s}", {"type": kind, "time": moment.isoformat(), "data": {**who, **data}}, moment)


def moments_s(recording: Recording, speed: float = 1.0) -> list[float]:
    """Return when each event is sent."""
    return [round(due.after_s, 6) for due in schedule(recording, speed)]


def two_sets() -> Recording:
    """Return a set with a long pause, and another one after a long rest."""
    first = (at(0, STARTED), at(3), at(6), at(106), at(107, ENDED))
    return with_sets([*first, at(407, STARTED, set_id="2"), at(410, set_id="2"), at(411, ENDED, set_id="2")])


def test_waits_are_cut_to_five_seconds_between_sets_and_twenty_inside() -> None:
    """Shorter ones stay as they are."""
    assert [0, 3, 6, 26, 27, 32, 35, 36] == moments_s(two_sets())


def test_speed_divides_the_waits() -> None:
    """At twice the speed everything comes in half the time."""
    assert [0, 1.5, 3, 13, 13.5, 16, 17.5, 18] == moments_s(two_sets(), speed=2)


def test_a_wait_is_inside_a_set_while_anybody_lifts() -> None:
    """Another lifter's rest does not hurry the one who is in the middle of a set."""
    bo = {"athlete": "bo", "set_id": "9"}
    recording = with_sets([at(0), at(1, ENDED), at(2, **bo), at(17, **bo), at(18, ENDED, **bo), at(40, set_id="2")])

    assert [0, 1, 2, 17, 18, 23] == moments_s(recording)[:6]


def test_times_are_shifted_so_that_the_replay_happens_now() -> None:
    """An event's time is the moment when it is due."""
    due = schedule(two_sets())
    shift = TimeShift(due, NOW)

    times = [parse_time(reissue(item, index, shift, "r")["time"]) for index, item in enumerate(due)]

    assert [timedelta(seconds=item.after_s) for item in due] == [time - NOW for time in times]


def test_moments_inside_the_data_keep_their_share_of_the_way() -> None:
    """A rep that started halfway between two events still does, however fast the replay is."""
    started_at = (THEN + timedelta(seconds=4.5)).isoformat()
    due = schedule(with_sets([at(3), at(6, started_at=started_at)]), speed=10)
    shift = TimeShift(due, NOW)

    data = reissue(due[1], 1, shift, "r")["data"]

    assert isinstance(data, dict)
    assert timedelta(seconds=0.15) == parse_time(data["started_at"]) - NOW


def test_nothing_happens_at_the_same_instant_twice() -> None:
    """At any speed: times give the order."""
    due = schedule(with_sets([at(0), at(0), at(0)]), speed=1000)
    shift = TimeShift(due, NOW)

    moments = [shift.moment(index) for index in range(len(due))]

    assert moments == sorted(set(moments))


def test_each_run_has_ids_of_its_own_and_the_same_when_an_event_is_sent_again() -> None:
    """So a second run is not taken for duplicates of the first, and a retry is."""
    due = schedule(two_sets())
    shift = TimeShift(due, NOW)
    ids = [[reissue(item, index, shift, run)["id"] for index, item in enumerate(due)] for run in ("a", "a", "b")]

    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
    assert len(due) == len(set(ids[0]))


def test_lines_that_are_one_event_stay_one_event() -> None:
    """The same id twice, or the same line with its time twice, is a duplicate in a replay too."""
    by_id = RecordedEvent("line 1", {"id": "x", "source": "s", "type": COMPLETED, "data": {}}, THEN)
    again = RecordedEvent("line 2", {"id": "x", "source": "s", "type": COMPLETED, "data": {}}, THEN)
    other = RecordedEvent("line 3", {"id": "x", "source": "t", "type": COMPLETED, "data": {}}, THEN)
    due = schedule(Recording((by_id, again, other), ()))
    ids = [reissue(item, index, TimeShift(due, NOW), "r")["id"] for index, item in enumerate(due)]

    assert ids[0] == ids[1] != ids[2]


def test_what_is_wrong_stays_wrong() -> None:
    """An id or a time that the server must refuse is not corrected."""
    event: dict[str, object] = {"type": COMPLETED, "id": 7, "time": "yesterday", "data": {"started_at": "soon"}}
    due = schedule(Recording((RecordedEvent("line 1", event, None),), ()))

    sent = reissue(due[0], 0, TimeShift(due, NOW), "r")

    assert (7, "yesterday", {"started_at": "soon"}) == (sent["id"], sent["time"], sent["data"])
