"""R11 and R13: after failure the same muscle groups are closed to failure until they have recovered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from spotter.domain.exercises import RISKS, Risk
from spotter.domain.policies import BlockKind, Policy
from spotter.domain.weeks import day_of
from spotter_advisor.pricing.muscles import MAIN
from spotter_advisor.state.records import Entry, Ledger


@dataclass(frozen=True, slots=True)
class Closed:
    """A muscle group that is closed to failure."""

    muscle_group: str
    until: datetime
    rule: Literal["R11", "R13"]


def rest_hours(risk: Risk, kind: BlockKind | None, policy: Policy) -> int:
    """Give how long the muscle groups of a set to failure rest, h: longer after a compound, days in an all-out block.

    >>> from spotter.domain.policies import builtin_policy
    >>> rest_hours("isolation", None, builtin_policy()), rest_hours("compound", "accumulate", builtin_policy())
    (48, 72)
    >>> rest_hours("isolation", "high_intensity", builtin_policy())
    168
    """
    if kind == "high_intensity":
        return policy.recovery_hours_high_intensity
    return policy.recovery_hours_compound if RISKS[risk].compound else policy.recovery_hours


def recovers_at(entry: Entry) -> datetime:
    """Say when the muscle groups of a set have recovered; when it ended, where it ended short of failure."""
    return entry.at + timedelta(hours=entry.rest_h)


def closed_groups(
    ledger: Ledger, at: datetime, *, but: str | None = None, open_on: tuple[str, str] | None = None
) -> tuple[Closed, ...]:
    """Give the muscle groups that are closed to failure at a moment, by name.

    Parameters
    ----------
    but : str, optional
        Key of a set that closes nothing: the one that is asked for.
    open_on : (str, str), optional
        A local day (ISO) and its zone, whose sets close nothing yet: in a high-intensity block every exercise has its
        all-out set, and the rest begins with the day's end.
    """
    found: dict[str, Closed] = {}
    for entry in ledger.entries:
        until = recovers_at(entry)
        if entry.set_key == but or not entry.at <= at < until:
            continue
        if open_on is not None and day_of(entry.at, open_on[1]).isoformat() == open_on[0]:
            continue
        for group in _main_groups(entry):
            if group not in found or found[group].until < until:
                found[group] = Closed(group, until, entry.rest_rule)
    return tuple(found[group] for group in sorted(found))


def _main_groups(entry: Entry) -> Iterator[str]:
    yield entry.muscle_group
    most = entry.muscles.get(entry.muscle_group, 0.0)
    for group, units in entry.muscles.items():
        if group != entry.muscle_group and units >= MAIN * most - 1e-6:
            yield group
