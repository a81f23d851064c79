"""A standalone host's state goes over from one model to the next: beside it, compared, and in one step."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spotter.domain.events import Event, decode
from spotter.domain.events.outputs import EffortEstimated, RepCounted
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from spotter.streaming.processor import OtherVersion
from spotter.streaming.state_versions import Input, Stepper
from spotter_cli.upgrade.running_log import StandaloneLog
from spotter_cli.upgrade.shadow import Shadow
from spotter_cli.upgrade.shadow_file import ShadowFile
from spotter_cli.upgrade.standalone_switch import SHADOW, needs_switch, stored_version
from spotter_detector.model import MODEL_VERSION
from spotter_detector.processor import FailureDetector
from tests.contract.lifter import Lifter
from tests.contract.sqlite_harness import SqliteHarness
from tests.contract.workouts import play, workout
from tests.older_model import OLDER, older_model
from tests.processes import COMMAND, environment, here

NOW = datetime.now(UTC)


@contextmanager
def host(folder: Path) -> Iterator[SqliteHarness]:
    """Run detector and advisor on a data folder."""
    running = SqliteHarness(folder / "spotter.db")
    try:
        yield running
    finally:
        running.close()


def fill(running: SqliteHarness) -> None:
    """Have lifters train, with all that goes wrong; one of them is left in the middle of a set."""
    for seed in range(3):
        play(running, workout(running, seed, f"lifter-{seed}", base=NOW))
    lifter = Lifter(running, NOW, "ada")
    for day in range(3):
        at_s = 4000.0 * day
        lifter.send(lifter.start(at_s, f"s{day}", load_kg=80), *lifter.reps(8, at_s + 5, f"s{day}"))
        lifter.send(lifter.end(at_s + 60, f"s{day}"), lifter.call(1, at_s + 65, f"s{day}"))
    lifter.send(lifter.start(12_000, "open", load_kg=80), *lifter.reps(4, 12_005, "open"))


def go_on(running: SqliteHarness) -> None:
    """Finish the set that was running, correct a rep of an earlier one, and lift another."""
    lifter = Lifter(running, NOW, "ada")
    lifter._ids = itertools.count(1_000)
    velocities = [0.43, 0.40, 0.37, 0.34]
    lifter.send(*(lifter.rep(5 + index, 12_017 + 3 * index, v, "open") for index, v in enumerate(velocities)))
    lifter.send(lifter.end(12_040, "open"), lifter.amend(3, 12_050, "s1", mean_velocity_mps=0.3))
    lifter.send(lifter.start(12_300, "next", load_kg=80), *lifter.reps(5, 12_305, "next"), lifter.end(12_330, "next"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that the older model has filled."""
    path = tmp_path_factory.mktemp("filled")
    with older_model(), host(path) as running:
        fill(running)
    return path


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(filled, tmp_path / "data"))


