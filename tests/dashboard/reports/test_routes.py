"""`GET /v1/athletes/{athlete_id}/weeks` and the weekly report, as data, page, PDF and PNG."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from spotter.domain import topics
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry, ClosedGroup, HardSets, WarningSign
from spotter.domain.events.outputs import SetClosed
from spotter.domain.events.people import WellnessReported
from spotter.domain.gym_config import Configuration
from spotter_cli.cli import app
from spotter_cli.report_download import format_of
from spotter_dashboard.reports.charts import charts_of
from spotter_dashboard.reports.plots import draw_svg
from spotter_dashboard.reports.queries import weekly_report
from spotter_dashboard.reports.schemas import ReportView, WeekPage
from tests.dashboard.server import KEYS, RunningDashboard, run_dashboard
from tests.dashboard.story import Story

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
NOW = MONDAY + timedelta(days=6, hours=20)
REPORT = "/v1/athletes/ada/weeks/2026-W47/report"


def clock() -> datetime:
    """Show the Sunday evening of the week."""
    return NOW


@pytest.fixture
async def dashboard(tmp_path: Path) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard by that clock."""
    async with run_dashboard(tmp_path, clock=clock) as running:
        yield running


def trained() -> Story:
    """Write two weeks of training; the name is one that a page and a font must bear."""
    story = Story("ada", start=MONDAY - timedelta(days=7)).named('Ada <b>&"$x$" 力', time_zone="Europe/Berlin")
    for week in range(2):
        for number, (exercise, rir) in enumerate(
            [("back_squat", 2.0), ("back_squat", 2.4), ("biceps_curl", 0.0), ("biceps_curl", 1.0), ("push_up", 6.0)]
        ):
            key = f"w{week}s{number}"
            story.now = MONDAY + timedelta(days=7 * (week - 1) + number, hours=10)
            story.tell(WellnessReported(sleep=3, mood=4, pain={"knee": 2}))
            story.opens(key, exercise=exercise)
            kg = 100.0 + week if exercise == "back_squat" else None
            closed: dict[str, Any] = {"reason": "lifter", "ended_at": story.now, "reps": 8, "one_rep_max_kg": kg}
            story.tell(SetClosed(set_key=key, set_id=key, **closed))
            followed = None if rir > 5 else rir >= 2
            story.summarises(key, exercise=exercise, reps=8, rir_end=rir, failed=rir == 0, advice_followed=followed)
        charge(story, week, f"w{week}s2")
    return story


def charge(story: Story, week: int, key: str) -> None:
    """Charge a set to its week, with a sign, a rest, and too many hard sets."""
    start = MONDAY + timedelta(days=7 * (week - 1)) - timedelta(hours=1)
    end = start + timedelta(days=7)
    entry = BudgetEntry(
        set_id=key,
        set_key=key,
        exercise="biceps_curl",
        muscle_group="biceps",
        ended_by="lifter",
        cost=1.0,
        rule_ids=["R10"],
        revision=1,
        last_rep_at=start + timedelta(days=2),
    )
    change = BudgetChanged(
        revision=week + 1,
        entry=entry,
        week_start=start,
        week_end=end,
        time_zone="Europe/Berlin",
        allowed=4.0,
        spent=1.0,
        left=3.0,
        reasons=["4 a week"],
        valid_until=end,
        allowed_after=3.0,
        signs=[WarningSign(name="sleep", rule_id="R15", sentence="Bad sleep twice.", since=start, until=end)],
        closed=[ClosedGroup(muscle_group="biceps", until=end + timedelta(hours=6), rule_id="R11")],
        hard_share=HardSets(share=0.4, hard=4, sets=10, over=True),
    )
    story.tell(change, topic=topics.ADVICE)


async def told(dashboard: RunningDashboard, story: Story) -> None:
    """Write a story and wait until it is in the tables."""
    story.write(dashboard.log)
    await dashboard.settled()


