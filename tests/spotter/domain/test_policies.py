from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spotter.domain.events import Event
from spotter.domain.events.people import PolicyUpdated, SessionStarted
from spotter.domain.gym_config import Configuration, GymConfig
from spotter.domain.policies import (
    LAYERS,
    Block,
    BlockSaid,
    Layer,
    LayerName,
    PolicyFields,
    Programme,
    Session,
    builtin_policy,
    effective,
    on_day,
    values_in,
)
from spotter.domain.policies.fields import Policy

DAY = date(2026, 3, 4)
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def configured(*layers: dict[str, Any]) -> GymConfig:
    """Return a gym after these updates of its policy, in order."""
    configuration = Configuration()
    for number, layer in enumerate(layers):
        data = PolicyUpdated.model_validate({"gym_id": "g1", **layer})
        configuration.apply(Event(id=f"c{number}", source="coach", time=MOMENT, data=data))
    return configuration.gym("g1", len(layers))


def block(name: str = "peak", kind: str = "intensify", first: str = "2026-03-02", last: str = "2026-03-08") -> Any:
    """Return a block as it is sent."""
    return {"name": name, "kind": kind, "first_day": first, "last_day": last}


def test_every_layer_lies_over_those_before_it() -> None:
    """Built-in, gym, team, lifter, block, session: the highest that speaks decides, and its name is told."""
    names: list[LayerName] = list(LAYERS[1:])
    for spoken in range(len(names) + 1):
        layers = [Layer(name, {"target_rir": rank + 3}) for rank, name in enumerate(names[:spoken])]
        merged_policy = effective(layers)

        assert (spoken + 2 if spoken else 2) == merged_policy.policy.target_rir
        assert LAYERS[spoken] == merged_policy.origin["target_rir"]


def test_values_by_exercise_and_risk_are_laid_one_by_one() -> None:
    """A layer that speaks of one exercise leaves what others say of another."""
    merged_policy = effective(
        [
            Layer("gym", {"target_rir_by_exercise": {"leg_press": 1, "leg_curl": 1}, "late_cost": {"machine": 3.0}}),
            Layer("lifter", {"target_rir_by_exercise": {"leg_curl": 4}}),
        ]
    )

    assert {"leg_press": 1, "leg_curl": 4} == merged_policy.policy.target_rir_by_exercise
    assert ("gym", "lifter") == tuple(
        merged_policy.origin[f"target_rir_by_exercise.{name}"] for name in ("leg_press", "leg_curl")
    )
    assert (3.0, 1.0) == (merged_policy.policy.late_cost["machine"], merged_policy.policy.late_cost["isolation"])
    assert ("gym", "built-in") == (
        merged_policy.origin["late_cost.machine"],
        merged_policy.origin["late_cost.isolation"],
    )


def test_every_value_explains_itself() -> None:
    """Each has a title, a sentence that says why it is there, and the rules that it belongs to."""
    values = effective([Layer("team", {"weekly_units": 6.0}, called="juniors")]).explained()

    assert set(Policy.model_fields) == {value.field for value in values}
    assert all(value.title and value.why.endswith(".") and value.rules for value in values)
    (units,) = [value for value in values if value.field == "weekly_units"]
    assert (6.0, "team", "juniors") == (units.value, units.layer, units.called)


def test_a_policy_has_the_fields_of_its_layers() -> None:
    """What can be said has a value, and what has a value can be said."""
    assert set(PolicyFields.model_fields) == set(Policy.model_fields) == set(builtin_policy().model_dump())


def test_the_threshold_follows_from_what_stops_cost() -> None:
    """A late stop that costs twice an early one is prevented at a chance of one third; a chance that is said wins."""
    shipped = builtin_policy()
    careful = effective([Layer("gym", {"late_cost": {"high_risk": 2.0}})]).policy
    explicit = effective([Layer("gym", {"late_cost": {"high_risk": 2.0}, "stop_probability": 0.6})]).policy

    assert 0.5 == shipped.stop_threshold("high_risk")
    assert pytest.approx(1 / 3) == careful.stop_threshold("high_risk")
    assert 0.5 == careful.stop_threshold("machine")
    assert 0.6 == explicit.stop_threshold("high_risk")


@given(late=st.floats(0.01, 100), more=st.floats(0.01, 100), early=st.floats(0.01, 100))
def test_dearer_late_stops_never_wait_longer(late: float, more: float, early: float) -> None:
    """The threshold falls with the cost of a late stop, and lies within 0 and 1."""
    thresholds = [
        effective(
            [Layer("gym", {"late_cost": {"compound": cost}, "early_cost": {"compound": early}})]
        ).policy.stop_threshold("compound")
        for cost in sorted((late, more))
    ]

    assert 0 < thresholds[1] <= thresholds[0] < 1


