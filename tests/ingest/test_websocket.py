from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spotter.domain.events.outputs import DeviceLost
from spotter.settings import Limits
from spotter.streaming.memory.log import MemoryLog
from spotter_ingest import websocket
from tests.ingest.support import (
    KEYS,
    CountingLog,
    RunningIngest,
    ago,
    bearer_of,
    event,
    frames,
    now,
    rep,
    serving,
    until,
)


async def replies(connection: ClientConnection, count: int) -> list[dict[str, Any]]:
    """Receive and read some replies."""
    return [orjson.loads(frame) for frame in await frames(connection, count)]


async def closed(connection: ClientConnection, timeout_s: float = 5) -> tuple[int, str]:
    """Wait for the close and return its code and reason."""
    async with asyncio.timeout(timeout_s):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed as ends:
            assert ends.rcvd is not None
            return ends.rcvd.code, ends.rcvd.reason


async def test_each_frame_gets_its_reply_in_order(ingest: RunningIngest) -> None:
    """Replies look like an item of results and come in the order of the frames."""
    async with ingest.socket() as connection:
        sent = [{**rep(), "id": "a"}, {**rep(), "id": "b", "type": "x"}, {**rep(), "id": "a"}, {**rep(), "id": "c"}]
        for item in sent:
            await connection.send(orjson.dumps(item).decode())
        await connection.send("rubbish")
        got = await replies(connection, 5)
    assert ["a", "b", "a", "c", None] == [reply["id"] for reply in got]
    assert ["accepted", "refused", "duplicate", "accepted", "refused"] == [reply["status"] for reply in got]
    assert (422, 400) == (got[1]["problem"]["status"], got[4]["problem"]["status"])


async def test_replies_do_not_wait_for_the_log_one_by_one() -> None:
    """A hundred frames sent at once need a few writes, not a hundred."""
    log = CountingLog(delay_s=0.05)
    async with serving(log) as ingest, ingest.socket() as connection:
        await asyncio.gather(*(connection.send(orjson.dumps({**rep(), "id": str(n)}).decode()) for n in range(100)))
        got = await asyncio.wait_for(replies(connection, 100), 3)
    assert [str(n) for n in range(100)] == [reply["id"] for reply in got]
    assert len(log.groups) < 20


async def test_a_reply_comes_after_the_write() -> None:
    """Accepted means written, here too."""
    log = CountingLog(delay_s=0.2)
    async with serving(log) as ingest, ingest.socket() as connection:
        await connection.send(orjson.dumps(rep()).decode())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.recv(), 0.1)
        assert "accepted" == (await replies(connection, 1))[0]["status"]
        assert 1 == len(ingest.written())


async def test_a_bad_credential_is_401_at_the_handshake(ingest: RunningIngest) -> None:
    """Nothing is opened for a token that is missing, forged or expired; the answer is a problem document."""
    url = f"ws://127.0.0.1:{ingest.port}/v1/events"
    expired = ingest.token("device", now=now() - timedelta(days=91))
    for more in (
        {},
        {"additional_headers": {"Authorization": "Bearer forged"}},
        {"additional_headers": {"Authorization": f"Bearer {expired}"}},
        {"subprotocols": ["spotter.v1", "bearer.forged"]},
    ):
        with pytest.raises(InvalidStatus) as caught:
            async with connect(url, **more):
                pass
        assert 401 == caught.value.response.status_code
        assert "application/problem+json" == caught.value.response.headers["content-type"]


async def test_a_browser_sends_its_token_as_a_subprotocol(ingest: RunningIngest) -> None:
    """`spotter.v1, bearer.<token>` opens the socket under spotter.v1."""
    url = f"ws://127.0.0.1:{ingest.port}/v1/events"
    async with connect(url, subprotocols=["spotter.v1", f"bearer.{ingest.token()}"]) as connection:  # type: ignore[list-item]  # a NewType of str
        assert "spotter.v1" == connection.subprotocol
        await connection.send(orjson.dumps(rep()).decode())
        assert "accepted" == (await replies(connection, 1))[0]["status"]


async def test_a_token_revoked_meanwhile_is_1008(ingest: RunningIngest) -> None:
    """Revoking a token closes its sockets within 5 s, and only those."""
    token = ingest.token()
    async with ingest.socket(token) as mine, ingest.socket() as other:
        await ingest.post(event("token.revoked", token_id=bearer_of(token).token_id))
        assert 1008 == (await closed(mine))[0]
        await other.send(orjson.dumps(rep()).decode())
        assert "accepted" == (await replies(other, 1))[0]["status"]


