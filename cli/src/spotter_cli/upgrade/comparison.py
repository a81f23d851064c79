"""What would be different: the estimates, advice and verdicts of the running version and of the shadow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from spotter.domain.actions import LOUD
from spotter_cli.upgrade.facts import PublishedSet
from spotter_cli.upgrade.shadow_file import ShadowFile

SHOWN: Final = 10
"""Sets that are named."""
SAME_RIR: Final = 0.05
"""Reps left that differ by no more are the same."""


@dataclass(frozen=True, slots=True)
class SetDifference:
    """A set of which the two versions think differently."""

    key: str
    """`gym_id/athlete_id`."""
    set_id: str
    set_key: str
    opened_at: str
    exercise: str
    reps: int
    rir_change: float
    """The largest change of an estimate of its reps, in reps left."""
    alarm_then: int | None
    """The rep after which the lifter first heard to stop."""
    alarm_now: int | None
    failed_then: bool
    failed_now: bool
    cost_then: float
    cost_now: float

    @property
    def verdict_changed(self) -> bool:
        """Whether the alarm, the failure or the cost is another one."""
        return (
            self.alarm_then != self.alarm_now
            or self.failed_then != self.failed_now
            or abs(self.cost_then - self.cost_now) > 1e-9
        )


@dataclass(slots=True)
class VersionComparison:
    """All sets that both versions know, and what differs."""

    new_version: str
    old_versions: list[str] = field(default_factory=list)
    sets: int = 0
    only_running: int = 0
    only_shadow: int = 0
    reps: int = 0
    reps_changed: int = 0
    rir_change_median: float = 0.0
    """Of the absolute changes of all reps."""
    rir_change_mean: float = 0.0
    """With their sign: over 0, the new version sees more reps left."""
    rir_change_max: float = 0.0
    advice_changed: int = 0
    """Reps after which the action is another one."""
    alarms_earlier: int = 0
    alarms_later: int = 0
    alarms_new: int = 0
    alarms_gone: int = 0
    failed_changed: int = 0
    cost_then: float = 0.0
    cost_now: float = 0.0
    most_different: list[SetDifference] = field(default_factory=list)


def compare_versions(file: ShadowFile, version: str) -> VersionComparison:
    """Compare all sets in a shadow's file; a set that was voided, merged or moved by both is left out."""
    result = VersionComparison(version)
    changes: list[float] = []
    versions: set[str] = set()
    for key, set_key, then, now in file.pairs():
        if then is None or now is None:
            result.only_running += now is None and then is not None and not then.gone
            result.only_shadow += then is None and now is not None and not now.gone
            continue
        versions |= set(then.versions)
        if then.gone and now.gone:
            continue
        result.sets += 1
        own = _rir_changes(then, now)
        changes += own
        _count_advice(result, then, now)
        result.cost_then += then.cost
        result.cost_now += now.cost
        result.failed_changed += then.failed != now.failed
        different = _difference(key, set_key, then, now, own)
        if different.verdict_changed or different.rir_change > SAME_RIR:
            result.most_different.append(different)
    result.most_different.sort(key=lambda each: (each.verdict_changed, each.rir_change), reverse=True)
    del result.most_different[SHOWN:]
    result.old_versions = sorted(versions)
    _count_reps(result, changes)
    return result


def _rir_changes(then: PublishedSet, now: PublishedSet) -> list[float]:
    return [now.estimates[rep].rir - estimate.rir for rep, estimate in then.estimates.items() if rep in now.estimates]


def _count_reps(result: VersionComparison, changes: Iterable[float]) -> None:
    signed = [*changes]
    sizes = [abs(change) for change in signed]
    result.reps = len(sizes)
    if sizes:
        result.reps_changed = sum(size > SAME_RIR for size in sizes)
        result.rir_change_median = median(sizes)
        result.rir_change_mean = sum(signed) / len(signed)
        result.rir_change_max = max(sizes)


def _count_advice(result: VersionComparison, then: PublishedSet, now: PublishedSet) -> None:
    result.advice_changed += sum(
        now.advice[rep].action != advice.action for rep, advice in then.advice.items() if rep in now.advice
    )
    before, after = then.first_alarm(frozenset(LOUD)), now.first_alarm(frozenset(LOUD))
    if before is None or after is None:
        result.alarms_new += before is None and after is not None
        result.alarms_gone += before is not None and after is None
    else:
        result.alarms_earlier += after < before
        result.alarms_later += after > before


def _difference(key: str, set_key: str, then: PublishedSet, now: PublishedSet, changes: list[float]) -> SetDifference:
    loud = frozenset(LOUD)
    return SetDifference(
        key,
        then.set_id,
        set_key,
        then.opened_at,
        then.exercise,
        len(then.estimates),
        max(map(abs, changes), default=0.0),
        then.first_alarm(loud),
        now.first_alarm(loud),
        then.failed,
        now.failed,
        then.cost,
        now.cost,
    )


def open_in_one_version(file: ShadowFile) -> list[str]:
    """Return the running sets that only one of the versions knows, as `gym_id/athlete_id set_id`.

    Their readers would wait for an end that nobody writes.
    """
    return [
        f"{key} {(then or now or PublishedSet()).set_id}"
        for key, _, then, now in file.pairs()
        if (then is None or now is None or then.gone != now.gone)
        and not all(each is None or each.ended for each in (then, now))
    ]
