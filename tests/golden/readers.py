"""What the gateway and the dashboard make of some of the golden workouts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.projection.projector import TOPICS as PROJECTED
from spotter_gateway.frames import Advice, Estimate, advice_frame, read, time_left
from tests.contract.memory_harness import MemoryHarness
from tests.contract.workouts import Workout, play
from tests.dashboard.server import RunningDashboard, run_dashboard
from tests.golden.hosts import SEEDS, keys_of, timed
from tests.golden.outcome import Line, Outcome

READER_SEEDS: Final = SEEDS[::10]
AGES_MS: Final = (0, 3000, 9000)
"""How old an advice is when it goes out: fresh, when its sound has passed, and when it has expired."""
TTL_MS: Final = 8000
ASKED_AFTER: Final = timedelta(hours=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the time it was set to."""
        return self.now


async def readings(folder: Path, seeds: Iterable[int] = READER_SEEDS) -> AsyncIterator[tuple[str, Outcome]]:
    """Play workouts in memory and read them with gateway and dashboard; yields each seed and what they send."""
    log, clock = MemoryLog(), Clock(datetime.fromisoformat("2026-01-07T18:00:00Z"))
    async with run_dashboard(folder, log, clock=clock) as dashboard:
        for seed in seeds:
            host = MemoryHarness()
            played = timed(host, seed)
            play(host, played)
            for topic in PROJECTED:
                for record in host.log.records(topic):
                    log.write(NewRecord(record.topic, record.key, record.value))
            await dashboard.settled()
            clock.now = played.base + ASKED_AFTER
            yield str(seed), {"frames": list(_frames(host)), **await _pages(dashboard, played)}


def _frames(host: MemoryHarness) -> Iterator[Line]:
    for topic in (ESTIMATES, ADVICE):
        for record in host.log.records(topic):
            match read(record, lambda set_key: f"rack-of-{set_key}"):
                case Advice() as advice:
                    for age_ms in AGES_MS:
                        now_ms = advice.expires_ms - TTL_MS + age_ms
                        yield Line(
                            f"advice {age_ms} ms", advice_frame(advice, time_left(advice, now_ms), age_ms // 3000)
                        )
                case Estimate() as estimate:
                    yield Line(f"estimate at {estimate.station_id}", estimate.body)
                case None:
                    continue
                case event:
                    yield Line("event", event.type.encode())


async def _pages(dashboard: RunningDashboard, played: Workout) -> Outcome:
    sets: list[Line] = []
    lifters: list[Line] = []
    reasons: list[Line] = []

    async def page(lines: list[Line], path: str, **params: str) -> Any:
        answer = await dashboard.get(path, "coach", **params)
        lines.append(Line(f"{answer.status_code} {path} {params}", answer.content))
        return json.loads(answer.content)

    for key in keys_of(played):
        athlete_id = key.partition("/")[2]
        listed = await page(sets, "/v1/sets", athlete_id=athlete_id, limit="200")
        for each in listed["sets"]:
            one_set = await page(sets, f"/v1/sets/{each['set_id']}", athlete_id=athlete_id, opened_at=each["opened_at"])
            for advice in one_set.get("advice", [])[-1:]:
                await page(reasons, f"/v1/advice/{advice['alert_id']}/why")
        for about in ("budget", "policy", "notices"):
            await page(lifters, f"/v1/athletes/{athlete_id}/{about}")
        changes = await page(lifters, f"/v1/athletes/{athlete_id}/budget/changes")
        for change in changes.get("changes", []):
            await page(reasons, f"/v1/athletes/{athlete_id}/budget/{change['revision']}/why")
    return {"sets": sets, "lifters": lifters, "reasons": reasons}
