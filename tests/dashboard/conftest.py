"""A running dashboard for the tests that need no other settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dashboard.serving import Place, serving


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Give a dashboard on an empty log."""
    async with serving(tmp_path) as running:
        yield running
