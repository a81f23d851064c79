"""Lifters whose clients do everything wrong: whatever comes, each id has one content and the log comes to rest."""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lab.ledger_oracle import published, recompute
from spotter.domain.events import Event, EventData
from spotter.domain.events.lifting import (
    EffortReported,
    RepAmended,
    RepCompleted,
    RepCorrection,
    RepStarted,
    RepVoided,
    SetAmended,
    SetEnded,
    SetMoved,
    SetStarted,
)
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated
from spotter.domain.ids import athlete_key
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness

SEEDS = int(os.environ.get("SPOTTER_DISORDERS", "60"))
SEEDS_OF_MAKE_TEST = 20
BASE = datetime(2026, 1, 7, 18, tzinfo=UTC)
TOPICS = ("estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")
EXERCISES = ("bench_press", "biceps_curl", "leg_press", "juggling")
VELOCITIES = (None, 0.15, 0.25, 0.35, 0.45, 0.6)


class Disorder:
    """One lifter's days: ids used again or left out, wrong clocks, late and early events, things sent again.

    Some sets are another lifter's, or so the coach thinks for a while.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lifter = Lifter(MemoryHarness(), BASE, "ada")
        self.other = Lifter(self.lifter.host, BASE, "bob")
        self.now_s = 0.0
        self.sent: list[Event] = []
        self._numbers: Counter[str | None] = Counter()

    def live(self) -> None:
        """Live through the days, then let everything end by silence."""
        rng, host, waiting = self.rng, self.lifter.host, []
        for _ in range(rng.randint(20, 140)):
            self.now_s += rng.choice([1, 3, 3, 3, 20, 70, 200, 700]) * rng.random()
            if self.sent and rng.random() < 0.15:
                waiting.append(self.again(rng.choice(self.sent)))
            self.sent.append(self.event())
            waiting.append(self.sent[-1])
            if rng.random() < 0.6:
                self.lifter.send(*waiting)
                waiting = []
                if rng.random() < 0.3:
                    self.wait(0)
                if rng.random() < 0.1:
                    self.other.send(self.moved_back())
                if rng.random() < 0.1:
                    host.crash()
        self.lifter.send(*waiting)
        for minutes in range(40):
            self.wait(60 * minutes)
        self.now_s += 3600

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.lifter.host.pass_time(BASE + timedelta(seconds=self.now_s + seconds))

    def again(self, event: Event) -> Event:
        """Send an event again as it was kept, old sending time and all."""
        return replace(event, receivedtime=BASE + timedelta(seconds=self.now_s + 0.05))

    def event(self) -> Event:
        """Return whatever comes next."""
        rng = self.rng
        at_s = self.now_s - rng.choice([0, 0, 0, 0, 0, 1, 4, 30, 400, 5000, 90_000])
        sent_s = rng.choice([self.now_s, self.now_s, self.now_s - 1.5, at_s - 0.4, at_s - 60])
        clock = rng.random() < 0.7
        data = self.data(rng.choice(["1", "2", None, "x"]), at_s)
        source = "app" if not isinstance(data, RepCompleted) else rng.choice(["tracker", "tracker", "watch"])
        return self.lifter.event(data, at_s, source=source, sent_s=sent_s, received_s=self.now_s + 0.05, senttime=clock)

    def moved_back(self) -> Event:
        """Return that a set of the other lifter was this one's after all, or once more that it is the other's."""
        data = SetMoved(set_id=self.rng.choice(["1", "2", None]), to_athlete_id=self.rng.choice(["ada", "ada", "carl"]))
        return self.other.event(data, self.now_s, source="coach")

    def data(self, set_id: str | None, at_s: float) -> EventData:
        """Say something about a set, or about the lifter."""
        rng, roll, number = self.rng, self.rng.random(), self.rng.randint(1, 5)
        if roll < 0.5:
            self._numbers[set_id] = 1 if rng.random() < 0.1 else self._numbers[set_id] + 1
            return RepCompleted(
                set_id=set_id,
                rep_number=rng.choice([None, self._numbers[set_id], self._numbers[set_id], number]),
                mean_velocity_mps=rng.choice(VELOCITIES),
                concentric_s=rng.choice([None, 0.8]),
            )
        if roll < 0.62:
            return SetStarted(set_id=set_id, exercise=rng.choice(EXERCISES))
        if roll < 0.72:
            self._numbers[set_id] = 0
            return SetEnded(set_id=set_id)
        amended = RepCorrection(ended_at=BASE + timedelta(seconds=at_s - 3))
        return rng.choice(
            [
                RepStarted(set_id=set_id),
                RepVoided(set_id=set_id, rep_number=number),
                RepAmended(set_id=set_id, rep_number=number, set=rng.choice([amended, RepCorrection(rom_m=0.4)])),
                SetAmended(set_id=set_id, exercise=rng.choice(EXERCISES)),
                SetAmended(set_id=set_id, spotter_present=True),
                EffortReported(set_id=set_id, failed=True),
                EffortReported(set_id=set_id, rir=1.0),
                SetMoved(set_id=set_id, to_athlete_id="bob"),
                PolicyUpdated(target_rir=number),
                AthleteUpdated(level=rng.choice(["beginner", "intermediate"])),
            ]
        )

    def values(self, *topics: str) -> list[list[bytes]]:
        """Return all that stands in topics."""
        keys = [athlete_key("g1", name) for name in ("ada", "bob", "carl")]
        return [self.lifter.host.values(topic, key) for topic in topics for key in keys]

    def events(self, topic: str, name: str = "ada") -> list[Event]:
        """Return all events of a lifter in a topic, those that came twice too."""
        return self.lifter.host.events(topic, athlete_key("g1", name))


@pytest.fixture(
    params=[
        *range(SEEDS_OF_MAKE_TEST),
        *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(SEEDS_OF_MAKE_TEST, SEEDS)),
    ],
    scope="module",
)
def disorder(request: pytest.FixtureRequest) -> Disorder:
    """Return a lifter's days, lived through."""
    lived = Disorder(request.param)
    lived.live()
    return lived


