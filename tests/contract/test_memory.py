"""The memory host keeps the contract."""

from __future__ import annotations

import pytest

from tests.contract.cases_advice import AdviceCases, EmergencyCases
from tests.contract.cases_life import LifeCases, TimerCases
from tests.contract.memory_harness import MemoryHarness


@pytest.fixture
def host() -> MemoryHarness:
    """Give a fresh host."""
    return MemoryHarness()


class TestLifeInMemory(LifeCases):
    """Sets in memory."""


class TestTimersInMemory(TimerCases):
    """Timers in memory."""


class TestAdviceInMemory(AdviceCases):
    """Advice on this host."""


class TestEmergenciesInMemory(EmergencyCases):
    """Emergencies on this host."""
