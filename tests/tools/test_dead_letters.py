"""The check of dead-letter reasons, on a small repository with the faults that it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks import dead_letters

WriteModule = Callable[[str, str], None]
TABLE = 'REASONS: Final[Mapping[str, str]] = MappingProxyType({"too_old": "It is.", "unknown_set": "It is."})\n'


@pytest.fixture
def write_table(write_module: WriteModule) -> None:
    """Write the kernel's table of two reasons."""
    write_module("shared/src/spotter/streaming/dead_letters.py", TABLE)


@pytest.mark.usefixtures("write_table")
def test_reasons_that_are_used_and_in_the_table_pass(tmp_path: Path, write_module: WriteModule) -> None:
    """In a choice, by keyword, or passed on from a rejection."""
    write_module("services/a/src/a/b.py", 'Reject("too_old" if old else "unknown_set", detail)\n')
    write_module("shared/src/spotter/c.py", "EventRejected(reason=step.reject.reason)\n")

    assert [] == dead_letters.check(tmp_path)


@pytest.mark.usefixtures("write_table")
@pytest.mark.parametrize(
    "source",
    [
        'Reject("too_young", detail)',
        'Reject(detail=detail, reason="too_young")',
        'processor.Reject("too_old" if old else "too_young", detail)',
        'EventRejected.model_construct(gym_id=None, reason="too_young" if young else "too_old")',
    ],
)
def test_a_reason_that_is_not_in_the_table_is_reported(tmp_path: Path, write_module: WriteModule, source: str) -> None:
    """Where it is used, with what to do."""
    write_module("services/a/src/a/a.py", 'Reject("too_old", ""); Reject("unknown_set", "")\n')
    write_module("services/a/src/a/b.py", f"\n{source}\n")

    assert [
        "services/a/src/a/b.py:2: dead-letter reason `too_young` is not in dead_letters.REASONS: add it with a sentence"
    ] == [str(finding) for finding in dead_letters.check(tmp_path)]


@pytest.mark.usefixtures("write_table")
def test_a_reason_that_nothing_uses_is_reported(tmp_path: Path, write_module: WriteModule) -> None:
    """At its row of the table."""
    write_module("services/a/src/a/b.py", 'Reject("too_old", detail)\n')

    assert [
        "shared/src/spotter/streaming/dead_letters.py:1: dead-letter reason `unknown_set` is never used: take it out"
    ] == [str(finding) for finding in dead_letters.check(tmp_path)]
