"""A running ingest for the tests that need no other settings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ingest.support import RunningIngest, serving


@pytest.fixture
async def ingest() -> AsyncIterator[RunningIngest]:
    """Return an ingest with default limits and a log in memory."""
    async with serving() as running:
        yield running
