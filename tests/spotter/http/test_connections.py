"""Places for connections: strangers have their own, each address its share, and a token lets out of both."""

from __future__ import annotations

import asyncio
from typing import Any

from spotter.http.connections import Connection, Connections
from spotter.settings import Limits

LIMITS = Limits(
    strangers=8, strangers_per_address=2, header_s=10, connections_per_token=2, requests_per_token=1, connections=10
)


class FakeTransport(asyncio.Transport):
    """A transport from an address that records whether it was cut."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 4711)})
        self.cut = False

    def abort(self) -> None:
        """Note it."""
        self.cut = True


def come(places: Connections, address: str = "10.0.0.1", at_s: float = 0) -> tuple[Connection, FakeTransport, bool]:
    """Let a connection come; returns it, its transport, and whether it was let in."""
    connection, transport = Connection(places), FakeTransport(address)
    return connection, transport, places.admit(connection, transport, at_s)


def test_the_longest_waiting_of_an_address_makes_room() -> None:
    """Once it has had a second; a gym whose power came back may connect all at once."""
    places = Connections(LIMITS)
    first, second = come(places), come(places)
    early = come(places, at_s=0.5)
    assert (True, [False, False]) == (early[2], [first[1].cut, second[1].cut])
    later = come(places, at_s=1.5)
    assert (True, [True, False]) == (later[2], [first[1].cut, second[1].cut])


def test_an_address_has_no_more_than_four_times_its_share() -> None:
    """The longest waiting makes room however short that is: a client that sends its request at once is served."""
    places = Connections(LIMITS.model_copy(update={"strangers": 100}))
    came = [come(places) for _ in range(9)]
    assert all(let_in for _, _, let_in in came)
    assert [True] + [False] * 8 == [transport.cut for _, transport, _ in came]


def test_a_body_that_is_awaited_makes_room_as_well() -> None:
    """Of a stranger: half a form keeps no place."""
    places = Connections(LIMITS)
    half = come(places)
    half[0].waiting_since_s, half[0].idle_since_s = None, 0.0
    come(places)
    assert come(places, at_s=1.5)[2] and half[1].cut


def test_where_all_places_are_taken_the_largest_address_makes_room() -> None:
    """One flood from one network of IPv6 counts as one address."""
    places = Connections(LIMITS)
    flood = [come(places, f"2001:db8::{number}") for number in range(1, 9)]
    assert all(let_in for _, _, let_in in flood)
    assert come(places, "10.0.0.2")[2]
    assert [True] + [False] * 7 == [transport.cut for _, transport, _ in flood]


def test_what_is_being_served_is_never_cut_for_another() -> None:
    """Only those on which a request is awaited."""
    places = Connections(LIMITS)
    served = [come(places)[0] for _ in range(8)]
    for connection in served:
        connection.waiting_since_s = None
    assert not come(places, at_s=100)[2]
    assert 0 == places.drop_slow(100)


def test_a_token_takes_its_connection_out_of_the_strangers() -> None:
    """So strangers can't take its place, until the token has all places that it may have."""
    places = Connections(LIMITS)
    mine: list[Any] = [come(places) for _ in range(4)]
    for connection, _, _ in mine:
        connection.identified("token-1")
    assert (4, 1) == (len(places), places.strangers)
    for connection, _, _ in mine:
        places.remove(connection)
        places.remove(connection)
    assert (0, 0) == (len(places), places.strangers)


def test_places_are_no_more_than_files_that_may_be_open() -> None:
    """Half of them are strangers' at most; databases and brokers need some as well."""
    places = Connections(LIMITS, open_files=128 + 6)
    strangers = [come(places, f"10.0.0.{number}") for number in range(4)]
    assert [True, True, True, True] == [let_in for _, _, let_in in strangers]
    assert strangers[0][1].cut and places.strangers == 3


def test_whoever_takes_too_long_is_cut() -> None:
    """Each by its own time."""
    places = Connections(LIMITS)
    _, slow, _ = come(places, at_s=0)
    _, fresh, _ = come(places, at_s=5)
    assert 1 == places.drop_slow(11)
    assert slow.cut and not fresh.cut
