"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


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


def upgrade() -> None:
    op.create_table(
        "positions",
        text("topic"),
        number("partition"),
        big("next_offset"),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table("athletes", text("gym_id"), text("athlete_id"), sa.PrimaryKeyConstraint("gym_id", "athlete_id"))
    op.create_table(
        "athlete_facts",
        text("gym_id"),
        text("athlete_id"),
        text("fact"),
        text("value"),
        big("rank"),
        text("event_id"),
        sa.PrimaryKeyConstraint("gym_id", "athlete_id", "fact"),
    )
    op.create_table(
        "reports",
        text("gym_id"),
        text("athlete_id"),
        text("event_id"),
        big("rank"),
        big("time_us"),
        sa.PrimaryKeyConstraint("gym_id", "athlete_id", "event_id"),
    )
    versioned(
        "sets",
        ["set_key"],
        text("set_key"),
        text("set_id"),
        big("opened_us"),
        text("exercise", nullable=True),
        sa.Column("load_kg", sa.Float, nullable=True),
        text("intent"),
        text("station_id", nullable=True),
        number("reopened"),
        sa.Column("history", sa.Boolean, nullable=False),
    )
    op.create_index("sets_by_id", "sets", ["gym_id", "set_id"])
    op.create_index("sets_by_time", "sets", ["gym_id", "opened_us", "set_key"])
    op.create_index("sets_by_athlete", "sets", ["gym_id", "athlete_id", "opened_us"])
    versioned("closings", ["set_key"], text("set_key"), big("ended_us"))
    versioned(
        "reps",
        ["set_key", "rep_number", "rep_event_id"],
        text("set_key"),
        number("rep_number"),
        text("rep_event_id"),
        big("rep_us"),
    )
    versioned("estimates", ["set_key", "rep_number"], text("set_key"), number("rep_number"))
    versioned("advice", ["set_key", "after_rep"], text("set_key"), number("after_rep"))
    op.create_index("advice_by_athlete", "advice", ["gym_id", "athlete_id", "rank"])
    versioned("summaries", ["set_key"], text("set_key"))
    versioned("budgets", ["athlete_id", "week_start_us"], big("week_start_us"))
    versioned(
        "budget_entries",
        ["athlete_id", "set_key"],
        text("set_key"),
        big("counted_us"),
        sa.Column("cost", sa.Float, nullable=False),
    )
    versioned(
        "rejections",
        ["dead_id"],
        text("dead_id"),
        text("set_id", nullable=True),
        text("set_key", nullable=True),
        text("rejected_type", nullable=True),
        big("time_us"),
    )
    op.create_index("rejections_by_athlete", "rejections", ["gym_id", "athlete_id", "time_us"])
    versioned("losses", ["athlete_id", "set_id"], text("set_id"))


def downgrade() -> None:
    tables = ("losses", "rejections", "budget_entries", "budgets", "summaries", "advice", "estimates", "reps")
    for name in (*tables, "closings", "sets", "reports", "athlete_facts", "athletes", "positions"):
        op.drop_table(name)
