"""The policy that applies: to a lifter on a day, and to a set, which keeps the one it opened under."""

from __future__ import annotations

from datetime import date

from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import OnDay, Programme, effective
from spotter_advisor.budget.week import DayPolicy
from spotter_advisor.state.records import AthleteState, Pins


def programme_of(athlete: AthleteState) -> Programme:
    """Return the lifter's own programme."""
    return Programme(athlete.policy, athlete.blocks, athlete.sessions)


def athlete_on_day(gym: GymConfig, athlete: AthleteState, day: date) -> OnDay:
    """Return what applies to a lifter on a local day."""
    return gym.on_day(programme_of(athlete), athlete.team, day)


def pinned_on_day(gym: GymConfig, pins: Pins) -> OnDay:
    """Return what applies to a set, by its pins."""
    sessions = () if pins.session is None else (pins.session,)
    day = date.fromisoformat(pins.day) if pins.day else date.min
    return gym.on_day(Programme(pins.policy, pins.blocks, sessions), pins.team, day)


def day_policy(on_day: OnDay) -> DayPolicy:
    """Return the whole policy of a day, and the kind of its block."""
    return DayPolicy(effective(on_day.layers).policy, None if on_day.block is None else on_day.block.kind)
