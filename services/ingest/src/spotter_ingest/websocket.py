"""The socket of devices and apps: an event a text frame, a reply to each in the same order."""

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
from spotter_ingest.body_parser import Item, read_event
from spotter_ingest.disconnects import Lifting
from spotter_ingest.quotas import Occupancy
from spotter_ingest.service import Intake, Pending

UNANSWERED_MAX: Final = 256
"""Frames of one socket that may wait for their reply; then no more are read."""
IGNORED_MAX: Final = 1_000
"""Refusals for rate in a row, after which a sender that goes on is cut off."""
CHECK_S: Final = 1.0

GOODBYE: Final = (1000, 1001, 1005)
"""Codes of sockets that the other side closes in good order."""
STOPPING: Final = 1012
POLICY_VIOLATION: Final = 1008
TOO_LARGE: Final = 1009
TRY_LATER: Final = 1013


class _Over(Exception):
    """The conversation ends: with a close code, or because the other side has gone."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class EventSocket:
    """One open socket: reads ahead of the log, answers in order, ends with its credential."""

    def __init__(
        self, socket: WebSocket, bearer: Identity, guard: Guard, intake: Intake, occupancy: Occupancy, limits: Limits
    ) -> None:
        self._socket = socket
        self._bearer = bearer
        self._guard = guard
        self._intake = intake
        self._occupancy = occupancy
        self._limits = limits
        self._unanswered: asyncio.Queue[tuple[Pending, int] | _Over] = asyncio.Queue(UNANSWERED_MAX)
        self._held_bytes = 0
        self._ignored = 0
        self._lifting = Lifting()
        self._goodbye = False
        """The socket is closed in good order."""

    async def serve(self) -> None:
        """Accept the socket and talk until one side ends it."""
        await self._socket.accept(chosen_subprotocol(self._socket))
        with CLIENTS.labels("events").track_inprogress():
            try:
                with self._occupancy.socket(self._bearer.token_id):
                    over = await self._converse()
                    await self._intake.lose(self._lifting, self._bearer, cleanly=self._goodbye)
            except Problem as full:
                over = _Over(TRY_LATER, full.detail)
            finally:
                self._occupancy.release(self._held_bytes)
        if over.code is not None and self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):  # the other side was faster
                await self._socket.close(over.code, over.reason)

    async def _converse(self) -> _Over:
        over = _Over()
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._read(), self._reply(), self._watch()):
                    tasks.create_task(work)
        except* _Over as ends:
            first = ends.exceptions[0]
            assert isinstance(first, _Over)
            over = first
        return over

    async def _read(self) -> None:
        """Take frames as they come; what ends the conversation is queued, so that all before it is answered."""
        try:
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    # A connection that is lost is told of without a reason; one that is closed has at least an empty one.
                    self._goodbye = message.get("code") == STOPPING or (
                        message.get("code") in GOODBYE and "reason" in message
                    )
                    raise _Over
                self._check_credential()
                pending, size_bytes = self._take(message.get("text"), message.get("bytes"))
                await self._unanswered.put((pending, size_bytes))
        except _Over as over:
            if over.code is None:
                raise
            await self._unanswered.put(over)

    def _take(self, text: str | None, binary: bytes | None) -> tuple[Pending, int]:
        message = (text or "").encode() if binary is None else binary
        if len(message) > self._limits.message_bytes:
            raise _Over(TOO_LARGE, f"a message may take {self._limits.message_bytes} bytes")
        item: Item
        size_bytes = len(message)
        try:
            self._occupancy.hold(size_bytes)
        except Problem as full:
            item, size_bytes = full, 0
        else:
            item = read_event(message) if binary is None else _binary_frame()
        self._held_bytes += size_bytes
        pending = self._intake.take_one(item, self._bearer)
        for event in pending.events:
            self._lifting.note(event)
        problem = pending.results[0].problem
        self._ignored = self._ignored + 1 if problem is not None and problem.status == 429 else 0
        if self._ignored > IGNORED_MAX:
            raise _Over(TRY_LATER, "too many events: send slower")
        return pending, size_bytes

    async def _reply(self) -> None:
        while True:
            turn = await self._unanswered.get()
            if isinstance(turn, _Over):
                raise turn
            pending, size_bytes = turn
            (result,) = await pending.settled()
            try:
                await self._socket.send_text(orjson.dumps(result.document()).decode())
            except WebSocketDisconnect:
                raise _Over from None
            self._held_bytes -= size_bytes
            self._occupancy.release(size_bytes)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            self._check_credential()

    def _check_credential(self) -> None:
        try:
            self._guard.check(self._bearer)
        except InvalidToken as error:
            raise _Over(POLICY_VIOLATION, str(error)) from None


def _binary_frame() -> Problem:
    return Problem(400, "Binary frame", "The frame is binary.", mend="Send each event as JSON in a text frame.")
