"""Advisor, ingest, gateway and dashboard send and write what they did when the golden files were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.readers import readings
from tests.golden.record import differences
from tests.golden.requests import responses
from tests.golden.trainings import TRAINING_SEEDS, trainings_in_memory


async def test_ingest_answers_and_writes_what_it_did() -> None:
    """Bodies, record values, keys and the hashes by which repeats are known."""
    results = [each async for each in responses()]

    assert [] == [str(difference) for difference in differences("requests", "memory", results)]


@pytest.mark.slow
async def test_gateway_and_dashboard_send_what_they_did(tmp_path: Path) -> None:
    """Frames of advice and estimates; sets, lifters, and why, as the dashboard answers."""
    results = [each async for each in readings(tmp_path)]

    assert [] == [str(difference) for difference in differences("readers", "memory", results)]


def test_the_advisor_says_what_it_did() -> None:
    """Over weeks of training: advice, budgets, summaries and notices, and the state that is kept."""
    results = trainings_in_memory(TRAINING_SEEDS)

    assert [] == [str(difference) for difference in differences("trainings", "memory", results)]
