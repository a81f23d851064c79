"""Situations of the field on the one-process host, judged from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.standalone_thread import Standalone
from tests.field.client import Outside
from tests.field.situation import Situation
from tests.field.table import SITUATIONS
from tests.processes import client


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """Return someone outside a host that all situations share."""
    with Standalone() as host, client(host.url, host.token()) as http:
        yield Outside(http)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_situation(outside: Outside, situation: Situation) -> None:
    """What a user rightly expects."""
    assert {} == outside.run(situation)