def upgraded(folder: Path, *options: str) -> dict[str, Any]:
    """Run the command and return the comparison that it prints."""
    ended = here("upgrade", "--data", str(folder), "--json", *options)
    assert 0 == ended.returncode, ended.stderr
    comparison: dict[str, Any] = json.loads(ended.stdout)
    return comparison


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the database."""
    with closing(sqlite3.connect(folder / "spotter.db")) as db:
        return db.execute(query).fetchall()


def outputs(folder: Path, topic: str = "estimates.v1") -> list[Event]:
    """Return what was published, in order."""
    return [decode(value) for (value,) in rows(folder, f'SELECT value FROM "log {topic}" ORDER BY offset')]


def recomputed(folder: Path) -> tuple[list[Event], Stepper]:
    """Return what this version publishes of the whole log, and its state."""
    stepper = Stepper(FailureDetector(), Configuration())
    lifts = rows(folder, 'SELECT offset, key, value FROM "log lifts.v1" ORDER BY offset')
    made = [
        out.event
        for offset, key, value in lifts
        for out in stepper.run([Input(0, offset, key, value)]).outputs
        if out.topic == "estimates.v1"
    ]
    return made, stepper


def cut(folder: Path) -> int:
    """Return the next input of the detector."""
    return int(rows(folder, "SELECT offset FROM cursors WHERE processor = 'failure-detector'")[0][0])


def content(event: Event) -> tuple[str, str, dict[str, Any]]:
    """Return an output without its revision: after a switch it goes on from what was published."""
    return event.id, str(event.sequence), event.data.model_dump(exclude={"revision"})


def test_a_host_does_not_continue_another_models_state(folder: Path) -> None:
    """It says what to do, in either direction, and changes nothing."""
    before = rows(folder, "SELECT * FROM state")

    with pytest.raises(OtherVersion, match=f"made by {OLDER}, and this program is {MODEL_VERSION}: `spotter upgrade`"):
        SqliteHarness(folder / "spotter.db")

    assert before == rows(folder, "SELECT * FROM state")
    assert needs_switch(folder / "spotter.db")


def test_beside_a_running_host_nothing_changes_but_the_comparison(tmp_path: Path) -> None:
    """The shadow reads the log of a host that works, and goes on where it was when it is asked again."""
    with older_model(), host(tmp_path) as running:
        fill(running)
        before = rows(tmp_path, "SELECT * FROM state"), outputs(tmp_path)
    with older_model(), host(tmp_path) as running:
        first = _beside(tmp_path)
        assert before == (rows(tmp_path, "SELECT * FROM state"), outputs(tmp_path))
        go_on(running)
        second = _beside(tmp_path)

    assert [OLDER] == first["old_versions"]
    assert MODEL_VERSION == first["new_version"]
    assert first["sets"] + 1 == second["sets"] > 8
    assert 0 == second["only_running"] == second["only_shadow"]
    assert 0.1 < second["rir_change_median"] < second["rir_change_max"]
    assert second["reps_changed"] > 0.5 * second["reps"] > 20
    assert second["rir_change_mean"] > 0
    assert second["advice_changed"] > 0
    assert second["alarms_later"] + second["alarms_gone"] > 0
    assert 10 == len(second["most_different"])


def _beside(folder: Path) -> dict[str, Any]:
    """Compare by a process of its own: the models of this one are the older's."""
    ended = subprocess.run(
        [*COMMAND, "upgrade", "--data", str(folder), "--json"],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == ended.returncode, ended.stderr
    comparison: dict[str, Any] = json.loads(ended.stdout)
    return comparison


def test_the_switch_loses_and_doubles_nothing(folder: Path) -> None:
    """What was published stays; from the switch on everything is as if this model had always run."""
    published, at = outputs(folder), cut(folder)
    upgraded(folder)
    upgraded(folder, "--switch")

    assert MODEL_VERSION == stored_version(folder / "spotter.db")
    assert not (folder / SHADOW).exists()
    assert published == outputs(folder)
    with host(folder) as running:
        go_on(running)
    made, stepper = recomputed(folder)
    new = outputs(folder)[len(published) :]
    assert [content(event) for event in new] == [
        content(event) for event in made if int(str(event.sequence).partition("-")[0]) >= at
    ]
    of_open = [event.data for event in outputs(folder) if event.data.set_id == "open"]
    versions = [data.model_version for data in of_open if isinstance(data, EffortEstimated) and data.arrival]
    assert [OLDER] * 4 + [MODEL_VERSION] * 4 == versions
    stored = rows(
        folder, "SELECT key, name, value FROM state WHERE processor = 'failure-detector' AND name LIKE 'set:%'"
    )
    own = {(key, name) for key in stepper.table.keys() for name in stepper.state(key)}  # noqa: SIM118  # it is no mapping
    assert {(key, name) for key, name, _ in stored} == {each for each in own if each[1].startswith("set:")}


def test_revisions_go_on_from_what_was_published(folder: Path) -> None:
    """A rep that is corrected after the switch has a higher revision than before it, by whichever count."""
    with closing(sqlite3.connect(folder / "spotter.db")) as db, db:  # as if the older model had revised more often
        for offset, value in db.execute('SELECT offset, value FROM "log estimates.v1"').fetchall():
            raised = value.replace(b'"revision":1,', b'"revision":7,')
            db.execute('UPDATE "log estimates.v1" SET value = ? WHERE offset = ?', (raised, offset))
    upgraded(folder, "--switch")
    published = len(outputs(folder))
    with host(folder) as running:
        go_on(running)

    revised = [event.data for event in outputs(folder)[published:] if event.data.set_id == "s1"]
    assert {8} == {
        data.revision for data in revised if isinstance(data, RepCounted | EffortEstimated) and data.rep_number == 3
    }


def test_a_shadow_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """What it had committed is not read again, and the end is the same."""
    with older_model(), host(tmp_path) as running:
        for name in range(12):
            lifter = Lifter(running, NOW, f"lifter-{name}")
            sets = [
                [*lifter.reps(9, 300 * number, f"s{number}"), lifter.end(300 * number + 40, f"s{number}")]
                for number in range(12)
            ]
            lifter.send(*itertools.chain.from_iterable(sets))
    whole = tmp_path / "whole.db"
    asyncio.run(_follow(tmp_path, whole))
    process = subprocess.Popen(
        [*COMMAND, "upgrade", "--data", str(tmp_path)], env=environment({}), stdout=subprocess.DEVNULL
    )
    until_s = time.monotonic() + 30
    while not 0 < _read_by(tmp_path / SHADOW) and process.poll() is None:
        assert time.monotonic() < until_s
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < _read_by(tmp_path / SHADOW)

    asyncio.run(_follow(tmp_path, tmp_path / SHADOW))

    assert _content(whole) == _content(tmp_path / SHADOW)


async def _follow(folder: Path, file: Path) -> None:
    running, shadow = StandaloneLog(folder / "spotter.db"), ShadowFile(file, MODEL_VERSION)
    try:
        await Shadow(shadow).follow(running)
    finally:
        running.close()
        shadow.close()


def _read_by(file: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as db:
            return int(db.execute("SELECT ifnull(sum(offset), 0) FROM cursors WHERE topic = 'lifts.v1'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _content(file: Path) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(file)) as db:
        return [
            db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in ("state", "facts", "cursors")
        ]


KILLED_IN_THE_SWITCH = """
import os, signal
from spotter.streaming.sqlite.storage import SqliteFile
from spotter_cli.cli import main
write = SqliteFile._write
def killed(*arguments):
    write(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
SqliteFile._write = killed
main()
"""


def test_a_switch_that_is_killed_has_changed_nothing(folder: Path) -> None:
    """It is one transaction: the older version may start again, and so may the switch."""
    before = rows(folder, "SELECT * FROM state"), rows(folder, "SELECT * FROM timers")

    killed = [sys.executable, "-c", KILLED_IN_THE_SWITCH, "upgrade", "--data", str(folder), "--switch"]
    ended = subprocess.run(killed, env=environment({}), capture_output=True, check=False)

    assert -signal.SIGKILL == ended.returncode
    assert before == (rows(folder, "SELECT * FROM state"), rows(folder, "SELECT * FROM timers"))
    with older_model(), host(folder) as running:
        running.run()
    upgraded(folder, "--switch")
    with host(folder) as running:
        running.run()


def test_a_running_host_is_not_switched(folder: Path) -> None:
    """The command says to stop it."""
    with older_model(), host(folder):
        ended = subprocess.run(
            [*COMMAND, "upgrade", "--data", str(folder), "--switch"],
            env=environment({}),
            capture_output=True,
            text=True,
            check=False,
        )

    assert 1 == ended.returncode
    assert "is running: stop it, then switch" in ended.stderr


def test_what_is_running_in_one_version_only_is_waited_for(folder: Path) -> None:
    """A set that readers have as running, and the new version does not know, would never end."""
    with older_model(), host(folder) as running:
        gone = Lifter(running, NOW, "gone")
        gone.send(*gone.reps(2, 0, "lost"))
    with (
        closing(sqlite3.connect(folder / "spotter.db")) as db,
        db,
    ):  # as if the new version made nothing of these events
        db.execute("""UPDATE "log lifts.v1" SET value = ? WHERE key = 'g1/gone'""", (b"{}",))

    ended = here("upgrade", "--data", str(folder), "--switch")

    assert 1 == ended.returncode
    assert "1 sets are running that only one of the versions knows (g1/gone lost)" in ended.stderr
    assert OLDER == stored_version(folder / "spotter.db")


def test_another_log_in_the_folder_is_read_from_its_beginning(folder: Path, tmp_path: Path) -> None:
    """What the shadow had of the first one is thrown away."""
    asyncio.run(_follow(folder, folder / SHADOW))
    other = tmp_path / "other"
    other.mkdir()
    with older_model(), host(other) as running:
        lifter = Lifter(running, NOW, "new")
        lifter.send(*lifter.reps(3, 0, "s"))
    (folder / SHADOW).rename(other / SHADOW)

    comparison = upgraded(other)

    assert (1, 3) == (comparison["sets"], comparison["reps"])


def test_a_host_that_is_started_takes_over_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`spotter up` makes its own state of the log first; once it is its own there is nothing to do."""
    from spotter_cli.commands.up import _take_over
    from spotter_standalone.data_dir import DataDir

    asyncio.run(_take_over(DataDir(folder)))
    text = capsys.readouterr().err
    asyncio.run(_take_over(DataDir(folder)))

    assert f"The state is of {OLDER}: reading the log anew with {MODEL_VERSION}" in text
    assert "" == capsys.readouterr().err
    with host(folder) as running:
        running.run()
    assert "nothing to upgrade" in here("upgrade", "--data", str(folder)).stderr


def test_a_database_from_before_versions_were_kept_is_another_versions(folder: Path) -> None:
    """Nobody knows by which model its state was made."""
    with closing(sqlite3.connect(folder / "spotter.db")) as db, db:
        db.execute("DROP TABLE versions")

    with pytest.raises(OtherVersion, match="by a version that left no name"):
        SqliteHarness(folder / "spotter.db")
    upgraded(folder, "--switch")
    with host(folder) as running:
        running.write([NewRecord("lifts.v1", "g1/ada", b"{}")])
        running.run()
