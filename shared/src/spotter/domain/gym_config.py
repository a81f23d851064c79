"""A gym's configuration by version: each record of `config.v1` makes the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from spotter.domain.events.envelope import Event
from spotter.domain.events.people import ExerciseAdded, PolicyUpdated
from spotter.domain.exercises import Catalogue, Exercise, builtin_catalogue
from spotter.domain.policies import Layer, OnDay, Policy, Programme, effective, on_day
from spotter.domain.weeks import WeekStart


class ConfigPending(LookupError):
    """A requested version has not been read yet: read on, then ask again."""


@dataclass(frozen=True, slots=True)
class GymConfig:
    """A gym's catalogue and policies as of one version of its configuration."""

    version: int
    catalogue: Catalogue
    policy: Policy
    """Policy of a lifter without a team on a day outside every block."""
    time_zone: str
    week_start: WeekStart
    programme: Programme = field(default_factory=Programme)
    teams: Mapping[str, Programme] = field(default_factory=dict)

    def on_day(self, lifter: Programme, team: str | None, day: date) -> OnDay:
        """Return the policy of a lifter on a local day; a team without a policy adds nothing."""
        of_team = None if team is None or team not in self.teams else (team, self.teams[team])
        return on_day(self.programme, of_team, lifter, day)


class Configuration:
    """Everything read so far from `config.v1`; past versions never change."""

    def __init__(self) -> None:
        self._records: dict[str, list[Event]] = {}
        self._resolve = lru_cache(maxsize=1024)(self._resolved)

    def apply(self, event: Event) -> int:
        """Apply a gym's next record and return its version."""
        records = self._records.setdefault(event.data.gym_id or "", [])
        records.append(event)
        return len(records)

    def version(self, gym_id: str) -> int:
        """Return how many records of a gym have been read."""
        return len(self._records.get(gym_id, ()))

    def gym(self, gym_id: str, version: int | None) -> GymConfig:
        """Return a gym's configuration as of `version` (None or 0: as shipped).

        Raises ConfigPending if `version` has not been read yet.
        """
        version = version or 0
        if version > self.version(gym_id):
            raise ConfigPending(f"configuration {version} of gym {gym_id}: {self.version(gym_id)} read so far")
        return self._resolve(gym_id, version)

    def _resolved(self, gym_id: str, version: int) -> GymConfig:
        changes = [event.data for event in self._records.get(gym_id, [])[:version]]
        layers = [data for data in changes if isinstance(data, PolicyUpdated)]
        added = [Exercise.model_validate(data.model_dump()) for data in changes if isinstance(data, ExerciseAdded)]
        zones = [layer.time_zone for layer in layers if layer.time_zone]
        starts: list[WeekStart] = [layer.week_start for layer in layers if layer.week_start]
        programme, teams = Programme(), dict[str, Programme]()
        for data in layers:
            if data.team is None:
                programme = programme.with_layer(data, data.block)
            else:
                teams[data.team] = teams.get(data.team, Programme()).with_layer(data, data.block)
        return GymConfig(
            version=version,
            catalogue=builtin_catalogue().extended(added),
            policy=effective([Layer("gym", programme.values)]).policy,
            time_zone=zones[-1] if zones else "UTC",
            week_start=starts[-1] if starts else "monday",
            programme=programme,
            teams=teams,
        )
