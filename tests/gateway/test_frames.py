from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from spotter.domain.events import Unreadable, to_json
from spotter.domain.events.outputs import Because
from spotter.domain.time import epoch_ms
from spotter_gateway.frames import Advice, TimeLeft, advice_frame, heartbeat_frame, read, time_left
from tests.gateway.outputs import advice, estimate, read_advice, record

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
AT_MS = epoch_ms(AT)


def test_remaining_time_counts_from_when_the_advice_was_written() -> None:
    """A second later both times are a second shorter."""
    given = read_advice(advice(action="stop", at=AT, sound_ms=2500))

    assert TimeLeft(late=False, ttl_ms=8000, sound_ms=2500) == time_left(given, AT_MS)
    assert TimeLeft(late=False, ttl_ms=7000, sound_ms=1500) == time_left(given, AT_MS + 1000)


def test_advice_that_may_no_longer_sound_is_not_late_yet() -> None:
    """A screen shows it although it is silent."""
    given = read_advice(advice(action="stop", at=AT, sound_ms=2500))

    assert TimeLeft(late=False, ttl_ms=5000, sound_ms=0) == time_left(given, AT_MS + 3000)


def test_expired_advice_is_sent_as_late() -> None:
    """From expires_at on both times are zero."""
    given = read_advice(advice(action="stop", at=AT))

    assert TimeLeft(late=False, ttl_ms=1, sound_ms=0) == time_left(given, AT_MS + 7999)
    assert TimeLeft(late=True, ttl_ms=0, sound_ms=0) == time_left(given, AT_MS + 8000)
    assert TimeLeft(late=True, ttl_ms=0, sound_ms=0) == time_left(given, AT_MS + 3_600_000)


def test_advice_written_late_never_sounds() -> None:
    """Late stays late, however recent it is."""
    given = read_advice(advice(action="stop", at=AT, late=True))

    assert TimeLeft(late=True, ttl_ms=8000, sound_ms=0) == time_left(given, AT_MS)


def test_an_emergency_may_sound_until_it_expires() -> None:
    """All of ttl_ms is left to sound."""
    given = read_advice(advice(action="failing", emergency=True, at=AT, sound_ms=8000))

    assert TimeLeft(late=False, ttl_ms=2000, sound_ms=2000) == time_left(given, AT_MS + 6000)


def test_a_frame_is_the_event_with_its_remaining_time() -> None:
    """Everything else is as it was written."""
    event = advice(action="stop", at=AT, station_id="rack-1")
    expected = to_json(event)
    expected["data"] |= {"late": False, "ttl_ms": 7000, "sound_ms": 1500}
    given = read_advice(event)

    assert expected == json.loads(advice_frame(given, time_left(given, AT_MS + 1000)))


def test_a_frame_is_the_same_from_a_decoded_event() -> None:
    """A log in this process passes the decoded event, so that its bytes need no decoding."""
    event = advice(action="stop", at=AT, station_id="rack-1", because=Because(rir=0.5, latched=False))
    frames = [
        advice_frame(item, time_left(item, AT_MS))
        for item in (read(replace(record(event), event=at_hand), lambda _: None) for at_hand in (None, event))
        if isinstance(item, Advice)
    ]

    assert 2 == len(frames)
    assert frames[0] == frames[1]


def test_a_frame_says_how_often_it_will_be_repeated() -> None:
    """Like its times, the count is the remainder when it is sent."""
    given = read_advice(advice(action="stop", repeat=2))

    assert [2, 1, 0, 0] == [json.loads(advice_frame(given, time_left(given, 0), n))["data"]["repeat"] for n in range(4)]


def test_a_frame_keeps_fields_of_newer_versions() -> None:
    """A field that this version doesn't know is passed on to clients."""
    raw = to_json(advice(at=AT))
    raw["data"]["colour"] = "blue"
    raw["newattribute"] = "x"
    item = read(replace(record(advice()), value=orjson.dumps(raw)), lambda _: None)
    assert item is not None
    sent = json.loads(advice_frame(item, time_left(item, AT_MS)))  # type: ignore[arg-type]  # it is an advice

    assert ("blue", "x") == (sent["data"]["colour"], sent["newattribute"])


def test_an_estimate_is_sent_as_it_was_written() -> None:
    """Byte by byte."""
    written = record(estimate())
    item = read(written, lambda _: "rack-1")

    assert written.value == item.body  # type: ignore[union-attr]  # it is an estimate
    assert "rack-1" == item.station_id  # type: ignore[union-attr]  # it is an estimate


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"1", b'{"type":"spotter.advice.given.v1"}'])
def test_an_unreadable_record_is_an_error(value: bytes) -> None:
    """Unlike a record of another type."""
    with pytest.raises(Unreadable):
        read(replace(record(advice()), value=value), lambda _: None)


def test_records_of_other_types_are_skipped() -> None:
    """A type that the gateway doesn't use, or doesn't know, is not an error."""
    assert read(replace(record(advice()), value=b'{"type":"spotter.something.new.v9"}'), lambda _: None) is None


def test_a_heartbeat_says_when_and_how_old() -> None:
    """The age is in ms, the time in RFC 3339."""
    heartbeat = json.loads(heartbeat_frame(AT + timedelta(milliseconds=250), 1200))

    assert {"heartbeat": {"at": "2026-01-05T10:00:00.250000Z", "age_ms": 1200}} == heartbeat