@pytest.mark.parametrize(
    ("update", "wrong"),
    [
        ({"target_rir": 11}, "target_rir"),
        ({"weekly_units": -1}, "weekly_units"),
        ({"stop_probability": 1.5}, "stop_probability"),
        ({"late_cost": {"machine": 0}}, "late_cost"),
        ({"late_cost": {"sofa": 1}}, "late_cost"),
        ({"near_failure_cost": 2.0, "failure_cost": 1.0}, "near_failure_cost"),
        ({"block": block(first="2026-03-09")}, "last_day"),
        ({"block": block(last="2026-02-30")}, "last_day"),
        ({"block": block(last="2028-02-28")}, "last_day"),
        ({"block": block(kind="party")}, "block"),
        ({"team": "juniors", "athlete_id": "ada"}, "team"),
        ({"team": "juniors", "time_zone": "Europe/Berlin"}, "time_zone"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(update: dict[str, Any], wrong: str) -> None:
    """The field that is wrong stands in the message."""
    with pytest.raises(ValidationError, match=wrong):
        PolicyUpdated.model_validate(update)


def test_a_session_says_nothing_of_budgets() -> None:
    """An app may say how far today's sets go; what the week may spend is a coach's."""
    with pytest.raises(ValidationError, match="weekly_units"):
        SessionStarted.model_validate({"policy": {"weekly_units": 9.0}}, extra="forbid")
    session = SessionStarted.model_validate({"policy": {"target_rir": 3}})
    assert session.policy is not None
    assert {"target_rir": 3} == values_in(session.policy)


def test_a_team_lies_between_gym_and_lifter() -> None:
    """Only its own lifters hear of it."""
    gym = configured({"target_rir": 3}, {"team": "juniors", "target_rir": 4}, {"team": "seniors", "weekly_units": 1.0})
    own = Programme({"unspotted_extra_rir": 2})

    assert [("gym", None), ("team", "juniors"), ("lifter", None)] == [
        (layer.name, layer.called) for layer in gym.on_day(own, "juniors", DAY).layers
    ]
    assert 4 == effective(gym.on_day(own, "juniors", DAY).layers).policy.target_rir
    assert 3 == effective(gym.on_day(own, "nobody", DAY).layers).policy.target_rir
    assert 3 == gym.policy.target_rir


def test_a_block_holds_from_its_first_day_to_its_last() -> None:
    """Both included, and over every layer but the session's."""
    gym = configured({"block": block(), "target_rir": 5})
    own = Programme({"target_rir": 3})

    def target(day: date) -> int:
        return effective(gym.on_day(own, None, day).layers).policy.target_rir

    assert [3, 5, 5, 3] == [target(date(2026, 3, day)) for day in (1, 2, 8, 9)]
    with_session = own.with_session(Session("2026-03-04", said={"target_rir": 1}))
    assert 1 == effective(gym.on_day(with_session, None, DAY).layers).policy.target_rir


def test_a_lifters_own_block_goes_before_the_teams_before_the_gyms() -> None:
    """By kind and by value."""
    gym = configured({"block": block("g", "accumulate"), "target_rir": 5}, {"team": "t", "block": block("t", "deload")})
    own = Programme().with_layer(PolicyFields(target_rir=1), BlockSaid(**block("own", "high_intensity")))
    kinds = [
        day_terms.block.kind
        for day_terms in (
            gym.on_day(Programme(), None, DAY),
            gym.on_day(Programme(), "t", DAY),
            gym.on_day(own, "t", DAY),
        )
        if day_terms.block is not None
    ]

    assert ["accumulate", "deload", "high_intensity"] == kinds
    assert 1 == effective(gym.on_day(own, "t", DAY).layers).policy.target_rir


def test_a_block_that_is_said_again_is_replaced() -> None:
    """Its days and kind are the new ones, and its values are laid over the old."""
    first = Programme().with_layer(PolicyFields(target_rir=1, weekly_units=2.0), BlockSaid(**block()))
    moved = first.with_layer(
        PolicyFields(target_rir=3), BlockSaid(**block(kind="deload", first="2026-03-09", last="2026-03-15"))
    )
    (block_after,) = moved.blocks

    assert Block("peak", "deload", "2026-03-09", "2026-03-15", {"target_rir": 3, "weekly_units": 2.0}) == block_after
    assert moved.block_on(DAY) is None


def test_the_last_week_of_a_block_are_its_last_seven_days() -> None:
    """In a block of one week all of it."""
    own = Programme().with_layer(PolicyFields(), BlockSaid(**block(first="2026-02-16", last="2026-03-08")))

    assert [False, True, True] == [
        on_day(Programme(), None, own, day).last_week for day in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 8))
    ]


def test_a_session_holds_on_its_day() -> None:
    """Mode and values; a second word on the day takes the place of the first."""
    own = Programme().with_session(Session("2026-03-04", "time_pressed", {"target_rir": 1}))
    day_terms = on_day(Programme(), None, own, DAY)

    assert ("time_pressed", "session") == (day_terms.mode, day_terms.layers[-1].name)
    assert "normal" == on_day(Programme(), None, own, date(2026, 3, 5)).mode
    assert "normal" == on_day(Programme(), None, own.with_session(Session("2026-03-04")), DAY).mode


def test_only_so_many_blocks_and_sessions_are_kept() -> None:
    """State stays bounded: the oldest go first."""
    own = Programme()
    for number in range(120):
        day = date.fromordinal(DAY.toordinal() + number).isoformat()
        own = own.with_layer(PolicyFields(), BlockSaid(**block(f"b{number}", first=day, last=day)))
        own = own.with_session(Session(day))

    assert (40, 8) == (len(own.blocks), len(own.sessions))
    assert ("b80", "b119") == (own.blocks[0].name, own.blocks[-1].name)


def test_another_gym_has_another_policy() -> None:
    """What one gym says holds in no other."""
    configuration = Configuration()
    data = PolicyUpdated(gym_id="g1", target_rir=5)
    configuration.apply(Event(id="c", source="coach", time=MOMENT, data=data))

    assert (5, 2) == (configuration.gym("g1", 1).policy.target_rir, configuration.gym("g2", 0).policy.target_rir)
