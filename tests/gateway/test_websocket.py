from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spotter.settings import Limits
from spotter_gateway.hub import Intervals
from tests.gateway.outputs import advice, estimate, opened, summary
from tests.gateway.support import QUICK, Clock, RunningGateway, frame, frames, ids, revoke, serving, silent


async def test_advice_is_sent_as_it_is_written(gateway: RunningGateway) -> None:
    """Plans and `continue` too, in order, as CloudEvents; estimates only if requested."""
    written = [advice(after_rep=0), estimate(), advice(after_rep=1), advice("bob", action="stop")]
    async with gateway.socket() as socket:
        gateway.write(*written)
        received = await frames(socket, 3)

    assert {event.id for event in written if event is not written[1]} == set(ids(received))
    assert {"1.0"} == {event["specversion"] for event in received}
    assert {"spotter.advice.given.v1"} == {event["type"] for event in received}


async def test_estimates_are_sent_if_requested(gateway: RunningGateway) -> None:
    """Each as it is written, revisions too."""
    async with gateway.socket("?estimates=1") as socket:
        written = [estimate(rep_number=1), estimate(rep_number=2), estimate(rep_number=1, revision=2, arrival=False)]
        gateway.write(*written)
        received = await frames(socket, 3)

    assert [event.id for event in written] == ids(received)
    assert [1, 1, 2] == [event["data"]["revision"] for event in received]


async def test_filters_apply(gateway: RunningGateway) -> None:
    """Lifter, station and action must all match; a set's station applies to its estimates."""
    query = "?athlete_id=ada&athlete_id=bob&station_id=rack-1&actions=stop,failing&estimates=1"
    async with gateway.socket(query) as socket:
        mine = [opened(station_id="rack-1"), estimate(), advice(action="stop", station_id="rack-1", sound_ms=0)]
        gateway.write(
            advice("cy", action="stop", station_id="rack-1"),
            advice("ada", action="continue", station_id="rack-1"),
            advice("bob", action="stop", station_id="rack-2"),
            opened("bob", station_id="rack-2"),
            estimate("bob"),
            *mine,
        )
        received = await frames(socket, 2)
        quiet = await silent(socket)

    assert {event.id for event in mine[1:]} == set(ids(received))
    assert quiet


async def test_advice_of_another_gym_is_not_sent(gateway: RunningGateway) -> None:
    """The gym comes from the token alone."""
    async with gateway.socket(token=gateway.token(gym="g2")) as socket:
        other = advice(gym_id="g2")
        gateway.write(advice(), other, advice())

        assert other.id == (await frame(socket))["id"]
        assert await silent(socket)


async def test_a_new_client_receives_the_current_state(gateway: RunningGateway) -> None:
    """The newest advice and estimate of each open set, with what is left of its time."""
    ago = datetime.now(UTC) - timedelta(seconds=2)
    ada = [advice(after_rep=0, at=ago), advice(after_rep=1, at=ago), estimate(), advice(after_rep=2, at=ago)]
    await gateway.write_and_wait(*ada, advice("bob"), summary("bob"))
    async with gateway.socket("?estimates=1") as socket:
        received = await frames(socket, 2)
        quiet = await silent(socket)

    assert [ada[3].id, ada[2].id] == ids(received)
    assert 5000 < received[0]["data"]["ttl_ms"] <= 6000
    assert 0 <= received[0]["data"]["sound_ms"] <= 500
    assert quiet


async def test_expired_advice_in_the_current_state_is_late() -> None:
    """It is shown and never played."""
    clock = Clock()
    async with serving(clock=clock) as gateway:
        await gateway.write_and_wait(advice(action="stop"))
        clock.move(seconds=8)
        async with gateway.socket() as socket:
            data = (await frame(socket))["data"]

    assert (True, 0, 0) == (data["late"], data["ttl_ms"], data["sound_ms"])


