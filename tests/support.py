"""Shared by several test folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class KafkaCluster:
    """The Kafka cluster that the whole test run shares: use topic names of your own."""

    bootstrap: str


def missing(reason: str, required_by: str) -> NoReturn:
    """Skip the test with a reason, or fail it if the environment variable `required_by` is 1."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{reason} ({required_by}=1)", pytrace=False)
    pytest.skip(reason)
