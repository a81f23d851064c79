"""The files of a data folder are their owner's alone."""

from __future__ import annotations

from pathlib import Path

import httpx

from lab.standalone_thread import Standalone


def test_nobody_else_may_read_a_file_of_the_folder(tmp_path: Path) -> None:
    """Log, state, pages' tables and their side files; those of an earlier version are closed to others."""
    folder = tmp_path / "data"
    with Standalone(folder) as host:
        httpx.get(f"{host.url}/healthz")
        running = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    for path in folder.iterdir():
        if path.name != "keys.json":
            path.chmod(0o644)
    with Standalone(folder):
        later = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert {0o600} == set(running.values())
    assert {"spotter.db", "spotter.db-wal", "dashboard.db", "keys.json", "address.json"} <= set(running)
    assert {0o600} == {mode for name, mode in later.items() if not name.endswith(".lock")}
    assert 0o700 == folder.stat().st_mode & 0o777
