"""Second thoughts: reps and sets voided, loads, exercises and calls corrected, at once or the next day.

A correction means its set by the rule of the contract: by key, or the set of its id that was running when it was made,
else the last one of that id that began before. People make theirs when that is the set they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any, Final

from lab.habits.diary import APP, Diary, LoggedSet, Report, boundary_told, call
from lab.habits.workouts import Bout, Repetition
from spotter.domain.events import EventData
from spotter.domain.events.lifting import (
    EffortReported,
    RepCompleted,
    RepVoided,
    SetAmended,
    SetEnded,
    SetStarted,
    SetVoided,
)

DAY_S: Final = 86_400.0


def rep_voided(diary: Diary, random: Random) -> bool:
    """Have the tracker count the racking of the bar, and the lifter take that back."""
    if not diary.counts or diary.timing:
        return False
    for index in _chosen(diary, random):
        logged = diary.sets[index]
        reps = [report for report in diary.of(index, RepCompleted) if report.rep is not None]
        if index in diary.renumbered or any(report.flushed for report in reps):
            continue
        at_s = logged.last.ended_s + 1.4
        if diary.next_begun_s(index) < at_s + 3 or min(_app_reports(diary, index)) < at_s + 0.3:
            continue
        fields = dict(reps[-1].fields) | {"rep_number": len(reps) + 1, "mean_velocity_mps": 0.61, "concentric_s": 0.5}
        fields.pop("rom_m", None)
        diary.reports.append(replace(reps[-1], at_s=at_s, fields=fields, rep=None, started_s=None, id=""))
        return _correct(diary, random, index, RepVoided, {"rep_number": len(reps) + 1}, after_s=at_s + 0.5)
    return False


def load_amended(diary: Diary, random: Random) -> bool:
    """Have the wrong load said first."""
    for index in _chosen(diary, random):
        logged = diary.sets[index]
        start = diary.start_of(index)
        if start is None or len(logged.bouts) > 1 or logged.first.load_kg is None or _in_parts(diary, index):
            continue
        if _is_inherited(diary, index):
            continue
        if any("load_kg" in report.fields for report in diary.of(index, RepCompleted)):
            continue
        if _correct(diary, random, index, SetAmended, {"load_kg": logged.first.load_kg}, after_s=logged.last.ended_s):
            start.fields["load_kg"] = logged.first.load_kg + random.choice((-5.0, 2.5, 5.0, 20.0))
            return True
    return False


def exercise_amended(diary: Diary, random: Random) -> bool:
    """Have the wrong exercise said first."""
    for index in _chosen(diary, random):
        logged = diary.sets[index]
        start = diary.start_of(index)
        ids = [other.set_id for other in diary.sets]
        if start is None or len(logged.bouts) > 1 or _in_parts(diary, index) or logged.set_id is None:
            continue
        if ids.count(logged.set_id) > 1 or diary.watched:
            continue
        if any("exercise" in report.fields for report in diary.of(index, RepCompleted)):
            continue
        amended = {"exercise": logged.first.exercise}
        if _correct(diary, random, index, SetAmended, amended, after_s=logged.last.ended_s):
            start.fields["exercise"] = random.choice(
                ("machine_chest_press", "calf_raise", "lat_pulldown", "goblet_squat")
            )
            return True
    return False


def effort_corrected(diary: Diary, random: Random) -> bool:
    """Have a first call taken back by a second one."""
    for index in _chosen(diary, random):
        calls, left = diary.of(index, EffortReported), diary.sets[index].last.left
        if len(calls) != 1 or _in_parts(diary, index):
            continue
        if _correct(diary, random, index, EffortReported, call(left, random), after_s=calls[0].at_s + 0.5):
            calls[0].fields = {"rir": random.choice([rir for rir in (0, 1, 2, 4) if rir != left])}
            return True
    return False


def called_later(diary: Diary, random: Random) -> bool:
    """Call a set when the next one is under way already, by its id."""
    later = []
    for index in diary.real():
        set_id, next_s = diary.sets[index].set_id, diary.next_begun_s(index)
        calls = diary.of(index, EffortReported)
        at_s = next_s + random.uniform(2, 8)
        if len(calls) == 1 and next_s < float("inf") and diary.means(set_id, at_s) == index:
            later.append((calls[0], at_s))
    for report, at_s in random.sample(later, min(len(later), 2)):
        report.at_s = at_s
    return bool(later)


def call_names_rep(diary: Diary, random: Random) -> bool:
    """Have the app name the rep that a call is about."""
    if not diary.counts:
        return False
    for index, logged in enumerate(diary.sets):
        invented = any(report.id in diary.doubtful for report in diary.of(index))
        if index not in diary.renumbered and not invented:  # else the call is of another rep than the last
            for report in diary.of(index, EffortReported):
                report.fields["rep_number"] = sum(len(bout.reps) for bout in logged.bouts)
    return True


def starts_again(diary: Diary, random: Random) -> bool:
    """Have the app say again what it said of a set, each time its screen is opened."""
    again = []
    for index in _chosen(diary, random):
        start, first = diary.start_of(index), diary.sets[index].first
        if start is not None:
            at_s = random.uniform(first.begun_s + 1.0, first.ended_s)
            again.append(replace(start, at_s=at_s, fields=dict(start.fields), id=""))
    diary.reports += again[:3]
    return bool(again)


def started_late(diary: Diary, random: Random) -> bool:
    """Tap the start when a rep or two are done already; an id of its own tells that the reps are no earlier set's."""
    ids = [logged.set_id for logged in diary.sets]
    late = [
        index
        for index in _chosen(diary, random)
        if diary.sets[index].opens
        and len(diary.sets[index].first.reps) > 2
        and ids.count(diary.sets[index].set_id) == 1
        and all(report.named for report in diary.of(index, RepCompleted))
    ]
    for index in late[:2]:
        start, reps = diary.start_of(index), diary.sets[index].first.reps
        assert start is not None
        done = random.choice((0, 1))
        start.at_s = random.uniform(reps[done].ended_s + 0.2, reps[done + 1].ended_s - 0.2)
    return bool(late)


