"""The connections of a server: how many strangers may hold, and for how long without a whole request.

A stranger is a connection that has shown no valid credential yet. Strangers have places of their own, so that they never
take those of clients with a token, and within them each address has its share: whoever floods pays first.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from spotter.settings import Limits

STATE_KEY: Final = "spotter.connection"
"""Where the state of a request's scope holds its connection."""
PATIENCE_S: Final = 1.0
"""How long a connection may take to send a request before it makes room for another of its address (design choice)."""
_AT_ONCE: Final = 4
"""Times an address's share that it may hold for a moment: a gym whose power came back connects all at once."""
_RESERVED_FILES: Final = 128
"""Of the process's open files: its databases, its broker, its listening sockets."""


class Connection:
    """One accepted connection."""

    __slots__ = ("_connections", "address", "idle_since_s", "token_id", "transport", "waiting_since_s")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.token_id: str | None = None
        """The token that it has shown; None: it is a stranger's."""
        self.waiting_since_s: float | None = None
        """Since when a request's header, or the rest of a refused one, is awaited; None: it is idle or being served."""
        self.idle_since_s: float | None = None
        """Since when it is kept for another request, or the body of one is awaited before any route."""

    def identified(self, token_id: str) -> None:
        """It has shown a valid token: it is no stranger's any more."""
        if self.token_id is None:
            self._connections.identified(self, token_id)

    def drop(self) -> None:
        """Cut it."""
        if self.transport is not None:
            self.transport.abort()
        self.ended()

    def ended(self) -> None:
        """Leave its place; idempotent."""
        self._connections.remove(self)


class Connections:
    """All connections of a server. `open_files` is how many files the process may have open."""

    def __init__(self, limits: Limits, open_files: int | None = None) -> None:
        self._header_s = limits.header_s
        self._strangers_max = limits.strangers
        self._per_address = limits.strangers_per_address
        self._per_token = limits.connections_per_token + limits.requests_per_token
        self._total_max: float = float("inf")
        if open_files is not None:
            self._total_max = max(1, open_files - _RESERVED_FILES)
            self._strangers_max = max(1, min(self._strangers_max, int(self._total_max) // 2))
        self._all: dict[Connection, None] = {}
        self._strangers: dict[str, dict[Connection, None]] = {}
        self._strangers_count = 0
        self._by_token: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._all)

    @property
    def strangers(self) -> int:
        """How many have shown no credential."""
        return self._strangers_count

    def admit(self, connection: Connection, transport: asyncio.Transport, now_s: float) -> bool:
        """Take a new connection, which may cut one that has been waiting; False: there is no room for it."""
        address = address_group(transport.get_extra_info("peername"))
        if not self._has_room(address, now_s):
            return False
        connection.transport, connection.address, connection.waiting_since_s = transport, address, now_s
        self._all[connection] = None
        self._strangers.setdefault(address, {})[connection] = None
        self._strangers_count += 1
        return True

    def identified(self, connection: Connection, token_id: str) -> None:
        """Count a connection to its token, unless that has all its places."""
        if connection in self._all and self._by_token[token_id] < self._per_token:
            self._remove_stranger(connection)
            connection.token_id = token_id
            self._by_token[token_id] += 1

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        if connection not in self._all:
            return
        del self._all[connection]
        if connection.token_id is None:
            self._remove_stranger(connection)
            return
        self._by_token[connection.token_id] -= 1
        if not self._by_token[connection.token_id]:
            del self._by_token[connection.token_id]

    def drop_slow(self, now_s: float) -> int:
        """Cut connections that take too long to send a request; returns how many."""
        slow = [
            connection
            for connection in self._all
            if connection.waiting_since_s is not None and now_s - connection.waiting_since_s > self._header_s
        ]
        for connection in slow:
            connection.drop()
        return len(slow)

    def _has_room(self, address: str, now_s: float) -> bool:
        """Return whether there is room, after cutting what has waited longest where there was none."""
        of_address = self._strangers.get(address, {})
        if len(of_address) >= self._per_address:
            longest, since_s = next(_waiting(of_address), (None, now_s))
            full = len(of_address) >= self._per_address * _AT_ONCE
            if longest is not None and (full or now_s - since_s >= PATIENCE_S):
                longest.drop()
            elif full:
                return False
        if self._strangers_count >= self._strangers_max or len(self._all) >= self._total_max:
            largest = max(self._strangers, key=lambda group: len(self._strangers[group]), default=address)
            longest, _ = next(_waiting(self._strangers.get(largest, {})), (None, now_s))
            if longest is None:
                return False
            longest.drop()
        return True

    def _remove_stranger(self, connection: Connection) -> None:
        of_address = self._strangers[connection.address]
        del of_address[connection]
        self._strangers_count -= 1
        if not of_address:
            del self._strangers[connection.address]


def connection_of(scope: Mapping[str, Any]) -> Connection | None:
    """Return the connection that a request came on; None where the server counts none."""
    state: MutableMapping[str, Any] = scope.get("state") or {}
    connection = state.get(STATE_KEY)
    return connection if isinstance(connection, Connection) else None


def address_group(peer: object) -> str:
    """Return what counts as one address: IPv4 whole, of IPv6 the network of 64 bits that one subscriber has.

    >>> address_group(("10.0.0.7", 4711)), address_group(("2001:db8::1:2:3:4", 4711)), address_group("/tmp/socket")
    ('10.0.0.7', '2001:db8::/64', 'local')
    """
    if not isinstance(peer, tuple) or not peer:
        return "local"
    try:
        address = ip_address(str(peer[0]).partition("%")[0])
    except ValueError:
        return "local"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def _waiting(connections: Iterable[Connection]) -> Iterator[tuple[Connection, float]]:
    """Iterate, the oldest first, over connections on which a request, or its body, is awaited, with since when."""
    for connection in connections:
        since_s = connection.waiting_since_s if connection.idle_since_s is None else connection.idle_since_s
        if since_s is not None:
            yield connection, since_s
