"""`spotter doctor`: what works, what does not, and how to repair it."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.standalone_thread import Standalone
from spotter_cli.doctor import dependencies, installation, machine
from spotter_standalone.data_dir import DataDir
from tests.processes import here


def test_a_healthy_machine_can_run_spotter(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    ended = here("doctor", "--data", str(tmp_path / "new"), "--port", "0")

    assert 0 == ended.returncode, ended.stdout
    assert "Spotter can run here" in ended.stdout
    assert all(
        name in ended.stdout for name in ("Python", "packages", "clock", "database", "key file", "Java", "nginx")
    )
    assert not (tmp_path / "new").exists()


def test_what_is_broken_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Exit code 1."""
    (tmp_path / "spotter.db").write_bytes(b"no database " * 1000)
    (tmp_path / "keys.json").write_text("[]")
    (tmp_path / "keys.json").chmod(0o600)

    ended = here("doctor", "--data", str(tmp_path), "--port", "0")

    assert 1 == ended.returncode
    assert "Broken: database, key file." in ended.stdout
    assert "restore it" in ended.stdout


def test_a_running_host_is_found_at_its_port(tmp_path: Path) -> None:
    """A port that something else has is looked at; one of Spotter's is well."""
    with Standalone(tmp_path) as host:
        port = int(host.url.rpartition(":")[2])
        finding = installation.check_port(DataDir(tmp_path), "127.0.0.1", port)
        whole = installation.check_database(DataDir(tmp_path).database, "database", "")

    assert ("ok", f"Spotter is running at {host.url}") == (finding.state, finding.detail)
    assert "ok" == whole.state


def test_a_damaged_database_is_broken(tmp_path: Path) -> None:
    """Damage in the middle of the file is found."""
    path = tmp_path / "spotter.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
    database.close()
    content = bytearray(path.read_bytes())
    content[8192:12288] = os.urandom(4096)
    path.write_bytes(content)

    finding = installation.check_database(path, "database", "restore it")

    assert ("broken", "restore it") == (finding.state, finding.remedy)


def test_keys_that_others_can_read_are_broken(tmp_path: Path) -> None:
    """No host uses them; keys that only their owner can read are well."""
    folder = DataDir(tmp_path)
    folder.keyring()
    assert "ok" == installation.check_key_file(folder).state

    folder.key_file.chmod(0o644)

    finding = installation.check_key_file(folder)
    assert ("broken", f"chmod 600 {folder.key_file}") == (finding.state, finding.remedy)


def test_a_log_that_is_ahead_of_the_clock_is_odd(tmp_path: Path) -> None:
    """The clock was, or is, wrong."""
    with Standalone(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "spotter.db") as database:
        later_ms = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
        database.execute('INSERT INTO "log lifts.v1" VALUES (0, ?, ?, ?)', ("g1/ada", b"{}", later_ms))
    database.close()

    finding = installation.check_log_time(DataDir(tmp_path), datetime.now(UTC))

    assert finding is not None and "60 minutes in the future" in finding.detail


def test_a_clock_before_this_release_is_broken() -> None:
    """A machine without a battery begins in 1970."""
    assert "broken" == machine.check_clock(datetime(1970, 1, 1, tzinfo=UTC)).state
    assert machine.check_clock(datetime.now(UTC)).state in ("ok", "warning")


def test_parts_that_only_a_cluster_needs_are_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them Spotter runs all the same."""
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("JAVA_HOME", "CHROMIUM", "SPOTTER_KAFKA", "KAFKA_BOOTSTRAP"):
        monkeypatch.delenv(name, raising=False)

    findings = [
        check()
        for check in (
            dependencies.check_java,
            dependencies.check_maven,
            dependencies.check_kafka,
            dependencies.check_browser,
        )
    ]

    assert ["missing"] * 4 == [each.state for each in findings]
    assert all(each.remedy for each in findings)


def test_a_kafka_that_is_named_and_does_not_answer_is_odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one thing a cluster can't do without."""
    monkeypatch.setenv("SPOTTER_KAFKA", "127.0.0.1:9")

    assert "warning" == dependencies.check_kafka().state
