"""A set that never was: its open alert is taken back on every connection, and nothing of it sounds any more."""

from __future__ import annotations

from typing import Any

import pytest

from spotter.domain.events import from_json
from spotter.domain.events.outputs import AdviceGiven
from tests.gateway.outputs import advice, closed, counted, estimate
from tests.gateway.support import RunningGateway, frame, frames, ids, silent


@pytest.mark.parametrize("end", [{"voided": True}, {"merged_into": "other"}])
async def test_an_open_alert_is_taken_back(gateway: RunningGateway, end: dict[str, Any]) -> None:
    """The same alert once more, late, under an id of its own: a client that drops ids it knows must hear it."""
    stop, gone = advice(action="stop"), closed(**end)
    async with gateway.socket("?actions=stop") as socket:
        gateway.write(stop)
        first = await frame(socket)
        gateway.write(gone)
        again = await frame(socket)
        quiet = await silent(socket, 0.5)

    assert isinstance(stop.data, AdviceGiven)
    assert (stop.data.alert_id, True, True, 0, 0, 0) == tuple(
        again["data"][name] for name in ("alert_id", "withdrawn", "late", "ttl_ms", "sound_ms", "repeat")
    )
    assert (stop.id, gone.id) == (first["id"], again["id"])
    assert "withdrawn" not in first["data"]
    assert quiet  # no repeat, though nobody has acknowledged it


async def test_a_withdrawal_is_an_advice_like_any_other(gateway: RunningGateway) -> None:
    """Clients that decode frames by the schema can."""
    async with gateway.socket() as socket:
        await gateway.write_and_wait(advice(action="stop"))
        gateway.write(closed(voided=True))
        await frame(socket)
        event = from_json(await frame(socket))

    assert isinstance(event.data, AdviceGiven) and event.data.withdrawn is True


async def test_who_did_not_hear_the_alert_does_not_hear_it_taken_back(gateway: RunningGateway) -> None:
    """Filters apply to both."""
    async with gateway.socket("?actions=failing") as few, gateway.socket("?athlete_id=bob") as other:
        await gateway.write_and_wait(advice(action="stop"))
        await gateway.write_and_wait(closed(voided=True))

        assert await silent(few) and await silent(other)


async def test_advice_on_a_set_that_is_gone_never_sounds(gateway: RunningGateway) -> None:
    """The advisor may still be at it when the detector has taken the set away."""
    await gateway.write_and_wait(closed(merged_into="other"))
    async with gateway.socket() as socket:
        gateway.write(advice(action="stop"))
        data = (await frame(socket))["data"]
        quiet = await silent(socket, 0.5)

    assert (True, True, 0) == (data["late"], data["withdrawn"], data["sound_ms"])
    assert quiet


async def test_a_new_client_hears_nothing_of_it(gateway: RunningGateway) -> None:
    """Neither advice nor estimates."""
    await gateway.write_and_wait(advice(), estimate(), advice("bob"))
    await gateway.write_and_wait(closed(voided=True))
    async with gateway.socket("?estimates=1") as socket:
        assert "bob" == (await frame(socket))["data"]["athlete_id"]
        assert await silent(socket)


async def test_the_estimate_of_a_withdrawn_rep_is_no_state(gateway: RunningGateway) -> None:
    """The one before it is the newest."""
    first, second = (estimate(rep_number=number, rep_event_id=f"e{number}") for number in (1, 2))
    again = advice(after_rep=1, revision=2, late=True)
    await gateway.write_and_wait(advice(after_rep=1), first, advice(after_rep=2), second)
    await gateway.write_and_wait(counted(rep_number=2, rep_event_id="e2", revision=2, withdrawn=True), again)
    async with gateway.socket("?estimates=1") as socket:
        assert [again.id, first.id] == ids(await frames(socket, 2))


async def test_a_client_that_comes_back_hears_what_was_taken_back_meanwhile(gateway: RunningGateway) -> None:
    """It is in the stream like anything else."""
    await gateway.write_and_wait(advice(action="stop"))
    async with gateway.stream() as stream:
        await stream.next()
        cursor = stream.last_id
    await gateway.write_and_wait(closed(voided=True))
    await gateway.write_and_wait(advice("bob"))
    async with gateway.stream(after=cursor) as stream:
        missed = await stream.some(2)

    assert [True, None] == [event["data"].get("withdrawn") for event in missed]
