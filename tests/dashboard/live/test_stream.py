"""`GET /live`: snapshot, tiles, heartbeats, and whom they reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from spotter.domain.events import Event
from spotter.domain.events.people import TokenRevoked
from spotter.domain.events.registry import Role
from tests.dashboard.server import KEYS, RunningDashboard, now, run_dashboard
from tests.dashboard.story import MONDAY, Story

Frame = tuple[str, dict[str, Any]]


def story(athlete_id: str, gym_id: str = "g1") -> Story:
    """Begin to tell of a lifter now."""
    return Story(athlete_id, gym_id=gym_id, start=now())


@asynccontextmanager
async def watching(dashboard: RunningDashboard, token: str) -> AsyncIterator[AsyncIterator[Frame]]:
    """Open the stream as a page does."""

    async def frames() -> AsyncIterator[Frame]:
        name = ""
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, orjson.loads(value)

    async with (
        asyncio.timeout(10),
        dashboard.client.stream("GET", "/live", headers={"Cookie": f"spotter_token={token}"}) as answer,
    ):
        assert (200, "text/event-stream; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
        yield frames()


async def next_of(frames: AsyncIterator[Frame], name: str) -> dict[str, Any]:
    """Return the next event of that name."""
    async for kind, data in frames:
        if kind == name:
            return data
    raise AssertionError(f"the stream ended without {name}")


async def shown(frames: AsyncIterator[Frame], name: str = "tiles") -> list[str]:
    """Return the sets of the next event of that name."""
    return [tile["set_key"] for tile in (await next_of(frames, name))["tiles"]]


async def test_a_page_gets_a_snapshot_then_whole_tiles(dashboard: RunningDashboard) -> None:
    """A tile comes again as a whole when something of it has changed, and no other with it."""
    ada = story("ada").opens("a", load_kg=60.0).write(dashboard.log)
    story("bo").opens("b").write(dashboard.log)
    await dashboard.settled()
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        assert {"a", "b"} == set(await shown(frames, "snapshot"))
        ada.rep("a", 1, 0.5).write(dashboard.log)
        [tile] = (await next_of(frames, "tiles"))["tiles"]

    assert ("a", 60.0, 1) == (tile["set_key"], tile["load_kg"], tile["reps"])


async def test_a_set_that_is_no_longer_shown_is_said_to_be_gone(dashboard: RunningDashboard) -> None:
    """The ended set gives way to the lifter's next one."""
    ada = story("ada").opens("a1").closes("a1").wait(1).write(dashboard.log)
    await dashboard.settled()
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        assert ["a1"] == await shown(frames, "snapshot")
        ada.opens("a2").write(dashboard.log)
        news = await next_of(frames, "tiles")

    assert (["a2"], ["a1"]) == ([tile["set_key"] for tile in news["tiles"]], news["gone"])


async def test_a_set_that_never_was_leaves_the_floor_at_once(dashboard: RunningDashboard) -> None:
    """One that was voided, and a second recording that was merged into the first; also for pages that come later."""
    ada = story("ada").opens("phone").rep("phone", 1, 0.5).wait(1).opens("watch").rep("watch", 1).write(dashboard.log)
    bo = story("bo").opens("b").rep("b", 1, 0.5).advises("b", 1, "stop").write(dashboard.log)
    await dashboard.settled()
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        assert {"phone", "watch", "b"} == set(await shown(frames, "snapshot"))
        ada.merges("watch", "phone").write(dashboard.log)
        assert ["watch"] == (await next_of(frames, "tiles"))["gone"]
        bo.voids("b").write(dashboard.log)
        assert ["b"] == (await next_of(frames, "tiles"))["gone"]
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        assert ["phone"] == await shown(frames, "snapshot")


async def test_a_page_sees_its_gym_alone(dashboard: RunningDashboard) -> None:
    """A coach of two lifters sees these alone."""
    for athlete, gym in (("ada", "g1"), ("bo", "g1"), ("ada", "g2")):
        story(athlete, gym).opens(f"{gym}-{athlete}").write(dashboard.log)
    await dashboard.settled()
    async with (
        watching(dashboard, KEYS.issue("g2", "coach")) as other,
        watching(dashboard, KEYS.issue("g1", "coach", athletes=["bo"])) as few,
    ):
        assert ["g2-ada"] == await shown(other, "snapshot")
        assert ["g1-bo"] == await shown(few, "snapshot")
        story("ada").opens("g1-ada-2").write(dashboard.log)
        story("bo").opens("g1-bo-2").write(dashboard.log)
        story("ada", "g2").opens("g2-ada-2").write(dashboard.log)
        assert ["g1-bo-2"] == await shown(few)
        assert ["g2-ada-2"] == await shown(other)


async def test_heartbeats_tell_the_age_of_the_oldest_unfinished_event(dashboard: RunningDashboard) -> None:
    """0 where all is done; nothing at all where it can't be told."""
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        assert 0 == (await next_of(frames, "heartbeat"))["age_ms"]
        dashboard.log.oldest_unfinished = round(now().timestamp() * 1000) - 7_000
        while (beat := await next_of(frames, "heartbeat"))["age_ms"] == 0:
            pass
        assert 7_000 <= beat["age_ms"] < 12_000
        assert abs(beat["at"] - now().timestamp() * 1000) < 5_000
        dashboard.log.available = False
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                for _ in range(4):  # some may have been on their way
                    await next_of(frames, "heartbeat")


async def test_a_stream_ends_when_its_token_is_revoked(dashboard: RunningDashboard) -> None:
    """The page is told, so that it asks to sign in."""
    token = KEYS.issue("g1", "coach")
    async with watching(dashboard, token) as frames:
        await next_of(frames, "snapshot")
        revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(token).token_id)
        dashboard.revocations.apply(Event("r", "test", MONDAY, revoked))
        assert "revoked" in (await next_of(frames, "signed_out"))["detail"]
        assert [] == [frame async for frame in frames]


@pytest.mark.parametrize(("role", "status"), [("device", 403), ("app", 403)])
async def test_the_floor_is_the_coachs(dashboard: RunningDashboard, role: Role, status: int) -> None:
    """Other roles hear their own advice elsewhere."""
    assert status == (await dashboard.get("/live", role)).status_code
    assert 401 == (await dashboard.client.get("/live")).status_code


async def test_streams_end_when_the_host_stops(dashboard: RunningDashboard) -> None:
    """A stopping host does not wait for pages that stay open."""
    async with watching(dashboard, KEYS.issue("g1", "coach")) as frames:
        await next_of(frames, "snapshot")
        dashboard.service.live.close()
        await asyncio.wait_for(_end(frames), 2)


async def test_after_a_restart_a_page_finds_the_floor_as_it_was(tmp_path: Path) -> None:
    """Built from the tables and what was written meanwhile."""
    async with run_dashboard(tmp_path) as before:
        ada = story("ada").named("Ada").opens("a").rep("a", 1, 0.5).estimates("a", 1, 5.0).write(before.log)
        await before.settled()
    ada.rep("a", 2, 0.4).write(before.log)
    async with run_dashboard(tmp_path, before.log) as after, watching(after, KEYS.issue("g1", "coach")) as frames:
        [tile] = (await next_of(frames, "snapshot"))["tiles"]

    assert ("Ada", 2, 5.0) == (tile["name"], tile["reps"], tile["reps_left"]["median"])


async def _end(frames: AsyncIterator[Frame]) -> None:
    async for _ in frames:
        pass
