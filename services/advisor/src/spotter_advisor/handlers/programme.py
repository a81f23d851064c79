"""Which policy holds: for a lifter on a day, and for a set, which keeps what held when it opened."""

from __future__ import annotations

from datetime import date

from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import Effective, OnDay, Programme, effective
from spotter_advisor.budget.week import Held
from spotter_advisor.state.records import Lifter, Pins


def programme_of(lifter: Lifter) -> Programme:
    """Give what was said of a lifter."""
    return Programme(lifter.policy, lifter.blocks, lifter.sessions)


def holds_on(gym: GymConfig, lifter: Lifter, day: date) -> OnDay:
    """Say what holds for a lifter on a local day."""
    return gym.on_day(programme_of(lifter), lifter.team, day)


def pinned(gym: GymConfig, pins: Pins) -> OnDay:
    """Say what holds in a set, by what it is pinned to."""
    sessions = () if pins.session is None else (pins.session,)
    day = date.fromisoformat(pins.day) if pins.day else date.min
    return gym.on_day(Programme(pins.policy, pins.blocks, sessions), pins.team, day)


def policy_of(on_day: OnDay) -> Effective:
    """Lay the layers of a day over each other."""
    return effective(on_day.layers)


def held(on_day: OnDay) -> Held:
    """Give the whole policy of a day, and the kind of its block."""
    return Held(policy_of(on_day).policy, None if on_day.block is None else on_day.block.kind)
