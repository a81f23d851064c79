"""`spotter env`: a shell set up for the host that is running."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from lab.standalone_thread import Standalone
from spotter_cli.demo.location import demo_data_dir, record_demo
from spotter_standalone.data_dir import DataDir
from tests.processes import client, here


def exported(printed: str) -> dict[str, str]:
    """Return the variables that a shell would set."""
    words = [shlex.split(line) for line in printed.splitlines()]
    assert all(word[0] == "export" and len(word) == 2 for word in words)
    return dict(word[1].split("=", 1) for word in words)


def test_a_shell_is_set_up_for_the_host_of_the_folder(host: Standalone) -> None:
    """Address, a token that reads and writes, the data folder, and a path with spotter on it."""
    ended = here("env", "--data", str(host.folder.path), "--athlete", "mia", "--role", "app")

    assert (0, "") == (ended.returncode, ended.stderr)
    variables = exported(ended.stdout)
    identity = host.folder.keyring().verify(variables["SPOTTER_TOKEN"])
    assert ("app", frozenset({"mia"})) == (identity.role, identity.athletes)
    assert (host.url, str(host.folder.path)) == (variables["SPOTTER_URL"], variables["SPOTTER_DATA"])
    assert f"{Path(sys.executable).parent}:$PATH" == variables["PATH"]
    with client(variables["SPOTTER_URL"], variables["SPOTTER_TOKEN"]) as http:
        assert 200 == http.get("/v1/exercises").status_code


def test_a_demo_is_found_where_the_folder_has_no_host(host: Standalone, tmp_path: Path) -> None:
    """It notes its own folder, which is temporary, in the user's data folder."""
    home = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    ended = here("env", env=home)
    assert 1 == ended.returncode
    assert "No host is running on this machine: start one with spotter up or spotter demo." in ended.stderr

    note = tmp_path / "data" / "spotter" / "demo.json"
    note.parent.mkdir(parents=True)
    note.write_text(f'{{"data": "{host.folder.path}"}}')

    assert host.url == exported(here("env", env=home).stdout)["SPOTTER_URL"]


def test_a_demo_notes_its_folder_where_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that can't be written is no reason to end."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    record_demo(DataDir(tmp_path / "demo"))
    noted = demo_data_dir()
    assert noted is not None and tmp_path / "demo" == noted.path

    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    record_demo(DataDir(tmp_path / "demo"))
    assert demo_data_dir() is None
