"""The one codec of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from spotter.domain.events import TYPES, Event, Unreadable, corrected_time, decode, encode, event_type
from spotter.domain.events.envelope import with_sequence
from spotter.domain.events.lifting import Device, RepCompleted, SetEnded
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.fast_dataclass import replace

MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)
moments = st.integers(1, 3_000_000_000_000_000).map(
    lambda us: datetime(2000, 1, 2, tzinfo=UTC) + timedelta(microseconds=us)
)
reps = st.builds(
    RepCompleted,
    gym_id=st.just("g1"),
    athlete_id=st.from_regex(r"\A[A-Za-z0-9_.:-]{1,64}\Z"),
    rep_number=st.none() | st.integers(1, 10_000),
    mean_velocity_mps=st.none() | st.floats(0.02, 5),
    rom_m=st.none() | st.floats(0.02, 2.5),
    started_at=st.none(),
    ended_at=st.none() | moments,
    device=st.none() | st.builds(Device, id=st.text(min_size=1, max_size=20), rep_id=st.integers(0, 9) | st.just("a")),
)
events = st.builds(
    Event,
    id=st.text(min_size=1, max_size=64),
    source=st.text(min_size=1, max_size=64),
    time=moments,
    data=reps,
    senttime=st.none() | moments,
    receivedtime=st.none() | moments,
    configversion=st.none() | st.integers(0, 1000),
)


@given(events)
def test_an_encoded_event_can_be_decoded(event: Event) -> None:
    """Encoding and decoding return the same event."""
    assert event == decode(encode(event))


@given(events)
def test_a_position_is_added_without_encoding_again(event: Event) -> None:
    """Adding the sequence to the bytes is the same as to the event."""
    assert replace(event, sequence="12-3") == decode(with_sequence(encode(event), "12-3"))


@given(events, moments, moments)
def test_content_does_not_depend_on_transport(event: Event, sent: datetime, received: datetime) -> None:
    """An event sent again has the same content, whenever it was sent and received."""
    again = Event(event.id, event.source, event.time, event.data, sent, received, 7, "1-1")
    if event.time not in (event.receivedtime, received):
        assert event.content() == again.content()


def test_a_time_filled_in_on_receipt_is_not_content() -> None:
    """The same report without a time, received twice, has the same content."""
    data = SetEnded(gym_id="g1", athlete_id="ada", set_id="s1")
    first, other = (Event("e", "s", at, data, receivedtime=at) for at in (MOMENT, MOMENT + timedelta(seconds=9)))
    assert first.content() == other.content()


def test_the_corrected_time_uses_the_clock_that_sent() -> None:
    """Senttime corrects the sender's clock; without it, nothing happens after its receipt."""
    data = SetEnded(gym_id="g1")
    hour = timedelta(hours=1)
    knowing = Event("e", "s", MOMENT + hour, data, MOMENT + hour + timedelta(seconds=2), MOMENT + timedelta(seconds=3))
    assert MOMENT + timedelta(seconds=1) == corrected_time(knowing)
    blind = Event("e", "s", MOMENT + hour, data, receivedtime=MOMENT)
    assert MOMENT == corrected_time(blind)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"type":"nobody.knows.v1"}', "unknown type"),
        (b'{"type":"spotter.set.ended.v1","id":1,"source":"s"}', "id and source"),
        (b'{"type":"spotter.set.ended.v1","id":"1","source":"s","time":"yesterday","data":{}}', "RFC 3339"),
        (b'{"type":"spotter.set.ended.v1","id":"1","source":"s","time":"2026-01-01T00:00:00","data":{}}', "offset"),
        (
            b'{"type":"spotter.set.ended.v1","id":"1","source":"s","time":"2026-01-01T00:00:00Z","data":{"reason":4}}',
            "reason",
        ),
        (b'{"type":"spotter.set.ended.v1","id":"1","source":"s","time":"2026-01-01T00:00:00Z"}', "data"),
    ],
)
def test_a_record_that_is_not_an_event_has_a_reason(value: bytes, reason: str) -> None:
    """A record that can't be decoded names the reason."""
    with pytest.raises(Unreadable, match=reason):
        decode(value)


def test_readers_ignore_fields_of_newer_versions() -> None:
    """An unknown field does not make an event unreadable."""
    value = encode(Event("e", "s", MOMENT, SetEnded(gym_id="g1"))).replace(b'"gym_id"', b'"colour":"red","gym_id"')
    assert SetEnded(gym_id="g1") == decode(value).data


def test_every_type_has_a_class_of_its_own() -> None:
    """The type follows from the data's class."""
    assert len(TYPES) == len({kind.data for kind in TYPES.values()})
    assert "spotter.set.ended.v1" == event_type(SetEnded())


@pytest.mark.parametrize("name", TYPES)
def test_optional_fields_may_be_left_out(name: str) -> None:
    """Writers leave out None: a reader that required the field would lose the event."""
    looked_at: set[type[BaseModel]] = set()
    wrong: list[str] = []
    waiting: list[type[BaseModel]] = [TYPES[name].data]
    while waiting:
        model = waiting.pop()
        looked_at.add(model)
        for field, about in model.model_fields.items():
            parts = list(_parts(about.annotation))
            if type(None) in get_args(about.annotation) and about.is_required():
                wrong.append(f"{model.__name__}.{field}")
            waiting += [
                part
                for part in parts
                if isinstance(part, type) and issubclass(part, BaseModel) and part not in looked_at
            ]

    assert [] == wrong


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def test_advice_without_a_target_has_the_field() -> None:
    """The contract promises the field: it is written as null, and read if an older program left it out."""
    fields = {"set_key": "k", "alert_id": "a", "revision": 1, "action": "continue", "after_rep": 1, "late": False}
    fields |= {"rule_ids": ["R07"], "sentence": "Go on.", "speech": "", "haptic": "none", "sound_ms": 0, "repeat": 0}
    fields |= {"expires_at": MOMENT, "ttl_ms": 0, "budget_left": 0.0, "policy_version": "r2.g0.l0"}
    advice = Event("e", "s", MOMENT, AdviceGiven.model_validate(fields))
    value = encode(advice)

    assert b'"target_rir":null' in value
    assert advice == decode(value)
    assert advice == decode(value.replace(b'"target_rir":null,', b"").replace(b',"target_rir":null', b""))
    assert "target_rir" in AdviceGiven.model_json_schema()["required"]
