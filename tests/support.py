"""What several test folders share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class KafkaCluster:
    """The cluster that the whole test run shares: use topics with names of your own."""

    bootstrap: str


def missing(reason: str, required_by: str) -> NoReturn:
    """Skip the test with one line of reason, or fail it where the environment says that nothing may be missing."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{reason} ({required_by}=1)", pytrace=False)
    pytest.skip(reason)
