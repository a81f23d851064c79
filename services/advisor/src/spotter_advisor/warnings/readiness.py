"""Readiness to train hard today: one number from 0 to 100, with its parts explained.

Weights are a design choice: self-reports lead (they follow load more closely than most measures; Saw et al. 2016), then
measured velocity, then what the last days cost. A part without data is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events.budgets import Readiness, ReadinessPart
from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.state.history import History
from spotter_advisor.warnings.check_in import newest_score, pains
from spotter_advisor.warnings.velocity_loss import SESSIONS_APART_DAYS, mean_offset_mps, mean_offset_sds

WELLNESS: Final = 50.0
VELOCITY: Final = 30.0
RECOVERY: Final = 20.0
PAIN: Final = 20.0
QUESTIONS: Final = ("soreness", "sleep", "mood", "motivation", "irritability", "fatigue")
_BEST, _WORST = 5, 1


def readiness_of(
    history: History, at: datetime, zone: str, policy: Policy, *, closed_groups: Iterable[str], spent: float
) -> Readiness | None:
    """Return a lifter's readiness; None without both a check-in and a velocity.

    `closed_groups` have not recovered from failure; `spent` are the units of the last three days.
    """
    measured = [part for part in (_wellness(history, at), _velocity(history, at, zone, policy)) if part is not None]
    if not measured:
        return None
    parts = [*measured, _recovery(sorted(closed_groups), spent, policy), *_pain(history, at)]
    score = round(100 * sum(part.points for part in parts) / sum(part.of for part in parts))
    return Readiness(score=score, parts=parts)


def _wellness(history: History, at: datetime) -> ReadinessPart | None:
    scores = {name: newest[0] for name in QUESTIONS if (newest := newest_score(history, at, name)) is not None}
    if not scores:
        return None
    share = sum((score - _WORST) / (_BEST - _WORST) for score in scores.values()) / len(scores)
    answers = ", ".join(f"{name} {score}" for name, score in scores.items())
    return ReadinessPart(
        name="wellness", points=round(WELLNESS * share, 1), of=WELLNESS, sentence=f"You said (of 5): {answers}."
    )


def _velocity(history: History, at: datetime, zone: str, policy: Policy) -> ReadinessPart | None:
    today = day_of(at, zone)
    first = (today - timedelta(days=SESSIONS_APART_DAYS)).isoformat()
    sessions = [day for day in history.days if day.offsets and first <= day.day <= today.isoformat()]
    if not sessions:
        return None
    offset, sds = mean_offset_mps(sessions[-1]), mean_offset_sds(sessions[-1])
    drop = max(-offset / policy.velocity_drop_mps, 0.0 if sds is None else -sds / policy.velocity_drop_sd)
    # As fast as usual is four fifths of the part, as slow as a warning none of it, faster than usual up to all of it.
    points = VELOCITY * min(1.0, max(0.0, 0.8 * (1 - drop)))
    how = "as fast as usual" if abs(offset) < 0.005 else f"{abs(offset):.2f} m/s {'slower' if offset < 0 else 'faster'}"
    return ReadinessPart(
        name="velocity",
        points=round(points, 1),
        of=VELOCITY,
        sentence=f"First reps in the last session ({sessions[-1].day}): {how}{'' if how.endswith('usual') else ' than usual'}.",
    )


def _recovery(closed: list[str], spent: float, policy: Policy) -> ReadinessPart:
    share = 1.0 if policy.weekly_units <= 0 else max(0.0, 1 - spent / policy.weekly_units)
    state = f"still recovering: {', '.join(closed)}" if closed else "every muscle group has recovered"
    sentence = f"{spent:g} units of failure in three days; {state}."
    return ReadinessPart(name="recovery", points=round(RECOVERY * share, 1), of=RECOVERY, sentence=sentence)


def _pain(history: History, at: datetime) -> list[ReadinessPart]:
    """Return the part of pain, which takes points; none without a pain."""
    levels = {pain: (checkin.pain or {})[pain] for pain, checkin in pains(history, at).items()}
    if not levels:
        return []
    worst = max(levels.values())
    listed = ", ".join(f"{pain} {level}" for pain, level in levels.items())
    return [
        ReadinessPart(
            name="pain", points=round(PAIN * (1 - worst / 10), 1), of=PAIN, sentence=f"Pain (of 10): {listed}."
        )
    ]
