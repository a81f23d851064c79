from __future__ import annotations

import asyncio

import pytest

from spotter.settings import Limits
from tests.gateway.outputs import acknowledged, advice, estimate
from tests.gateway.support import KEYS, RunningGateway, Stream, ids, revoke, serving


async def test_the_stream_has_the_same_frames_as_unnamed_events(gateway: RunningGateway) -> None:
    """The current state, then new items; each with an id, none with a name."""
    written = [advice(after_rep=1), advice(after_rep=2), estimate(), advice("bob")]
    await gateway.write_and_wait(*written[:2])
    async with gateway.stream("?estimates=1") as stream, gateway.socket("?estimates=1") as socket:
        first = await stream.next()
        gateway.write(*written[2:])
        rest = await stream.some(2)
        del socket

    assert written[1].id == first["id"]
    assert {event.id for event in written[2:]} == set(ids(rest))
    assert {"id", "data", "retry", ""} == stream.names
    assert "spotter.advice.given.v1" == first["type"]


async def test_caches_and_proxies_do_not_store_the_stream(gateway: RunningGateway) -> None:
    """No cache stores it and no proxy buffers it."""
    async with gateway.stream() as stream:
        headers = stream.response.headers

    assert 200 == stream.response.status_code
    assert headers["content-type"].startswith("text/event-stream")
    assert ("no-store", "no") == (headers["cache-control"], headers["x-accel-buffering"])


async def test_a_token_that_may_not_receive_advice_is_refused(gateway: RunningGateway) -> None:
    """With the same problems as on the socket."""
    assert 401 == (await gateway.client.get("/v1/advice/stream")).status_code
    assert 401 == (await gateway.get("forged")).status_code
    assert 403 == (await gateway.get(gateway.token("device"))).status_code
    assert 404 == (await gateway.get(gateway.token("app", "ada"), params={"athlete_id": "bob"})).status_code
    answer = await gateway.get(params={"actions": "shout"})
    assert (422, "actions") == (answer.status_code, answer.json()["field"])
    assert "application/problem+json" == answer.headers["content-type"]


async def test_a_page_authenticates_by_its_cookie(gateway: RunningGateway) -> None:
    """A browser's EventSource can't set headers."""
    gateway.client.cookies.set("spotter_token", gateway.app)
    event = advice()
    await gateway.write_and_wait(event)
    async with gateway.client.stream("GET", "/v1/advice/stream") as response:
        assert event.id == (await Stream(response).next())["id"]


async def test_a_revoked_token_ends_the_stream(gateway: RunningGateway) -> None:
    """And the next try is refused."""
    token = gateway.token()
    async with gateway.stream(token=token) as stream:
        revoke(gateway.revocations, token)
        with pytest.raises(EOFError):
            await stream.next()

    assert 401 == (await gateway.get(token)).status_code


async def test_too_many_streams_are_refused() -> None:
    """With when to try again."""
    async with serving(limits=Limits(connections_per_token=1)) as gateway, gateway.stream():
        answer = await gateway.get()

    assert (429, "1") == (answer.status_code, answer.headers["retry-after"])


async def test_a_closed_stream_no_longer_counts() -> None:
    """Even if nothing has been sent for a while."""
    async with serving(limits=Limits(connections_per_token=1)) as gateway:
        for _ in range(3):
            async with gateway.stream():
                assert 1 == len(gateway.hub.clients)
            async with asyncio.timeout(2):
                while len(gateway.hub.clients):  # noqa: ASYNC110  # a client that leaves sets no event
                    await asyncio.sleep(0.01)


async def test_a_stop_repeats_on_a_stream_too(gateway: RunningGateway) -> None:
    """Its client can't acknowledge here: acknowledgements of its token through ingest count for it alone."""
    mine, others = gateway.token(), gateway.token()
    async with gateway.stream(token=mine) as stream, gateway.stream(token=others) as another:
        gateway.write(advice(action="stop", sound_ms=5000))
        alert = (await stream.next())["data"]["alert_id"]
        await another.next()
        gateway.write(acknowledged(alert, KEYS.verify(mine).token_id))
        quiet = await stream.nothing(0.4)
        redelivery = await another.some(2)

    assert quiet
    assert [alert, alert] == [event["data"]["alert_id"] for event in redelivery]
