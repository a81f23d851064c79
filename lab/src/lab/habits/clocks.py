"""Clocks: of phones and trackers that are wrong, have no date, or are not told of."""

from __future__ import annotations

from random import Random
from typing import Final

from lab.habits.diary import APP, TRACKER, WATCH, Clock, Diary, Teller

HOUR_S: Final = 3600.0


def wrong_clock(diary: Diary, random: Random) -> bool:
    """Have the clock of phone or tracker wrong, with `senttime` that shows it."""
    teller: Teller = random.choice((APP, TRACKER))
    diary.clocks[teller] = Clock(random.choice((-5 * HOUR_S, -300.0, -40.0, -7.0, 9.0, 45.0, 100.0)))
    return True


def untold_clock(diary: Diary, random: Random) -> bool:
    """Send no `senttime`; the one clock is wrong where that can still be made good: by receipt, or for all alike."""
    live = all(report.sent_s is None for report in diary.reports)
    ahead_s = random.choice((-60.0, -20.0, 0.0, 0.0, 5.0)) if live and not diary.watched else 0.0
    for teller in (APP, TRACKER, WATCH):
        diary.clocks[teller] = Clock(ahead_s, senttime=False)
    return True


def clock_without_date(diary: Diary, random: Random) -> bool:
    """Have a tracker that counts time from when it was switched on."""
    diary.clocks[TRACKER] = Clock(random.uniform(0, 5000), dated=False)
    return diary.tracker == TRACKER
