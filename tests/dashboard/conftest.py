"""A running dashboard for the tests that need no other settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dashboard.server import RunningDashboard, run_dashboard


@pytest.fixture
async def dashboard(tmp_path: Path) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard on an empty log."""
    async with run_dashboard(tmp_path) as running:
        yield running