async def test_a_resting_lifter_receives_nothing_about_the_last_set(gateway: RunningGateway) -> None:
    """An ended set stands for nothing, until a rep after its end brings it back."""
    await gateway.write_and_wait(advice(after_rep=5), summary())
    async with gateway.socket() as socket:
        assert await silent(socket)
    sixth = advice(after_rep=6)
    await gateway.write_and_wait(sixth)
    async with gateway.socket() as socket:
        assert sixth.id == (await frame(socket))["id"]


async def test_nothing_is_missed_or_doubled_while_clients_connect() -> None:
    """Whenever a client connects: how things stand, then each later advice once."""
    async with serving() as gateway:
        written = [advice(after_rep=rep) for rep in range(300)]

        async def write() -> None:
            for event in written:
                gateway.write(event)
                await asyncio.sleep(0.001)

        async def listen(after_s: float) -> list[str]:
            await asyncio.sleep(after_s)
            async with gateway.socket() as socket:
                received = [(await frame(socket))["id"]]
                while received[-1] != written[-1].id:
                    received.append((await frame(socket))["id"])
                return received

        writing = asyncio.create_task(write())
        heard = await asyncio.gather(*(listen(0.01 * number) for number in range(12)))
        await writing

    names = [event.id for event in written]
    assert 12 == len(heard)
    for data in heard:
        assert names[-len(data) :] == data


async def test_an_event_id_is_sent_once(gateway: RunningGateway) -> None:
    """A worker that starts again gives the same ids again."""
    once, other = advice(), advice(after_rep=2)
    async with gateway.socket() as socket:
        gateway.write(once, once, other, once)

        assert [once.id, other.id] == ids(await frames(socket, 2))
        assert await silent(socket)


@pytest.mark.parametrize("offered", [["spotter.v1"], []])
async def test_a_browser_sends_its_token_as_a_subprotocol(gateway: RunningGateway, offered: list[str]) -> None:
    """The answer is `spotter.v1` where that was offered."""
    names = [*offered, f"bearer.{gateway.app}"]
    async with connect(f"ws://127.0.0.1:{gateway.port}/v1/advice", subprotocols=names) as socket:  # type: ignore[arg-type]  # plain strings
        assert (offered[0] if offered else None) == socket.subprotocol
        event = advice()
        gateway.write(event)
        assert event.id == (await frame(socket))["id"]


async def refusal(gateway: RunningGateway, query: str = "", token: str | None = None) -> tuple[int, str | None]:
    """Return status and field of the problem that a handshake is answered with."""
    with pytest.raises(InvalidStatus) as refused:
        async with gateway.socket(query, token):
            pass
    response = refused.value.response
    assert "application/problem+json" == response.headers["Content-Type"]
    assert response.body is not None
    problem = json.loads(response.body)
    assert response.status_code == problem["status"]
    return response.status_code, problem.get("field")


async def test_a_bad_credential_is_refused_at_the_handshake(gateway: RunningGateway) -> None:
    """None, forged, expired, revoked: 401."""
    taken_back = gateway.token()
    revoke(gateway.revocations, taken_back)
    expired = gateway.token(days=-1)

    assert [(401, None)] * 3 == [await refusal(gateway, token=bad) for bad in ("forged", expired, taken_back)]
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{gateway.port}/v1/advice")
    assert 401 == refused.value.response.status_code


async def test_a_token_that_may_not_receive_advice_is_refused_at_the_handshake(gateway: RunningGateway) -> None:
    """A device 403, another lifter 404, a query that cannot be 422."""
    mine = gateway.token("app", "ada")

    assert (403, None) == await refusal(gateway, token=gateway.token("device"))
    assert (404, "athlete_id") == await refusal(gateway, "?athlete_id=bob", mine)
    assert (422, "actions") == await refusal(gateway, "?actions=shout")
    assert (422, "estimates") == await refusal(gateway, "?estimates=2")