async def test_a_token_expired_meanwhile_is_1008(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing is sent."""
    monkeypatch.setattr(websocket, "CHECK_S", 0.05)
    clock = [now()]
    async with serving(clock=lambda: clock[0]) as ingest:
        token = KEYS.issue("g1", "device", days=1)
        async with ingest.socket(token) as connection:
            clock[0] += timedelta(days=2)
            assert 1008 == (await closed(connection))[0]


async def test_a_large_message_is_1009() -> None:
    """A message beyond the limit closes the socket, also where the server would let it pass."""
    for server_bytes in (1_000, 1_000_000):
        limits = Limits(message_bytes=1_000)
        async with serving(limits=limits, ws_max_size=server_bytes) as ingest, ingest.socket() as connection:
            await connection.send(orjson.dumps({**rep(), "id": "fits"}).decode().ljust(1_000))
            assert "accepted" == (await replies(connection, 1))[0]["status"]
            await connection.send(" " * 1_001)
            assert 1009 == (await closed(connection))[0]
            assert 202 == (await ingest.post(rep())).status_code


async def test_frames_before_the_last_one_are_answered() -> None:
    """The close waits for earlier replies."""
    log = CountingLog(delay_s=0.2)
    async with serving(log, Limits(message_bytes=1_000), ws_max_size=10_000) as ingest, ingest.socket() as connection:
        await connection.send(orjson.dumps(rep()).decode())
        await connection.send(" " * 1_001)
        assert "accepted" == (await replies(connection, 1))[0]["status"]
        assert 1009 == (await closed(connection))[0]


async def test_too_many_sockets_are_1013() -> None:
    """By token; another token's socket is accepted, and a closed one no longer counts."""
    async with serving(limits=Limits(connections_per_token=1)) as ingest:
        token = ingest.token()
        async with ingest.socket(token) as first:
            async with ingest.socket(token) as second:
                assert 1013 == (await closed(second))[0]
            async with ingest.socket() as other:
                await other.send(orjson.dumps(rep()).decode())
                assert "accepted" == (await replies(other, 1))[0]["status"]
            await first.send(orjson.dumps(rep()).decode())
            assert "accepted" == (await replies(first, 1))[0]["status"]
        await asyncio.sleep(0.05)
        async with ingest.socket(token) as third:
            await third.send(orjson.dumps(rep()).decode())
            assert "accepted" == (await replies(third, 1))[0]["status"]


async def test_not_ready_is_1013() -> None:
    """Before revocations have been read no socket is served."""
    log = MemoryLog()
    log.available = False
    async with serving(log, wait_ready=False) as ingest, ingest.socket() as connection:
        assert 1013 == (await closed(connection))[0]


async def test_a_flood_is_refused_then_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its rate a socket's events are refused with 429; if it continues, it is closed."""
    monkeypatch.setattr(websocket, "IGNORED_MAX", 20)
    async with (
        serving(limits=Limits(events_per_s=0.001, events_burst=3)) as ingest,
        ingest.socket(ingest.token()) as flood,
    ):
        for _ in range(30):
            await flood.send(orjson.dumps(rep()).decode())
        got = await replies(flood, 23)
        assert 1013 == (await closed(flood))[0]
        assert 202 == (await ingest.post(rep())).status_code
    assert ["accepted"] * 3 + ["refused"] * 20 == [reply["status"] for reply in got]
    assert 429 == got[-1]["problem"]["status"]


async def test_a_binary_frame_is_refused_by_name(ingest: RunningIngest) -> None:
    """The socket stays open."""
    async with ingest.socket() as connection:
        await connection.send(orjson.dumps(rep()))
        await connection.send(orjson.dumps(rep()).decode())
        refused, accepted = await replies(connection, 2)
    assert ("Binary frame", None) == (refused["problem"]["title"], refused["id"])
    assert "accepted" == accepted["status"]


async def test_a_frame_is_one_event(ingest: RunningIngest) -> None:
    """An array is not an event."""
    async with ingest.socket() as connection:
        await connection.send(orjson.dumps([rep()]).decode())
        assert 400 == (await replies(connection, 1))[0]["problem"]["status"]


async def test_an_unavailable_log_refuses_and_keeps_the_socket_open() -> None:
    """503 in the reply: the device keeps the event and sends it again."""
    log = MemoryLog()
    async with serving(log) as ingest, ingest.socket() as connection:
        log.available = False
        await connection.send(orjson.dumps({**rep(), "id": "r"}).decode())
        refused = (await replies(connection, 1))[0]
        log.available = True
        await connection.send(orjson.dumps({**rep(), "id": "r"}).decode())
        accepted = (await replies(connection, 1))[0]
    assert ("r", "refused", 503) == (refused["id"], refused["status"], refused["problem"]["status"])
    assert ("r", "accepted") == (accepted["id"], accepted["status"])


async def test_what_was_sent_before_a_socket_broke_is_written() -> None:
    """A device that loses its connection loses the reply, not the rep."""
    log = CountingLog(delay_s=0.2)
    async with serving(log) as ingest:
        async with ingest.socket() as connection:
            await connection.send(orjson.dumps({**rep(), "id": "last"}).decode())
            await asyncio.sleep(0.1)
            connection.transport.abort()
        await until(lambda: len(ingest.written()) == 2)
        assert ["last"] == [written.id for written in ingest.written() if not isinstance(written.data, DeviceLost)]
        assert "duplicate" == (await ingest.post({**rep(), "id": "last"})).json()["results"][0]["status"]


def lost(ingest: RunningIngest) -> list[tuple[str | None, str | None, str | None]]:
    """Return lifter, set and source of the lost devices."""
    data = [written.data for written in ingest.written() if isinstance(written.data, DeviceLost)]
    return [(lost.athlete_id, lost.set_id, lost.reported_by) for lost in data]


async def test_a_device_lost_during_a_set_is_reported() -> None:
    """A socket that breaks during a set leaves an event under the lifter's key, with correct times."""
    async with serving() as ingest:
        async with ingest.socket() as connection:
            for sent in (rep(set_id="s1"), rep("bo", set_id="s2"), event("set.ended", athlete_id="bo", set_id="s2")):
                await connection.send(orjson.dumps({**sent, "source": "tracker-7"}).decode())
            await replies(connection, 3)
            connection.transport.abort()
        await until(lambda: lost(ingest) == [("ada", "s1", "tracker-7")])


@pytest.mark.parametrize(("last", "expected"), [("rep.completed", []), ("rep.started", [("ada", None, "tracker-7")])])
async def test_a_clean_close_is_a_loss_only_within_a_rep(last: str, expected: list[object]) -> None:
    """Clients may open a socket for each rep; one that closes during a rep can't report its end."""
    async with serving() as ingest:
        async with ingest.socket() as connection:
            sent = {**event(last, athlete_id="ada"), "source": "tracker-7"}
            await connection.send(orjson.dumps(sent).decode())
            await replies(connection, 1)
        await asyncio.sleep(0.2)
        assert expected == lost(ingest)


async def test_half_open_sockets_are_closed() -> None:
    """A peer that has vanished is detected by ping and no longer counts; others are not affected."""
    async with serving(limits=Limits(connections_per_token=3), ws_ping_interval=0.2, ws_ping_timeout=0.2) as ingest:
        token = ingest.token()
        vanished = [await _mute(ingest.port, token) for _ in range(3)]
        async with ingest.socket(token) as full:
            assert 1013 == (await closed(full))[0]
        assert 202 == (await ingest.post(rep())).status_code
        await asyncio.sleep(1)
        async with ingest.socket(token) as connection:
            await connection.send(orjson.dumps(rep()).decode())
            assert "accepted" == (await replies(connection, 1))[0]["status"]
        for peer in vanished:
            peer.close()


async def _mute(port: int, token: str) -> socket.socket:
    """Open a socket that never answers again, not even a ping."""
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(
        peer,
        f"GET /v1/events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode(),
    )
    assert b"101" in await loop.sock_recv(peer, 4096)
    return peer


async def test_a_peer_that_never_reads_blocks_only_itself() -> None:
    """Its replies pile up to a limit, then nothing more is read from it; others are served."""
    async with serving(ws_ping_interval=0.5, ws_ping_timeout=0.5) as ingest:
        deaf = await _mute(ingest.port, ingest.token())
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        text = orjson.dumps({**rep(), "time": ago(seconds=1)})
        frame = bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2, "big") + bytes(4) + text
        loop = asyncio.get_running_loop()
        with pytest.raises((TimeoutError, ConnectionError)):
            async with asyncio.timeout(3):
                while True:
                    await loop.sock_sendall(deaf, frame * 50)
        assert 202 == (await ingest.post(rep())).status_code
        deaf.close()
