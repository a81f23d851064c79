"""Every command of README.md and docs works as it is pasted into a fresh shell beside a running host."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
import typer.main

from spotter_cli.cli import app
from tests.docs.blocks import PAGES, PLAIN, Block, blocks_of
from tests.docs.shell import DEMO, Newcomer
from tests.support import ROOT

BLOCKS: Final = {page: blocks_of(page) for page in PAGES}
COMMANDS: Final = {page: [block for block in blocks if block.is_command] for page, blocks in BLOCKS.items()}
NOT_RUN: Final = sorted(str(block) for blocks in COMMANDS.values() for block in blocks if block.reason is not None)
WITH_COMMANDS: Final = [
    pytest.param(page, id=str(page.relative_to(ROOT)), marks=[] if page.parent == ROOT else [pytest.mark.slow])
    for page, blocks in COMMANDS.items()
    if any(block.reason is None for block in blocks)
]
_INLINE: Final = re.compile(r"`((?:\.venv/bin/)?(?:make|spotter|python -m) [^`]+)`")


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_work_as_they_are_pasted(page: Path, tmp_path: Path) -> None:
    """In their order, each in a shell of its own with nothing set, beside a host that has nothing in it."""
    with Newcomer(tmp_path) as newcomer:
        for block in COMMANDS[page]:
            if block.reason is None:
                newcomer.paste(block)


@pytest.mark.slow
def test_the_commands_of_the_readme_work_beside_a_demo(tmp_path: Path) -> None:
    """A gym of other lifters, training in a temporary folder, is found as well."""
    with Newcomer(tmp_path, DEMO) as newcomer:
        for block in COMMANDS[ROOT / "README.md"]:
            if block.reason is None:
                newcomer.paste(block)


def test_every_block_is_run_or_says_why_not() -> None:
    """A block is a command, output, data or a drawing; what is not run says why."""
    for block in (block for blocks in BLOCKS.values() for block in blocks):
        if block.is_command:
            assert block.mark in {"", "until-stopped"} or block.reason, f"{block}: unknown mark {block.mark!r}"
        else:
            assert block.info in PLAIN, f"{block}: mark it sh, or as one of {', '.join(sorted(PLAIN))}: {block.info!r}"


def test_blocks_of_json_are_json() -> None:
    """Each is one document."""
    for block in (block for blocks in BLOCKS.values() for block in blocks if block.info == "json"):
        json.loads(block.text)


def test_what_is_not_run_is_known() -> None:
    """So that a mark can't take a command out of the test unseen."""
    assert {"README.md": 1, "docs/operations.md": 3} == _counted(NOT_RUN)


def _counted(names: list[str]) -> dict[str, int]:
    pages = [name.partition(":")[0] for name in names]
    return {page: pages.count(page) for page in pages}


@pytest.mark.parametrize("block", [block for blocks in COMMANDS.values() for block in blocks], ids=str)
def test_every_block_is_bash(block: Block) -> None:
    """Also those that are not run."""
    checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert (0, "") == (checked.returncode, checked.stderr)


def _mentioned() -> Iterator[tuple[str, str]]:
    """Yield each command that a page mentions in a line, and each line of a block that is not run."""
    for page, blocks in COMMANDS.items():
        name = str(page.relative_to(ROOT))
        yield from ((name, " ".join(match.split())) for match in _INLINE.findall(page.read_text(encoding="utf-8")))
        for block in blocks:
            if block.reason is not None:
                yield from ((str(block), line) for line in block.text.splitlines() if line)


def test_every_command_that_is_mentioned_exists() -> None:
    """Targets of make, commands of spotter, modules of Python."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for where, line in _mentioned():
        program, name = line.removeprefix(".venv/bin/").split()[:2]
        if program == "make":
            assert name in targets or "=" in name, f"{where}: make has no target {name}"
        elif program == "spotter":
            assert name.startswith("-") or name in _spotter_commands(), f"{where}: spotter has no command {name}"
        elif program == "python":
            module = line.split()[2]
            assert find_spec(module) is not None, f"{where}: there is no module {module}"


def _spotter_commands() -> set[str]:
    return set(getattr(typer.main.get_command(app), "commands", {}))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """Return a newcomer beside a running host."""
    with Newcomer(tmp_path_factory.mktemp("newcomer")) as beside_host:
        yield beside_host


@pytest.mark.parametrize(
    ("fenced", "complaint"),
    [
        ("```sh\nspotter topics list\n```\n", "ends with 127"),
        ("```sh\necho $SPOTTER_TOKEN\n```\n", "unbound variable"),
        ("```sh\n.venv/bin/spotter dance\n```\n", "ends with 2"),
        ('```sh\neval "$(.venv/bin/spotter env)"\ncurl "$SPOTTER_URL/v1/athletes/mia/budget"\n```\n', "ends with 22"),
        ("```sh\nfalse | true\n```\n", "ends with 1"),
        ("```sh\necho 3 sets\n```\n\n```text output\n3 reps\n```\n", "no line like '3 reps'"),
        ('```sh\necho \'{"a": 1}\'\n```\n\n```json output\n{"a": "…"}\n```\n', "/a is 1"),
        ("```sh until-stopped\ntrue\n```\n", "printed nothing"),
    ],
)
def test_a_command_that_does_not_work_is_reported(
    newcomer: Newcomer, tmp_path: Path, fenced: str, complaint: str
) -> None:
    """Not on the path, a variable that nothing sets, an unknown command, no credential, another output."""
    page = tmp_path / "page.md"
    page.write_text(fenced, encoding="utf-8")
    [block] = blocks_of(page)
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        newcomer.paste(block)