async def test_a_revoked_token_is_disconnected_within_five_seconds() -> None:
    """Its sockets close with 1008; others stay. With the pace of the real thing."""
    async with serving(intervals=Intervals()) as gateway:
        token = gateway.token()
        async with gateway.socket(token=token) as socket, gateway.socket() as other:
            await asyncio.sleep(0.05)
            revoke(gateway.revocations, token)
            with pytest.raises(ConnectionClosed) as closed:
                await frame(socket, timeout_s=5)
            event = advice()
            gateway.write(event)
            assert event.id == (await frame(other))["id"]

    assert closed.value.rcvd is not None
    assert 1008 == closed.value.rcvd.code
    assert "revoked" in closed.value.rcvd.reason


async def test_an_expired_token_is_disconnected() -> None:
    """A socket does not outlive its token."""
    clock = Clock()
    async with serving(clock=clock) as gateway, gateway.socket(token=gateway.token(days=1)) as socket:
        clock.move(days=2)
        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

    assert closed.value.rcvd is not None
    assert (1008, True) == (closed.value.rcvd.code, "expired" in closed.value.rcvd.reason)


async def test_a_client_that_does_not_read_is_closed_without_affecting_others() -> None:
    """With 1013: it is to come again; the others hear everything in time."""
    async with serving(waiting_max=50) as gateway, gateway.socket(max_queue=1) as slow, gateway.socket() as quick:
        slow.transport.pause_reading()
        heard = 0
        for number in range(400):
            gateway.write(advice(after_rep=number, sentence="x" * 50_000))
            heard += (await frame(quick))["data"]["after_rep"] == number
        slow.transport.resume_reading()
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(400):
                await frame(slow)

    assert 400 == heard
    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code


async def test_the_connections_of_a_token_are_limited() -> None:
    """One more is told to try later; a place that is free again is given."""
    async with serving(limits=Limits(connections_per_token=2, connections=3)) as gateway:
        async with gateway.socket(), gateway.socket(), gateway.socket() as third:
            with pytest.raises(ConnectionClosed) as closed:
                await frame(third)
        async with gateway.socket() as again:
            event = advice()
            gateway.write(event)
            assert event.id == (await frame(again))["id"]

    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code


async def test_a_restart_closes_with_its_own_code() -> None:
    """Clients are told to come again before the server stops."""
    async with serving() as gateway, gateway.socket() as socket:
        gateway.hub.close_connections()
        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

    assert closed.value.rcvd is not None
    assert 1012 == closed.value.rcvd.code


async def test_heartbeats_report_the_age_of_the_oldest_unfinished_event() -> None:
    """One every two seconds; 0 where all is done."""
    async with serving(intervals=Intervals()) as gateway, gateway.socket() as socket:
        first = (await frame(socket))["heartbeat"]
        gateway.log.oldest_unfinished = int(datetime.now(UTC).timestamp() * 1000) - 3000
        started = asyncio.get_running_loop().time()
        second = (await frame(socket))["heartbeat"]
        apart_s = asyncio.get_running_loop().time() - started

    assert 0 == first["age_ms"]
    assert 3000 <= second["age_ms"] <= 9000
    assert abs((datetime.fromisoformat(second["at"]) - datetime.now(UTC)).total_seconds()) < 1
    assert 1 < apart_s < 5  # two seconds, on a machine that may be busy


async def test_no_heartbeat_is_sent_while_the_age_is_unknown() -> None:
    """A log that doesn't answer silences it; when it answers again the heart beats on."""
    async with serving(intervals=Intervals(heartbeat_s=0.05, retry_s=0.05)) as gateway, gateway.socket() as socket:
        assert "heartbeat" in await frame(socket)
        gateway.log.available = False
        await asyncio.sleep(0.1)
        while not await silent(socket, 0.02):
            pass
        quiet = await silent(socket, 0.3)
        gateway.log.available = True
        again = await frame(socket)

    assert quiet
    assert "heartbeat" in again


async def test_what_was_written_during_an_outage_is_sent_after_it() -> None:
    """A socket outlives a log that doesn't answer for a while."""
    async with serving(intervals=QUICK) as gateway, gateway.socket() as socket:
        gateway.log.available = False
        gateway.write(advice(after_rep=1))
        await asyncio.sleep(0.3)
        gateway.log.available = True

        assert 1 == (await frame(socket))["data"]["after_rep"]
