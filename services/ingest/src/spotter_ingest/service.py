"""Validates parsed events, writes them, and reports the result of each."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from typing import Final, Literal, get_args

from spotter.domain.events import TYPES, Event, encode, event_type
from spotter.domain.events.people import TokenRevoked
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.domain.time import utc_now
from spotter.domain.topics import CONFIG, LIFTS
from spotter.http import Problem, audit
from spotter.http.envelope_fields import ID_CHARACTERS_MAX
from spotter.http.metrics import EVENTS_IN
from spotter.http.tokens import Identity
from spotter.streaming.log import LogUnavailable, NewRecord
from spotter_ingest.batch_writer import BatchWriter, Outcome
from spotter_ingest.body_parser import Parsed
from spotter_ingest.chunk_times import ChunkTimes
from spotter_ingest.disconnects import RunningSets
from spotter_ingest.quotas import EventQuotas
from spotter_ingest.validation import Receipt, validate

log = logging.getLogger(__name__)

CHUNK_EVENTS: Final = 100
"""Events validated in a row, which usually takes 2 to 3 ms, before other tasks run."""
CHUNK_S: Final = 0.004
"""After which other tasks run in any case: what an event costs is up to its sender."""
BYTES_PER_EVENT: Final = 512
"""A larger event is charged to its token's quota as several."""
ERRORS_SHOWN_MAX: Final = 20
"""Lists of errors of one response, whatever it refuses: the first ones tell what is wrong."""
READ_BACK_S: Final = 1.0
"""How long the response to a change of configuration waits until later events are stamped with it."""
_POLL_S: Final = 0.002
_ADMINISTRATIVE: Final = frozenset(kind.data for kind in TYPES.values() if kind.role in ("coach", "admin"))

Status = Literal["accepted", "duplicate", "refused"]
_COUNTERS: Final = {status: EVENTS_IN.labels(status) for status in get_args(Status)}


@record(frozen=True, slots=True)
class Result:
    """The result of one event."""

    id: str | None
    status: Status
    problem: Problem | None = None
    warning: str | None = None

    def document(self) -> dict[str, object]:
        """Return the result as sent."""
        document: dict[str, object] = {"id": self.id, "status": self.status}
        if self.problem is not None:
            document["problem"] = self.problem.document()
        if self.warning is not None:
            document["warning"] = self.warning
        return document


