"""Two versions of a processor in one changelog: a mark says whose state is in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from spotter.streaming.changelog import Entry, mark
from spotter.streaming.processor import OtherVersion
from tests.kafka.toy import Toy
from tests.spotter.streaming.test_changelog import Life, reps


@contextmanager
def version(name: str | None) -> Iterator[None]:
    """Make the toy one of a version."""
    with patch.object(Toy, "version", name):
        yield


def written(name: str | None, *offsets: int) -> list[Entry]:
    """Return what a worker of a version writes."""
    with version(name):
        return Life().take(*reps(*offsets))


def read(name: str | None, *entries: Entry) -> int:
    """Return the reps that a worker of a version reads back."""
    with version(name):
        return Life(*entries).reps()


def test_a_version_reads_its_own_state_and_no_others() -> None:
    """Where one version alone has written, the other says so; where nobody has, either may begin."""
    old, named = written("v1", 0, 1, 2), written(None, 0, 1)

    assert 3 == read("v1", *old)
    assert 2 == read(None, *named)
    for entries, by in ((old, "v1"), (named, "a version that left no name")):
        with pytest.raises(OtherVersion, match=f"by {by}, and this program is v2: `spotter upgrade`"):
            read("v2", *entries)
    with version("v2"):
        assert {} == dict(Life().state())


def test_the_mark_puts_a_version_in_force_and_the_other_out_of_it() -> None:
    """Until it is written, the old version goes on and the new one does not, whatever lies beside the mark of the old."""
    old, new = written("v1", 0, 1, 2), written("v2", 0, 1)
    half = [*old, mark(3, "v1", 0), *new]

    assert 3 == read("v1", *half)
    with pytest.raises(OtherVersion):
        read("v2", *half)
    switched = [*half, mark(3, "v2", 2)]
    assert 2 == read("v2", *switched)
    with pytest.raises(OtherVersion, match="by v2, and this program is v1"):
        read("v1", *switched)


def test_what_an_old_worker_still_writes_after_the_switch_does_not_count() -> None:
    """Nor do its entries that were wiped out, or never were."""
    old, new = written("v1", 0, 1, 2), written("v2", 0, 1)
    wiped = [Entry(entry.partition, entry.key, None) for entry in old]

    assert 2 == read("v2", *old, mark(3, "v1", 0), *new, mark(3, "v2", 2), *wiped, *written("v1", 3, 4, 5))


def test_a_version_without_a_name_can_be_marked() -> None:
    """It is what wrote before versions had names."""
    named, new = written(None, 0, 1), written("v2", 0)

    assert 2 == read(None, *named, mark(3, None, 0), *new)
    with pytest.raises(OtherVersion, match="left no name"):
        read("v2", *named, mark(3, None, 0), *new)
