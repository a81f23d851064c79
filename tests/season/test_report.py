"""Weekly reports of simulated lifters: what detector and advisor made of their training, through the real dashboard."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from lab.season.gym import GYM, Lane, train
from lab.season.people import FIRST_DAY, TrainingPlan, person
from lab.season.training import SeasonLifter
from spotter.domain import topics
from spotter.domain.events import encode
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.dashboard.server import run_dashboard, until

PLAN = TrainingPlan(lifters=3, weeks=4)


@pytest.mark.timeout(180)
async def test_the_weekly_report_renders(tmp_path: Path) -> None:
    """A week of each has a report as data, page and picture, and its sets are those of the week."""
    lanes = []
    for number in range(PLAN.lifters):
        lifter = SeasonLifter(person(number, PLAN), PLAN, lambda *_: None)
        lanes.append(Lane(lifter.person.name, lifter.season()))
    train(lanes, Configuration())

    def later() -> datetime:
        return datetime.combine(FIRST_DAY, time(12), UTC) + timedelta(weeks=PLAN.weeks)

    async with run_dashboard(tmp_path, clock=later) as dashboard:
        for lane in lanes:
            key = athlete_key(GYM, lane.name)
            for topic, events in ((topics.ESTIMATES, lane.story), (topics.ADVICE, lane.published)):
                for event in events:
                    dashboard.log.write(NewRecord(topic, key, encode(event)))
        written = {topic: len(dashboard.log.records(topic)) for topic in (topics.ESTIMATES, topics.ADVICE)}
        await until(lambda: written == {topic: dashboard.read()[topic] for topic in written}, 60)
        for lane in lanes:
            weeks = await dashboard.json(f"/v1/athletes/{lane.name}/weeks", "coach", gym=GYM)
            trained = next(week["week"] for week in weeks["weeks"] if week["sets"])
            report = f"/v1/athletes/{lane.name}/weeks/{trained}/report"
            data = await dashboard.json(f"{report}.json", "coach", gym=GYM)
            assert data["sets"] == sum(data["sets_by_reps_left"].values()) > 0
            page = await dashboard.get(f"{report}.html", "coach", gym=GYM)
            assert 200 == page.status_code
            assert trained in page.text
            picture = await dashboard.get(f"{report}.png", "coach", gym=GYM)
            assert picture.content.startswith(b"\x89PNG")
