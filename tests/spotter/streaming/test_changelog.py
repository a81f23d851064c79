from __future__ import annotations

import pytest

from spotter.domain.events import encode
from spotter.domain.events.people import SessionStarted
from spotter.domain.gym_config import Configuration
from spotter.streaming import changelog
from spotter.streaming.changelog import Changelog, Entry, split_entry_key
from spotter.streaming.codec import load_json
from spotter.streaming.processor import State
from spotter.streaming.state_versions import Input, Stepper
from tests.kafka.toy import Count, Toy
from tests.kafka.workers import event_of, rep

KEY = "g1/ada"


class Life:
    """One life of a worker: what it is given it steps, what it reads back it restores."""

    def __init__(self, *changelog: Entry) -> None:
        self.stepper = Stepper(Toy(), Configuration())
        self.changelog = Changelog(self.stepper)
        for entry in changelog:
            self.changelog.read(entry)
        self.changelog.restore()

    def take(self, *inputs: Input) -> list[Entry]:
        """Step inputs; gives what goes to the changelog."""
        return self.changelog.entries(self.stepper.run(inputs).changed, inputs)

    def state(self) -> State:
        """Give the lifter's newest state."""
        return self.stepper.state(KEY)

    def reps(self) -> int:
        """Say how many reps are counted."""
        count = self.state()["count"]
        assert isinstance(count, Count)
        return count.reps


REPS = [rep("ada", number) for number in range(1, 8)]


def reps(*offsets: int) -> list[Input]:
    """Give reps as inputs at offsets; the same offset is the same rep."""
    return [Input(3, offset, KEY, REPS[offset].value) for offset in offsets]


def forget_all(offset: int) -> Input:
    """Give an input that removes the lifter's entries."""
    return Input(3, offset, KEY, encode(event_of("ada", SessionStarted(gym_id="g1", athlete_id="ada"))))


def test_state_is_read_back_as_it_was_written() -> None:
    """What one life wrote the next one reads, with the partition of each lifter."""
    first = Life()
    second = Life(*first.take(*reps(0, 1)))

    assert first.state() == second.state()
    assert {KEY: 3} == second.changelog.partitions


def test_a_replayed_input_sees_the_state_before_it() -> None:
    """A worker that crashed before its acknowledgement computes the same again, although its state was ahead."""
    first = Life()
    entries = first.take(*reps(0, 1, 2))
    outputs = Life(*entries).stepper.run(reps(1, 2)).outputs

    assert [output.value for output in first.stepper.run(reps(1, 2)).outputs] == [output.value for output in outputs]


def test_of_two_values_the_one_that_saw_the_later_input_counts_whatever_their_order() -> None:
    """A worker that was paused writes older state after newer: it is passed over, before and after a recovery."""
    ahead = Life()
    older = ahead.take(*reps(0))
    newer = ahead.take(*reps(1, 2))
    late = Life(*newer, *older)
    running = Life(*newer)
    for entry in older:
        running.changelog.read(entry)
    running.changelog.restore()

    assert (3, 3) == (late.reps(), running.reps())


def test_versions_below_the_committed_offset_are_not_written_again() -> None:
    """The newest of them stays, since the next input to come may see it."""
    life = Life()
    life.take(*reps(0, 1, 2, 3))
    life.changelog.committed[3] = 3
    entry = next(entry for entry in life.take(*reps(4)) if split_entry_key(entry.key)[1] == "count")

    assert entry.value is not None
    assert [2, 3, 4] == [offset for offset, _ in load_json(entry.value.partition(b" ")[2])["versions"]]
    assert 3 == entry.versions


def test_a_removed_entry_is_first_written_as_removed_and_later_wiped_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a value with an offset the removal outweighs what a paused worker writes; it goes when it is committed."""
    life = Life()
    written = life.take(*reps(0))
    written += life.take(forget_all(1))
    assert {} == dict(Life(*written).state())
    monkeypatch.setattr(changelog, "REMOVED_S", 0.0)

    assert not [entry for entry in life.take(Input(3, 2, "g1/bob", rep("bob", 1).value)) if entry.value is None]
    life.changelog.committed[3] = 3
    wiped = life.take(Input(3, 3, "g1/bob", rep("bob", 2).value))
    wiped += life.take(Input(3, 4, "g1/bob", rep("bob", 3).value))

    assert {"count", "scratch"} == {split_entry_key(entry.key)[1] for entry in wiped if entry.value is None}
    assert {} == dict(Life(*written, *wiped).state())


def test_lifters_of_a_partition_that_went_away_are_forgotten() -> None:
    """They come back from the changelog when the partition does."""
    life = Life()
    life.take(*reps(0))
    life.take(Input(5, 0, "g1/bob", rep("bob", 1).value))
    life.changelog.drop([3])

    assert ["g1/bob"] == list(life.changelog.partitions)
    assert {} == dict(life.state())
