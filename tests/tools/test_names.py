"""The checks of names, each on a small repository with the fault that it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.checks.__main__ import CHECKS, main, selected
from tools.checks.names import REMEDIES, WIRE_FIELDS, check_classes, check_modules, check_variables, fields
from tools.checks.sources import product_modules

WriteModule = Callable[[str, str], None]


@pytest.mark.parametrize(
    "file",
    [
        "services/ingest/src/spotter_ingest/taking.py",
        "shared/src/spotter/body_reading.py",
        "lab/src/lab/recorded/__init__.py",
        "cli/src/spotter_cli/told.py",
        "tests/gateway/said.py",
    ],
)
def test_a_module_or_package_that_is_named_by_a_participle_is_reported(
    tmp_path: Path, write_module: WriteModule, file: str
) -> None:
    """Whatever the member, and with or without a word before it; a package is reported as its folder."""
    write_module(file, "")

    assert [Path(file.removesuffix("/__init__.py"))] == [finding.file for finding in check_modules(tmp_path)]


def test_a_package_named_by_a_participle_is_reported_once(tmp_path: Path, write_module: WriteModule) -> None:
    """However many modules it has."""
    write_module("shared/src/spotter/keeping/__init__.py", "")
    write_module("shared/src/spotter/keeping/log.py", "")

    assert ["shared/src/spotter/keeping"] == [str(finding.file) for finding in check_modules(tmp_path)]


@pytest.mark.parametrize(
    "name", ["validation", "streaming", "gc_tuning", "set_closed", "speed", "feed", "failed_attempt"]
)
def test_a_noun_may_end_like_a_participle(tmp_path: Path, write_module: WriteModule, name: str) -> None:
    """Words of the field that are listed, events, and a participle that only describes the noun after it."""
    write_module(f"shared/src/spotter/{name}.py", "")

    assert [] == check_modules(tmp_path)


def test_a_public_class_name_that_two_members_use_is_reported_at_both(
    tmp_path: Path, write_module: WriteModule
) -> None:
    """Each finding names the other module."""
    write_module("services/ingest/src/spotter_ingest/quotas.py", "class Body: ...\n")
    write_module("lab/src/lab/simulation.py", "\nclass Body: ...\n")

    assert [
        "lab/src/lab/simulation.py:2: class `Body` exists in spotter_ingest.quotas too: say what differs in the name",
        "services/ingest/src/spotter_ingest/quotas.py:1: class `Body` exists in lab.simulation too: "
        "say what differs in the name",
    ] == [str(finding) for finding in sorted(check_classes(tmp_path))]


def test_private_nested_and_test_classes_may_share_a_name(tmp_path: Path, write_module: WriteModule) -> None:
    """Nobody imports those from elsewhere."""
    write_module("shared/src/spotter/a.py", "class _Body: ...\nclass A:\n    class Body: ...\n")
    write_module("shared/src/spotter/b.py", "class _Body: ...\nclass Body: ...\n")
    write_module("tests/spotter/test_b.py", "class Body: ...\n")

    assert [] == check_classes(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "one = 1",
        "one: int = 1",
        "for index, one in enumerate(()): ...",
        "names = [one for one in ()]",
        "names = {one: 1 for one in ()}",
        "def price(one): ...",
        "def price(*one, **two): ...",
        "def price(*, one=1): ...",
        "price = lambda one: 2",
        "with open('a') as one: ...",
        "try: ...\nexcept OSError as one: ...",
        "if one := 1: ...",
        "import os as one",
        "match 1:\n    case [1, *one]: ...",
        "match 1:\n    case {1: 2, **one}: ...",
        "match 1:\n    case 1 as one: ...",
        "class Set:\n    one: int",
        "class Set:\n    def __init__(self): self.one = 1",
        "class Set:\n    @property\n    def one(self): ...",
    ],
)
@pytest.mark.parametrize("file", ["shared/src/spotter/a.py", "tests/spotter/test_a.py"])
def test_every_way_to_bind_a_banned_name_is_reported(
    tmp_path: Path, write_module: WriteModule, file: str, source: str
) -> None:
    """In product code and in tests, with what to call it instead."""
    write_module(file, source)

    findings = check_variables(tmp_path)

    assert [Path(file)] == [finding.file for finding in findings]
    assert "variable `one` says nothing: name the thing itself" in findings[0].message


@pytest.mark.parametrize("name", REMEDIES)
def test_each_banned_name_is_reported(tmp_path: Path, write_module: WriteModule, name: str) -> None:
    """Six words that fit anything."""
    write_module("lab/src/lab/a.py", f"{name} = 1\n")

    assert [1] == [finding.line for finding in check_variables(tmp_path)]


def test_a_stored_field_keeps_its_name_and_names_may_contain_a_banned_word(
    tmp_path: Path, write_module: WriteModule
) -> None:
    """What is read, passed by keyword or part of a longer name binds nothing."""
    write_module("lab/src/lab/a.py", "class Block:\n    said: dict\none_more = known_sets = Block(said={}).said\n")

    assert [] == check_variables(tmp_path)


def test_each_field_that_may_keep_its_name_exists() -> None:
    """An entry whose class or field was renamed goes with it."""
    existing = {name for module in product_modules(ROOT) for name, _ in fields(module)}

    assert set() == set(WIRE_FIELDS) - existing


def test_the_command_prints_findings_or_counts_and_fails(
    tmp_path: Path, write_module: WriteModule, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a finding, with the check that made it; or how many each folder has."""
    write_module("services/ingest/src/spotter_ingest/taking.py", "one = 1\n")

    assert 1 == main(["names"], tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert 2 == len(lines)
    assert lines[1].startswith("services/ingest/src/spotter_ingest/taking.py:1: variable `one`")
    assert lines[1].endswith("[names.variables]")

    assert 1 == main(["names.variables", "--count"], tmp_path)
    assert "names.variables: 1\n      1 services/ingest/src/spotter_ingest\n" == capsys.readouterr().out


def test_the_command_passes_where_nothing_is_reported(
    tmp_path: Path, write_module: WriteModule, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clean repository gives no output."""
    write_module("services/ingest/src/spotter_ingest/validation.py", "event = 1\n")

    assert 0 == main(["names"], tmp_path)
    assert "" == capsys.readouterr().out


def test_a_check_is_selected_by_its_name_or_its_group() -> None:
    """An unknown name is an error that lists those there are."""
    assert ["names.classes"] == list(selected(["names.classes"]))
    assert ["names.modules", "names.classes", "names.variables"] == list(selected(["names"]))
    assert list(CHECKS) == list(selected([]))
    with pytest.raises(ValueError, match=r"no check is called nouns: choose from names\.modules"):
        selected(["nouns"])
