"""What logs and state of installations hold already: bytes, fingerprints and ids that must never come out otherwise."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.events import Event, decode, encode
from spotter.domain.events.envelope import cache_content, canonical_data, present_fields
from spotter.domain.events.lifting import Device, RepCompleted
from spotter.domain.events.outputs import SetClosed
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id, id_of, joined, json_string

MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)
REP = Event(
    'r"1',
    "door",
    MOMENT + timedelta(microseconds=250),
    RepCompleted(
        gym_id="g1",
        athlete_id="ada",
        set_id="s1",
        rep_number=3,
        exercise="back_squat",
        load_kg=80,
        mean_velocity_mps=0.512,
        started_at=MOMENT - timedelta(seconds=2),
        device=Device(rep_id=7, model="Ä"),
    ),
    MOMENT,
    MOMENT + timedelta(seconds=1),
    4,
)
CLOSED = Event(
    "c1",
    "spotter",
    MOMENT,
    SetClosed.model_construct(
        gym_id="g1", athlete_id="ada", set_id="s1", set_key="k1", reason="silence", ended_at=MOMENT, reps=3
    ),
    receivedtime=MOMENT,
    sequence="12-3",
)


def test_the_bytes_of_an_event() -> None:
    """Fields in the order of the type, times in UTC, nothing for what is left out."""
    rep = (
        '{"specversion":"1.0","id":"r\\"1","source":"door","type":"spotter.rep.completed.v1",'
        '"time":"2026-01-05T10:00:00.000250Z","datacontenttype":"application/json",'
        '"senttime":"2026-01-05T10:00:00Z","receivedtime":"2026-01-05T10:00:01Z","configversion":4,'
        '"data":{"gym_id":"g1","athlete_id":"ada","set_id":"s1","mean_velocity_mps":0.512,'
        '"started_at":"2026-01-05T09:59:58Z","exercise":"back_squat","load_kg":80.0,"velocity_metric":"mean",'
        '"rep_number":3,"device":{"model":"Ä","rep_id":7}}}'
    )
    closed = (
        '{"specversion":"1.0","id":"c1","source":"spotter","type":"spotter.set.closed.v1",'
        '"time":"2026-01-05T10:00:00Z","datacontenttype":"application/json","receivedtime":"2026-01-05T10:00:00Z",'
        '"sequence":"12-3","data":{"gym_id":"g1","athlete_id":"ada","set_id":"s1","set_key":"k1",'
        '"reason":"silence","ended_at":"2026-01-05T10:00:00Z","reps":3,"reopened":0}}'
    )
    assert rep.encode() == encode(REP)
    assert closed.encode() == encode(CLOSED)


def test_the_bytes_of_an_event_that_ingest_took() -> None:
    """Its data is written once, as it is hashed: with its fields in alphabetical order."""
    written = encode(REP, canonical_data(present_fields(REP.data)))
    data = (
        '"data":{"athlete_id":"ada","device":{"model":"Ä","rep_id":7},"exercise":"back_squat","gym_id":"g1",'
        '"load_kg":80.0,"mean_velocity_mps":0.512,"rep_number":3,"set_id":"s1","started_at":"2026-01-05T09:59:58Z",'
        '"velocity_metric":"mean"}}'
    )
    assert encode(REP).partition(b'"data"')[0] + data.encode() == written
    assert REP == decode(written)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_strings_of_the_envelope_are_written_as_orjson_writes_them(text: str) -> None:
    """The envelope is written by hand, and readers and hashes see no difference."""
    assert orjson.dumps(text).decode() == json_string(text)


def test_the_fingerprint_of_what_was_said() -> None:
    """Kept in the state of lifters, to know an event that is sent again."""
    assert "0c6c334b50d29fba" == REP.content() == decode(encode(REP)).content()
    assert "1bc3ccf9257b9e2b" == CLOSED.content()


def test_a_fingerprint_at_hand_is_the_same() -> None:
    """Writing the data once gives the fingerprint that writing it anew gives; a changed copy has its own."""
    at_hand, closed = replace(REP), replace(CLOSED)
    for event in (at_hand, closed):
        cache_content(event, canonical_data(present_fields(event.data)))
    assert ("0c6c334b50d29fba", "1bc3ccf9257b9e2b") == (at_hand.content(), closed.content())
    assert REP == at_hand
    assert REP.content() != replace(at_hand, time=MOMENT).content()
    assert CLOSED.content() == replace(at_hand, time=MOMENT, receivedtime=MOMENT, data=CLOSED.data).content()


def test_the_id_that_follows_from_parts() -> None:
    """Ids of outputs and of events sent without one."""
    assert "1fc703ce-2d45-53ee-a06b-5bf575f8e145" == derived_id("m1", "g1", "ada", 3, None, 0.5)
    first, rest = joined("m1", "g1", "ada"), joined(3, None, 0.5)
    assert "1fc703ce-2d45-53ee-a06b-5bf575f8e145" == id_of(joined(first, rest))


def test_an_encoded_event_keeps_no_more_memory_than_it_needs() -> None:
    """Tens of thousands of the newest are held: a few hundred bytes must not hold a buffer of kilobytes."""
    encode(REP)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [encode(REP) for _ in range(100)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 2 * sum(map(len, kept)) > after - before
