"""The routes that receive events, `POST /v1/events` and `WS /v1/events`, and the application of ingest's own process."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime

import orjson
from fastapi import APIRouter, FastAPI, Request, WebSocket
from starlette.responses import Response

from spotter.domain.gym_config import Configuration
from spotter.domain.time import utc_now
from spotter.domain.topics import ACCESS, CONFIG
from spotter.http import DOCUMENTED, Guard, Problem, chosen_subprotocol, deny, health_router, install, problem_response
from spotter.http.request_body import BodyTooLarge
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.log import Log
from spotter.streaming.topic_follower import TopicFollower
from spotter_ingest.batch_writer import BatchWriter
from spotter_ingest.body_parser import parse_body
from spotter_ingest.openapi import OPERATION
from spotter_ingest.quotas import EventQuotas, Occupancy
from spotter_ingest.service import IngestService, Result
from spotter_ingest.websocket import TRY_LATER, EventSocket

log = logging.getLogger(__name__)

_RETRIED = (503, 429)


def _no_reason() -> str | None:
    return None


def create_router(
    target: Log,
    guard: Guard,
    configuration: Configuration,
    limits: Limits,
    *,
    ready: Callable[[], str | None] = _no_reason,
    clock: Callable[[], datetime] = utc_now,
) -> APIRouter:
    """Build ingest's routes.

    The caller updates `configuration` and the guard's revocations from `config.v1` and `access.v1`; until both have
    been read, `ready` says why no event can be accepted. The application needs `spotter.http.install`.
    """
    router = APIRouter(tags=["events"])
    occupancy = Occupancy(limits)
    service = IngestService(
        BatchWriter(target), configuration, EventQuotas(limits.events_per_s, limits.events_burst), clock
    )

    @router.post(
        "/v1/events",
        summary="Send events",
        openapi_extra=OPERATION,
        status_code=202,
        response_model=None,
        dependencies=[DOCUMENTED],
    )
    async def post_events(request: Request) -> Response:
        bearer = guard.identify(request)
        if (reason := ready()) is not None:
            raise Problem(503, "Not ready", reason, mend="Try again in a second.", headers={"Retry-After": "1"})
        with occupancy.request(bearer.token_id), occupancy.body() as body:
            try:
                received = await body.read(request)
                parsed = parse_body(received, request.headers.items(), limits.batch_events)
            except Problem as problem:
                if problem.status == 413:  # it cost as much as the largest request that is taken
                    service.charge(bearer, limits.batch_events)
                if isinstance(problem, BodyTooLarge):
                    return problem.response()
                raise
            return batch_response(await service.accept_all(parsed, bearer, len(received)))

    @router.websocket("/v1/events")
    async def events_socket(socket: WebSocket) -> None:
        try:
            bearer = guard.identify(socket)
        except Problem as problem:
            return await deny(socket, problem)
        if (reason := ready()) is not None:
            await socket.accept(chosen_subprotocol(socket))
            return await socket.close(TRY_LATER, reason)
        await EventSocket(socket, bearer, guard, service, occupancy, limits).serve()

    return router


def create_app(
    target: Log,
    keyring: Keyring,
    limits: Limits | None = None,
    *,
    running: AbstractAsyncContextManager[object] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """Build ingest as a process of its own; `running`, such as the log, is open as long as it serves.

    It serves at once, accepts events when `config.v1` and `access.v1` have been read, and is not alive once reading
    them has failed for another reason than an unavailable log.
    """
    configuration, revocations = Configuration(), Revocations()
    follower = TopicFollower(target, {CONFIG: configuration.apply, ACCESS: revocations.apply})

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running or nullcontext(), follower:
            yield

    def alive() -> str | None:
        failure = follower.failure()
        return None if failure is None else f"Can't follow the configuration: {failure!r}."

    def ready() -> str | None:
        return alive() or (None if follower.is_read_up else "The configuration has not been read yet.")

    app = FastAPI(title="Spotter ingest", lifespan=lifespan, docs_url=None, redoc_url=None)
    limits = limits or Limits()
    install(app, limits)
    guard = Guard(keyring, revocations, clock)
    app.include_router(create_router(target, guard, configuration, limits, ready=ready, clock=clock))
    app.include_router(health_router(ready, alive=alive))
    return app


def batch_response(results: Sequence[Result]) -> Response:
    """Return 202 if no event was refused, 207 if some were, else a problem; each with the results."""
    documents = [result.document() for result in results]
    problems = [result.problem for result in results if result.problem is not None]
    retriable = next((problem for status in _RETRIED for problem in problems if problem.status == status), None)
    if len(problems) < len(results) or not results:
        headers = {"Retry-After": retriable.headers["Retry-After"]} if retriable else None
        body = orjson.dumps({"results": documents})
        return Response(body, 207 if problems else 202, headers, "application/json")
    problem = problems[0] if len(problems) == 1 else retriable or _none_accepted(len(problems))
    response = problem_response(problem)
    response.body = orjson.dumps(problem.document() | {"results": documents})
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _none_accepted(count: int) -> Problem:
    return Problem(
        422, "No event was taken", f"All {count} events were refused.", mend="See what is wrong with each in results."
    )
