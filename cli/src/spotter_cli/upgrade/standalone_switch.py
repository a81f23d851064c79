"""Puts the shadow's state in the place of the running one's, in a standalone host's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from spotter.streaming.sqlite.storage import LogInUse, SqliteFile, StateRow
from spotter_cli.upgrade.handover import check_open_sets, handed_over
from spotter_cli.upgrade.running_log import StandaloneLog
from spotter_cli.upgrade.shadow import Report, Shadow
from spotter_cli.upgrade.shadow_file import ShadowFile
from spotter_detector.model import MODEL_VERSION
from spotter_detector.processor import FailureDetector
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

SHADOW: Final = "upgrade.db"


def stored_version(database: Path) -> str | None:
    """Return the model that made the state of a database; None where there is none on record."""
    if not database.exists():
        return None
    db = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        row = db.execute("SELECT version FROM versions WHERE processor = ?", (FailureDetector.name,)).fetchone()
    except sqlite3.OperationalError:  # a database from before versions were on record
        return None
    finally:
        db.close()
    return None if row is None else str(row[0])


def needs_switch(database: Path) -> bool:
    """Return whether a database holds the state of another version of the model."""
    if not database.exists() or stored_version(database) == MODEL_VERSION:
        return False
    db = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return db.execute("SELECT 1 FROM cursors WHERE processor = ?", (FailureDetector.name,)).fetchone() is not None
    except sqlite3.Error:  # no database of ours: who opens it says what is wrong with it
        return False
    finally:
        db.close()


async def switch_standalone(data_dir: DataDir, progress: Report, compared: Callable[[ShadowFile], None]) -> None:
    """Catch up with a stopped host and take its place; `compared` is given what is known just before.

    Raises CliError where the host runs. One transaction switches: whoever is killed before it has changed nothing, and
    goes on from what the shadow's file holds.
    """
    try:
        file = SqliteFile(data_dir.database)
    except LogInUse:
        raise CliError(
            f"The host of {data_dir.path} is running: stop it, then switch. Without --switch the comparison runs beside it."
        ) from None
    shadow_file = ShadowFile(data_dir.path / SHADOW, MODEL_VERSION)
    running = StandaloneLog(data_dir.database)
    try:
        cut = await Shadow(shadow_file).catch_up(running, progress)
        check_open_sets(shadow_file)
        compared(shadow_file)
        states: list[StateRow] = []
        timers: dict[str, int] = {}
        for lifter in handed_over(shadow_file):
            states += (StateRow(FailureDetector.name, lifter.key, name, raw) for name, raw in lifter.entries.items())
            if lifter.due_us is not None:
                timers[lifter.key] = lifter.due_us
        file.replace_state(FailureDetector.name, MODEL_VERSION, cut[0], states, timers)
        shadow_file.remove()
    finally:
        running.close()
        shadow_file.close()
        file.close()
