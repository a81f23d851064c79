"""The figures that README.md and docs/accuracy state are those of docs/accuracy/figures.json."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.figures.__main__ import main


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a copy of the pages that state figures."""
    shutil.copytree(ROOT / "docs" / "accuracy", tmp_path / "docs" / "accuracy")
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


def test_pages_state_the_figures() -> None:
    """README.md and docs/accuracy/README.md are what the figures make them."""
    assert main(["--check"]) == 0


@pytest.mark.parametrize("page", ["README.md", "docs/accuracy/README.md"])
def test_another_figure_is_reported(repository: Path, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that states another number of targets fails the check, which names it; writing puts it right."""
    path = repository / page
    record = json.loads((repository / "docs" / "accuracy" / "figures.json").read_text())
    met = sum(target["met"] for target in record["targets"])
    text = path.read_text()
    path.write_text(text.replace(f"{met} ", f"{met - 1} "))
    assert main(["--check"], repository) == 1
    assert page in capsys.readouterr().out
    assert main([], repository) == 0
    assert text == path.read_text()


@pytest.mark.parametrize("about", [{"quick": True, "own_sets": False}, {"quick": False, "own_sets": True}])
def test_a_run_that_is_not_the_repository_s_is_not_kept(
    repository: Path, monkeypatch: pytest.MonkeyPatch, about: dict[str, bool]
) -> None:
    """A quick run, or one of somebody's own sets, gets its page beside it, and leaves the figures as they are."""
    monkeypatch.setattr("tools.figures.__main__.run_page", lambda run, plots: "its page")
    kept = repository / "docs" / "accuracy" / "figures.json"
    before = kept.read_text()
    quick = repository / "build" / "quick.json"
    quick.parent.mkdir()
    quick.write_text(json.dumps({"about": about}))
    assert main([str(quick)], repository) == 0
    assert before == kept.read_text()
    assert "its page" == quick.with_name("README.md").read_text()
