from __future__ import annotations

from typing import Any

import pytest

from tests.ingest.support import RunningIngest, event

BLOCK = {"name": "peak", "kind": "intensify", "first_day": "2026-03-02", "last_day": "2026-03-29"}


async def test_policies_are_written_where_they_apply(ingest: RunningIngest) -> None:
    """A gym's and a team's to the configuration, a lifter's to the lifter's own events; with a block or without."""
    coach = ingest.token("coach")
    layers: list[dict[str, Any]] = [
        {"target_rir": 3},
        {"team": "juniors", "block": BLOCK, "weekly_units": 2.0},
        {"athlete_id": "ada", "block": BLOCK},
    ]
    for layer in layers:
        answer = await ingest.post(event("policy.updated", **layer), token=coach)
        assert 202 == answer.status_code, answer.text

    assert [None, "juniors"] == [written.data.team for written in ingest.written("config.v1")]  # type: ignore[attr-defined]
    assert ["ada"] == [written.data.athlete_id for written in ingest.written("lifts.v1")]


@pytest.mark.parametrize(
    ("name", "fields", "named"),
    [
        ("policy.updated", {"weekly_units": 51}, "weekly_units"),
        ("policy.updated", {"near_failure_cost": 2.0, "failure_cost": 1.0}, "near_failure_cost"),
        ("policy.updated", {"block": BLOCK | {"last_day": "2026-03-01"}}, "last_day"),
        ("policy.updated", {"block": BLOCK | {"colour": "red"}}, "block.colour"),
        ("policy.updated", {"team": "juniors", "athlete_id": "ada"}, "team"),
        ("session.started", {"athlete_id": "ada", "policy": {"weekly_units": 9.0}}, "policy.weekly_units"),
    ],
)
async def test_a_contradictory_policy_is_refused(
    ingest: RunningIngest, name: str, fields: dict[str, Any], named: str
) -> None:
    """The problem names what is wrong."""
    answer = await ingest.post(event(name, **fields), token=ingest.token("coach"))

    assert 422 == answer.status_code
    problem = answer.json()
    assert named in f"{problem.get('field')} {problem['detail']}"
