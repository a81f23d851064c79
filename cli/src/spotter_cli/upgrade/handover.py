"""The shadow's state of the detector as a host takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from spotter.domain.gym_config import Configuration
from spotter.domain.time import micros
from spotter.streaming.state_versions import SEEN, Stepper
from spotter_cli.upgrade.comparison import open_in_one_version
from spotter_cli.upgrade.facts import PublishedSet
from spotter_cli.upgrade.shadow_file import ShadowFile
from spotter_detector.lifecycle.succession import after_published
from spotter_detector.processor import FailureDetector
from spotter_detector.state import LiftedSet
from spotter_standalone.errors import CliError


@dataclass(frozen=True, slots=True)
class LifterState:
    """A lifter's entries, as their host stores them, and when the lifter's timer is due (microseconds since 1970)."""

    key: str
    partition: int
    entries: dict[str, bytes]
    due_us: int | None


def handed_over(file: ShadowFile) -> Iterator[LifterState]:
    """Yield the detector's state of each lifter, its revisions raised to those that the running version published."""
    stepper = Stepper(FailureDetector(), Configuration())
    for key, rows in groupby(file.all_states(FailureDetector.name), lambda row: row.key):
        published = {set_key: then for _, set_key, then, _ in file.pairs(key) if then is not None}
        state: dict[str, object] = {}
        entries: dict[str, bytes] = {}
        partition = 0
        for row in rows:
            partition = row.partition
            assert row.value is not None
            value = stepper.load_value(row.name, row.value)
            if isinstance(value, LiftedSet):
                value = _after(value, published.get(value.key))
            entries[row.name] = stepper.dump_value(row.name, value)
            if row.name != SEEN:
                state[row.name] = value
        due = stepper.processor.next_due(state)
        yield LifterState(key, partition, entries, None if due is None else micros(due))


def _after(lifted_set: LiftedSet, published: PublishedSet | None) -> LiftedSet:
    if published is None:
        return lifted_set
    estimates = {rep: estimate.revision for rep, estimate in published.estimates.items()}
    return after_published(lifted_set, published.reps, estimates)


def check_open_sets(file: ShadowFile) -> None:
    """Raise CliError where a set is running that only one of the versions knows."""
    if unknown := open_in_one_version(file):
        raise CliError(
            f"{len(unknown)} sets are running that only one of the versions knows ({', '.join(unknown[:5])}): start the "
            "old version again, let them end, and then switch."
        )
