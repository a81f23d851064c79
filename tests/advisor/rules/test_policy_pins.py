"""Which policy a set keeps: that of its own day, team, block and session, as known when it opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import orjson

from spotter.domain.events import Event
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import PolicyUpdated
from spotter_advisor.state.codec import dump, load
from spotter_advisor.state.records import ATHLETE
from tests.advisor.training import MONDAY, Lifting, Training

BLOCK = {"name": "b", "kind": "intensify", "first_day": "2026-01-05", "last_day": "2026-01-11"}


def plan(training: Training) -> AdviceGiven:
    """Return the newest plan."""
    return next(advice for advice in reversed(training.outputs_of(AdviceGiven)) if advice.after_rep == 0)


def test_a_block_that_is_planned_within_a_set_holds_from_the_next() -> None:
    """Also for what the running one is amended to."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    training.update_policy(block=BLOCK, target_rir=5)
    lifting.amend(station_id="rack-2")
    running = plan(training).target_rir
    training.open_set("hip_thrust")

    assert (2, 5) == (running, plan(training).target_rir)


def test_an_old_set_that_arrives_late_has_the_block_of_its_own_day() -> None:
    """Not of today."""
    training = Training()
    training.update_policy(block=BLOCK, target_rir=5)
    training.wait(days=10)
    began = MONDAY + timedelta(hours=1)
    Lifting(training, "old", "s1", {"exercise": "hip_thrust"}, began, history=True).send_opened()
    old = plan(training).target_rir
    training.open_set("hip_thrust")

    assert (5, 2) == (old, plan(training).target_rir)


def test_a_block_is_counted_in_the_lifters_own_days() -> None:
    """In Auckland the block's first day begins eleven hours earlier than in Lisbon."""
    targets = []
    for zone in ("Pacific/Auckland", "Europe/Lisbon"):
        training = Training(now=MONDAY - timedelta(hours=18))  # Sunday, 16:00 UTC
        training.update_athlete(time_zone=zone)
        training.update_policy(block=BLOCK, target_rir=5)
        training.open_set("hip_thrust")
        targets.append(plan(training).target_rir)

    assert [5, 2] == targets


def test_a_session_ends_with_its_day() -> None:
    """Tomorrow's sets are not short of time."""
    training = Training()
    training.start_session(mode="time_pressed", policy={"target_rir": 4})
    training.open_set("hip_thrust")
    today = plan(training)
    training.wait(days=1)
    training.open_set("hip_thrust")

    assert (4, 2) == (today.target_rir, plan(training).target_rir)
    assert today.because is not None
    assert ("time_pressed", "session") == (today.because.mode, (today.because.origins or {})["target_rir"])


def test_a_lifter_who_changes_teams_hears_of_the_new_one() -> None:
    """From the next set on."""
    training = Training()
    for version, (team, target) in enumerate((("juniors", 4), ("seniors", 1)), 1):
        layer = PolicyUpdated(gym_id="g1", team=team, target_rir=target)
        training.env.apply(Event(id=f"c{version}", source="coach", time=MONDAY, data=layer))
    targets = []
    for team in ("juniors", "seniors"):
        training.update_athlete(team=team)
        Lifting(training, team, team, {"exercise": "hip_thrust"}, training.now, pinned=2).send_opened()
        targets.append(plan(training).target_rir)

    assert [4, 1] == targets


def test_every_change_of_a_lifters_layers_is_a_new_version() -> None:
    """Policy, block, team, session; what says nothing new is none."""
    training = Training()
    versions = []
    changes: list[Callable[[], None]] = [
        lambda: training.update_policy(target_rir=3),
        lambda: training.update_policy(block=BLOCK),
        lambda: training.update_athlete(team="juniors"),
        lambda: training.start_session(mode="time_pressed"),
        lambda: training.start_session(mode="time_pressed"),
        lambda: training.update_athlete(team="juniors", name="Ada"),
    ]
    for change in changes:
        change()
        training.open_set("hip_thrust")
        versions.append(plan(training).policy_version)

    assert [f"r2.g0.l{number}" for number in (1, 2, 3, 4, 4, 4)] == versions


def test_states_are_read_back_as_they_were() -> None:
    """Blocks, sessions and pins too."""
    training = Training()
    training.update_policy(block=BLOCK, target_rir=5)
    training.start_session(mode="time_pressed", policy={"target_rir": 4})
    training.update_athlete(team="juniors")
    training.open_set("biceps_curl")
    for name, value in training.state.items():
        assert value == load(name, dump(name, value))


def test_states_of_older_programs_are_read() -> None:
    """A set and a lifter that know nothing of teams, blocks and sessions."""
    training = Training()
    lifting = training.open_set("biceps_curl")
    set_name = f"set:{lifting.key}"
    old = orjson.loads(dump(set_name, training.set(lifting)))
    for name in ("team", "day", "blocks", "session"):
        del old["value"]["pins"][name]
    for name in ("pain", "hurts"):
        del old["value"]["terms"][name]
    training.state[set_name] = load(set_name, orjson.dumps(old))
    older = orjson.loads(dump(ATHLETE, training.lifter))
    for name in ("team", "blocks", "sessions"):
        del older["value"][name]
    training.state[ATHLETE] = load(ATHLETE, orjson.dumps(older))

    assert "continue" == lifting.rep(9).action
    assert 1 == lifting.do_set(1).reps - 1
    training.open_set("biceps_curl")
    assert 2 == plan(training).target_rir
