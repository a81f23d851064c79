from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spotter.domain.events import Role
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_gateway.filters import AdviceFilter, AdviceQuery, parse_filter
from tests.gateway.outputs import advice, estimate, read_advice, read_estimate


def bearer(role: Role = "app", *athletes: str) -> Identity:
    """Return a bearer of gym g1."""
    return Identity("t1", "g1", role, frozenset(athletes), datetime(2030, 1, 1, tzinfo=UTC))


def refused(query: AdviceQuery, identity: Identity) -> Problem:
    """Return why a query is refused."""
    with pytest.raises(Problem) as refusal:
        parse_filter(query, identity)
    return refusal.value


def test_by_default_all_advice_of_the_gym_is_accepted() -> None:
    """Plans and `continue` too, but no estimates."""
    asked = parse_filter(AdviceQuery(), bearer())

    assert asked.concerns("g1/ada")
    assert not asked.concerns("g2/ada")
    assert not asked.concerns("g10/ada")
    assert asked.accepts(read_advice(advice(after_rep=0)))
    assert not asked.accepts(read_estimate(estimate()))


def test_a_token_of_some_lifters_receives_advice_about_them_only() -> None:
    """Without a filter all of its lifters, with one some of them."""
    mine = bearer("app", "ada", "bob")

    assert [True, True, False] == [
        parse_filter(AdviceQuery(), mine).concerns(f"g1/{name}") for name in ("ada", "bob", "cy")
    ]
    asked = parse_filter(AdviceQuery(athlete_id=["bob"]), mine)
    assert [False, True, False] == [asked.concerns(f"g1/{name}") for name in ("ada", "bob", "cy")]


@pytest.mark.parametrize("sent", [["ada", "bob"], ["ada,bob"], ["ada, bob", ""]])
def test_lifters_are_repeated_or_listed(sent: list[str]) -> None:
    """Both ways mean the same."""
    assert frozenset({"ada", "bob"}) == parse_filter(AdviceQuery(athlete_id=sent), bearer()).athletes


def test_a_station_receives_its_own_advice_only() -> None:
    """Advice without a station is not sent to it; an estimate has its set's station."""
    asked = parse_filter(AdviceQuery(station_id=["rack-1"], estimates="1"), bearer())

    assert [True, False, False] == [
        asked.accepts(read_advice(advice(station_id=name))) for name in ("rack-1", "rack-2", None)
    ]
    assert [True, False, False] == [
        asked.accepts(read_estimate(estimate(), name)) for name in ("rack-1", "rack-2", None)
    ]


def test_actions_choose_among_advice() -> None:
    """They leave estimates alone."""
    asked = parse_filter(AdviceQuery(actions=["stop,failing"], estimates="1"), bearer())
    actions = ("continue", "one_more", "stop", "failing")

    assert [False, False, True, True] == [asked.accepts(read_advice(advice(action=name))) for name in actions]
    assert asked.accepts(read_estimate(estimate()))


@pytest.mark.parametrize(("sent", "means"), [("1", True), ("true", True), ("0", False), ("false", False), ("", False)])
def test_estimates_are_asked_for(sent: str, means: bool) -> None:
    """1 adds them."""
    assert means is parse_filter(AdviceQuery(estimates=sent), bearer()).estimates


def test_a_device_only_sends() -> None:
    """Receiving needs the role app."""
    assert 403 == refused(AdviceQuery(), bearer("device")).status
    assert ["g1", "g1", "g1"] == [
        parse_filter(AdviceQuery(), bearer(role)).gym_id for role in ("app", "coach", "admin")
    ]


def test_another_lifter_is_unknown() -> None:
    """A token of some lifters does not learn whether others exist."""
    problem = refused(AdviceQuery(athlete_id=["ada", "cy"]), bearer("app", "ada"))

    assert (404, "athlete_id") == (problem.status, problem.field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (AdviceQuery(athlete_id=["a/b"]), "athlete_id"),
        (AdviceQuery(station_id=["rack 1"]), "station_id"),
        (AdviceQuery(actions=["shout"]), "actions"),
        (AdviceQuery(estimates="perhaps"), "estimates"),
        (AdviceQuery(athlete_id=[f"a{n}" for n in range(201)]), "athlete_id"),
    ],
)
def test_a_value_that_cannot_be_is_named(query: AdviceQuery, field: str) -> None:
    """With the mend."""
    problem = refused(query, bearer())

    assert (422, field) == (problem.status, problem.field)
    assert problem.mend


def test_a_gym_is_no_prefix() -> None:
    """Routes are whole names."""
    assert ("g1/ada",) == AdviceFilter("g1", frozenset({"ada"})).routes
    assert ("g1",) == AdviceFilter("g1").routes
