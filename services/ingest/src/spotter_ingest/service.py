"""Validates parsed events, writes them, and reports the result of each."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from typing import Final, Literal, get_args

from spotter.domain.events import Event, encode
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.domain.time import utc_now
from spotter.domain.topics import CONFIG, LIFTS
from spotter.http import Problem
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
"""Events validated in a row, which takes 2 to 3 ms, before other tasks run."""
READ_BACK_S: Final = 1.0
"""How long the response to a change of configuration waits until later events are stamped with it."""
_POLL_S: Final = 0.002

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
    gym_id: str
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
        for status, count in Counter([result.status for result in self.results]).items():
            _COUNTERS[status].inc(count)
        return self.results

    async def _read_back(self, version: int) -> None:
        """Wait until later events are stamped with the change, which is written in any case."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + READ_BACK_S
        while self.configuration.version(self.gym_id) < version:
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

    async def accept_all(self, items: Sequence[Parsed], bearer: Identity) -> list[Result]:
        """Accept the events of a request; returns their results once they are written."""
        granted = self._quotas.take(bearer.token_id, len(items))
        receipt = self._receipt(bearer)
        chunks: list[PendingResults] = []
        for first in range(0, len(items), CHUNK_EVENTS):
            if chunks:
                await asyncio.sleep(0)
            chunk = items[first : first + CHUNK_EVENTS]
            chunks.append(self._validate(chunk, bearer, receipt, granted - first))
        return [result for chunk in chunks for result in await chunk.settled()]

    def accept(self, item: Parsed, bearer: Identity) -> PendingResults:
        """Accept the event of a message, without waiting for the log."""
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
        results: list[Result] = []
        records: list[NewRecord] = []
        events: list[Event] = []
        indexes: list[int] = []
        changes: set[int] = set()
        for index, item in enumerate(items):
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
        return PendingResults(results, indexes, events, outcome, changes, bearer.gym_id, receipt, self._configuration)


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
