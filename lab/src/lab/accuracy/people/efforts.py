"""How hard a recorded set was, by what its lifter called, and which reports of it count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lab.accuracy.answers import Flags
from lab.accuracy.sets import LabelledSet

# RPE 9 and more; RPE 6.5 and less. Between them lifters do not call finely enough to judge by.
_HARD_RIR_MAX = 1.0
_EASY_RIR_MIN = 3.5


def is_hard(lifted_set: LabelledSet) -> bool | None:
    """Return whether a set ended at failure or with one rep left; None if it was neither hard nor easy, or not called."""
    if lifted_set.failed:
        return True
    called = lifted_set.reported_rir
    if called is None or _HARD_RIR_MAX < called < _EASY_RIR_MIN:
        return None
    return called <= _HARD_RIR_MAX


def without_reports(lifted_set: LabelledSet) -> LabelledSet:
    """Return a set without the reports that its lifter deleted afterwards."""
    kept = [index for index, left in enumerate(lifted_set.truth) if left is not None]
    if len(kept) == len(lifted_set.reps):
        return lifted_set
    zero_s = lifted_set.reps[kept[0]].end_s
    return replace(
        lifted_set,
        reps=tuple(
            replace(lifted_set.reps[index], rep_number=number, end_s=lifted_set.reps[index].end_s - zero_s)
            for number, index in enumerate(kept, start=1)
        ),
        truth=tuple(lifted_set.truth[index] for index in kept),
        failed_attempt=None if lifted_set.failed_attempt is None else kept.index(lifted_set.failed_attempt),
    )


def last_rep(lifted_set: LabelledSet) -> int:
    """Return the index of the report of a set's last rep: what comes after it is the putting down of the bar."""
    return max(index for index, left in enumerate(lifted_set.truth) if left is not None)


def judged(sets: Sequence[LabelledSet]) -> tuple[list[int], Flags]:
    """Return the indices of the sets that were hard or easy, and whether they were hard."""
    hard = {index: is_it for index, lifted_set in enumerate(sets) if (is_it := is_hard(lifted_set)) is not None}
    return list(hard), np.array(list(hard.values()), dtype=np.bool_)
