"""`python -m lab.season` as it is called."""

from __future__ import annotations

import json
import sys

import pytest

from lab.season.__main__ import main

SHORT = ["season", "--lifters", "1", "--weeks", "2", "--jobs", "1"]


def test_the_figures_are_given_to_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object: the plan, shares as shown, and every count by its name."""
    monkeypatch.setattr(sys, "argv", [*SHORT, "--json"])

    assert 0 == main()

    document = json.loads(capsys.readouterr().out)
    assert 1 == document["counts"]["lifters"]
    assert document["counts"]["work sets"] > 0
    assert 2 == document["plan"]["weeks"]
    assert "ended within a rep of the target, informed lifters" in document["shares"]


def test_the_figures_are_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A table for people, with what it took."""
    monkeypatch.setattr(sys, "argv", SHORT)

    assert 0 == main()

    assert "hard sets by advice, of work sets" in capsys.readouterr().out
