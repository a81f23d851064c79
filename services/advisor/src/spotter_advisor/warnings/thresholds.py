"""Thresholds of warnings that no policy changes (design choices, each with its reason)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

CHECKIN_HOLDS: Final = timedelta(days=7)
"""How long a check-in counts: it describes today, and a week later it is out of date."""
CHECKINS_KEPT: Final = 14
"""Newest check-ins that are stored; warnings use two."""
STAYS: Final = timedelta(hours=20)
"""What is reported twice this far apart persists: yesterday and today, whatever the hour."""
BAD: Final = 2
"""Scores up to this are bad, on a scale from 1 (bad) to 5 (good)."""
WORST: Final = 1
"""Soreness as bad as this is a warning without a second day."""
PAIN: Final = 1
"""Level, of 10, from which a joint hurts."""
STRONG_PAIN: Final = 4
"""Level, of 10, from which a pain is a warning without a second day."""
PAIN_HOLDS: Final = timedelta(days=28)
"""How long a pain counts that is not taken back."""
SESSIONS_APART_DAYS: Final = 14
"""Sessions further apart than this are not in a row; a velocity warning lasts no longer, either."""
GAIN: Final = 0.01
"""A best that is this much better is a gain: two hundredths of a metre per second are two parts in a hundred."""
PROGRESS_WEEKS: Final = 8
"""Weeks of bests that are stored of an exercise."""
SANDBAGGING_SETS_MIN: Final = 5
"""Least sets of a week for its share of easy ones to count."""
AFTER_SESSION: Final = timedelta(hours=2)
"""A session is over when nothing was lifted for this long: notices are shown from then on."""
