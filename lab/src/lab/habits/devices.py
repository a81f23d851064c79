"""What trackers do to reps: counters that start over, reps notified twice, buffers, a sensor for each arm, first ticks."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lab.habits.diary import Diary, Report
from spotter.domain.events.lifting import RepCompleted, RepStarted


def counter_restarts(diary: Diary, random: Random) -> bool:
    """Have the device start counting again within a set."""
    if not diary.counts or (diary.timing and random.random() < 0.8):
        return False  # without velocities nobody could know it for one that starts over; see `ambiguity`
    done = False
    for index in _some(diary, random, least=4):
        if index in diary.renumbered:
            continue
        reps = diary.of(index, RepCompleted)
        restart = random.randrange(2, len(reps))
        for number, report in enumerate(reps[restart:], 1):
            report.fields["rep_number"] = number
        diary.renumbered.add(index)
        done = True
    return done


def counts_each_arm(diary: Diary, random: Random) -> bool:
    """Have a sensor on each arm that counts for itself."""
    done = False
    for index, logged in enumerate(diary.sets):
        arms = {rep.number: rep.arm for _, rep in logged.reps()}
        reps = diary.of(index, RepCompleted)
        if set(arms.values()) != {"left", "right"} or not diary.counts:
            continue
        counts = {"left": 0, "right": 0}
        logged.untold.discard("side")
        for report in reps:
            arm = arms[report.rep] if report.rep is not None else None
            assert arm is not None
            counts[arm] += 1
            report.fields |= {"rep_number": counts[arm], "side": arm, "device": {"id": f"sensor-{arm}"}}
        diary.renumbered.add(index)
        done = True
    return done


def notified_twice(diary: Diary, random: Random) -> bool:
    """Send each rep of some sets twice, a moment later, under an id of its own."""
    if not diary.counts:
        return False
    for index in _some(diary, random, least=1):
        for report in diary.of(index, RepCompleted):
            again = replace(report, at_s=report.at_s + random.uniform(0.05, 0.6), fields=dict(report.fields), id="")
            diary.reports.append(again)
    return True


def flushed(diary: Diary, random: Random) -> bool:
    """Have the app sleep through a set: its reps come at its end, all with the time of the flush."""
    if not diary.counts:
        return False
    done = False
    for index in _some(diary, random, least=3):
        logged = diary.sets[index]
        if len(logged.bouts) > 1:
            continue
        room_s = min(diary.next_begun_s(index) - logged.last.ended_s, 8.0)
        flush_s = logged.last.ended_s + 0.1 * room_s
        for report in diary.of(index, RepCompleted):
            report.at_s, report.started_s, report.flushed = flush_s, None, True
        done = True
    return done


def stored_and_sent(diary: Diary, random: Random) -> bool:
    """Have the tracker send the reps of a set together when it is over, each with its own time."""
    for index in range(len(diary.sets)):
        last_s = diary.sets[index].last.ended_s
        for report in diary.of(index, RepCompleted):
            report.sent_s = last_s + 1.0
    return True


def timing_only(diary: Diary, random: Random) -> bool:
    """Have a device that tells nothing but the time of each rep."""
    if not all(logged.last.called or logged.first.work == "warmup" for logged in diary.sets):
        return False  # nobody knows how far from failure an uncalled set without velocities was
    for report in diary.reports:
        if report.kind is RepCompleted:
            for name in ("mean_velocity_mps", "concentric_s", "rom_m"):
                report.fields.pop(name, None)
    diary.timing = True
    return True


def first_ticks(diary: Diary, random: Random) -> bool:
    """Have the device tell the start of each rep, and take the unrack for a first one."""
    starts = []
    for index, logged in enumerate(diary.sets):
        reps = {rep.number: rep for _, rep in logged.reps()}
        reports = [report for report in diary.of(index, RepCompleted) if report.rep is not None]
        if not reports or any(report.flushed for report in reports):
            continue
        first = reports[0]
        begun_s = diary.begun_s(index)
        if logged.opens:
            starts.append(Report(begun_s + 0.3 * (first.at_s - begun_s), RepStarted, {}, first.teller, index))
        for report in reports:
            assert report.rep is not None
            start = Report(reps[report.rep].started_s, RepStarted, {}, report.teller, index, named=report.named)
            start.sent_id, start.sent_s = report.sent_id, report.sent_s
            starts.append(start)
    diary.reports += starts
    return True


def _some(diary: Diary, random: Random, *, least: int) -> list[int]:
    """Return some sets with at least so many reps."""
    long = [index for index in diary.real() if sum(len(bout.reps) for bout in diary.sets[index].bouts) >= least]
    return random.sample(long, min(len(long), random.choice((1, 1, 2, 3))))
