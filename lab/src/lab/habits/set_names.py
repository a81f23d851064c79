"""How apps name sets, and what they leave out: ids used again or none, no start, no end, the exercise on each rep."""

from __future__ import annotations

from collections import Counter
from random import Random

from lab.habits.diary import APP, TRACKER, Diary, Report, boundary_told, pairs
from lab.habits.workouts import Bout
from spotter.domain.events.lifting import RepCompleted, SetAmended, SetEnded, SetStarted


def numbers_within_exercise(diary: Diary, random: Random) -> bool:
    """Number the sets of each exercise from 1."""
    counts: Counter[str] = Counter()
    for index in diary.real():
        logged = diary.sets[index]
        counts[logged.first.exercise] += 1
        logged.set_id = str(counts[logged.first.exercise])
    return True


def numbers_per_day(diary: Diary, random: Random) -> bool:
    """Number the sets of the day from 1."""
    for number, index in enumerate(diary.real(), 1):
        diary.sets[index].set_id = str(number)
    return True


def id_per_exercise(diary: Diary, random: Random) -> bool:
    """Use one id for all sets of an exercise; in later rounds of a superset it goes on without a word."""
    silent = random.random() < 0.5
    last: dict[str, Bout] = {}
    before: str | None = None
    for index in diary.real():
        logged = diary.sets[index]
        exercise = logged.first.exercise
        logged.set_id = exercise
        usual = exercise in last and (last[exercise].load_kg, last[exercise].work) == (
            logged.first.load_kg,
            logged.first.work,
        )
        if silent and usual and before != exercise:
            logged.opens = False
            diary.reports = [
                report for report in diary.reports if not (report.logged == index and report.kind is SetStarted)
            ]
            diary.habits.add("rounds that go on without a start")
        last[exercise] = logged.last
        before = exercise
    return True


def no_ids(diary: Diary, random: Random) -> bool:
    """Send no set ids at all."""
    for logged in diary.sets:
        logged.set_id = None
    return True


def no_starts(diary: Diary, random: Random) -> bool:
    """Send no `set.started`: each rep names its exercise and load."""
    if any(bout.work == "amrap" and bout.left <= 1 for bout in diary.visit.bouts):
        return False  # the intent decides the price, and only a start tells it
    diary.reports = [report for report in diary.reports if report.kind not in (SetStarted, SetAmended)]
    for logged in diary.sets:
        logged.opens = False
        logged.untold |= {"intent"}
    _on_each_rep(diary)
    return True


def exercise_on_each_rep(diary: Diary, random: Random) -> bool:
    """Name exercise and load on each rep, beside the starts."""
    _on_each_rep(diary)
    return True


def _on_each_rep(diary: Diary) -> None:
    for index, logged in enumerate(diary.sets):
        bouts = {rep.number: bout for bout, rep in logged.reps()}
        for report in diary.of(index, RepCompleted):
            if report.rep is None:
                continue
            bout = bouts[report.rep]
            report.fields |= {"exercise": bout.exercise, "load_kg": bout.load_kg}
            if bout.arm is not None and "side" not in logged.untold:
                report.fields["side"] = bout.arm
            if bout.work == "warmup" and not logged.opens:
                report.fields["kind"] = "warmup"


def no_ends(diary: Diary, random: Random) -> bool:
    """Send no `set.ended`."""
    diary.reports = [report for report in diary.reports if report.kind is not SetEnded]
    if random.random() < 0.3:
        diary.habits.add("finish ends the last set")
        last = diary.real()[-1]
        at_s = diary.sets[last].last.ended_s + random.uniform(60, 1200)
        diary.reports.append(Report(at_s, SetEnded, {}, APP, last))
    return True


def tell_boundaries(diary: Diary, random: Random) -> bool:
    """Add the ends and starts without which nobody could tell two sets apart; very few people leave them out."""
    for before, after in pairs(diary.real()):
        if boundary_told(diary, before, after) or random.random() < 0.002:
            continue
        earlier, later = diary.sets[before], diary.sets[after]
        if not diary.of(before, SetEnded):
            room_s = later.first.begun_s - earlier.last.ended_s
            diary.reports.append(Report(earlier.last.ended_s + 0.8 * min(room_s, 16.0), SetEnded, {}, APP, before))
        if not boundary_told(diary, before, after):
            later.opens = True
            fields = {"exercise": later.first.exercise, "load_kg": later.first.load_kg}
            diary.reports.append(Report(later.first.begun_s, SetStarted, fields, APP, after))
    return False


def tracker_without_ids(diary: Diary, random: Random) -> bool:
    """Have a tracker of its own that knows no set ids: only the app's events carry them."""
    if diary.tracker != TRACKER or not all(logged.opens for logged in diary.sets):
        return False
    for report in diary.reports:
        if report.teller == TRACKER:
            report.named = False
    return True
