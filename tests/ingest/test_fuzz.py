from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spotter.domain.events import TYPES
from tests.ingest.support import RunningIngest, rep, serving

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(list(TYPES)),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["type", "data", "id", "time", "specversion"]), inner, max_size=6
        )
    ),
    max_leaves=25,
)
events = st.builds(
    lambda kind, data, more: {"type": kind, "data": data} | more,
    st.sampled_from(list(TYPES)) | json_values,
    json_values | st.dictionaries(st.sampled_from(list(rep()["data"])), json_values),
    st.dictionaries(st.sampled_from(["id", "source", "time", "senttime"]), json_values, max_size=2),
)


def write(value: object) -> bytes:
    """Write JSON as careless clients do, NaN included."""
    return json.dumps(value).encode()


bodies = (
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode())
    | json_values.map(write)
    | events.map(write)
    | st.lists(events, max_size=5).map(write)
    | st.lists(events.map(write) | st.binary(max_size=20), max_size=5).map(b"\n".join)
)
header_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=70).map(str.strip)
headers = st.dictionaries(
    st.sampled_from(
        ["ce-id", "ce-type", "ce-source", "ce-time", "ce-specversion", "ce-data", "Content-Type", "X-Other"]
    ),
    header_text | st.sampled_from([*TYPES, "1.0", "%ff%00", "2026-01-05T10:00:00Z"]),
    max_size=4,
)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[asyncio.Runner, RunningIngest]]:
    """Return one ingest for all examples."""
    with asyncio.Runner() as runner:
        context = serving()
        ingest = runner.run(context.__aenter__())
        yield runner, ingest
        runner.run(context.__aexit__(None, None, None))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies, more=headers)
def test_no_body_causes_an_internal_error(
    running: tuple[asyncio.Runner, RunningIngest], body: bytes, more: dict[str, str]
) -> None:
    """Whatever is sent is accepted or refused with a problem, never a 5xx, and the next rep is served."""
    runner, ingest = running
    answer = runner.run(ingest.post(content=body, headers=more))
    assert answer.status_code in (202, 207, 400, 403, 413, 422)
    document: dict[str, Any] = answer.json()
    refused = [result for result in document["results"] if result["status"] == "refused"]
    assert all(result["problem"]["mend"] for result in refused)
    assert (len(refused) == len(document["results"]) > 0) == (answer.status_code >= 400)
    assert 202 == runner.run(ingest.post(rep())).status_code


@settings(max_examples=100, deadline=None)
@given(messages=st.lists(bodies, min_size=1, max_size=5))
def test_no_message_causes_an_internal_error(
    running: tuple[asyncio.Runner, RunningIngest], messages: list[bytes]
) -> None:
    """Each text frame gets a reply, in order, whatever it contains."""
    runner, ingest = running

    async def talk() -> list[dict[str, Any]]:
        async with ingest.socket() as connection:
            for message in messages:
                await connection.send(message.decode(errors="replace"))
            return [orjson.loads(await asyncio.wait_for(connection.recv(), 5)) for _ in messages]

    assert {reply["status"] for reply in runner.run(talk())} <= {"accepted", "duplicate", "refused"}


@settings(max_examples=60, deadline=None)
@given(
    credential=st.text(
        st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f\x85\xa0"), min_size=1
    )
)
def test_no_credential_causes_an_internal_error(running: tuple[asyncio.Runner, RunningIngest], credential: str) -> None:
    """An invalid credential is 401."""
    runner, ingest = running
    header = httpx.Headers({b"Authorization": b"Bearer " + credential.encode("latin-1")})
    assert 401 == runner.run(ingest.client.post("/v1/events", json=rep(), headers=header)).status_code
