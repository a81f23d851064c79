from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from spotter.domain.events.people import AdviceAcknowledged
from spotter.settings import Limits
from spotter_gateway.websocket import MESSAGES_BURST
from tests.gateway.outputs import advice, summary
from tests.gateway.support import ACK, KEYS, RunningGateway, frame, serving, silent, until


def ack(alert_id: str, state: str = "shown", **data: object) -> dict[str, Any]:
    """Return a plain acknowledgement."""
    return {"type": ACK, "data": {"alert_id": alert_id, "state": state, **data}}


async def say(socket: ClientConnection, message: object) -> None:
    """Send JSON."""
    await socket.send(json.dumps(message))


async def hear(gateway: RunningGateway, socket: ClientConnection, action: str = "continue", **more: Any) -> str:
    """Write an advice, receive it, and return its alert_id."""
    gateway.write(advice(action=action, **more))
    alert_id: str = (await frame(socket))["data"]["alert_id"]
    return alert_id


async def test_an_acknowledgement_is_written_under_its_lifter(gateway: RunningGateway) -> None:
    """With its source, and the lifter and set of the alert."""
    async with gateway.socket() as socket:
        alert = await hear(gateway, socket)
        await say(socket, ack(alert))
        await until(gateway.acknowledgements)

    (written,) = gateway.acknowledgements()
    assert AdviceAcknowledged(gym_id="g1", athlete_id="ada", set_id="s1", alert_id=alert, state="shown") == written.data
    assert KEYS.verify(gateway.app).token_id == written.source
    assert written.receivedtime is not None
    assert ["g1/ada"] == [record.key for record in gateway.log.records("acks.v1")]


async def test_a_cloud_event_keeps_its_identity(gateway: RunningGateway) -> None:
    """id, time and senttime are the client's; its source is the bearer's id; unknown attributes are ignored."""
    async with gateway.socket() as socket:
        event = ack(await hear(gateway, socket), "dismissed") | {
            "specversion": "1.0",
            "id": "a-1",
            "source": "watch-1",
            "time": "2026-01-05T10:00:00Z",
            "senttime": "2026-01-05T10:00:01Z",
            "traceparent": "00-x",
        }
        await say(socket, event)
        await until(gateway.acknowledgements)

    (written,) = gateway.acknowledgements()
    token_id = KEYS.verify(gateway.app).token_id
    assert ("a-1", token_id, "2026-01-05T10:00:00+00:00") == (written.id, written.source, written.time.isoformat())
    assert "2026-01-05T10:00:01+00:00" == written.senttime.isoformat()  # type: ignore[union-attr]  # a failure says it


async def test_the_same_acknowledgement_sent_again_has_the_same_id(gateway: RunningGateway) -> None:
    """If its time is sent, its id is derived from its content."""
    async with gateway.socket() as socket:
        event = ack(await hear(gateway, socket)) | {"time": "2026-01-05T10:00:00Z"}
        for _ in range(2):
            await say(socket, event)
        await until(lambda: len(gateway.acknowledgements()) == 2)

    assert 1 == len({event.id for event in gateway.acknowledgements()})


@pytest.mark.parametrize(
    ("message", "status", "field"),
    [
        ("{", 400, None),
        ("", 400, None),
        ("[]", 400, None),
        ("NaN", 400, None),
        (b"\xff\xfe", 400, None),
        (json.dumps({"data": {"alert_id": "x"}}), 422, "type"),
        (json.dumps({"type": "spotter.rep.completed.v1", "data": {}}), 422, "type"),
        (json.dumps({"type": ["a"], "data": {}}), 422, "type"),
        (json.dumps(ack("x") | {"specversion": "0.3"}), 422, "specversion"),
        (json.dumps({"type": ACK}), 422, "data.alert_id"),
        (json.dumps({"type": ACK, "data": 1}), 422, "data"),
        (json.dumps(ack("x", "liked")), 422, "data.state"),
        (json.dumps(ack("x", colour="blue")), 422, "data.colour"),
        (json.dumps(ack("x", gym_id="g2")), 403, "data.gym_id"),
        (json.dumps(ack("nobody-knows-this")), 404, "data.alert_id"),
        (json.dumps(ack("KNOWN", athlete_id="bob")), 422, "data.athlete_id"),
        (json.dumps(ack("KNOWN", set_id="s9")), 422, "data.set_id"),
        (json.dumps(ack("KNOWN") | {"time": "yesterday"}), 422, "time"),
        (json.dumps(ack("KNOWN") | {"time": "2099-01-01T00:00:00Z"}), 422, "time"),
        (json.dumps(ack("KNOWN") | {"senttime": 5}), 422, "senttime"),
        (json.dumps(ack("KNOWN") | {"id": "x" * 65}), 422, "id"),
        (json.dumps(ack("KNOWN") | {"source": 1}), 422, "source"),
    ],
)
async def test_a_wrong_message_gets_a_problem_and_the_connection_stays_open(
    gateway: RunningGateway, message: str | bytes, status: int, field: str | None
) -> None:
    """An error frame names the field and the mend; the next good message is accepted."""
    async with gateway.socket() as socket:
        alert = await hear(gateway, socket)
        await socket.send(message.replace("KNOWN", alert) if isinstance(message, str) else message)
        problem = (await frame(socket))["problem"]
        await say(socket, ack(alert))
        await until(gateway.acknowledgements)

    assert (status, field) == (problem["status"], problem.get("field"))
    assert problem["mend"]
    assert 1 == len(gateway.acknowledgements())


