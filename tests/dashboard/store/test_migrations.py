"""Tables of an older version keep their rows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, select, text

from spotter_dashboard.store.database import default_url, migrate
from spotter_dashboard.store.tables import CLOSINGS, ESTIMATES, METADATA, REPS


def test_reps_and_estimates_of_before_they_were_known_by_their_event_are_kept(tmp_path: Path) -> None:
    """Of a rep that stood under two numbers the highest revision; back again nothing else is lost."""
    engine = create_engine(default_url(tmp_path))
    config = Config()
    config.set_main_option("script_location", "spotter_dashboard.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for number, event_id, revision in ((1, "r1", 1), (2, "r1", 2), (3, "r2", 1)):
            row = f"'g','a','s',{number},'{event_id}',5,{revision},7,'e{number}','{{}}'"
            connection.execute(text(f"INSERT INTO reps VALUES ({row})"))
        connection.execute(text("INSERT INTO estimates VALUES ('g','a','s',3,1,7,'e','{}')"))
        connection.execute(text("INSERT INTO closings VALUES ('g','a','s',5,0,7,'e','{}',NULL)"))
    migrate(engine)
    with engine.begin() as connection:
        reps = select(REPS.c.rep_event_id, REPS.c.rep_number, REPS.c.withdrawn).order_by(REPS.c.rep_number)
        assert [("r1", 2, False), ("r2", 3, False)] == [tuple(row) for row in connection.execute(reps)]
        estimates = select(ESTIMATES.c.about, ESTIMATES.c.rep_number)
        assert [("#3", 3)] == [tuple(row) for row in connection.execute(estimates)]
        assert [(False, None)] == [
            tuple(row) for row in connection.execute(select(CLOSINGS.c.voided, CLOSINGS.c.merged_into))
        ]
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        assert 2 == connection.scalar(text("SELECT count(*) FROM reps"))
        assert [3] == list(connection.scalars(text("SELECT rep_number FROM estimates")))
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_queries_read(tmp_path: Path) -> None:
    """Column by column, keys included, from an empty database and from each version."""
    for version in ("0001", "0002", "0003", "head"):
        engine = create_engine(default_url(tmp_path / version))
        (tmp_path / version).mkdir()
        config = Config()
        config.set_main_option("script_location", "spotter_dashboard.store:migrations")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, version)
        migrate(engine)
        made = inspect(engine)
        for table in METADATA.sorted_tables:
            assert {column.name for column in table.c} == {column["name"] for column in made.get_columns(table.name)}
            keys = [column.name for column in table.primary_key]
            assert set(keys) == set(made.get_pk_constraint(table.name)["constrained_columns"])
        engine.dispose()
