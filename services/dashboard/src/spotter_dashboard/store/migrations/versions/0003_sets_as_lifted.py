"""Sets under several names, merged and voided sets, exposures; reps by the event that reported them, whose number may change."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REPS = (
    "gym_id",
    "athlete_id",
    "set_key",
    "rep_event_id",
    "rep_number",
    "rep_us",
    "revision",
    "rank",
    "event_id",
    "event",
)
ESTIMATES = ("gym_id", "athlete_id", "set_key", "rep_number", "revision", "rank", "event_id", "event")


def text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


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


def newest(table: str, same: tuple[str, ...], versions: tuple[str, ...]) -> str:
    """Return the condition for the newest of the rows of `table` (as `mine`) that have `same` columns in common."""
    equal = " AND ".join(f"other.{name} = mine.{name}" for name in same)
    later = f"({', '.join(f'other.{name}' for name in versions)}) > ({', '.join(f'mine.{name}' for name in versions)})"
    return f"NOT EXISTS (SELECT 1 FROM {table} AS other WHERE {equal} AND {later})"


def upgrade() -> None:
    for name in ("side", "exposure_key", "other_ids"):
        op.add_column("sets", text(name, nullable=True))
    op.add_column("closings", text("merged_into", nullable=True))
    op.add_column("closings", flag("voided"))
    op.create_table(
        "set_names",
        text("gym_id"),
        text("set_id"),
        text("set_key"),
        sa.PrimaryKeyConstraint("gym_id", "set_id", "set_key"),
    )

    op.rename_table("reps", "reps_before")
    columns = (text("set_key"), text("rep_event_id"), number("rep_number"), big("rep_us"), flag("withdrawn"))
    versioned("reps", ["set_key", "rep_event_id"], *columns)
    names = ", ".join(REPS)
    keep = newest("reps_before", ("gym_id", "set_key", "rep_event_id"), ("revision", "rank", "rep_number"))
    op.execute(f"INSERT INTO reps ({names}) SELECT {names} FROM reps_before AS mine WHERE {keep}")
    op.drop_table("reps_before")

    op.rename_table("estimates", "estimates_before")
    versioned("estimates", ["set_key", "about"], text("set_key"), text("about"), number("rep_number"))
    names = ", ".join(ESTIMATES)
    about = "'#' || CAST(rep_number AS TEXT)"
    op.execute(f"INSERT INTO estimates ({names}, about) SELECT {names}, {about} FROM estimates_before")
    op.drop_table("estimates_before")


def downgrade() -> None:
    op.rename_table("estimates", "estimates_before")
    versioned("estimates", ["set_key", "rep_number"], text("set_key"), number("rep_number"))
    names = ", ".join(ESTIMATES)
    keep = newest("estimates_before", ("gym_id", "set_key", "rep_number"), ("rank", "revision", "about"))
    op.execute(f"INSERT INTO estimates ({names}) SELECT {names} FROM estimates_before AS mine WHERE {keep}")
    op.drop_table("estimates_before")

    op.rename_table("reps", "reps_before")
    versioned(
        "reps",
        ["set_key", "rep_number", "rep_event_id"],
        text("set_key"),
        number("rep_number"),
        text("rep_event_id"),
        big("rep_us"),
    )
    names = ", ".join(REPS)
    op.execute(f"INSERT INTO reps ({names}) SELECT {names} FROM reps_before WHERE NOT withdrawn")
    op.drop_table("reps_before")

    op.drop_table("set_names")
    op.drop_column("closings", "voided")
    op.drop_column("closings", "merged_into")
    for name in ("other_ids", "exposure_key", "side"):
        op.drop_column("sets", name)
