"""Two recorders of one workout: a watch beside the phone, with sets and a clock of its own, that tells only times."""

from __future__ import annotations

from random import Random
from typing import Any

from lab.habits.diary import WATCH, Diary, Report
from spotter.domain.events.lifting import RepCompleted, SetEnded, SetStarted


def watch(diary: Diary, random: Random) -> bool:
    """Record every set a second time, some tenths of a second apart, under ids of the watch's own."""
    if any(report.flushed for report in diary.reports):
        return False  # reps without times of their own overlap nothing
    spans = random.random() < 0.6
    starts, ends = random.random() < 0.5, random.random() < 0.6
    apart_s = random.uniform(0.2, 1.5) if spans else random.uniform(0.2, 0.7)
    misses = random.random() < 0.3
    adds = random.random() < 0.3
    late_s = random.choice((None, None, None, random.uniform(1800, 20_000)))
    in_one = random.random() < 0.3
    set_id = ""
    for index in diary.real():
        logged = diary.sets[index]
        goes_on = in_one and logged.first.joint is not None and logged.first.apart
        set_id = set_id if goes_on else f"w{index + 1}"
        if goes_on:
            diary.habits.add("watch takes parts for one set")
        if starts and logged.opens and not goes_on:
            fields: dict[str, Any] = {"exercise": logged.first.exercise}
            if logged.first.work != "work":
                fields["intent"] = logged.first.work
            diary.reports.append(_seen(logged.first.begun_s + apart_s, SetStarted, fields, index, set_id))
        reps = [rep for _, rep in logged.reps()]
        missed = random.randrange(len(reps)) if misses and len(reps) > 2 and random.random() < 0.5 else None
        for position, rep in enumerate(reps):
            if position == missed:
                diary.habits.add("watch misses a rep")
                continue
            at_s = rep.ended_s + _shift(apart_s, rep.started_s, reps, position, random)
            report = _seen(at_s, RepCompleted, {}, index, set_id)
            report.rep = rep.number
            report.started_s = min(at_s - rep.concentric_s - 0.9, rep.ended_s - 0.2) if spans else None
            diary.reports.append(report)
        over_s = min(diary.over_s(index), diary.next_begun_s(index))
        room_s = over_s - logged.last.ended_s
        if adds and room_s > 8 and random.random() < 0.4:
            diary.habits.add("watch adds a rep")
            report = _seen(logged.last.ended_s + 2.6, RepCompleted, {}, index, set_id)
            report.id = f"invented-{index}"
            diary.doubtful.add(report.id)
            diary.reports.append(report)
        if ends and not (in_one and index + 1 < len(diary.sets) and diary.sets[index + 1].first.apart):
            diary.reports.append(_seen(logged.last.ended_s + 0.9 * room_s, SetEnded, {}, index, set_id))
    if late_s is not None:
        diary.habits.add("watch synced later")
        last_s = max(report.at_s for report in diary.reports)
        for report in diary.reports:
            if report.teller == WATCH:
                report.sent_s = last_s + late_s
    diary.watched = True
    return True


def _shift(apart_s: float, started_s: float, reps: list[Any], position: int, random: Random) -> float:
    """Return by how much the watch is late for a rep: never so much that it could be the next one."""
    most_s = reps[position + 1].started_s - reps[position].ended_s if position + 1 < len(reps) else 2.0
    return max(min(apart_s + random.uniform(-0.08, 0.08), most_s - 0.05), 0.05)


def _seen(at_s: float, kind: Any, fields: dict[str, Any], index: int, set_id: str) -> Report:
    return Report(at_s, kind, fields, WATCH, index, sent_id=set_id)
