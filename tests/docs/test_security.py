"""What the security page says is shown is shown: the tests that it names are there."""

from __future__ import annotations

import re

import pytest

from tests.support import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
POINTS = [line.split("|")[1:4] for line in PAGE.splitlines() if re.match(r"\| \d+\.\d", line)]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    """Under that name, in that file."""
    assert re.search(rf"def {name}\(", (ROOT / path).read_text(encoding="utf-8")), f"{path} has no {name}"


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point[0].strip())
def test_each_point_holds_or_does_not(point: list[str]) -> None:
    """With a reason in either case."""
    assert point[1].strip() in ("yes", "no", "–")
    assert point[2].strip()
