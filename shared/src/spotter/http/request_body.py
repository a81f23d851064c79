"""Reads the body of a request within limits, and refuses one that is larger or slower."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spotter.http.problems import Problem, problem_response

_DRAINED_BYTES_MAX: Final = 64 * 1024 * 1024
_DRAINED_S_MAX: Final = 5.0


class BodyTooLarge(Problem):
    """The body is larger than the limit."""

    def __init__(self, bytes_max: int, mend: str = "Send less.") -> None:
        detail = f"The body is larger than {bytes_max} bytes."
        super().__init__(413, "Body too large", detail, mend=mend, headers={"Connection": "close"})

    def response(self) -> Response:
        """Respond at once, then read a little of the rest, so that the response isn't lost in a reset connection."""
        return _Draining(problem_response(self))


async def read_body(
    chunks: AsyncIterator[bytes],
    announced: str | None,
    *,
    bytes_max: int,
    seconds_max: float,
    reserve: Callable[[int], None] = lambda size_bytes: None,
) -> bytes:
    """Read all of a body, whatever its Content-Length (`announced`) says; `reserve` is called with the bytes of each chunk.

    Raises BodyTooLarge, Problem 408 if it takes too long, and what `reserve` raises.
    """
    if announced is not None and announced.isdecimal() and int(announced[:_DIGITS_MAX]) > bytes_max:
        raise BodyTooLarge(bytes_max)
    received: list[bytes] = []
    size_bytes = 0
    try:
        async with asyncio.timeout(seconds_max):
            async for chunk in chunks:
                reserve(len(chunk))
                size_bytes += len(chunk)
                if size_bytes > bytes_max:
                    raise BodyTooLarge(bytes_max)
                received.append(chunk)
    except TimeoutError:
        raise Problem(
            408,
            "Body too slow",
            f"The body did not arrive within {seconds_max:g} s.",
            mend="Send less at a time.",
            headers={"Connection": "close"},
        ) from None
    return b"".join(received)


_DIGITS_MAX: Final = 18
"""Of a length: more digits are too large already, and slow to convert."""


class _Draining(Response):
    def __init__(self, response: Response) -> None:
        super().__init__()
        self.status_code, self.body, self.raw_headers = response.status_code, response.body, response.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        drained_bytes = 0
        try:
            async with asyncio.timeout(_DRAINED_S_MAX):
                while drained_bytes < _DRAINED_BYTES_MAX:
                    message = await receive()
                    drained_bytes += len(message.get("body", b""))
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            pass  # the response was sent: ignore what still arrives
        await send({"type": "http.response.body", "body": b""})
