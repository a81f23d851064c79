"""Fenced blocks of Markdown: what they hold, and how their mark says they are to be tested.

The info string of a fence is its language and then perhaps a mark:

* ``sh``: run, and must end with exit code 0;
* ``sh until-stopped``: run until it has printed a line, then interrupted;
* ``sh not-run: REASON``: not run here;
* ``text output``, ``json output``: what the block above prints, in shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import ROOT

PAGES: Final = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
PLAIN: Final = frozenset({"json", "mermaid", "text"})
"""Languages of blocks that are no commands."""
_FENCE: Final = re.compile(r"^```(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    line: int
    info: str
    text: str
    output: Block | None = None
    """The block right below, where that is marked as this one's output."""

    @property
    def is_command(self) -> bool:
        """Whether it is something to be run in a shell."""
        return self.info.split(maxsplit=1)[0] == "sh"

    @property
    def mark(self) -> str:
        """What stands behind the language."""
        return self.info.partition(" ")[2].strip()

    @property
    def reason(self) -> str | None:
        """Why it is not run; None where it is."""
        return self.mark.partition(":")[2].strip() if self.mark.startswith("not-run") else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path) -> list[Block]:
    """Return the blocks of a page, each with its output."""
    page = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    blocks: list[Block] = []
    for block in _fenced(page, path.read_text(encoding="utf-8")):
        if block.mark == "output":
            assert blocks and blocks[-1].is_command and blocks[-1].output is None, (
                f"{block} is the output of no command"
            )
            last = blocks.pop()
            blocks.append(Block(last.page, last.line, last.info, last.text, output=block))
        else:
            blocks.append(block)
    return blocks


def _fenced(page: str, text: str) -> Iterator[Block]:
    fences = list(_FENCE.finditer(text))
    assert len(fences) % 2 == 0, f"{page} has a fence that is not closed"
    for begin, end in zip(fences[::2], fences[1::2], strict=True):
        assert not end[1].strip(), (
            f"{page} has a fence that is not closed before line {text.count(chr(10), 0, end.start()) + 1}"
        )
        yield Block(page, text.count("\n", 0, begin.start()) + 1, begin[1].strip(), text[begin.end() + 1 : end.start()])
