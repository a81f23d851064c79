"""`GET /v1/athletes/{athlete_id}/budget/changes` and `…/budget/{revision}/why`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import create_engine, inspect, select, text

from spotter.domain.events.budgets import ClosedGroup, HardSets, WarningSign
from spotter_dashboard.explanations.schemas import BudgetChangePage, BudgetWhy
from spotter_dashboard.store.database import default_url, migrate
from spotter_dashboard.store.tables import ADVICE, BUDGETS
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import Story

WEEK = datetime(2026, 1, 5, tzinfo=UTC)
OLD_ADVICE = '{"data": {"alert_id": "a1"}}'


async def test_every_change_is_listed_the_newest_first_by_cursor(dashboard: RunningDashboard) -> None:
    """Revisions of a week that were overtaken stay."""
    story = Story("ada").budgets("s1", 1.0, week_start=WEEK).budgets("s2", 0.5, week_start=WEEK, revision=2)
    story.budgets(None, 0.0, week_start=WEEK + timedelta(days=7), revision=3).write(dashboard.log)
    await dashboard.settled()
    first = await dashboard.json("/v1/athletes/ada/budget/changes", limit="2")
    second = await dashboard.json("/v1/athletes/ada/budget/changes", limit="2", cursor=first["next_cursor"])

    assert ([3, 2], [1], None) == (
        [change["revision"] for change in first["changes"]],
        [change["revision"] for change in second["changes"]],
        second["next_cursor"],
    )
    TypeAdapter(BudgetChangePage).validate_python(first)


async def test_a_charge_tells_its_set_its_rules_and_what_would_have_made_it_cheaper(
    dashboard: RunningDashboard,
) -> None:
    """Beside it stands what was said of the week before."""
    story = Story("ada").budgets(None, 0.0, week_start=WEEK)
    story.opens("s1", exercise="biceps_curl").closes("s1").summarises("s1", rir_end=0.0, failed=True)
    story.budgets("s1", 1.0, week_start=WEEK, revision=2).write(dashboard.log)
    await dashboard.settled()
    answer = await dashboard.get("/v1/athletes/ada/budget/2/why")
    TypeAdapter(BudgetWhy).validate_json(answer.content)
    seen = answer.json()

    assert "Biceps curl: the set costs 1 unit. 3 units left in the week." == seen["sentence"]
    assert (0.0, 1.0) == (seen["before"]["spent"], seen["after"]["spent"])
    assert (["R10"], True) == ([rule["id"] for rule in seen["rules"]], seen["inputs"]["set"]["failed"])
    assert {
        "Ended with two reps left or more": "The set would have cost nothing.",
        "Ended with one rep left": "The set would have cost 0.5 units.",
    } == {change["had"]: change["then"] for change in seen["would_have_changed"]}
    assert ["This change does not tell warning signs, which muscles rest and the share of hard sets."] == seen[
        "not_recorded"
    ]


async def test_signs_rests_and_the_share_of_hard_sets_are_told_with_their_rules(dashboard: RunningDashboard) -> None:
    """What took away units, and what gives them back."""
    until = WEEK + timedelta(days=7)
    sign = WarningSign(name="sleep", rule_id="R15", sentence="Bad sleep twice", since=WEEK, until=until)
    more: dict[str, Any] = {
        "signs": [sign],
        "closed": [ClosedGroup(muscle_group="biceps", until=until, rule_id="R11")],
        "hard_share": HardSets(share=0.2, hard=5, sets=25, over=True),
        "allowed_after": 4.0,
    }
    story = Story("ada").budgets(None, 0.0, week_start=WEEK)
    story.budgets(None, 0.0, week_start=WEEK, revision=2, allowed=2.0, left=2.0, **more).write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/athletes/ada/budget/2/why")

    assert "The week allows 2 units instead of 4." == seen["sentence"]
    assert {"R15", "R11", "R09", "R10"} == {rule["id"] for rule in seen["rules"]}
    assert [
        "Without the warning signs (Bad sleep twice)",
        "With a smaller share of hard sets (it was 20 %)",
        "From Monday 12 January, 00:00 UTC on",
    ] == [change["had"] for change in seen["would_have_changed"]]
    assert [] == seen["not_recorded"]


async def test_anothers_budget_and_changes_that_never_were_are_unknown(dashboard: RunningDashboard) -> None:
    """404, whichever it is."""
    Story("ada").budgets("s1", 1.0, week_start=WEEK).write(dashboard.log)
    await dashboard.settled()

    assert 200 == (await dashboard.get("/v1/athletes/ada/budget/1/why", "app", "ada")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/ada/budget/1/why", "app", "bo")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/ada/budget/1/why", gym="g2")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/ada/budget/9/why")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/ada/budget/changes", "app", "bo")).status_code
    assert 422 == (await dashboard.get("/v1/athletes/ada/budget/x/why")).status_code


def test_tables_of_the_first_version_keep_their_rows_and_are_read_anew(tmp_path: Path) -> None:
    """What the log no longer holds stays; the rest comes back with every revision."""
    from alembic import command
    from alembic.config import Config

    engine = create_engine(default_url(tmp_path))
    config = Config()
    config.set_main_option("script_location", "spotter_dashboard.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(f"INSERT INTO advice VALUES ('g','a','s',1,2,7,'e','{OLD_ADVICE}')"))
        connection.execute(text("INSERT INTO budgets VALUES ('g','a',5,3,7,'e','{}')"))
        connection.execute(text("INSERT INTO positions VALUES ('advice.v1',0,9)"))
    migrate(engine)
    with engine.begin() as connection:
        assert [("a1", 2)] == [tuple(row) for row in connection.execute(select(ADVICE.c.alert_id, ADVICE.c.revision))]
        assert [3] == list(connection.scalars(select(BUDGETS.c.revision)))
        assert 0 == connection.scalar(text("SELECT count(*) FROM positions"))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert "wellness" not in inspect(connection).get_table_names()
        assert 1 == connection.scalar(text("SELECT count(*) FROM advice"))
    engine.dispose()
