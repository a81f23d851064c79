"""A small repository of its own for each test of a check, into which the fault is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WriteModule = Callable[[str, str], None]


@pytest.fixture
def write_module(tmp_path: Path) -> WriteModule:
    """Return a function that writes a module, by its path in the repository at ``tmp_path``."""

    def write(file: str, source: str) -> None:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")

    return write
