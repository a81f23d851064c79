"""The `spotter` command as a whole."""

from __future__ import annotations

import tomllib

import pytest

from tests.processes import here, spotter
from tests.support import ROOT

COMMANDS = ("up", "demo", "env", "replay", "token", "topics", "cluster", "doctor")


def test_help_names_every_command() -> None:
    """With a line each."""
    ended = here("--help")

    assert 0 == ended.returncode
    assert all(f" {name} " in ended.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(command: str) -> None:
    """It does not need anything to be there."""
    ended = here(command, "--help")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Usage" in ended.stdout


def test_the_version_is_that_of_the_distribution() -> None:
    """As it was installed."""
    project = tomllib.loads((ROOT / "services" / "standalone" / "pyproject.toml").read_text())["project"]

    assert f"spotter {project['version']}\n" == here("--version").stdout


@pytest.mark.parametrize("arguments", [("dance",), ("up", "--fast"), ("replay",), ("token", "lend")])
def test_what_cannot_be_understood_is_reported_with_exit_code_2(arguments: tuple[str, ...]) -> None:
    """And without a traceback."""
    ended = here(*arguments)

    assert 2 == ended.returncode
    assert "Traceback" not in ended.stderr


def test_a_process_of_its_own_does_the_same() -> None:
    """An error is one line on standard error there too."""
    ended = spotter("replay", "nothing.jsonl")

    assert (1, "", "spotter: There is no file nothing.jsonl.\n") == (ended.returncode, ended.stdout, ended.stderr)
