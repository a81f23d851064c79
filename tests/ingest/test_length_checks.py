"""Lengths before elements: nothing that is too long is looked at part by part, and what is refused costs its sender."""

from __future__ import annotations

import time
from typing import Any

import pytest

from spotter.settings import Limits
from tests.ingest.support import RunningIngest, rep, serving
from tests.ingest.validation_cases import MINIMAL, refused, took

MOTION = {**MINIMAL["motion.sampled"], "athlete_id": "ada"}
LONG: dict[str, tuple[str, dict[str, Any]]] = {
    "samples": ("motion.sampled", {**MOTION, "samples": [""] * 1_300_000}),
    "a row": ("motion.sampled", {**MOTION, "signal": "imu_bar", "samples": [[""] * 1_300_000]}),
    "rows": ("motion.sampled", {**MOTION, "signal": "imu_bar", "samples": [["", ""] * 8] * 2_048}),
    "members": ("rep.completed", {"athlete_id": "ada", **{f"field{number}": 1 for number in range(300_000)}}),
    "a part": ("wellness.reported", {"athlete_id": "ada", "pain": {f"joint{number}": 1 for number in range(300_000)}}),
    "a list": ("session.started", {"athlete_id": "ada", "planned": [{}] * 300_000}),
    "deep": ("policy.updated", {"target_rir_by_exercise": {"a": {"b": {"c": [0] * 300_000}}}}),
}


@pytest.mark.parametrize("what", LONG)
def test_what_has_too_many_parts_is_refused_at_once(what: str) -> None:
    """In less than a hundredth of a second, in words, without a list of all that is wrong."""
    name, data = LONG[what]
    raw = {"type": f"spotter.{name}.v1", "data": data}
    problem, taken_s = refused(raw), []
    for _ in range(3):
        began_s = time.process_time()
        refused(raw)
        taken_s.append(time.process_time() - began_s)
    assert (422, "Too long") == (problem.status, problem.title)
    assert "errors" not in problem.members
    assert min(taken_s) < 0.01


def test_the_longest_that_is_allowed_is_taken() -> None:
    """2,048 rows of six values."""
    data = {**MOTION, "signal": "imu_bar", "rate_hz": 1000, "samples": [[0.0, 0.0, 9.81, 0.0, 0.0, 0.0]] * 2_048}
    assert "spotter.motion.sampled.v1" == took({"type": "spotter.motion.sampled.v1", "data": data}).event.type


def test_samples_that_are_all_wrong_are_not_all_told() -> None:
    """The first one is enough to know what to mend."""
    data = {**MOTION, "signal": "imu_bar", "rate_hz": 1000, "samples": [[""] * 6] * 2_048}
    began_s = time.process_time()
    problem = refused({"type": "spotter.motion.sampled.v1", "data": data})
    assert time.process_time() - began_s < 0.1
    assert problem.field is not None and problem.field.startswith("data.samples")


async def test_a_response_lists_the_first_errors_only(ingest: RunningIngest) -> None:
    """Of the first twenty events; each of the others has its first error still, so the response stays small."""
    wrong = rep(**{f"field{number}": 1 for number in range(30)})
    answer = await ingest.post([wrong] * 100)
    problems = [result["problem"] for result in answer.json()["results"]]

    assert [20] * 20 == [len(problem["errors"]) for problem in problems[:20]]
    assert not any("errors" in problem for problem in problems[20:])
    assert all(problem["detail"] and problem["mend"] for problem in problems)


async def test_a_request_is_charged_by_its_bytes_and_when_it_is_refused() -> None:
    """To the quota of its token: large events count as several, a body that is too large as the largest that is taken."""
    limits = Limits(events_per_s=0.001, events_burst=1000, batch_events=600, body_bytes=300_000)
    for body in (b" " * 300_001, [rep()] * 601, rep() | {"comment": "x" * 290_000}):
        async with serving(limits=limits) as ingest:
            token, other = ingest.token(), ingest.token()
            sent = {"content": body} if isinstance(body, bytes) else {"body": body}
            first = await ingest.post(token=token, **sent)
            after = await ingest.post([rep()] * 500, token=token)
            assert first.status_code in (202, 413)
            assert 207 == after.status_code
            assert 202 == (await ingest.post([rep()] * 500, token=other)).status_code