def started_and_left(diary: Diary, random: Random) -> bool:
    """Start a set, and do another thing: it stays empty."""
    rests = [index for index in diary.real() if 120 < diary.next_begun_s(index) - diary.sets[index].last.ended_s < 1000]
    if not rests or not all(logged.opens for logged in diary.sets):
        return False
    before = random.choice(rests)
    begun_s = diary.next_begun_s(before) - 12.0
    exercise = random.choice(("calf_raise", "face_pull", "glute_bridge"))
    ids = {logged.set_id for logged in diary.sets}
    index = len(diary.sets)
    never = Bout(exercise, 20.0, "work", begun_s, (Repetition(-1, begun_s, begun_s, 0.6, 0.7, 0.4),), 5, -1)
    diary.sets.append(LoggedSet([never], None if ids == {None} else "left", never=True))
    diary.reports.append(Report(begun_s, SetStarted, {"exercise": exercise, "load_kg": 20.0}, APP, index))
    diary.empty.add(exercise)
    return True


def set_voided(diary: Diary, random: Random) -> bool:
    """Log a set that never happened, and take it back."""
    rests = [
        (index, diary.next_begun_s(index))
        for index in diary.real()
        if 130 < diary.next_begun_s(index) - diary.sets[index].last.ended_s < 1000 and not _in_parts(diary, index)
    ]
    if not rests or not any(logged.opens for logged in diary.sets):
        return False
    before, next_s = random.choice(rests)
    earlier = diary.sets[before]
    begun_s = (
        max(earlier.last.ended_s + 92, diary.over_s(before) + 2)
        if earlier.set_id is None
        else (max(earlier.last.ended_s + 45, max(report.at_s for report in diary.of(before)) + 2))
    )
    if next_s - begun_s < 35:
        return False
    index = len(diary.sets)
    reps = tuple(Repetition(-1, begun_s + 4 + 3 * turn, begun_s + 5 + 3 * turn, 0.6, 0.7, 0.4) for turn in range(3))
    exercise = earlier.first.exercise
    never = Bout(exercise, earlier.first.load_kg, "work", begun_s, reps, 5, -1)
    ids = {logged.set_id for logged in diary.sets}
    set_id = None if ids == {None} else exercise if exercise in ids else "extra"
    diary.sets.append(LoggedSet([never], set_id, never=True))
    fields = {"exercise": exercise, "load_kg": never.load_kg}
    diary.reports.append(Report(begun_s, SetStarted, fields, APP, index))
    for number, rep in enumerate(reps, 1):
        measured = {"mean_velocity_mps": 0.6 - 0.01 * number, "concentric_s": 0.7, "rep_number": number}
        diary.reports.append(Report(rep.ended_s, RepCompleted, measured, diary.tracker, index))
    diary.reports.append(Report(reps[-1].ended_s + 5, SetEnded, {}, APP, index))
    after = next(other for other in range(index) if diary.sets[other].first.begun_s == next_s)
    alone = boundary_told(diary, before, index) and boundary_told(diary, index, after)
    if alone and _correct(diary, random, index, SetVoided, {}, after_s=reps[-1].ended_s + 6):
        return True
    diary.sets.pop()
    diary.reports = [report for report in diary.reports if report.logged != index]
    return False


