"""A client of the public API: sends events until each has a result, and reads the advice stream without gaps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
import orjson

from spotter.domain.time import format_time
from spotter_standalone.errors import CliError

PATIENCE_S: Final = 30.0
"""How long requests are retried while the server does not answer."""
READ_TIMEOUT_S: Final = 10.0
"""A stream without data for this long is reopened; it normally has a heartbeat every 2 s."""
_RETRY_S: Final = 0.5
_TO_SEND_AGAIN: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class SendResult:
    """The server's result for one event."""

    status: str
    """`accepted`, `duplicate` or `refused`."""
    problem: Mapping[str, object] | None = None
    warning: str | None = None

    @property
    def reason(self) -> str:
        """Why it was refused, in one line."""
        return problem_reason(self.problem or {})


def problem_reason(problem: Mapping[str, object]) -> str:
    """Return the reason and the remedy of a problem document in one line."""
    parts = [str(problem[name]) for name in ("detail", "mend") if problem.get(name)]
    return " ".join(parts) or str(problem.get("title", "no reason was given"))


class SpotterClient:
    """A connection to the API at an address, with a token."""

    def __init__(self, url: str, token: str, patience_s: float = PATIENCE_S) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._patience_s = patience_s
        try:
            self._http = httpx.AsyncClient(
                base_url=self.url,
                headers={"Authorization": f"Bearer {token}"},
                timeout=httpx.Timeout(READ_TIMEOUT_S, connect=5.0),
                trust_env=False,
            )
        except (httpx.InvalidURL, UnicodeEncodeError, ValueError) as error:
            raise CliError(
                f"{url!r} or its token can't be used ({error}): check SPOTTER_URL and SPOTTER_TOKEN."
            ) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def check_reachable(self) -> None:
        """Raise CliError at once if nothing answers at the address."""
        try:
            await self._http.get("/healthz")
        except httpx.UnsupportedProtocol:
            raise self._no_address() from None
        except httpx.TransportError as error:
            raise CliError(f"Nothing answers at {self.url} ({error}): is Spotter running there?") from None

    def _no_address(self) -> CliError:
        return CliError(f"{self.url!r} is not an address: SPOTTER_URL should look like http://127.0.0.1:8700.")

    async def send(self, events: Sequence[Mapping[str, object]], *, timed: bool = True) -> list[SendResult]:
        """Send events in order, retry until each has a result, and return the results.

        A duplicate that comes from a retry counts as accepted. `timed`: with the time of sending, by which the server
        corrects this clock, give or take how long the request takes. Raises CliError if the server does not answer for
        30 s or rejects the whole request.
        """
        outcomes: dict[int, SendResult] = {}
        waiting = list(range(len(events)))
        deadline = asyncio.get_running_loop().time() + self._patience_s
        resending = False
        while waiting:
            results, wait_s, failure = await self._post([events[index] for index in waiting], timed=timed)
            for event_index, result in zip(waiting, results, strict=False):
                if outcome := _outcome(result, resending):
                    outcomes[event_index] = outcome
            waiting = [index for index in waiting if index not in outcomes]
            if waiting:
                resending = True
                if asyncio.get_running_loop().time() + wait_s > deadline:
                    raise CliError(f"{self.url} does not accept events ({failure}): is it running? Try again later.")
                await asyncio.sleep(wait_s)
        return [outcomes[index] for index in range(len(events))]

    async def _post(
        self, events: Sequence[Mapping[str, object]], *, timed: bool
    ) -> tuple[list[Mapping[str, object]], float, str]:
        """Return the results (none if unknown), how long to wait before a retry, and the reason for it."""
        sent = {"senttime": format_time(datetime.now(UTC))} if timed else {}
        body = json.dumps([{**event, **sent} for event in events])  # spells out NaN and Infinity
        try:
            response = await self._http.post("/v1/events", content=body.encode())
            answer: object = orjson.loads(response.content)
        except httpx.UnsupportedProtocol:
            raise self._no_address() from None
        except (httpx.TransportError, orjson.JSONDecodeError) as error:
            return [], _RETRY_S, str(error) or type(error).__name__
        if not isinstance(answer, dict):
            return [], _RETRY_S, f"status {response.status_code}"
        results = answer.get("results")
        if isinstance(results, list) and len(results) == len(events):
            return results, _retry_after_s(response), str(answer.get("detail", "it asks for a pause"))
        if response.status_code in _TO_SEND_AGAIN or response.status_code >= 500:
            return [], _retry_after_s(response), str(answer.get("detail", response.status_code))
        raise CliError(f"{self.url} rejects the events ({response.status_code}): {problem_reason(answer)}")

    async def frames(self, **filters: str) -> AsyncGenerator[dict[str, object], None]:
        """Read the advice stream without end, resuming at the last cursor after an interruption.

        Yields `{}` each time the stream opens, then CloudEvents and heartbeats. Raises CliError if the token may not
        read the stream.
        """
        cursor = ""
        broken_since: float | None = None
        while True:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            try:
                async with self._http.stream("GET", "/v1/advice/stream", params=filters, headers=headers) as response:
                    if response.status_code in (401, 403):
                        await response.aread()
                        reason = problem_reason(read_object(response.content))
                        raise CliError(f"{self.url} does not let this token read advice: {reason}")
                    response.raise_for_status()
                    broken_since = None
                    yield {}
                    async for frame_id, frame in _sse(response):
                        cursor = frame_id or cursor
                        yield frame
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == 400:
                    cursor = ""  # the cursor belongs to another log: start from the current state
                now = asyncio.get_running_loop().time()
                broken_since = now if broken_since is None else broken_since
                if now - broken_since > self._patience_s:
                    raise CliError(f"{self.url} can't be read ({error}): is Spotter running?") from None
            await asyncio.sleep(_RETRY_S)


def _outcome(result: Mapping[str, object], resending: bool) -> SendResult | None:
    """Read one result; None if the event has to be sent again."""
    status, problem, warning = result.get("status"), result.get("problem"), result.get("warning")
    document = problem if isinstance(problem, dict) else None
    if status == "refused" and document is not None and document.get("status") in _TO_SEND_AGAIN:
        return None
    if status == "duplicate" and resending:
        status = "accepted"
    return SendResult(str(status), document, warning if isinstance(warning, str) else None)


def _retry_after_s(response: httpx.Response) -> float:
    try:
        return min(max(float(response.headers.get("Retry-After", _RETRY_S)), 0.05), 5.0)
    except ValueError:
        return _RETRY_S


def read_object(content: bytes) -> dict[str, object]:
    """Parse a JSON object; anything else is an empty one."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


async def _sse(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """Read server-sent events: id (empty if there is none) and data."""
    frame_id, data = "", []
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("id:"):
            frame_id = line[3:].strip()
        elif not line and data:
            frame = read_object("\n".join(data).encode())
            if frame:
                yield frame_id, frame
            frame_id, data = "", []
