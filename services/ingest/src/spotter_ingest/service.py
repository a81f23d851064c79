"""Takes what was read, event by event, has it written, and says what became of each."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence, Set
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from spotter.domain.events import Event, encode
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.domain.topics import CONFIG, LIFTS
from spotter.http import Problem
from spotter.http.envelope_fields import ID_CHARACTERS_MAX
from spotter.http.metrics import EVENTS_IN
from spotter.http.tokens import Identity
from spotter.streaming.log import LogUnavailable, NewRecord
from spotter_ingest.batch_writer import Outcome, Writer
from spotter_ingest.body_parser import Parsed
from spotter_ingest.disconnects import RunningSets
from spotter_ingest.quotas import EventQuotas
from spotter_ingest.validation import Receipt, take

log = logging.getLogger(__name__)

CHUNK_EVENTS: Final = 100
"""Events taken in one go, which is 2 to 3 ms; between two goes others get their turn."""
READ_BACK_S: Final = 1.0
"""How long the answer to a change of the configuration waits until the next event is stamped with it."""
_LOOK_EVERY_S: Final = 0.002

Status = Literal["accepted", "duplicate", "refused"]
_COUNTERS: Final = {status: EVENTS_IN.labels(status) for status in get_args(Status)}


@record(frozen=True, slots=True)
class Result:
    """What became of one event."""

    id: str | None
    status: Status
    problem: Problem | None = None
    warning: str | None = None

    def document(self) -> dict[str, object]:
        """Give the result as it is sent."""
        document: dict[str, object] = {"id": self.id, "status": self.status}
        if self.problem is not None:
            document["problem"] = self.problem.document()
        if self.warning is not None:
            document["warning"] = self.warning
        return document


@record(frozen=True, slots=True)
class Pending:
    """Results of events in the order sent, those of `places` as long as writing them goes well."""

    results: list[Result]
    places: Sequence[int]
    events: Sequence[Event]
    """Those of `places`."""
    outcome: asyncio.Future[Outcome]
    changes: Set[int]
    """Places of those that change the gym's configuration."""
    gym_id: str
    receipt: Receipt
    configuration: Configuration

    async def settled(self) -> list[Result]:
        """Wait for the log, then say what became of each event; raises what ended the log's writing unexpectedly."""
        outcome = await self.outcome
        if isinstance(outcome, LogUnavailable):
            for place in self.places:
                self.results[place] = Result(self.results[place].id, "refused", _not_written())
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            for place, written in zip(self.places, outcome, strict=True):
                if not written:
                    self.results[place] = replace(self.results[place], status="duplicate")
            new = sum(written for place, written in zip(self.places, outcome, strict=True) if place in self.changes)
            if new:
                await self._read_back(self.receipt.configversion + new)
        for status, count in Counter([result.status for result in self.results]).items():
            _COUNTERS[status].inc(count)
        return self.results

    async def _read_back(self, version: int) -> None:
        """Wait until what is sent after this answer follows the change; what is written holds in any case."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + READ_BACK_S
        while self.configuration.version(self.gym_id) < version:
            if loop.time() > until_s:
                log.warning("a change of the configuration was written, but not read back within %g s", READ_BACK_S)
                return
            await asyncio.sleep(_LOOK_EVERY_S)


class Intake:
    """The way from what was read to what is written."""

    def __init__(
        self,
        writer: Writer,
        configuration: Configuration,
        quotas: EventQuotas,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._writer = writer
        self._configuration = configuration
        self._quotas = quotas
        self._clock = clock
        self._new_id = new_id

    async def take_all(self, items: Sequence[Parsed], bearer: Identity) -> list[Result]:
        """Take the events of a request; gives their results once they are written."""
        granted = self._quotas.take(bearer.token_id, len(items))
        receipt = self._receipt(bearer)
        chunks: list[Pending] = []
        for first in range(0, len(items), CHUNK_EVENTS):
            if chunks:
                await asyncio.sleep(0)
            chunk = items[first : first + CHUNK_EVENTS]
            chunks.append(self._take(chunk, bearer, receipt, granted - first))
        return [result for chunk in chunks for result in await chunk.settled()]

    def take_one(self, item: Parsed, bearer: Identity) -> Pending:
        """Take the event of a message, without waiting for the log."""
        return self._take([item], bearer, self._receipt(bearer), self._quotas.take(bearer.token_id, 1))

    async def lose(self, lifting: RunningSets, bearer: Identity, *, cleanly: bool) -> None:
        """Write that the devices of running sets are gone; where the log does not answer, all of it is silent anyhow."""
        receipt = self._receipt(bearer)
        lost = lifting.lost(receipt.at, receipt.configversion, cleanly=cleanly)
        outcome = await self._writer.submit(
            [
                NewRecord(LIFTS, athlete_key(bearer.gym_id, str(one.data.athlete_id)), encode(one), event=one)
                for one in lost
            ]
        )
        if isinstance(outcome, Exception):
            log.warning("%d devices are gone, which could not be written: %s", len(lost), outcome)

    def _receipt(self, bearer: Identity) -> Receipt:
        version = self._configuration.version(bearer.gym_id)
        catalogue = self._configuration.gym(bearer.gym_id, version).catalogue
        return Receipt(self._clock(), version, catalogue, self._new_id)

    def _take(self, items: Sequence[Parsed], bearer: Identity, receipt: Receipt, granted: int) -> Pending:
        results: list[Result] = []
        records: list[NewRecord] = []
        events: list[Event] = []
        places: list[int] = []
        changes: set[int] = set()
        for place, item in enumerate(items):
            try:
                if place >= granted:
                    raise self._quotas.refusal(bearer.token_id)
                if isinstance(item, Problem):
                    raise item
                taken = take(item, bearer, receipt)
            except Problem as problem:
                results.append(Result(_sent_id(item), "refused", problem))
            else:
                results.append(Result(taken.event.id, "accepted", None, taken.warning))
                records.append(taken.record)
                events.append(taken.event)
                places.append(place)
                if taken.record.topic == CONFIG:
                    changes.add(place)
        outcome = self._writer.submit(records)
        return Pending(results, places, events, outcome, changes, bearer.gym_id, receipt, self._configuration)


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
