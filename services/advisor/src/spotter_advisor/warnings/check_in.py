"""R15: warnings from check-ins: soreness, joints, sleep, irritability, fatigue and motivation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.exercises import Exercise, joint_of
from spotter_advisor.state.history import ActiveWarning, History, WarningName, WellnessCheckIn

CHECKIN_HOLDS: Final = timedelta(days=7)
"""How long a check-in counts: it describes today, and a week later it is out of date."""
CHECKINS_KEPT: Final = 60
"""Newest check-ins that are stored: warnings use two, and past weeks theirs."""
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
_QUESTIONS: Final[tuple[tuple[WarningName, tuple[str, ...], str], ...]] = (
    ("sleep", ("sleep",), "Slept badly"),
    ("irritability", ("irritability", "mood"), "Irritable or in a bad mood"),
    ("fatigue", ("fatigue",), "Tired"),
    ("dread", ("motivation",), "No wish to train"),
)
"""By warning: the scores that may raise it, and how its sentence begins."""


def with_checkin(history: History, checkin: WellnessCheckIn) -> History:
    """Return the history with a check-in, in order of time; the same one counts once."""
    others = (other for other in history.checkins if other.id != checkin.id)
    checkins = sorted((*others, checkin), key=lambda checkin: (checkin.at, checkin.id))
    return replace(history, checkins=tuple(checkins[-CHECKINS_KEPT:]))


def reported_warnings(history: History, at: datetime) -> tuple[ActiveWarning, ...]:
    """Return the warnings that check-ins raise at a moment, by name.

    The newest score of each question counts, for a week. Soreness and pain are warnings when they persist: in two
    check-ins a day apart, or so strong that no second one is needed.
    """
    warnings = [_score_warning(history, at, name, questions, text) for name, questions, text in _QUESTIONS]
    warnings += [_soreness(history, at), _joint(history, at)]
    return tuple(sorted((warning for warning in warnings if warning is not None), key=lambda warning: warning.name))


def pain_on(history: History, exercise: Exercise, at: datetime) -> str | None:
    """Return a pain, in the lifter's words, that forbids failure on the exercise; None: there is none."""
    return next((pain for pain in pains(history, at) if exercise.loads(joint_of(pain))), None)


def pains(history: History, at: datetime) -> dict[str, WellnessCheckIn]:
    """Return the pains that last at a moment, in the lifter's words, with the newest check-in that reports each."""
    newest: dict[str, WellnessCheckIn] = {}
    for checkin in _checkins_at(history, at, PAIN_HOLDS):
        if checkin.pain is not None and not checkin.pain:
            newest.clear()
        for pain, level in (checkin.pain or {}).items():
            if level >= PAIN:
                newest[pain] = checkin
            else:
                newest.pop(pain, None)
    return newest


def newest_score(history: History, at: datetime, question: str) -> tuple[int, datetime] | None:
    """Return the newest score of a question, while it counts, and when it was reported."""
    for checkin in reversed(_checkins_at(history, at, CHECKIN_HOLDS)):
        if question in checkin.scores:
            return checkin.scores[question], checkin.at
    return None


def _score_warning(
    history: History, at: datetime, name: WarningName, questions: Iterable[str], text: str
) -> ActiveWarning | None:
    scores = [(newest_score(history, at, question), question) for question in questions]
    bad = [(*newest, question) for newest, question in scores if newest is not None and newest[0] <= BAD]
    if not bad:
        return None
    score, since, question = min(bad)
    return _warning(name, f"{text}: {question} {score} of 5.", since, CHECKIN_HOLDS)


def _soreness(history: History, at: datetime) -> ActiveWarning | None:
    checkins = [checkin for checkin in _checkins_at(history, at, CHECKIN_HOLDS) if "soreness" in checkin.scores]
    if not checkins or (newest := checkins[-1].scores["soreness"]) > BAD:
        return None
    last = checkins[-1].at
    since = _bad_since([(checkin.at, checkin.scores["soreness"] <= BAD) for checkin in checkins])
    if newest > WORST and last - since < STAYS:
        return None
    stays = f", since {since:%d %B}" if last - since >= STAYS else ""
    return _warning("soreness", f"Sore: soreness {newest} of 5{stays}.", last, CHECKIN_HOLDS)


def _joint(history: History, at: datetime) -> ActiveWarning | None:
    for pain, newest in pains(history, at).items():
        level = (newest.pain or {})[pain]
        checkins = [
            checkin
            for checkin in _checkins_at(history, at, PAIN_HOLDS)
            if checkin.pain is not None and (pain in checkin.pain or not checkin.pain)
        ]
        since = _bad_since([(checkin.at, (checkin.pain or {}).get(pain, 0) >= PAIN) for checkin in checkins])
        if level >= STRONG_PAIN or newest.at - since >= STAYS:
            return _warning("joint", f"A joint hurts: {pain} {level} of 10.", newest.at, PAIN_HOLDS)
    return None


def _bad_since(scores: list[tuple[datetime, bool]]) -> datetime:
    """Return when the unbroken run of bad scores that ends with the newest one began."""
    since = scores[-1][0]
    for at, bad in reversed(scores):
        if not bad:
            break
        since = at
    return since


def _checkins_at(history: History, at: datetime, holds: timedelta) -> list[WellnessCheckIn]:
    return [checkin for checkin in history.checkins if checkin.at <= at < checkin.at + holds]


def _warning(name: WarningName, sentence: str, since: datetime, holds: timedelta) -> ActiveWarning:
    return ActiveWarning(name, "R15", sentence, since, since + holds)