def next_day(diary: Diary, random: Random) -> bool:
    """Train again the next day under an id used today, and correct yesterday's set meanwhile."""
    index = next(iter(_chosen(diary, random)), None)
    if index is None:
        return False
    logged = diary.sets[index]
    start = diary.start_of(index)
    if start is None or logged.first.load_kg is None or len(logged.bouts) > 1 or _in_parts(diary, index):
        return False
    if _is_inherited(diary, index):
        return False
    if any("load_kg" in report.fields for report in diary.of(index, RepCompleted)):
        return False
    today = len(diary.sets)
    begun_s = logged.first.begun_s + DAY_S
    exercise = random.choice(("back_squat", "leg_press", "biceps_curl"))
    number = max(rep.number for bout in diary.visit.bouts for rep in bout.reps) + 1
    reps = tuple(
        Repetition(number + turn, begun_s + 3 + 3 * turn, begun_s + 4 + 3 * turn, 0.6 - 0.03 * turn, 0.7, 0.4)
        for turn in range(4)
    )
    exposure = max(bout.exposure for bout in diary.visit.bouts) + 1
    diary.sets.append(LoggedSet([Bout(exercise, 40.0, "work", begun_s, reps, 2, exposure)], logged.set_id))
    tracker = diary.tracker
    diary.reports.append(Report(begun_s, SetStarted, {"exercise": exercise, "load_kg": 40.0}, APP, today))
    for turn, rep in enumerate(reps, 1):
        measured = {"mean_velocity_mps": rep.velocity_mps, "concentric_s": 0.7, "rep_number": turn}
        named = all(report.named for report in diary.of(index, RepCompleted))
        diary.reports.append(Report(rep.ended_s, RepCompleted, measured, tracker, today, rep.number, named=named))
    diary.reports.append(Report(reps[-1].ended_s + 5, EffortReported, {"rir": 2}, APP, today))
    diary.reports.append(Report(reps[-1].ended_s + 7, SetEnded, {}, APP, today))
    way = random.choice(("tapped yesterday", "tapped before", "by key"))
    correction = Report(0.0, SetAmended, {"load_kg": logged.first.load_kg}, APP, index)
    if way == "by key":
        correction.at_s, correction.by_key = reps[1].ended_s + 0.5, True
    else:
        last_s = max(report.at_s for report in diary.of(index)) + 1
        correction.at_s = begun_s - 30 if way == "tapped before" else last_s
        if way == "tapped yesterday":
            correction.sent_s = reps[1].ended_s + 0.5
        if diary.means(logged.set_id, correction.at_s) != index:
            correction.by_key = True
            correction.at_s, correction.sent_s = reps[1].ended_s + 0.5, None
    diary.reports.append(correction)
    start.fields["load_kg"] = logged.first.load_kg + 10.0
    return True


def _chosen(diary: Diary, random: Random) -> Iterator[int]:
    """Yield the sets that happened, by chance."""
    indices = diary.real()
    random.shuffle(indices)
    yield from indices


def _in_parts(diary: Diary, index: int) -> bool:
    """Whether a set is one of several of an exposure."""
    exposure = diary.sets[index].first.exposure
    return sum(logged.first.exposure == exposure for logged in diary.sets) > 1


def _is_inherited(diary: Diary, index: int) -> bool:
    """Whether another set may take over what is said of this one: then its correction says nothing sure of the other."""
    return any(not logged.opens and logged.set_id == diary.sets[index].set_id for logged in diary.sets)


def _app_reports(diary: Diary, index: int) -> list[float]:
    """Return when the app says something after the last rep of a set."""
    last_s = diary.sets[index].last.ended_s
    return [report.at_s for report in diary.of(index) if report.at_s > last_s and report.kind is not RepCompleted] or [
        float("inf")
    ]


def _correct(
    diary: Diary, random: Random, index: int, kind: type[EventData], fields: dict[str, Any], *, after_s: float
) -> bool:
    """Report a correction, soon or late, when its id means the set; False where there is no such moment."""
    set_id, next_s = diary.sets[index].set_id, diary.next_begun_s(index)
    soon_s = after_s + random.uniform(0.3, 0.9) * min(next_s - after_s, 60.0)
    moments = [soon_s, after_s + 1800.0, after_s + DAY_S / 2]
    random.shuffle(moments)
    for at_s in moments:
        if at_s > after_s and diary.means(set_id, at_s) == index:
            diary.reports.append(Report(at_s, kind, fields, APP, index))
            return True
    return False
