"""Reads what became of a lifter's events, through the public routes alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import httpx

Json = dict[str, Any]


class Reader:
    """What is to be read about a lifter at one moment; each route is asked once."""

    def __init__(self, http: httpx.Client, athlete_id: str, results: list[Json]) -> None:
        self._http = http
        self.athlete_id = athlete_id
        self.results = results
        """What ingest answered, event by event."""

    def other(self, who: str) -> Reader:
        """Return a reader of the situation's second lifter."""
        return Reader(self._http, f"{self.athlete_id}-{who}", self.results)

    def get(self, path: str, **query: str) -> Json:
        """Return what a route of the lifter answers; `{}` where there is nothing yet."""
        answer = self._http.get(path.format(athlete=self.athlete_id), params=query)
        if answer.status_code == 404:
            return {}
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def pages(self, path: str, name: str, **query: str) -> list[Json]:
        """Return all items of a list, whatever page they are on."""
        return list(self._pages(path, name, query))

    def _pages(self, path: str, name: str, query: dict[str, str]) -> Iterator[Json]:
        while True:
            page = self.get(path, **query)
            yield from page.get(name, [])
            if page.get("next_cursor") is None:
                return
            query = {**query, "cursor": page["next_cursor"]}

    @cached_property
    def sets(self) -> list[Json]:
        """All sets with what is in them, the first first."""
        listed = self.pages("/v1/sets", "sets", athlete_id=self.athlete_id)
        return [
            {**self.get(f"/v1/sets/{each['set_key']}", athlete_id=self.athlete_id), "opened_at": each["opened_at"]}
            for each in reversed(listed)
        ]

    @cached_property
    def weeks(self) -> list[Json]:
        """The lifter's weeks, the newest first."""
        return self.pages("/v1/athletes/{athlete}/weeks", "weeks")

    @cached_property
    def budget(self) -> Json:
        """The running week's budget."""
        return self.get("/v1/athletes/{athlete}/budget")

    @cached_property
    def rejected(self) -> list[Json]:
        """What was accepted and changed nothing."""
        return self.pages("/v1/athletes/{athlete}/rejected", "rejected")

    @cached_property
    def notices(self) -> list[Json]:
        """Notices after sessions."""
        return self.pages("/v1/athletes/{athlete}/notices", "notices")

    @property
    def newest(self) -> tuple[datetime, datetime]:
        """When the lifter felt somehow and when the budget changed, for the last time: a sign of each story."""
        felt = self.get("/v1/athletes/{athlete}/wellness", limit="1").get("reports", [])
        changes = self.get("/v1/athletes/{athlete}/budget/changes", limit="1").get("changes", [])
        return _time_of(felt), _time_of(changes)


def _time_of(items: list[Json]) -> datetime:
    return datetime.fromisoformat(items[0]["time"]) if items else datetime.min.replace(tzinfo=UTC)
