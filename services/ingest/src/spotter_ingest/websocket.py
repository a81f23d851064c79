"""`WS /v1/events`: an event per text frame, replies in the same order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from spotter.http import Guard, Problem, chosen_subprotocol
from spotter.http.metrics import CLIENTS
from spotter.http.tokens import Identity, InvalidToken
from spotter.settings import Limits
from spotter_ingest.body_parser import Parsed, parse_message
from spotter_ingest.disconnects import RunningSets
from spotter_ingest.quotas import Occupancy
from spotter_ingest.service import IngestService, PendingResults

UNANSWERED_MAX: Final = 256
"""Frames of one socket that may wait for a reply; then reading pauses."""
IGNORED_MAX: Final = 1_000
"""Consecutive refusals for rate after which a sender is disconnected."""
CHECK_S: Final = 1.0

CLEAN_CLOSE: Final = (1000, 1001, 1005)
"""Codes with which the other side closes a socket in order."""
STOPPING: Final = 1012
POLICY_VIOLATION: Final = 1008
TOO_LARGE: Final = 1009
TRY_LATER: Final = 1013


class _Closed(Exception):
    """The connection ends: with a close code, or because the other side has gone."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class EventSocket:
    """One open socket: reads ahead of the log, replies in order, closes when its token becomes invalid."""

    def __init__(
        self,
        socket: WebSocket,
        bearer: Identity,
        guard: Guard,
        service: IngestService,
        occupancy: Occupancy,
        limits: Limits,
    ) -> None:
        self._socket = socket
        self._bearer = bearer
        self._guard = guard
        self._service = service
        self._occupancy = occupancy
        self._limits = limits
        self._unanswered: asyncio.Queue[tuple[PendingResults, int] | _Closed] = asyncio.Queue(UNANSWERED_MAX)
        self._reserved_bytes = 0
        self._ignored = 0
        self._running = RunningSets()
        self._closed_cleanly = False

    async def serve(self) -> None:
        """Accept the socket and serve it until one side closes it."""
        await self._socket.accept(chosen_subprotocol(self._socket))
        with CLIENTS.labels("events").track_inprogress():
            try:
                with self._occupancy.socket(self._bearer.token_id):
                    closed = await self._run()
                    await self._service.report_lost(self._running, self._bearer, cleanly=self._closed_cleanly)
            except Problem as full:
                closed = _Closed(TRY_LATER, full.detail)
            finally:
                self._occupancy.release(self._reserved_bytes)
        if closed.code is not None and self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):  # the other side was faster
                await self._socket.close(closed.code, closed.reason)

    async def _run(self) -> _Closed:
        closed = _Closed()
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._read(), self._reply(), self._watch()):
                    tasks.create_task(work)
        except* _Closed as group:
            first = group.exceptions[0]
            assert isinstance(first, _Closed)
            closed = first
        return closed

    async def _read(self) -> None:
        """Accept frames as they arrive; what closes the connection is queued, so that all before it is replied to."""
        try:
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    # A lost connection is reported without a reason; a closed one has at least an empty reason.
                    self._closed_cleanly = message.get("code") == STOPPING or (
                        message.get("code") in CLEAN_CLOSE and "reason" in message
                    )
                    raise _Closed
                self._check_credential()
                pending, size_bytes = self._take(message.get("text"), message.get("bytes"))
                await self._unanswered.put((pending, size_bytes))
        except _Closed as closed:
            if closed.code is None:
                raise
            await self._unanswered.put(closed)

    def _take(self, text: str | None, binary: bytes | None) -> tuple[PendingResults, int]:
        message = (text or "").encode() if binary is None else binary
        if len(message) > self._limits.message_bytes:
            raise _Closed(TOO_LARGE, f"a message may take {self._limits.message_bytes} bytes")
        parsed: Parsed
        size_bytes = len(message)
        try:
            self._occupancy.reserve(size_bytes)
        except Problem as full:
            parsed, size_bytes = full, 0
        else:
            parsed = parse_message(message) if binary is None else _binary_frame()
        self._reserved_bytes += size_bytes
        pending = self._service.accept(parsed, self._bearer, size_bytes)
        for event in pending.events:
            self._running.add(event)
        problem = pending.results[0].problem
        self._ignored = self._ignored + 1 if problem is not None and problem.status == 429 else 0
        if self._ignored > IGNORED_MAX:
            raise _Closed(TRY_LATER, "too many events: send slower")
        return pending, size_bytes

    async def _reply(self) -> None:
        while True:
            entry = await self._unanswered.get()
            if isinstance(entry, _Closed):
                raise entry
            pending, size_bytes = entry
            (result,) = await pending.settled()
            try:
                await self._socket.send_text(orjson.dumps(result.document()).decode())
            except WebSocketDisconnect:
                raise _Closed from None
            self._reserved_bytes -= size_bytes
            self._occupancy.release(size_bytes)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            self._check_credential()

    def _check_credential(self) -> None:
        try:
            self._guard.check(self._bearer)
        except InvalidToken as error:
            raise _Closed(POLICY_VIOLATION, str(error)) from None


def _binary_frame() -> Problem:
    return Problem(400, "Binary frame", "The frame is binary.", mend="Send each event as JSON in a text frame.")
