"""The published schemas and their guard."""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spotter.domain.events import TYPES
from spotter.domain.rules import RULES
from spotter.streaming.dead_letters import REASONS
from tests.support import ROOT
from tools.reference.compatible import breaks
from tools.reference.pages import dead_letters, rules
from tools.reference.schemas import event_schemas

REP = "spotter.rep.completed.v1"


def changed(where: list[str], value: object) -> dict[str, Any]:
    """Return the schema of a rep with one member changed; None removes it."""
    schema = copy.deepcopy(event_schemas()[REP])
    parent = schema
    for name in where[:-1]:
        parent = parent[name]
    if value is None:
        del parent[where[-1]]
    else:
        parent[where[-1]] = value
    return schema


def test_the_reference_is_fresh() -> None:
    """What is committed is what the models say."""
    checked = subprocess.run([sys.executable, "-m", "tools.reference", "--check"], capture_output=True, text=True)
    assert 0 == checked.returncode, checked.stderr


@pytest.mark.parametrize("page", ["rules.md", "dead-letters.md"])
def test_a_page_that_was_written_by_hand_is_stale(tmp_path: Path, page: str) -> None:
    """The check names it, and what to run."""
    folder = shutil.copytree(ROOT / "docs" / "reference", tmp_path / "reference")
    (folder / page).write_text((folder / page).read_text().replace("The ", "A "))
    command = [sys.executable, "-m", "tools.reference", "--check", "--folder", str(folder)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 1 == checked.returncode
    assert f"docs/reference is stale (run `make reference`):\n  {page}\n" == checked.stderr


def test_each_rule_and_each_reason_has_its_row() -> None:
    """From the tables that the services use; a rule with the values it goes by, as shipped."""
    assert [*RULES] == [line[2:5] for line in rules().splitlines() if line.startswith("| R")]
    assert "`weekly_units` 4<br>" in next(line for line in rules().splitlines() if line.startswith("| R10"))
    assert [*REASONS] == [line.split("`")[1] for line in dead_letters().splitlines() if line.startswith("| `")]


def test_every_type_is_published() -> None:
    """One schema each, with who may send it."""
    assert set(TYPES) == set(event_schemas())
    assert "device" == event_schemas()[REP]["x-sent-by"]


def test_a_new_optional_field_breaks_nothing() -> None:
    """A version may gain what old clients can leave out."""
    new = changed(["properties", "data", "properties", "colour"], {"type": "string"})
    assert [] == list(breaks(event_schemas()[REP], new, sent_by_clients=True))


def test_null_may_be_taken_where_clients_send() -> None:
    """What was still is; in events that Spotter writes readers would meet what they do not know."""
    where = ["properties", "data", "properties", "exercise"]
    before, null = {"type": "string"}, {"type": "null"}
    old, new = changed(where, before), changed(where, {"anyOf": [before, null]})

    assert [] == list(breaks(old, new, sent_by_clients=True))
    assert 1 == len(list(breaks(old, new, sent_by_clients=False)))
    assert 1 == len(list(breaks(old, changed(where, {"anyOf": [{"type": "integer"}, null]}), sent_by_clients=True)))


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (["properties", "data", "properties", "rom_m"], None, "removed"),
        (["properties", "data", "required"], ["rom_m"], "required"),
        (["properties", "time", "type"], "integer", "type"),
        (["properties", "id", "maxLength"], 32, "maxLength"),
        (["properties", "type", "const"], "other", "value"),
        (["properties", "data", "properties", "velocity_metric", "enum"], ["mean"], "no longer"),
    ],
)
def test_what_breaks_old_clients_is_reported(where: list[str], value: object, message: str) -> None:
    """A field that goes, becomes required, changes its type or gets a narrower range."""
    lines = list(breaks(event_schemas()[REP], changed(where, value), sent_by_clients=True))
    assert 1 == len(lines)
    assert message in lines[0]
