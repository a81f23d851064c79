"""Numbers of the signs that are no matter of policy (design choices, each with its reason)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

CHECKIN_HOLDS: Final = timedelta(days=7)
"""How long a check-in speaks: it says how one feels today, and a week later it is somebody else's day."""
CHECKINS_KEPT: Final = 14
"""Check-ins that are remembered, the newest ones; signs look at two."""
STAYS: Final = timedelta(hours=20)
"""What is reported twice this far apart stays: yesterday and today, whatever the hour."""
BAD: Final = 2
"""Scores up to this are bad, on a scale from 1 (bad) to 5 (good)."""
WORST: Final = 1
"""Soreness as bad as this needs no second day to be a sign."""
PAIN: Final = 1
"""From here on, of 10, a joint hurts."""
STRONG_PAIN: Final = 4
"""From here on, of 10, a pain needs no second day to be a nagging one."""
PAIN_HOLDS: Final = timedelta(days=28)
"""A pain that nobody takes back speaks this long."""
SESSIONS_APART_DAYS: Final = 14
"""Two sessions further apart than this do not run on; a sign of velocity holds no longer, either."""
GAIN: Final = 0.01
"""A best that is this much better is a gain: two hundredths of a metre per second are two parts in a hundred."""
PROGRESS_WEEKS: Final = 8
"""Weeks of bests that are remembered of an exercise."""
SANDBAGGING_SETS_MIN: Final = 5
"""Fewer sets than this are no week to judge."""
AFTER_SESSION: Final = timedelta(hours=2)
"""A session is over when nothing was lifted for so long: from then on a notice is to be shown."""