async def test_an_alert_of_another_lifter_is_unknown(gateway: RunningGateway) -> None:
    """Another gym's, or another lifter's."""
    async with gateway.socket() as socket:
        alert = await hear(gateway, socket)
    for token in (gateway.token(gym="g2"), gateway.token("app", "bob")):
        async with gateway.socket(token=token) as socket:
            await say(socket, ack(alert))

            assert 404 == (await frame(socket))["problem"]["status"]
    assert [] == gateway.acknowledgements()


async def test_an_unavailable_log_is_reported_to_the_client(gateway: RunningGateway) -> None:
    """The client keeps the acknowledgement and sends it again."""
    async with gateway.socket() as socket:
        alert = await hear(gateway, socket)
        gateway.log.available = False
        await say(socket, ack(alert))
        problem = (await frame(socket))["problem"]
        gateway.log.available = True
        await say(socket, ack(alert))
        await until(gateway.acknowledgements)

    assert 503 == problem["status"]


async def test_a_message_that_is_too_large_ends_the_connection() -> None:
    """With 1009."""
    async with serving(limits=Limits(message_bytes=1000)) as gateway, gateway.socket() as socket:
        await say(socket, ack("x" * 1000))
        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

    assert closed.value.rcvd is not None
    assert 1009 == closed.value.rcvd.code


async def test_a_flood_ends_the_connection_and_no_other(gateway: RunningGateway) -> None:
    """With 1013, after a few hundred at once."""
    async with gateway.socket() as flooding, gateway.socket() as other:
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(3 * MESSAGES_BURST):
                await say(flooding, {})
            while True:
                await frame(flooding)
        alert = await hear(gateway, other)

    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code
    assert alert


async def test_a_stop_repeats_until_this_connection_says_that_it_was_shown(gateway: RunningGateway) -> None:
    """At most twice; what another connection shows does not count. (The tests' second lasts 150 ms.)"""
    async with gateway.socket() as phone, gateway.socket() as page:
        gateway.write(advice(action="stop", sound_ms=5000))
        first = [(await frame(socket))["data"] for socket in (phone, page)]
        await say(page, ack(first[1]["alert_id"]))
        redelivery = [(await frame(phone))["data"] for _ in range(2)]
        quiet = await silent(phone, 0.4), await silent(page, 0.01)

    assert {first[0]["alert_id"]} == {data["alert_id"] for data in redelivery}
    assert [2, 1, 0] == [data["repeat"] for data in (first[0], *redelivery)]
    assert first[0]["ttl_ms"] - 150 >= redelivery[0]["ttl_ms"]
    assert redelivery[0]["ttl_ms"] - 150 >= redelivery[1]["ttl_ms"]
    assert (True, True) == quiet


@pytest.mark.parametrize(("state", "ends"), [("delivered", False), ("shown", True), ("dismissed", True)])
async def test_only_what_a_person_saw_ends_repeats(gateway: RunningGateway, state: str, ends: bool) -> None:
    """That it was delivered says nothing about a watch in a pocket."""
    async with gateway.socket() as socket:
        alert = await hear(gateway, socket, "stop", sound_ms=5000)
        await say(socket, ack(alert, state))

        assert ends is await silent(socket, 0.4)


async def test_repeats_end_with_the_set(gateway: RunningGateway) -> None:
    """A lifter who has racked the bar is not told to stop."""
    async with gateway.socket() as socket:
        await hear(gateway, socket, "failing", sound_ms=5000)
        gateway.write(summary())

        assert await silent(socket, 0.4)


async def test_repeats_stay_within_the_time_to_sound(gateway: RunningGateway) -> None:
    """Nothing sounds into the next rep: there is room for one repeat, not for two."""
    async with gateway.socket() as socket:
        await hear(gateway, socket, "stop", sound_ms=220)
        once = not await silent(socket, 0.4)

        assert not once or await silent(socket, 0.4)
