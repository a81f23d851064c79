"""The API client sends until each event has a result, and loses no advice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from spotter.settings import Limits
from spotter_cli.http_client import SpotterClient
from spotter_standalone.errors import CliError
from spotter_standalone.server import listen, served, url_of

Answer = Callable[[list[dict[str, object]]], Response]
EVENTS = [{"id": "1", "type": "t"}, {"id": "2", "type": "t"}]


@asynccontextmanager
async def a_client(*answers: Answer, patience_s: float = 30) -> AsyncIterator[tuple[SpotterClient, list[list[str]]]]:
    """Return a client of a server with these answers, one per request, and the ids that the server received."""
    app = FastAPI()
    asked: list[list[str]] = []

    @app.post("/v1/events")
    async def events(request: Request) -> Response:
        sent = json.loads(await request.body())
        asked.append([event["id"] for event in sent])
        return answers[min(len(asked), len(answers)) - 1](sent)

    @app.get("/v1/advice/stream")
    async def stream(request: Request) -> Response:
        asked.append([request.headers.get("last-event-id", "")])
        return answers[min(len(asked), len(answers)) - 1]([])

    listening = listen("127.0.0.1", 0)
    async with served(app, listening, Limits(), lambda: None):
        client = SpotterClient(url_of(listening), "token", patience_s)
        try:
            yield client, asked
        finally:
            await client.aclose()


def results(*statuses: str, code: int = 202, **problem: object) -> Answer:
    """Answer with a status per event."""

    def answer(_: list[dict[str, object]]) -> Response:
        listed = [{"id": "x", "status": status, "problem": problem or None} for status in statuses]
        return JSONResponse({"results": listed}, code, {"Retry-After": "0"})

    return answer


async def test_each_event_has_its_outcome() -> None:
    """In the order sent, with the reason of a refusal."""
    async with a_client(results("accepted", "refused", code=207, status=422, detail="No.", mend="Yes.")) as (client, _):
        taken, refused = await client.send(EVENTS)

    assert ("accepted", "refused", "No. Yes.") == (taken.status, refused.status, refused.reason)


async def test_only_what_was_not_taken_is_sent_again() -> None:
    """With the same ids; the events that were taken are left alone."""
    busy = results("accepted", "refused", code=207, status=503)

    async with a_client(busy, results("accepted")) as (client, asked):
        outcomes = await client.send(EVENTS)

    assert ["accepted", "accepted"] == [outcome.status for outcome in outcomes]
    assert [["1", "2"], ["2"]] == asked


async def test_a_duplicate_of_a_second_try_was_accepted_by_the_first() -> None:
    """A server that failed after writing must not lose a rep from the count."""

    def broken(_: list[dict[str, object]]) -> Response:
        return Response("oops", 500, {"Retry-After": "0"})

    async with a_client(broken, results("duplicate", "accepted")) as (client, _):
        outcomes = await client.send(EVENTS)

    assert ["accepted", "accepted"] == [outcome.status for outcome in outcomes]


async def test_a_duplicate_of_the_first_try_is_a_duplicate() -> None:
    """An earlier sender sent it."""
    async with a_client(results("duplicate", "accepted")) as (client, _):
        outcomes = await client.send(EVENTS)

    assert ["duplicate", "accepted"] == [outcome.status for outcome in outcomes]


async def test_a_server_that_stays_down_is_reported_in_one_line() -> None:
    """After as long as the client is patient."""
    closed = results(code=503)

    async with a_client(closed, patience_s=0.2) as (client, _):
        with pytest.raises(CliError, match="does not accept events"):
            await client.send(EVENTS)


async def test_a_token_that_is_not_let_in_is_reported_at_once() -> None:
    """With the server's reason."""

    def forbidden(_: list[dict[str, object]]) -> Response:
        return JSONResponse({"title": "Invalid token", "detail": "The token has expired."}, 401)

    async with a_client(forbidden) as (client, _):
        with pytest.raises(CliError, match=r"rejects the events \(401\): The token has expired"):
            await client.send(EVENTS)
        with pytest.raises(CliError, match="does not let this token read advice"):
            async with aclosing(client.frames()) as frames:
                async for _ in frames:
                    pass


async def test_no_server_at_the_address_is_reported_in_one_line() -> None:
    """The address is named."""
    client = SpotterClient("http://127.0.0.1:9", "token", patience_s=0.2)
    with pytest.raises(CliError, match=r"http://127.0.0.1:9 does not accept events"):
        await client.send(EVENTS)
    await client.aclose()


async def test_a_broken_stream_goes_on_where_it_was() -> None:
    """By the id of the last frame that came."""

    def frames(*ids: int) -> Answer:
        text = "".join(f'id: c{number}\ndata: {{"id": "{number}"}}\n\n' for number in ids)
        return lambda _: StreamingResponse(iter([text]), media_type="text/event-stream")

    async with a_client(frames(1, 2), frames(3)) as (client, asked), aclosing(client.frames(estimates="1")) as stream:
        heard = []
        async for frame in stream:
            heard.append(frame.get("id", "open"))
            if frame.get("id") == "3":
                break

    assert ["open", "1", "2", "open", "3"] == heard
    assert [[""], ["c2"]] == asked


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://x", "http://"])
async def test_an_address_that_is_none_is_reported_in_one_line(url: str) -> None:
    """It is quoted."""
    client = None
    with pytest.raises(CliError):
        client = SpotterClient(url, "token", patience_s=0.1)
        await client.send(EVENTS)
    if client is not None:
        await client.aclose()
