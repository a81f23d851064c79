from __future__ import annotations

import asyncio
import json
import subprocess
from datetime import timedelta
from typing import Any

import orjson
import pytest

from spotter.domain.events import format_time
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from tests.ingest.support import PROBLEM, REP, RunningIngest, ago, at, bearer_of, event, now, rep, until


async def test_a_rep_is_one_line_of_curl(ingest: RunningIngest) -> None:
    """The -d of curl, with the Content-Type of a form, is enough to send a rep."""
    sent = '{"type":"spotter.rep.completed.v1","data":{"athlete_id":"ada","mean_velocity_mps":0.5}}'
    command = ["curl", "-s", "-w", "%{http_code}", "-H", f"Authorization: Bearer {ingest.token()}"]
    url = f"http://127.0.0.1:{ingest.port}/v1/events"
    try:
        curl = await asyncio.create_subprocess_exec(*command, url, "-d", sent, stdout=subprocess.PIPE)
    except FileNotFoundError:
        pytest.skip("No curl on this machine.")
    output, _ = await curl.communicate()
    assert output.endswith(b"202")
    assert "accepted" == orjson.loads(output[:-3])["results"][0]["status"]
    assert "ada" == ingest.written()[0].data.athlete_id


async def test_the_shape_of_the_body_decides(ingest: RunningIngest) -> None:
    """One object, an array, lines and binary mode say the same, whatever the Content-Type."""
    ways: dict[str, dict[str, Any]] = {
        "structured": {"content": orjson.dumps({"specversion": "1.0", "id": "1", "source": "s", **rep()})},
        "plain over several lines": {"content": json.dumps(rep(), indent=2)},
        "batch": {"content": orjson.dumps([rep(), rep()])},
        "lines": {"content": b"\n".join([orjson.dumps(rep()), b"", orjson.dumps(rep()), b""])},
        "lines that end as on Windows": {"content": b"\r\n".join([orjson.dumps(rep())] * 2)},
        "binary": {
            "content": b'{"athlete_id": "ada"}',
            "headers": {"ce-type": REP, "ce-specversion": "1.0", "ce-id": "x%20y", "ce-source": "s"},
        },
    }
    for name, way in ways.items():
        for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = await ingest.post(**{**way, "headers": {**way.get("headers", {}), "Content-Type": content_type}})
            statuses = {result["status"] for result in answer.json()["results"]}
            assert 202 == answer.status_code, name
            assert statuses <= {"accepted", "duplicate"}, name
    assert "x y" in {event.id for event in ingest.written()}


async def test_results_are_in_the_order_sent(ingest: RunningIngest) -> None:
    """Each event is accepted or refused by itself, in the order sent, and some refused make 207."""
    good, bad = {**rep(), "id": "good"}, {**rep(mean_velocity_mps=391), "id": "bad"}
    answer = await ingest.post([good, bad, 5, {**rep(), "id": "also good"}])
    results = answer.json()["results"]
    assert 207 == answer.status_code
    assert ["good", "bad", None, "also good"] == [result["id"] for result in results]
    assert ["accepted", "refused", "refused", "accepted"] == [result["status"] for result in results]
    assert "data.mean_velocity_mps" == results[1]["problem"]["field"]
    assert 400 == results[2]["problem"]["status"]
    assert ["good", "also good"] == [event.id for event in ingest.written()]


@pytest.mark.parametrize("first", [b"rubbish", b"null", b"[1, 2]", b'{"type": ', b"\xff\xfe"])
async def test_a_first_line_that_is_not_an_event_refuses_only_itself(ingest: RunningIngest, first: bytes) -> None:
    """Whatever it is: the lines behind it are read."""
    answer = await ingest.post(content=first + b"\n" + orjson.dumps(rep()) + b"\n" + orjson.dumps(rep()))

    assert 207 == answer.status_code
    assert ["refused", "accepted", "accepted"] == [result["status"] for result in answer.json()["results"]]


async def test_a_broken_array_over_several_lines_is_refused_whole(ingest: RunningIngest) -> None:
    """Although its last line reads as an event: half of a batch is not what was sent."""
    answer = await ingest.post(content=b"[\n" + orjson.dumps(rep()) + b",\n" + orjson.dumps(rep()) + b"\n")

    assert 400 == answer.status_code
    assert [] == ingest.written()


async def test_a_broken_line_refuses_only_itself(ingest: RunningIngest) -> None:
    """Lines that are no JSON stand in the results with id null."""
    answer = await ingest.post(content=b'{"type": \n' + orjson.dumps(rep()) + b"\nrubbish\n")
    assert 207 == answer.status_code
    assert ["refused", "accepted", "refused"] == [result["status"] for result in answer.json()["results"]]
    assert None is answer.json()["results"][0]["id"]


