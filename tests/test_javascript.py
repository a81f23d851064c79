"""The pages' JavaScript: unit tests of modules that need no browser, in the Node that comes with Playwright; the linter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import playwright
import pytest

from tests.support import ROOT

NODE: Final = Path(playwright.__file__).parent / "driver" / "node"
TESTS: Final = {path.name.removesuffix(".test.js"): path for path in (ROOT / "tests" / "javascript").glob("*.test.js")}
# What draws, sounds or keeps the screen on is tested in Chromium (tests/browser).
IN_BROWSER: Final = {
    *(
        "alerts",
        "awake",
        "checkin",
        "choose",
        "door",
        "felt",
        "floor",
        "main",
        "menu",
        "rejected",
        "screen",
        "sounds",
        "worker",
    ),
}


@pytest.mark.parametrize("name", sorted(TESTS))
def test_the_tests_of_a_module_pass(name: str) -> None:
    """Each is run by Node's own test runner."""
    command = [
        str(NODE),
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
        "--test",
        "--test-reporter=spec",
        str(TESTS[name]),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert 0 == run.returncode, run.stdout + run.stderr


def test_each_module_is_tested_by_node_or_needs_a_browser() -> None:
    """A new module gets a test in tests/javascript, or stands in IN_BROWSER with those that only a browser can run."""
    modules = {path.stem for path in ROOT.glob("services/dashboard/src/*/static/**/*.js")}

    assert modules == set(TESTS) | IN_BROWSER
    assert set() == set(TESTS) & IN_BROWSER


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("no-undef", "export const left = rir - done;"),
        ("no-unused-vars", "const left = 1;"),
        ("eqeqeq", "export const none = (left) => left == 0;"),
        ("no-unreachable", "export function left() { return 1; left(); }"),
        ("id-denylist", "export const found = (reps) => reps.at(-1);"),
    ],
)
def test_the_linter_reports_a_fault(tmp_path: Path, rule: str, source: str) -> None:
    """By the rules of the repository."""
    (tmp_path / "fault.js").write_text(source + "\n")
    linter, rules = Path(sys.executable).with_name("oxlint"), ROOT / ".oxlintrc.json"
    run = subprocess.run(
        [linter, "--config", rules, tmp_path], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
    )

    assert 1 == run.returncode
    assert f"({rule})" in run.stdout
