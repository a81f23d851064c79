"""Faust workers on real Apache Kafka keep the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from spotter.domain.ids import athlete_key
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
from tests.contract.faust_harness import FaustHarness
from tests.contract.habits import habitual_workout
from tests.contract.memory_harness import MemoryHarness
from tests.contract.test_parity import output_ids
from tests.contract.workouts import Workout, play, workout
from tests.support import KafkaCluster

SAMPLE = (1, 7, 42, 2026)
"""Seeds of the workouts that are played on Kafka too."""


@pytest.fixture(scope="module")
def host(kafka: KafkaCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaustHarness]:
    """Return a detector and an advisor for all cases, each case with lifters of its own."""
    harness = FaustHarness(kafka.bootstrap, tmp_path_factory.mktemp("workers"))
    yield harness
    harness.close()


@pytest.mark.slow
class TestLifeOnKafka(LifeCases):
    """Sets on Kafka."""


@pytest.mark.slow
class TestBudgetOnKafka(BudgetCases):
    """The week's budget, on this host."""


@pytest.mark.slow
class TestEffortOnKafka(EffortCases):
    """The lifter's own word, on this host."""


@pytest.mark.slow
class TestLearningOnKafka(LearningCases):
    """Profiles, on this host."""


@pytest.mark.slow
class TestMotionOnKafka(MotionCases):
    """Raw motion, on this host."""


@pytest.mark.slow
class TestMovingOnKafka(MovingCases):
    """Moved sets, on this host."""


@pytest.mark.slow
class TestTimersOnKafka(TimerCases):
    """Timers on Kafka."""


@pytest.mark.slow
class TestPolicyOnKafka(PolicyCases):
    """Layers of policy, on this host."""


@pytest.mark.slow
class TestAdviceOnKafka(AdviceCases):
    """Advice on Kafka."""


@pytest.mark.slow
class TestEmergenciesOnKafka(EmergencyCases):
    """Emergencies on Kafka."""


@pytest.mark.slow
class TestWhichSetOnKafka(WhichSetCases):
    """Which set an event means, on this host."""


@pytest.mark.slow
class TestArrivalOnKafka(ArrivalCases):
    """Orders of arrival, on this host."""


@pytest.mark.slow
class TestExposureOnKafka(ExposureCases):
    """Parts, sides and drops, on this host."""


@pytest.mark.slow
class TestCounterOnKafka(CounterCases):
    """Reps that devices send twice, count anew or buffer, on this host."""


@pytest.mark.slow
class TestRejectionOnKafka(RejectionCases):
    """What changed nothing, on this host."""


@pytest.mark.parametrize("generate", [workout, habitual_workout])
@pytest.mark.parametrize("seed", SAMPLE)
def test_memory_and_kafka_agree(host: FaustHarness, seed: int, generate: Callable[..., Workout]) -> None:
    """The fixed sample ends in the same state, with the same set of output ids."""
    memory = MemoryHarness()
    athlete_id = f"parity-{host.tag}-{generate.__name__}-{seed}"
    # An hour ahead, so that no timer fires on either host while the workout is played.
    done = generate(memory, seed, athlete_id, base=datetime.now(UTC) + timedelta(hours=1))
    still = done.without_pauses()
    play(memory, still)
    play(host, still)
    for key in (athlete_key("g1", athlete_id), athlete_key("g1", done.other_id)):
        assert output_ids(memory, key) == output_ids(host, key)
        for processor in ("failure-detector", "advisor"):
            assert memory.state(processor, key) == host.state(processor, key)
