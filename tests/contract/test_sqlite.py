"""The one-process host keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
from tests.contract.sqlite_harness import SqliteHarness


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SqliteHarness]:
    """Return a fresh host."""
    harness = SqliteHarness(tmp_path / "spotter.db")
    yield harness
    harness.close()


class TestLifeInSqlite(LifeCases):
    """Sets in one SQLite file."""


class TestEffortInSqlite(EffortCases):
    """The lifter's own word, on this host."""


class TestLearningInSqlite(LearningCases):
    """Profiles, on this host."""


class TestMotionInSqlite(MotionCases):
    """Raw motion, on this host."""


class TestMovingInSqlite(MovingCases):
    """Moved sets, on this host."""


class TestTimersInSqlite(TimerCases):
    """Timers in one SQLite file."""


class TestPolicyInSqlite(PolicyCases):
    """Layers of policy, on this host."""


class TestAdviceInSqlite(AdviceCases):
    """Advice on this host."""


class TestEmergenciesInSqlite(EmergencyCases):
    """Emergencies on this host."""


class TestBudgetInSqlite(BudgetCases):
    """The week's budget, on this host."""


class TestWhichSetInSqlite(WhichSetCases):
    """Which set an event means, on this host."""


class TestArrivalInSqlite(ArrivalCases):
    """Orders of arrival, on this host."""


class TestExposureInSqlite(ExposureCases):
    """Parts, sides and drops, on this host."""


class TestCounterInSqlite(CounterCases):
    """Reps that devices send twice, count anew or buffer, on this host."""


class TestRejectionInSqlite(RejectionCases):
    """What changed nothing, on this host."""