async def test_an_empty_batch_is_accepted(ingest: RunningIngest) -> None:
    """Nothing to do is no mistake."""
    answer = await ingest.post([])
    assert (202, {"results": []}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"  \n ", 400),
        (b"{", 400),
        (b'{"type": "spotter.rep.completed.v1",}', 400),
        (b'{\n "type": "spotter.rep.completed.v1",\n "data": {}\n', 400),
        (b"\xff\xfe", 400),
        (b"[1, 2", 400),
        (b"null", 400),
        (b'"rep"', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"type": "\\ud800"}', 400),
        (b'{"x": NaN, "type": "\\ud800"}', 400),
        (b"{}", 422),
        (b'{"type": 5}', 422),
        (b'{"type": "spotter.rep.invented.v1"}', 422),
        (b'{"type": null}', 422),
        (b'{"specversion": "0.3", "type": "spotter.rep.completed.v1", "data": {"athlete_id": "a"}}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data": "text"}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data_base64": "e30=", "data": {"athlete_id": "a"}}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": NaN}}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "a", "mean_velocity_mps": Infinity}}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "a", "rep_number": 1e999}}', 422),
        (b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "a", "rep_number": 1%s}}' % (b"0" * 5000), 422),
        (b'{"type": "spotter.rep.started.v1", "id": "%s", "data": {"athlete_id": "a"}}' % (b"x" * 65), 422),
        (b'{"type": "spotter.effort.estimated.v1", "data": {}}', 403),
    ],
)
async def test_bad_input_gets_a_clear_answer(ingest: RunningIngest, body: bytes, status: int) -> None:
    """What can't be read is 400, what is wrong with an event 422, what is written inside only 403."""
    answer = await ingest.post(content=body)
    document = answer.json()
    assert (status, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert {"type", "title", "status", "detail", "results"} <= set(document)
    assert 1 == len(document["results"])
    assert [] == ingest.written()


async def test_nan_refuses_only_its_event(ingest: RunningIngest) -> None:
    """NaN in one event of a batch is named in its problem; the others are accepted."""
    body = (
        b'[{"type": "spotter.rep.completed.v1", "id": "n", "data": {"athlete_id": "a", "mean_velocity_mps": NaN}}, %s]'
    )
    answer = await ingest.post(content=body % orjson.dumps(rep()))
    refused, accepted = answer.json()["results"]
    assert 207 == answer.status_code
    assert ("n", "data.mean_velocity_mps") == (refused["id"], refused["problem"]["field"])
    assert "must be a finite number" in refused["problem"]["detail"]
    assert "accepted" == accepted["status"]


async def test_all_refused_is_a_problem_with_the_results(ingest: RunningIngest) -> None:
    """If no event is accepted: the one event's own status, else 422, as a problem document with the results."""
    single = await ingest.post(event("effort.estimated"))
    several = await ingest.post([event("effort.estimated"), rep(mean_velocity_mps=-1)])
    assert (403, 422) == (single.status_code, several.status_code)
    assert [1, 2] == [len(answer.json()["results"]) for answer in (single, several)]
    assert {PROBLEM} == {answer.headers["content-type"] for answer in (single, several)}
    assert 422 == several.json()["status"]


async def test_the_same_again_is_a_duplicate(ingest: RunningIngest) -> None:
    """The same identity with the same content is written once; with or without an id where a time is sent."""
    for sent in ({**rep(), "id": "r1"}, {**rep(), "time": ago(seconds=1)}):
        first, second = [(await ingest.post(sent)).json()["results"][0] for _ in range(2)]
        assert ("accepted", "duplicate") == (first["status"], second["status"])
        assert first["id"] == second["id"]
    both = (await ingest.post([{**rep(), "id": "r2"}, {**rep(), "id": "r2"}])).json()["results"]
    assert ["accepted", "duplicate"] == [result["status"] for result in both]
    assert 3 == len(ingest.written())


async def test_other_content_under_the_same_id_is_written(ingest: RunningIngest) -> None:
    """Readers of the log resolve the conflict: both are there."""
    await ingest.post({**rep(rep_number=1), "id": "r1"})
    answer = await ingest.post({**rep(rep_number=2), "id": "r1"})
    assert "accepted" == answer.json()["results"][0]["status"]
    assert 2 == len(ingest.written())


async def test_missing_attributes_are_filled_in(ingest: RunningIngest) -> None:
    """Gym, the token's only lifter, id, source and times are added; what ingest stamps can't be sent."""
    token = ingest.token("device", "ada")
    sent = {**rep(None), "receivedtime": "2001-01-01T00:00:00Z", "configversion": 99, "sequence": "x", "foo": "bar"}
    before = now()
    answer = await ingest.post(sent, token=token)
    (written,) = ingest.written()
    assert 202 == answer.status_code
    assert ("g1", "ada") == (written.data.gym_id, written.data.athlete_id)
    assert written.receivedtime is not None
    assert before <= written.time == written.receivedtime <= now()
    assert (0, None) == (written.configversion, written.sequence)
    assert 24 == len(written.source)
    assert answer.json()["results"][0]["id"] == written.id


async def test_events_after_a_policy_carry_its_version(ingest: RunningIngest) -> None:
    """Policies and exercises go to config.v1 under the gym; later events carry their ordinal."""
    added = event("exercise.added", exercise="yoke_walk", name="Yoke walk", risk="high_risk")
    warned = await ingest.post(rep(exercise="yoke_walk"))
    answer = await ingest.post([event("policy.updated", target_rir=3), added])
    assert 202 == answer.status_code
    assert ["g1", "g1"] == [record.key for record in ingest.log.records("config.v1")]

    in_catalogue = await ingest.post(rep(exercise="yoke_walk"))
    assert "warning" not in in_catalogue.json()["results"][0], "the answer waited until the change was read back"
    assert 2 == ingest.written()[-1].configversion
    assert "yoke_walk" in warned.json()["results"][0]["warning"]
    configuration = Configuration()
    for written in ingest.written("config.v1"):
        configuration.apply(written)
    assert 3 == configuration.gym("g1", 2).policy.target_rir


async def test_a_revoked_token_stops_within_seconds(ingest: RunningIngest) -> None:
    """An admin of the gym revokes a token by its id; a revocation by another gym has no effect."""
    token = ingest.token("app")
    revoke = event("token.revoked", token_id=bearer_of(token).token_id)
    await ingest.post(revoke, token=ingest.token("admin", gym="g2"))
    assert 202 == (await ingest.post(rep(), token=token)).status_code
    assert 202 == (await ingest.post(revoke)).status_code

    async def is_refused() -> bool:
        return (await ingest.post(rep(), token=token)).status_code == 401

    await until(is_refused)
    assert "Revoked token" == (await ingest.post(rep(), token=token)).json()["title"]


async def test_bad_credentials_have_different_problems(ingest: RunningIngest) -> None:
    """No token, a forged one, an expired one: 401, with what to do."""
    forged = ingest.token()[:-3] + "abc"
    expired = ingest.token("device", now=now() - timedelta(days=91))
    titles = {}
    sent: dict[str, dict[bytes, bytes]] = {
        "none": {},
        "basic": {b"Authorization": b"Basic YTpi"},
        "forged": {b"Authorization": f"Bearer {forged}".encode()},
        "expired": {b"Authorization": f"Bearer {expired}".encode()},
        "rubbish": {b"Authorization": "Bearer é".encode("latin-1")},
    }
    for name, header in sent.items():
        answer = await ingest.client.post("/v1/events", json=rep(), headers=header)
        assert (401, PROBLEM) == (answer.status_code, answer.headers["content-type"]), name
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["mend"]
        titles[name] = answer.json()["title"]
    assert "Missing token" == titles["none"] == titles["basic"]
    assert "Invalid token" == titles["forged"] == titles["rubbish"]
    assert "Expired token" == titles["expired"]


async def test_a_client_that_goes_away_leaves_no_error(ingest: RunningIngest, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body and a closed connection: nothing is written, nothing is logged as an error."""
    _, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ingest.admin}\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode() + orjson.dumps(rep())[:50])
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()
    await asyncio.sleep(0.05)
    assert 202 == (await ingest.post(rep())).status_code
    assert 1 == len(ingest.written())
    assert [] == [record for record in caplog.records if record.levelname == "ERROR"]


async def test_the_openapi_document_describes_the_route(ingest: RunningIngest) -> None:
    """Bodies, answers and the credential are described."""
    described = (await ingest.client.get("/openapi.json")).json()
    operation = described["paths"]["/v1/events"]["post"]
    assert {"202", "207", "400", "401", "403", "413", "422", "429", "503"} <= set(operation["responses"])
    assert [{"bearer": []}] == operation["security"]
    assert "bearer" in described["components"]["securitySchemes"]


async def test_other_methods_and_paths_are_problems_too(ingest: RunningIngest) -> None:
    """404 and 405 are problem documents."""
    for answer in (await ingest.client.get("/v1/events"), await ingest.client.get("/v1/nothing")):
        assert PROBLEM == answer.headers["content-type"]
        assert answer.json()["mend"]
    assert 405 == (await ingest.client.get("/v1/events")).status_code


async def test_metrics_count_results_of_events(ingest: RunningIngest) -> None:
    """Prometheus finds the counter."""
    await ingest.post(rep())
    assert 'spotter_events_in_total{status="accepted"}' in (await ingest.client.get("/metrics")).text


def test_times_are_written_as_they_are_read() -> None:
    """What the tests send is what ingest reads."""
    moment = now()
    assert format_time(moment) == at(moment)


def test_records_are_equal_without_their_event() -> None:
    """The decoded event does not count when records are compared."""
    assert NewRecord("t", "k", b"v") == NewRecord("t", "k", b"v", event=None)
