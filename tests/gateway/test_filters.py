from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spotter.domain.events import Role
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_gateway.filters import Query, Wanted, wanted
from tests.gateway.said import advice, advised, estimate, estimated


def bearer(role: Role = "app", *athletes: str) -> Identity:
    """Give a bearer of gym g1."""
    return Identity("t1", "g1", role, frozenset(athletes), datetime(2030, 1, 1, tzinfo=UTC))


def refused(query: Query, identity: Identity) -> Problem:
    """Give why a query is refused."""
    with pytest.raises(Problem) as found:
        wanted(query, identity)
    return found.value


def test_by_default_all_advice_of_the_gym_is_wanted() -> None:
    """Plans and `continue` too, but no estimates."""
    asked = wanted(Query(), bearer())

    assert asked.concerns("g1/ada")
    assert not asked.concerns("g2/ada")
    assert not asked.concerns("g10/ada")
    assert asked.takes(advised(advice(after_rep=0)))
    assert not asked.takes(estimated(estimate()))


def test_a_token_of_some_lifters_hears_of_them_only() -> None:
    """Without a filter all of its lifters, with one some of them."""
    mine = bearer("app", "ada", "bob")

    assert [True, True, False] == [wanted(Query(), mine).concerns(f"g1/{name}") for name in ("ada", "bob", "cy")]
    asked = wanted(Query(athlete_id=["bob"]), mine)
    assert [False, True, False] == [asked.concerns(f"g1/{name}") for name in ("ada", "bob", "cy")]


@pytest.mark.parametrize("sent", [["ada", "bob"], ["ada,bob"], ["ada, bob", ""]])
def test_lifters_are_repeated_or_listed(sent: list[str]) -> None:
    """Both ways mean the same."""
    assert frozenset({"ada", "bob"}) == wanted(Query(athlete_id=sent), bearer()).athletes


def test_a_station_hears_of_itself_only() -> None:
    """What names no station is not for it; an estimate counts with its set's station."""
    asked = wanted(Query(station_id=["rack-1"], estimates="1"), bearer())

    assert [True, False, False] == [
        asked.takes(advised(advice(station_id=name))) for name in ("rack-1", "rack-2", None)
    ]
    assert [True, False, False] == [asked.takes(estimated(estimate(), name)) for name in ("rack-1", "rack-2", None)]


def test_actions_choose_among_advice() -> None:
    """They leave estimates alone."""
    asked = wanted(Query(actions=["stop,failing"], estimates="1"), bearer())
    actions = ("continue", "one_more", "stop", "failing")

    assert [False, False, True, True] == [asked.takes(advised(advice(action=name))) for name in actions]
    assert asked.takes(estimated(estimate()))


@pytest.mark.parametrize(("sent", "means"), [("1", True), ("true", True), ("0", False), ("false", False), ("", False)])
def test_estimates_are_asked_for(sent: str, means: bool) -> None:
    """1 adds them."""
    assert means is wanted(Query(estimates=sent), bearer()).estimates


def test_a_device_only_sends() -> None:
    """Hearing begins with the role app."""
    assert 403 == refused(Query(), bearer("device")).status
    assert ["g1", "g1", "g1"] == [wanted(Query(), bearer(role)).gym_id for role in ("app", "coach", "admin")]


def test_another_lifter_is_unknown() -> None:
    """A token of some lifters does not learn whether others exist."""
    problem = refused(Query(athlete_id=["ada", "cy"]), bearer("app", "ada"))

    assert (404, "athlete_id") == (problem.status, problem.field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (Query(athlete_id=["a/b"]), "athlete_id"),
        (Query(station_id=["rack 1"]), "station_id"),
        (Query(actions=["shout"]), "actions"),
        (Query(estimates="perhaps"), "estimates"),
        (Query(athlete_id=[f"a{n}" for n in range(201)]), "athlete_id"),
    ],
)
def test_a_value_that_cannot_be_is_named(query: Query, field: str) -> None:
    """With what to do about it."""
    problem = refused(query, bearer())

    assert (422, field) == (problem.status, problem.field)
    assert problem.mend


def test_a_gym_is_no_prefix() -> None:
    """Routes are whole names."""
    assert ("g1/ada",) == Wanted("g1", frozenset({"ada"})).routes
    assert ("g1",) == Wanted("g1").routes