async def test_a_report_counts_sets_by_reps_left_and_tells_budget_signs_and_what_comes(
    dashboard: RunningDashboard,
) -> None:
    """The data behind the page."""
    await told(dashboard, trained())
    answer = await dashboard.get(f"{REPORT}.json", "app", "ada")
    TypeAdapter(ReportView).validate_json(answer.content)
    seen = answer.json()

    assert {"failure or 0": 1, "1": 1, "2": 2, "3": 0, "4": 0, "5 or more": 1, "not known": 0} == seen[
        "sets_by_reps_left"
    ]
    assert ("2026-11-16", "2026-11-22", True, 5, 40, 5) == tuple(
        seen[name] for name in ("first_day", "last_day", "running", "sets", "reps", "days")
    )
    assert (4.0, 1.0, 3.0) == tuple(seen["budget"][name] for name in ("allowed", "spent", "left"))
    assert ({"said": 4, "followed": 2, "reps_after": 0}, 0.4) == (seen["stops"], seen["hard_share"]["share"])
    assert [("R15", "Bad sleep twice.")] == [(sign["rule_id"], sign["sentence"]) for sign in seen["signs"]]
    assert ("2026-W48", 3.0, ["biceps"]) == (
        seen["next_week"]["week"],
        seen["next_week"]["allowed"],
        [group["muscle_group"] for group in seen["next_week"]["closed"]],
    )
    assert [0, 0, 0, 0, 0, 0, 5, 5] == [trend["sets"] for trend in seen["trends"]]
    assert [{"back_squat": 100.0}, {"back_squat": 101.0}] == [trend["one_rep_max_kg"] for trend in seen["trends"][-2:]]


async def test_tests_and_sets_of_as_many_as_possible_are_no_hard_sets(dashboard: RunningDashboard) -> None:
    """They are counted and shown, and how near to failure they ended speaks neither for hard nor for easy training."""
    story = trained()
    for number, intent in enumerate(("amrap", "test")):
        key = f"all-out{number}"
        story.opens(key, exercise="push_up", intent=intent)
        story.tell(SetClosed(set_key=key, set_id=key, reason="lifter", ended_at=story.now, reps=8))
        story.summarises(key, exercise="push_up", reps=8, rir_end=0.0, failed=True)
    await told(dashboard, story)
    seen = await dashboard.json(f"{REPORT}.json", "app", "ada")

    assert (7, 3) == (seen["sets"], seen["sets_by_reps_left"]["failure or 0"])
    assert (7, 5, 2, 0.4) == tuple(seen["trends"][-1][name] for name in ("sets", "known", "hard", "hard_share"))


async def test_the_page_has_a_table_behind_every_chart_and_runs_nothing(dashboard: RunningDashboard) -> None:
    """What a lifter is called is text, wherever it stands."""
    await told(dashboard, trained())
    answer = await dashboard.get(REPORT)
    page = answer.text

    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "script" not in page and "default-src 'none'" in answer.headers["content-security-policy"]
    assert "Ada &lt;b&gt;&amp;" in page and "<b>" not in page
    assert 5 == page.count("<svg") == page.count("As a table") == page.count('role="img"')
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)


async def test_one_report_comes_in_every_form_by_suffix_and_by_accept(dashboard: RunningDashboard) -> None:
    """HTML where nobody asks for more."""
    await told(dashboard, trained())
    kinds = {"html": b"<!doctype html>", "pdf": b"%PDF-", "png": b"\x89PNG", "json": b"{"}
    by_suffix = {form: (await dashboard.get(f"{REPORT}.{form}")).content for form in kinds}
    token = KEYS.issue("g1", "coach")

    async def asked(accept: str) -> httpx.Response:
        return await dashboard.client.get(REPORT, headers={"Authorization": f"Bearer {token}", "Accept": accept})

    assert all(by_suffix[form].startswith(start) for form, start in kinds.items())
    assert ["text/html; charset=utf-8", "application/pdf", "image/png"] == [
        (await asked(accept)).headers["content-type"]
        for accept in ("text/*;q=0.9, image/png;q=0.1", "application/pdf", "image/*")
    ]
    assert 406 == (await asked("audio/ogg")).status_code
    assert 422 == (await dashboard.get(f"{REPORT}.doc")).status_code