def test_the_log_comes_to_rest(disorder: Disorder) -> None:
    """Once every set has ended no timer writes any more."""
    before = disorder.values("lifts.v1")
    for seconds in (0, 60, 6000):
        disorder.wait(seconds)
    assert before == disorder.values("lifts.v1")
    for lifter in (disorder.lifter, disorder.other):
        assert {summary.set_key for summary in lifter.opened} == {summary.set_key for summary in lifter.summaries}


def test_no_id_has_two_contents(disorder: Disorder) -> None:
    """Whatever is published twice is the same twice."""
    for topic in TOPICS:
        contents = defaultdict(set)
        for event in disorder.events(topic) + disorder.events(topic, "bob"):
            contents[event.id].add((event.type, event.data.model_dump_json()))
        assert [] == [content for content in contents.values() if len(content) > 1]


def test_nothing_goes_wrong_inside(disorder: Disorder) -> None:
    """Refusals have reasons; none is an error of ours, and downstream refuses nothing."""
    refused = {rejection.reason for rejection in disorder.lifter.rejected + disorder.other.rejected}
    assert set() == refused & {"internal_error", "id_conflict"}
    assert [] == disorder.events("estimates.dead.v1") + disorder.events("estimates.dead.v1", "bob")


def test_each_counted_rep_has_its_estimate_and_advice(disorder: Disorder) -> None:
    """One estimate at its arrival, and advice whose revisions leave none out; each set has a plan."""
    lifter = disorder.lifter
    arrivals = {estimate.rep_event_id for estimate in lifter.estimates if estimate.arrival}
    voided = {rep.rep_event_id for rep in lifter.counted if rep.voided}
    refused = {rejection.rejected_id for rejection in lifter.rejected}  # at first; what came later showed more
    assert arrivals <= {rep.rep_event_id for rep in lifter.counted} <= arrivals | voided | refused
    counted = {(rep.set_key, rep.rep_event_id): rep for rep in lifter.counted}
    merged = {closing.set_key for closing in lifter.closed if closing.merged_into}
    reps = {
        (rep.set_key, rep.rep_number)
        for rep in counted.values()
        if not (rep.withdrawn or rep.voided or rep.set_key in merged)
    }
    estimated = {(estimate.set_key, estimate.rep_number) for estimate in lifter.estimates}
    assert set() == reps - estimated
    revisions = defaultdict(list)
    for advice in lifter.advice:
        revisions[advice.set_key, advice.after_rep].append(advice.revision)
    arrived = {(estimate.set_key, estimate.rep_number) for estimate in lifter.estimates if estimate.arrival}
    assert set() == arrived - revisions.keys()
    assert set() == {(opening.set_key, 0) for opening in lifter.opened} - revisions.keys()
    assert [] == [revision for revision in revisions.values() if revision != list(range(1, len(revision) + 1))]


def test_what_is_late_is_silent(disorder: Disorder) -> None:
    """Nothing late has anything to play."""
    late = [advice for advice in disorder.lifter.advice if advice.late]
    assert [] == [
        late_advice
        for late_advice in late
        if late_advice.sound_ms or late_advice.speech or late_advice.emergency or late_advice.repeat
    ]


def test_the_ledger_is_that_of_the_log(disorder: Disorder) -> None:
    """What was told of the budget is what the whole story gives at once."""
    host = disorder.lifter.host
    assert isinstance(host, MemoryHarness)
    for name in ("ada", "bob"):
        ledger = published(disorder.events("advice.v1", name))
        computed = recompute(disorder.events("estimates.v1", name), host.configuration)
        assert {key: entry.cost for key, entry in computed.items()} == {
            key: entry.cost for key, entry in ledger.items()
        }


def test_everything_sent_again_changes_nothing(disorder: Disorder) -> None:
    """All that was taken is known, in whatever order it comes again; what was refused may be tried again."""
    refused = {rejection.rejected_id for rejection in disorder.lifter.rejected}
    before = disorder.values(*TOPICS)
    events = [disorder.again(event) for event in disorder.sent if event.id not in refused]
    disorder.rng.shuffle(events)
    disorder.lifter.send(*events)
    assert before == disorder.values(*TOPICS)
