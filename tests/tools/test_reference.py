"""The published schemas and their guard."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import pytest

from spotter.domain.events import TYPES
from tools.reference.compatible import breaks
from tools.reference.schemas import event_schemas

REP = "spotter.rep.completed.v1"


def changed(where: list[str], value: object) -> dict[str, Any]:
    """Give the schema of a rep with one thing changed; None takes it away."""
    schema = copy.deepcopy(event_schemas()[REP])
    place = schema
    for name in where[:-1]:
        place = place[name]
    if value is None:
        del place[where[-1]]
    else:
        place[where[-1]] = value
    return schema


def test_the_reference_is_fresh() -> None:
    """What is committed is what the models say."""
    checked = subprocess.run([sys.executable, "-m", "tools.reference", "--check"], capture_output=True, text=True)
    assert 0 == checked.returncode, checked.stderr


def test_every_type_is_published() -> None:
    """One schema each, with who may send it."""
    assert set(TYPES) == set(event_schemas())
    assert "device" == event_schemas()[REP]["x-sent-by"]


def test_a_new_optional_field_breaks_nothing() -> None:
    """A version may gain what old clients can leave out."""
    new = changed(["properties", "data", "properties", "colour"], {"type": "string"})
    assert [] == list(breaks(event_schemas()[REP], new, sent_by_clients=True))


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        (["properties", "data", "properties", "rom_m"], None, "gone"),
        (["properties", "data", "required"], ["rom_m"], "required"),
        (["properties", "time", "type"], "integer", "type"),
        (["properties", "id", "maxLength"], 32, "maxLength"),
        (["properties", "type", "const"], "other", "value"),
        (["properties", "data", "properties", "velocity_metric", "enum"], ["mean"], "no longer"),
    ],
)
def test_what_breaks_old_clients_is_told(where: list[str], value: object, told: str) -> None:
    """A field that goes, becomes required, changes its type or gets a narrower range."""
    found = list(breaks(event_schemas()[REP], changed(where, value), sent_by_clients=True))
    assert 1 == len(found)
    assert told in found[0]
