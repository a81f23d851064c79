"""A running gateway for the tests that need no other settings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.gateway.support import RunningGateway, serving


@pytest.fixture
async def gateway() -> AsyncIterator[RunningGateway]:
    """Return a gateway with default limits on a log in memory with three partitions."""
    async with serving() as running:
        yield running
