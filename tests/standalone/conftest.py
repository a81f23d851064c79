"""A host shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lab.standalone_thread import Standalone
from tests.processes import client


@pytest.fixture(scope="module")
def host() -> Iterator[Standalone]:
    """Return a one-process host on a free port, with a folder of its own."""
    with Standalone() as running:
        yield running


@pytest.fixture(scope="module")
def http(host: Standalone) -> Iterator[httpx.Client]:
    """Return a client with an admin token of gym g1."""
    with client(host.url, host.token()) as http_client:
        yield http_client
