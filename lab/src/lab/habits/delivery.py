"""When events are sent, and in which order: late calls, phones offline, uploads newest first, chunks, things sent again."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from lab.habits.diary import APP, WATCH, Diary, Report
from spotter.domain.events.lifting import EffortReported, RepCompleted

_READ_BACK_S: Final = 900.0


def late_calls(diary: Diary, random: Random) -> bool:
    """Upload the calls afterwards, without a set id, each with the time at which it was tapped."""
    last_s = _last_s(diary)
    for report in diary.reports:
        if report.kind is EffortReported and report.sent_s is None and not _is_tapped_later(diary, report):
            report.sent_s, report.named = max(last_s + random.choice((5.0, 900.0)), report.at_s), False
    return True


def _is_tapped_later(diary: Diary, report: Report) -> bool:
    """Whether a call is tapped when another set has begun: then only its id tells which set it means."""
    return report.logged is not None and report.at_s >= diary.next_begun_s(report.logged)


def phone_offline(diary: Diary, random: Random) -> bool:
    """Upload all that the app says hours later; the tracker has a gateway of its own."""
    if diary.tracker == APP or not all(logged.opens for logged in diary.sets):
        return False
    upload_s = _last_s(diary) + random.uniform(600, 20_000)
    for report in diary.reports:
        if report.teller == APP and report.at_s < upload_s:
            report.sent_s = upload_s
    return True


def out_of_range(diary: Diary, random: Random) -> bool:
    """Lose the network for some minutes: what happened meanwhile is sent together when it is back."""
    lost_s = random.uniform(0.0, 0.8) * _last_s(diary)
    back_s = lost_s + random.uniform(60, 900)
    for report in diary.reports:
        if lost_s <= report.sending_s < back_s:
            report.sent_s = back_s
    return True


def imported_again(diary: Diary, random: Random) -> bool:
    """Import all that phone and tracker told once more when it is over, under event ids of its own."""
    if not diary.counts:
        return False
    last_s = max(report.sending_s for report in diary.reports)
    again = [report for report in diary.reports if not report.by_key and report.teller != WATCH]
    diary.reports += [
        replace(report, id="", sent_s=last_s + 600.0, fields=dict(report.fields))
        for report in again
        if report.id not in diary.doubtful
    ]
    return True


def uploaded_afterwards(diary: Diary, random: Random) -> bool:
    """Upload the whole workout at once when it is over."""
    _upload(diary, random)
    return True


def newest_first(diary: Diary, random: Random) -> bool:
    """Upload the whole workout when it is over, the newest event first."""
    diary.newest_first_from_s = _upload(diary, random)
    return True


def random_chunks(diary: Diary, random: Random) -> bool:
    """Upload the workout when it is over, in chunks of any order, minutes apart."""
    upload_s = _upload(diary, random)
    chunks = random.randint(2, 5)
    for report in diary.reports:
        if report.sent_s == upload_s:
            report.sent_s = upload_s + random.randrange(chunks) * random.choice((2.0, 150.0))
    return True


def events_again(diary: Diary, random: Random) -> bool:
    """Send some events again, as they were: a client that did not hear the answer."""
    sample = random.sample(diary.reports, min(len(diary.reports), random.randint(2, 12)))
    for report in sample:
        later_s = report.sending_s + random.choice((0.5, 30.0, 4000.0))
        diary.reports.append(replace(report, again=report.id, sent_s=later_s))
    return True


def _upload(diary: Diary, random: Random) -> float:
    upload_s = _last_s(diary) + random.choice((5.0, 200.0, 9000.0))
    for report in diary.reports:
        if report.by_key:  # the key is read back from what was uploaded before
            report.sent_s = max(report.sending_s, upload_s + _READ_BACK_S)
        elif report.sending_s < upload_s:
            report.sent_s = upload_s
    return upload_s


def _last_s(diary: Diary) -> float:
    """Return the end of the training: corrections of the next day are not waited for."""
    return max(report.at_s for report in diary.reports if report.kind is RepCompleted)


def in_order_of_arrival(diary: Diary) -> list[Report]:
    """Return the reports as they arrive."""
    upload_s = diary.newest_first_from_s

    def key(report: Report) -> tuple[float, float]:
        return report.sending_s, -report.at_s if report.sent_s == upload_s else report.at_s

    return sorted(diary.reports, key=key)
