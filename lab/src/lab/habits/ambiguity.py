"""The rules by which nobody could know what happened; a workout that one of them names is counted apart.

1. *No boundary*: two sets of one id (or none) and one exercise with no end, no start and no silence between them that
   would tell them apart (`diary.boundary_told`). By contract they are one set.
2. *A silent counter that starts over*: a device that tells nothing but times counts from 1 again within a set. The same
   number with the same (no) values is a rep notified again, whatever its time (contract §1).
3. *A flush without names*: reps of two unnamed sets of which one comes with the time of its flush only, after the other
   has begun.
"""

from __future__ import annotations

from lab.habits.diary import Diary, boundary_told, pairs
from spotter.domain.events.lifting import RepCompleted


def reasons(diary: Diary) -> list[str]:
    """Return why nobody could know what happened, empty where everything can be known."""
    why = []
    for before, after in pairs(diary.real()):
        if not boundary_told(diary, before, after):
            why.append("no boundary")
    if diary.timing and any(_starts_over(diary, index) for index in range(len(diary.sets))):
        why.append("a silent counter that starts over")
    for index, logged in enumerate(diary.sets):
        late = any(
            report.flushed and report.at_s > diary.next_begun_s(index) for report in diary.of(index, RepCompleted)
        )
        if logged.set_id is None and late:
            why.append("a flush without names")
    return why


def _starts_over(diary: Diary, index: int) -> bool:
    numbers: dict[str, int] = {}
    for report in diary.of(index, RepCompleted):
        number, counter = report.fields.get("rep_number"), f"{report.teller} {report.fields.get('device')}"
        if number is not None and report.rep is not None:
            if number < numbers.get(counter, 0):
                return True
            numbers[counter] = number
    return False
