from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spotter.settings import Limits
from spotter_gateway.intervals import Intervals
from tests.gateway.outputs import advice, estimate, opened, summary
from tests.gateway.support import QUICK, Clock, Door, frame, frames, ids, revoke, serving, silent


async def test_advice_comes_as_it_is_written(door: Door) -> None:
    """Plans and `continue` too, in order, as CloudEvents; estimates only where they are asked for."""
    written = [advice(after_rep=0), estimate(), advice(after_rep=1), advice("bob", action="stop")]
    async with door.socket() as socket:
        door.write(*written)
        found = await frames(socket, 3)

    assert {event.id for event in written if event is not written[1]} == set(ids(found))
    assert {"1.0"} == {event["specversion"] for event in found}
    assert {"spotter.advice.given.v1"} == {event["type"] for event in found}


async def test_estimates_come_where_they_are_asked_for(door: Door) -> None:
    """Each as it is written, revisions too."""
    async with door.socket("?estimates=1") as socket:
        written = [estimate(rep_number=1), estimate(rep_number=2), estimate(rep_number=1, revision=2, arrival=False)]
        door.write(*written)
        found = await frames(socket, 3)

    assert [event.id for event in written] == ids(found)
    assert [1, 1, 2] == [event["data"]["revision"] for event in found]


async def test_filters_hold(door: Door) -> None:
    """Lifter, station and action are all to be met; a set's station holds for its estimates."""
    query = "?athlete_id=ada&athlete_id=bob&station_id=rack-1&actions=stop,failing&estimates=1"
    async with door.socket(query) as socket:
        mine = [opened(station_id="rack-1"), estimate(), advice(action="stop", station_id="rack-1", sound_ms=0)]
        door.write(
            advice("cy", action="stop", station_id="rack-1"),
            advice("ada", action="continue", station_id="rack-1"),
            advice("bob", action="stop", station_id="rack-2"),
            opened("bob", station_id="rack-2"),
            estimate("bob"),
            *mine,
        )
        found = await frames(socket, 2)
        quiet = await silent(socket)

    assert {event.id for event in mine[1:]} == set(ids(found))
    assert quiet


async def test_another_gym_is_not_heard(door: Door) -> None:
    """The gym comes from the token alone."""
    async with door.socket(token=door.token(gym="g2")) as socket:
        other = advice(gym_id="g2")
        door.write(advice(), other, advice())

        assert other.id == (await frame(socket))["id"]
        assert await silent(socket)


async def test_a_new_client_is_told_how_things_stand(door: Door) -> None:
    """The newest advice and estimate of each open set, with what is left of its time."""
    ago = datetime.now(UTC) - timedelta(seconds=2)
    ada = [advice(after_rep=0, at=ago), advice(after_rep=1, at=ago), estimate(), advice(after_rep=2, at=ago)]
    await door.add_event(*ada, advice("bob"), summary("bob"))
    async with door.socket("?estimates=1") as socket:
        found = await frames(socket, 2)
        quiet = await silent(socket)

    assert [ada[3].id, ada[2].id] == ids(found)
    assert 5000 < found[0]["data"]["ttl_ms"] <= 6000
    assert 0 <= found[0]["data"]["sound_ms"] <= 500
    assert quiet


async def test_what_stands_past_its_time_is_late() -> None:
    """It is shown and never played."""
    clock = Clock()
    async with serving(clock=clock) as door:
        await door.add_event(advice(action="stop"))
        clock.move(seconds=8)
        async with door.socket() as socket:
            found = (await frame(socket))["data"]

    assert (True, 0, 0) == (found["late"], found["ttl_ms"], found["sound_ms"])


async def test_a_lifter_who_rests_hears_nothing_of_the_set_before(door: Door) -> None:
    """An ended set stands for nothing, until a rep after its end brings it back."""
    await door.add_event(advice(after_rep=5), summary())
    async with door.socket() as socket:
        assert await silent(socket)
    sixth = advice(after_rep=6)
    await door.add_event(sixth)
    async with door.socket() as socket:
        assert sixth.id == (await frame(socket))["id"]


async def test_nothing_is_missed_or_doubled_while_clients_come() -> None:
    """Whenever a client connects: how things stand, then each later advice once."""
    async with serving() as door:
        written = [advice(after_rep=rep) for rep in range(300)]

        async def write() -> None:
            for event in written:
                door.write(event)
                await asyncio.sleep(0.001)

        async def listen(after_s: float) -> list[str]:
            await asyncio.sleep(after_s)
            async with door.socket() as socket:
                found = [(await frame(socket))["id"]]
                while found[-1] != written[-1].id:
                    found.append((await frame(socket))["id"])
                return found

        writing = asyncio.create_task(write())
        heard = await asyncio.gather(*(listen(0.01 * number) for number in range(12)))
        await writing

    names = [event.id for event in written]
    assert 12 == len(heard)
    for found in heard:
        assert names[-len(found) :] == found


async def test_an_id_that_is_known_is_dropped(door: Door) -> None:
    """A worker that starts again gives the same ids again."""
    once, other = advice(), advice(after_rep=2)
    async with door.socket() as socket:
        door.write(once, once, other, once)

        assert [once.id, other.id] == ids(await frames(socket, 2))
        assert await silent(socket)


@pytest.mark.parametrize("offered", [["spotter.v1"], []])
async def test_a_browser_sends_its_token_as_a_subprotocol(door: Door, offered: list[str]) -> None:
    """The answer is `spotter.v1` where that was offered."""
    names = [*offered, f"bearer.{door.app}"]
    async with connect(f"ws://127.0.0.1:{door.port}/v1/advice", subprotocols=names) as socket:  # type: ignore[arg-type]  # plain strings
        assert (offered[0] if offered else None) == socket.subprotocol
        one = advice()
        door.write(one)
        assert one.id == (await frame(socket))["id"]


