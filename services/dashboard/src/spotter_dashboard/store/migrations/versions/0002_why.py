"""Every revision of advice and budgets, so that each can be asked why; settings, wellness and notices of a lifter; moved
sets.

The log is read anew from its beginning: it fills the new tables and the revisions that were dropped. Rows that the log
does not hold any more are kept.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def versioned(name: str, keys: list[str], *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        text("gym_id"),
        text("athlete_id"),
        *columns,
        number("revision"),
        big("rank"),
        text("event_id"),
        text("event"),
        sa.PrimaryKeyConstraint("gym_id", *keys),
    )


ADVICE = ("gym_id", "athlete_id", "set_key", "after_rep", "revision", "rank", "event_id", "event")
BUDGETS = ("gym_id", "athlete_id", "week_start_us", "revision", "rank", "event_id", "event")


def new_advice(keys: list[str], *more: sa.Column[Any]) -> None:
    op.drop_index("advice_by_athlete", "advice")
    op.rename_table("advice", "advice_before")
    versioned("advice", keys, text("set_key"), number("after_rep"), *more)
    op.create_index("advice_by_athlete", "advice", ["gym_id", "athlete_id", "rank"])


def alert_id() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "json_extract(event, '$.data.alert_id')"
    return "CAST(event AS json) -> 'data' ->> 'alert_id'"


def upgrade() -> None:
    new_advice(["set_key", "after_rep", "revision"], text("alert_id"))
    op.create_index("advice_by_alert", "advice", ["gym_id", "alert_id"])
    names = ", ".join(ADVICE)
    op.execute(f"INSERT INTO advice ({names}, alert_id) SELECT {names}, {alert_id()} FROM advice_before")
    op.drop_table("advice_before")

    op.rename_table("budgets", "budgets_before")
    versioned("budgets", ["athlete_id", "week_start_us", "revision"], big("week_start_us"))
    op.create_index("budgets_by_revision", "budgets", ["gym_id", "athlete_id", "revision"])
    names = ", ".join(BUDGETS)
    op.execute(f"INSERT INTO budgets ({names}) SELECT {names} FROM budgets_before")
    op.drop_table("budgets_before")

    op.add_column("closings", sa.Column("moved_to", sa.Text, nullable=True))
    versioned("settings", ["athlete_id", "said_id"], text("said_id"), big("said_us"))
    versioned("wellness", ["athlete_id", "said_id"], text("said_id"), big("reported_us"))
    op.create_index("wellness_by_time", "wellness", ["gym_id", "athlete_id", "reported_us", "said_id"])
    versioned("notices", ["athlete_id", "notice_id"], text("notice_id"), big("given_us"))
    op.create_index("notices_by_time", "notices", ["gym_id", "athlete_id", "given_us", "notice_id"])
    op.execute("DELETE FROM positions")


def downgrade() -> None:
    for name in ("notices", "wellness", "settings"):
        op.drop_table(name)
    op.drop_column("closings", "moved_to")
    newest = (
        "SELECT {names} FROM {table} AS one WHERE revision = (SELECT max(revision) FROM {table} AS other WHERE {same})"
    )

    new_advice(["set_key", "after_rep"])
    same = " AND ".join(f"other.{name} = one.{name}" for name in ("gym_id", "set_key", "after_rep"))
    names = ", ".join(ADVICE)
    op.execute(f"INSERT INTO advice ({names}) {newest.format(names=names, table='advice_before', same=same)}")
    op.drop_table("advice_before")

    op.rename_table("budgets", "budgets_before")
    versioned("budgets", ["athlete_id", "week_start_us"], big("week_start_us"))
    same = " AND ".join(f"other.{name} = one.{name}" for name in ("gym_id", "athlete_id", "week_start_us"))
    names = ", ".join(BUDGETS)
    op.execute(f"INSERT INTO budgets ({names}) {newest.format(names=names, table='budgets_before', same=same)}")
    op.drop_table("budgets_before")