@record(frozen=True, slots=True)
class PendingResults:
    """Results of events in the order sent; those of `indexes` are provisional until they are written."""

    results: list[Result]
    indexes: Sequence[int]
    events: Sequence[Event]
    """The events at `indexes`."""
    outcome: asyncio.Future[Outcome]
    changes: Set[int]
    """Indexes of those that change the gym's configuration."""
    bearer: Identity
    receipt: Receipt
    configuration: Configuration

    async def settled(self) -> list[Result]:
        """Wait for the log, then return the results; raises what failed the write other than an unavailable log."""
        outcome = await self.outcome
        if isinstance(outcome, LogUnavailable):
            for index in self.indexes:
                self.results[index] = Result(self.results[index].id, "refused", _not_written())
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            for index, written in zip(self.indexes, outcome, strict=True):
                if not written:
                    self.results[index] = replace(self.results[index], status="duplicate")
            new = sum(written for index, written in zip(self.indexes, outcome, strict=True) if index in self.changes)
            if new:
                await self._read_back(self.receipt.configversion + new)
        self._audit()
        for status, count in Counter([result.status for result in self.results]).items():
            _COUNTERS[status].inc(count)
        return self.results

    def _audit(self) -> None:
        """Record what was changed by somebody who may, and what somebody may not send."""
        for index, event in zip(self.indexes, self.events, strict=True):
            if type(event.data) in _ADMINISTRATIVE and self.results[index].status == "accepted":
                revoked = event.data.token_id if isinstance(event.data, TokenRevoked) else None
                audit.record(
                    "revoked" if revoked else "changed",
                    self.bearer,
                    event_type=event_type(event.data),
                    event_id=event.id,
                    athlete_id=event.data.athlete_id,
                    revoked_token_id=revoked,
                )
        if len(self.events) < len(self.results):
            forbidden = sum(result.problem is not None and result.problem.status == 403 for result in self.results)
            if forbidden:
                audit.record("events_forbidden", self.bearer, count=forbidden)

    async def _read_back(self, version: int) -> None:
        """Wait until later events are stamped with the change, which is written in any case."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + READ_BACK_S
        while self.configuration.version(self.bearer.gym_id) < version:
            if loop.time() > until_s:
                log.warning("a change of the configuration was written, but not read back within %g s", READ_BACK_S)
                return
            await asyncio.sleep(_POLL_S)


class IngestService:
    """Validates, limits and writes events."""

    def __init__(
        self,
        writer: BatchWriter,
        configuration: Configuration,
        quotas: EventQuotas,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._writer = writer
        self._configuration = configuration
        self._quotas = quotas
        self._clock = clock
        self._new_id = new_id
        self._chunk_times = ChunkTimes()

    async def accept_all(self, items: Sequence[Parsed], bearer: Identity, size_bytes: int = 0) -> list[Result]:
        """Accept the events of a request of `size_bytes`; returns their results once they are written."""
        granted = self._quotas.take(bearer.token_id, len(items))
        self.charge(bearer, size_bytes // BYTES_PER_EVENT - len(items))
        receipt = self._receipt(bearer)
        chunks: list[PendingResults] = []
        first = 0
        while first < len(items) or not chunks:
            if chunks:
                await asyncio.sleep(0)
            chunk = self._validate(items[first : first + CHUNK_EVENTS], bearer, receipt, granted - first)
            first += len(chunk.results)
            chunks.append(chunk)
        return _first_errors([result for chunk in chunks for result in await chunk.settled()])

    def charge(self, bearer: Identity, events: int) -> None:
        """Charge to a bearer's quota what was refused, or cost more than its number tells."""
        if events > 0:
            self._quotas.take(bearer.token_id, events)

    def accept(self, item: Parsed, bearer: Identity, size_bytes: int = 0) -> PendingResults:
        """Accept the event of a message of `size_bytes`, without waiting for the log."""
        self.charge(bearer, size_bytes // BYTES_PER_EVENT - 1)
        return self._validate([item], bearer, self._receipt(bearer), self._quotas.take(bearer.token_id, 1))

    async def report_lost(self, running: RunningSets, bearer: Identity, *, cleanly: bool) -> None:
        """Write that the devices of running sets are lost; while the log does not answer, advice has stopped anyway."""
        receipt = self._receipt(bearer)
        lost = running.lost(receipt.at, receipt.configversion, cleanly=cleanly)
        outcome = await self._writer.submit(
            [
                NewRecord(LIFTS, athlete_key(bearer.gym_id, str(event.data.athlete_id)), encode(event), event=event)
                for event in lost
            ]
        )
        if isinstance(outcome, Exception):
            log.warning("%d devices are gone, which could not be written: %s", len(lost), outcome)

    def _receipt(self, bearer: Identity) -> Receipt:
        version = self._configuration.version(bearer.gym_id)
        catalogue = self._configuration.gym(bearer.gym_id, version).catalogue
        return Receipt(self._clock(), version, catalogue, self._new_id)

    def _validate(self, items: Sequence[Parsed], bearer: Identity, receipt: Receipt, granted: int) -> PendingResults:
        """Validate and submit events, as many of them as a moment is enough for."""
        results: list[Result] = []
        records: list[NewRecord] = []
        events: list[Event] = []
        indexes: list[int] = []
        changes: set[int] = set()
        until_s = time.perf_counter() + CHUNK_S
        for index, item in enumerate(items):
            if index and time.perf_counter() > until_s:
                break
            try:
                if index >= granted:
                    raise self._quotas.refusal(bearer.token_id)
                if isinstance(item, Problem):
                    raise item
                valid = validate(item, bearer, receipt)
            except Problem as problem:
                results.append(Result(_sent_id(item), "refused", problem))
            else:
                warnings = [warning for warning in (valid.warning, self._chunk_times.caution(valid.event)) if warning]
                results.append(Result(valid.event.id, "accepted", None, "; ".join(warnings) or None))
                records.append(valid.record)
                events.append(valid.event)
                indexes.append(index)
                if valid.record.topic == CONFIG:
                    changes.add(index)
        outcome = self._writer.submit(records)
        return PendingResults(results, indexes, events, outcome, changes, bearer, receipt, self._configuration)


def _first_errors(results: list[Result]) -> list[Result]:
    """Take the lists of errors out of all results but the first that have one."""
    shown = 0
    for result in results:
        if result.problem is not None and "errors" in result.problem.members:
            shown += 1
            if shown > ERRORS_SHOWN_MAX:
                del result.problem.members["errors"]
    return results


def _sent_id(item: Parsed) -> str | None:
    sent = item.get("id") if isinstance(item, dict) else None
    return sent if isinstance(sent, str) and len(sent) <= ID_CHARACTERS_MAX else None


def _not_written() -> Problem:
    return Problem(
        503,
        "Log does not answer",
        "The event could not be written: the log does not answer.",
        mend="Keep the event and send it again, with the same id and time, after 1 s.",
        headers={"Retry-After": "1"},
    )
