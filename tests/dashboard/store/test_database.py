"""What is read together is of one moment."""

from __future__ import annotations

from pathlib import Path

from spotter_dashboard.store.database import default_url, open_database


def test_reads_of_one_connection_see_one_state(tmp_path: Path) -> None:
    """A set's reps and its estimates are of the same moment, whatever is written meanwhile."""
    engine = open_database(default_url(tmp_path))
    with engine.begin() as writing:
        writing.exec_driver_sql("CREATE TABLE seen (number INTEGER)")
    with engine.connect() as reading:
        before = reading.exec_driver_sql("SELECT count(*) FROM seen").scalar()
        with engine.begin() as writing:
            writing.exec_driver_sql("INSERT INTO seen VALUES (1)")
        assert 0 == before == reading.exec_driver_sql("SELECT count(*) FROM seen").scalar()
    with engine.connect() as later:
        assert 1 == later.exec_driver_sql("SELECT count(*) FROM seen").scalar()
    engine.dispose()