async def refusal(door: Door, query: str = "", token: str | None = None) -> tuple[int, str | None]:
    """Give status and field of the problem that a handshake is answered with."""
    with pytest.raises(InvalidStatus) as refused:
        async with door.socket(query, token):
            pass
    response = refused.value.response
    assert "application/problem+json" == response.headers["Content-Type"]
    assert response.body is not None
    problem = json.loads(response.body)
    assert response.status_code == problem["status"]
    return response.status_code, problem.get("field")


async def test_a_bad_credential_is_refused_at_the_handshake(door: Door) -> None:
    """None, forged, expired, revoked: 401."""
    taken_back = door.token()
    revoke(door.revocations, taken_back)
    expired = door.token(days=-1)

    assert [(401, None)] * 3 == [await refusal(door, token=bad) for bad in ("forged", expired, taken_back)]
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{door.port}/v1/advice")
    assert 401 == refused.value.response.status_code


async def test_who_may_not_hear_is_refused_at_the_handshake(door: Door) -> None:
    """A device 403, another lifter 404, a query that cannot be 422."""
    mine = door.token("app", "ada")

    assert (403, None) == await refusal(door, token=door.token("device"))
    assert (404, "athlete_id") == await refusal(door, "?athlete_id=bob", mine)
    assert (422, "actions") == await refusal(door, "?actions=shout")
    assert (422, "estimates") == await refusal(door, "?estimates=2")


async def test_a_revoked_token_is_out_within_five_seconds() -> None:
    """Its sockets close with 1008; others stay. With the pace of the real thing."""
    async with serving(intervals=Intervals()) as door:
        token = door.token()
        async with door.socket(token=token) as socket, door.socket() as other:
            await asyncio.sleep(0.05)
            revoke(door.revocations, token)
            with pytest.raises(ConnectionClosed) as closed:
                await frame(socket, timeout_s=5)
            one = advice()
            door.write(one)
            assert one.id == (await frame(other))["id"]

    assert closed.value.rcvd is not None
    assert 1008 == closed.value.rcvd.code
    assert "revoked" in closed.value.rcvd.reason


async def test_an_expired_token_is_out_too() -> None:
    """A socket does not outlive its token."""
    clock = Clock()
    async with serving(clock=clock) as door, door.socket(token=door.token(days=1)) as socket:
        clock.move(days=2)
        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

    assert closed.value.rcvd is not None
    assert (1008, True) == (closed.value.rcvd.code, "expired" in closed.value.rcvd.reason)


async def test_a_client_that_does_not_read_is_closed_and_disturbs_nobody() -> None:
    """With 1013: it is to come again; the others hear everything in time."""
    async with serving(waiting_max=50) as door, door.socket(max_queue=1) as slow, door.socket() as quick:
        slow.transport.pause_reading()
        heard = 0
        for number in range(400):
            door.write(advice(after_rep=number, sentence="x" * 50_000))
            heard += (await frame(quick))["data"]["after_rep"] == number
        slow.transport.resume_reading()
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(400):
                await frame(slow)

    assert 400 == heard
    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code


async def test_a_token_has_so_many_connections_and_no_more() -> None:
    """One more is told to try later; a place that is free again is given."""
    async with serving(limits=Limits(connections_per_token=2, connections=3)) as door:
        async with door.socket(), door.socket(), door.socket() as third:
            with pytest.raises(ConnectionClosed) as closed:
                await frame(third)
        async with door.socket() as again:
            one = advice()
            door.write(one)
            assert one.id == (await frame(again))["id"]

    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code


async def test_a_restart_says_so() -> None:
    """Clients are told to come again before the server stops."""
    async with serving() as door, door.socket() as socket:
        door.hub.close_connections()
        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

    assert closed.value.rcvd is not None
    assert 1012 == closed.value.rcvd.code


async def test_heartbeats_tell_the_age_of_what_is_unfinished() -> None:
    """One every two seconds; 0 where all is done."""
    async with serving(intervals=Intervals()) as door, door.socket() as socket:
        first = (await frame(socket))["heartbeat"]
        door.log.oldest_unfinished = int(datetime.now(UTC).timestamp() * 1000) - 3000
        started = asyncio.get_running_loop().time()
        second = (await frame(socket))["heartbeat"]
        apart_s = asyncio.get_running_loop().time() - started

    assert 0 == first["age_ms"]
    assert 3000 <= second["age_ms"] <= 9000
    assert abs((datetime.fromisoformat(second["at"]) - datetime.now(UTC)).total_seconds()) < 1
    assert 1 < apart_s < 5  # two seconds, on a machine that may be busy


async def test_no_heartbeat_where_the_age_cannot_be_told() -> None:
    """A log that doesn't answer silences it; when it answers again the heart beats on."""
    async with serving(intervals=Intervals(heartbeat_s=0.05, retry_s=0.05)) as door, door.socket() as socket:
        assert "heartbeat" in await frame(socket)
        door.log.available = False
        await asyncio.sleep(0.1)
        while not await silent(socket, 0.02):
            pass
        quiet = await silent(socket, 0.3)
        door.log.available = True
        again = await frame(socket)

    assert quiet
    assert "heartbeat" in again


async def test_a_log_that_comes_back_gives_what_was_written_meanwhile() -> None:
    """A socket outlives a log that doesn't answer for a while."""
    async with serving(intervals=QUICK) as door, door.socket() as socket:
        door.log.available = False
        door.write(advice(after_rep=1))
        await asyncio.sleep(0.3)
        door.log.available = True

        assert 1 == (await frame(socket))["data"]["after_rep"]
