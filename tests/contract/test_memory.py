"""The memory host keeps the contract."""

from __future__ import annotations

import pytest

from tests.contract.cases_advice import AdviceCases, EmergencyCases
from tests.contract.cases_arrival import ArrivalCases
from tests.contract.cases_budget import BudgetCases
from tests.contract.cases_counters import CounterCases
from tests.contract.cases_effort import EffortCases
from tests.contract.cases_exposure import ExposureCases
from tests.contract.cases_life import LifeCases
from tests.contract.cases_motion import MotionCases
from tests.contract.cases_policy import PolicyCases
from tests.contract.cases_profile import LearningCases
from tests.contract.cases_rejection import RejectionCases
from tests.contract.cases_set_transfer import MovingCases
from tests.contract.cases_timers import TimerCases
from tests.contract.cases_which_set import WhichSetCases
from tests.contract.memory_harness import MemoryHarness


@pytest.fixture
def host() -> MemoryHarness:
    """Return a fresh host."""
    return MemoryHarness()


class TestLifeInMemory(LifeCases):
    """Sets in memory."""


class TestEffortInMemory(EffortCases):
    """The lifter's own word, on this host."""


class TestLearningInMemory(LearningCases):
    """Profiles, on this host."""


class TestMotionInMemory(MotionCases):
    """Raw motion, on this host."""


class TestMovingInMemory(MovingCases):
    """Moved sets, on this host."""


class TestTimersInMemory(TimerCases):
    """Timers in memory."""


class TestPolicyInMemory(PolicyCases):
    """Layers of policy, on this host."""


class TestAdviceInMemory(AdviceCases):
    """Advice on this host."""


class TestEmergenciesInMemory(EmergencyCases):
    """Emergencies on this host."""


class TestBudgetInMemory(BudgetCases):
    """The week's budget, on this host."""


class TestWhichSetInMemory(WhichSetCases):
    """Which set an event means, on this host."""


class TestArrivalInMemory(ArrivalCases):
    """Orders of arrival, on this host."""


class TestExposureInMemory(ExposureCases):
    """Parts, sides and drops, on this host."""


class TestCounterInMemory(CounterCases):
    """Reps that devices send twice, count anew or buffer, on this host."""


class TestRejectionInMemory(RejectionCases):
    """What changed nothing, on this host."""