async def test_a_week_without_anything_has_a_report_too(dashboard: RunningDashboard) -> None:
    """It says so."""
    await told(dashboard, Story("ada").named("Ada"))
    page = (await dashboard.get(REPORT)).text

    assert "Nothing was recorded in this week" in page and "<svg" not in page
    assert (await dashboard.get(f"{REPORT}.png")).content.startswith(b"\x89PNG")


async def test_weeks_that_were_never_or_are_not_yet_are_refused(dashboard: RunningDashboard) -> None:
    """The message names how a week is written."""
    await told(dashboard, trained())

    assert 422 == (await dashboard.get("/v1/athletes/ada/weeks/2025-W53/report")).status_code
    assert 422 == (await dashboard.get("/v1/athletes/ada/weeks/november/report")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/ada/weeks/2026-W48/report")).status_code
    assert 200 == (await dashboard.get("/v1/athletes/ada/weeks/2020-W53/report.json")).status_code


async def test_weeks_are_listed_back_to_the_first_set_by_cursor(dashboard: RunningDashboard) -> None:
    """With the numbers of each."""
    await told(dashboard, trained())
    first = await dashboard.json("/v1/athletes/ada/weeks", limit="1")
    second = await dashboard.json("/v1/athletes/ada/weeks", limit="1", cursor=first["next_cursor"])
    TypeAdapter(WeekPage).validate_python(first)

    assert [("2026-W47", 5, 2, 1.0)] == [
        (week["week"], week["sets"], week["hard"], week["spent"]) for week in first["weeks"]
    ]
    assert ["2026-W46"] == [week["week"] for week in second["weeks"]]
    assert None is second["next_cursor"]


async def test_sets_that_were_moved_to_another_lifter_are_not_in_the_report(dashboard: RunningDashboard) -> None:
    """Nor in lists, nor by id; whose it is now is said where it may be."""
    story = trained()
    fields: dict[str, Any] = {"reason": "lifter", "ended_at": story.now, "reps": 0, "reopened": 1, "moved_to": "bo"}
    story.tell(SetClosed(set_key="w1s0", set_id="w1s0", **fields))
    await told(dashboard, story)
    refused = await dashboard.get("/v1/sets/w1s0", athlete_id="ada")

    assert 4 == (await dashboard.json(f"{REPORT}.json"))["sets"]
    assert (404, True) == (refused.status_code, "moved to bo" in refused.json()["detail"])
    assert "w1s0" not in {entry["set_id"] for entry in (await dashboard.json("/v1/sets", limit="200"))["sets"]}


async def test_a_chart_is_drawn_the_same_each_time_and_is_valid(dashboard: RunningDashboard) -> None:
    """In the colours of the page that it stands on."""
    await told(dashboard, trained())
    report = weekly_report(dashboard.service.engine, "g1", "ada", Configuration().gym("g1", 0), "2026-W47", NOW)
    for chart in charts_of(report):
        svg = await asyncio.to_thread(draw_svg, chart)
        assert "var(--" in svg and "#01020" not in svg
        assert "svg" == ET.fromstring(svg.replace("xlink:href", "href")).tag
        assert svg == draw_svg(chart)


async def test_the_command_writes_a_report(dashboard: RunningDashboard, tmp_path: Path) -> None:
    """`spotter report ATHLETE --week WEEK --out FILE`."""
    await told(dashboard, trained())
    token = KEYS.issue("g1", "app", athletes=["ada"])

    def run(out: str, athlete: str = "ada") -> Any:
        options = ["report", athlete, "--week", "2026-W47", "--out", str(tmp_path / out), "--url", dashboard.url]
        return CliRunner().invoke(app, [*options, "--token", token])

    done = await asyncio.to_thread(run, "week.pdf")
    refused = await asyncio.to_thread(run, "other.pdf", "bo")

    assert (0, True) == (done.exit_code, (tmp_path / "week.pdf").read_bytes().startswith(b"%PDF-")), done.output
    assert "Nobody has heard of the lifter bo" in str(refused.exception)
    assert not (tmp_path / "other.pdf").exists()


def test_a_file_that_is_none_of_the_forms_is_refused() -> None:
    """Before anything is asked for."""
    with pytest.raises(Exception, match=r"should end with \.html, \.pdf, \.png or \.json"):
        format_of(Path("week.docx"))
