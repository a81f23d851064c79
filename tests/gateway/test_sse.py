from __future__ import annotations

import asyncio

import pytest

from spotter.settings import Limits
from tests.gateway.outputs import acknowledged, advice, estimate
from tests.gateway.support import KEYS, Door, Stream, ids, revoke, serving


async def test_the_stream_has_the_same_frames_as_unnamed_events(door: Door) -> None:
    """How things stand, then what comes; each with an id, none with a name."""
    written = [advice(after_rep=1), advice(after_rep=2), estimate(), advice("bob")]
    await door.add_event(*written[:2])
    async with door.stream("?estimates=1") as stream, door.socket("?estimates=1") as socket:
        first = await stream.next()
        door.write(*written[2:])
        rest = await stream.some(2)
        del socket

    assert written[1].id == first["id"]
    assert {event.id for event in written[2:]} == set(ids(rest))
    assert {"id", "data", "retry", ""} == stream.names
    assert "spotter.advice.given.v1" == first["type"]


async def test_nothing_between_keeps_the_stream(door: Door) -> None:
    """No cache stores it and no proxy holds it back."""
    async with door.stream() as stream:
        headers = stream.response.headers

    assert 200 == stream.response.status_code
    assert headers["content-type"].startswith("text/event-stream")
    assert ("no-store", "no") == (headers["cache-control"], headers["x-accel-buffering"])


async def test_who_may_not_hear_is_refused(door: Door) -> None:
    """With the same problems as on the socket."""
    assert 401 == (await door.client.get("/v1/advice/stream")).status_code
    assert 401 == (await door.get("forged")).status_code
    assert 403 == (await door.get(door.token("device"))).status_code
    assert 404 == (await door.get(door.token("app", "ada"), params={"athlete_id": "bob"})).status_code
    answer = await door.get(params={"actions": "shout"})
    assert (422, "actions") == (answer.status_code, answer.json()["field"])
    assert "application/problem+json" == answer.headers["content-type"]


async def test_a_page_brings_its_cookie(door: Door) -> None:
    """A browser's EventSource can't set headers."""
    door.client.cookies.set("spotter_token", door.app)
    one = advice()
    await door.add_event(one)
    async with door.client.stream("GET", "/v1/advice/stream") as response:
        assert one.id == (await Stream(response).next())["id"]


async def test_a_revoked_token_ends_the_stream(door: Door) -> None:
    """And the next try is refused."""
    token = door.token()
    async with door.stream(token=token) as stream:
        revoke(door.revocations, token)
        with pytest.raises(EOFError):
            await stream.next()

    assert 401 == (await door.get(token)).status_code


async def test_too_many_streams_are_refused() -> None:
    """With when to try again."""
    async with serving(limits=Limits(connections_per_token=1)) as door, door.stream():
        answer = await door.get()

    assert (429, "1") == (answer.status_code, answer.headers["retry-after"])


async def test_who_leaves_frees_its_place() -> None:
    """Also where nothing was sent for a while."""
    async with serving(limits=Limits(connections_per_token=1)) as door:
        for _ in range(3):
            async with door.stream():
                assert 1 == len(door.hub.clients)
            async with asyncio.timeout(2):
                while len(door.hub.clients):  # noqa: ASYNC110  # a client that leaves sets no event
                    await asyncio.sleep(0.01)


async def test_a_stop_repeats_on_a_stream_too(door: Door) -> None:
    """Its client can't acknowledge here: what its token says through another door counts for it, and for it alone."""
    mine, others = door.token(), door.token()
    async with door.stream(token=mine) as stream, door.stream(token=others) as another:
        door.write(advice(action="stop", sound_ms=5000))
        alert = (await stream.next())["data"]["alert_id"]
        await another.next()
        door.write(acknowledged(alert, KEYS.verify(mine).token_id))
        quiet = await stream.nothing(0.4)
        redelivery = await another.some(2)

    assert quiet
    assert [alert, alert] == [event["data"]["alert_id"] for event in redelivery]
