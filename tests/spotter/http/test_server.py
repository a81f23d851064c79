"""How many files a server may have open."""

from __future__ import annotations

import logging
import resource

import pytest

from spotter.http.server import open_files
from spotter.settings import Limits


class FakeLimit:
    """The limit of open files of a process: soft and hard."""

    def __init__(self, soft: int, hard: int, allowed: bool = True) -> None:
        self.soft, self.hard, self.allowed = soft, hard, allowed

    def getrlimit(self, _: int) -> tuple[int, int]:
        """Return both."""
        return self.soft, self.hard

    def setrlimit(self, _: int, limits: tuple[int, int]) -> None:
        """Set both, where that is allowed."""
        if not self.allowed:
            raise OSError("not permitted")
        self.soft, self.hard = limits


@pytest.mark.parametrize(
    ("limit", "expected", "warned"),
    [
        (FakeLimit(1_024, 524_288), 65_536, False),
        (FakeLimit(1_024, resource.RLIM_INFINITY), 65_536, False),
        (FakeLimit(resource.RLIM_INFINITY, resource.RLIM_INFINITY), 65_536, False),
        (FakeLimit(100_000, 524_288), 100_000, False),
        (FakeLimit(1_024, 4_096), 4_096, True),
        (FakeLimit(1_024, 524_288, allowed=False), 1_024, True),
    ],
)
def test_the_limit_is_raised_or_told(
    limit: FakeLimit, expected: int, warned: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As far as the system lets it; where that is not enough for the connections, with what to do."""
    monkeypatch.setattr(resource, "getrlimit", limit.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", limit.setrlimit)
    with caplog.at_level(logging.WARNING):
        assert expected == open_files(Limits())
    assert warned == ("ulimit -n 5024" in caplog.text)
