"""The state of each rack, from the events sent and the advice received. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spotter_cli.demo.gym import Gym

Json = Mapping[str, object]


@dataclass(slots=True)
class RackState:
    """The state of one rack."""

    station_id: str
    lifter: str = ""
    exercise: str = ""
    load_kg: float = 0.0
    set_id: str = ""
    lifting: bool = False
    velocities_mps: list[float] = field(default_factory=list)
    rir: tuple[float, float, float] | None = None
    """Reps left: median, and the ends of the 80 % band."""
    rir_after: int = 0
    """The number of the rep that `rir` refers to."""
    action: str = ""
    sentence: str = ""
    after_rep: int = 0


@dataclass(frozen=True, slots=True)
class RackAdvice:
    """Advice other than *continue*, with the set that it is about."""

    station_id: str
    lifter: str
    exercise: str
    load_kg: float
    after_rep: int
    action: str
    sentence: str
    rir: tuple[float, float, float] | None
    late: bool


class Board:
    """The state of all racks."""

    def __init__(self, gym: Gym) -> None:
        self.tiles = {rack.station_id: RackState(rack.station_id) for rack in gym.racks}
        self.counts: dict[str, int] = {}
        """Advice after a rep, by action; late advice is not counted."""
        self.estimates = 0
        self.heartbeat_s: float | None = None
        """When the last heartbeat arrived, by the caller's clock."""
        self.age_ms = 0
        self._names = {lifter.athlete_id: lifter.name for lifter in gym.lifters}
        self._by_set: dict[str, RackState] = {}

    def record_sent(self, event: Json) -> None:
        """Record an event that a rack has sent."""
        kind, data = event.get("type"), event.get("data")
        if not isinstance(data, Mapping):
            return
        set_id = str(data.get("set_id"))
        if kind == "spotter.set.started.v1":
            tile = self.tiles.get(str(data.get("station_id")))
            if tile is not None:
                self._by_set.pop(tile.set_id, None)
                self._by_set[set_id] = tile
                tile.set_id, tile.lifting = set_id, True
                tile.lifter = self._names.get(str(data.get("athlete_id")), str(data.get("athlete_id")))
                tile.exercise, tile.load_kg = str(data.get("exercise")), _number(data.get("load_kg"))
                tile.velocities_mps, tile.rir = [], None
                tile.action, tile.sentence, tile.after_rep = "", "", 0
        tile = self._by_set.get(set_id)
        if tile is None:
            return
        if kind == "spotter.rep.completed.v1":
            tile.velocities_mps.append(_number(data.get("mean_velocity_mps")))
        elif kind == "spotter.set.ended.v1":
            tile.lifting = False

    def receive(self, frame: Json, now_s: float) -> RackAdvice | None:
        """Record a frame of the advice socket; return advice other than *continue*."""
        beat = frame.get("heartbeat")
        if isinstance(beat, Mapping):
            self.heartbeat_s, self.age_ms = now_s, round(_number(beat.get("age_ms")))
            return None
        data = frame.get("data")
        if not isinstance(data, Mapping):
            return None
        tile = self._by_set.get(str(data.get("set_id")))
        if frame.get("type") == "spotter.effort.estimated.v1":
            self.estimates += 1
            if tile is not None:
                tile.rir = (_number(data.get("rir")), _number(data.get("rir_low")), _number(data.get("rir_high")))
                tile.rir_after = round(_number(data.get("rep_number")))
            return None
        if frame.get("type") != "spotter.advice.given.v1" or tile is None:
            return None
        return self._record_advice(tile, data)

    def _record_advice(self, tile: RackState, data: Json) -> RackAdvice | None:
        after_rep, action = round(_number(data.get("after_rep"))), str(data.get("action"))
        late = data.get("late") is True
        repeated = tile.after_rep == after_rep and tile.action == action
        if after_rep < tile.after_rep:
            return None
        tile.after_rep, tile.action, tile.sentence = after_rep, action, str(data.get("sentence", ""))
        if after_rep and not late and not repeated:
            self.counts[action] = self.counts.get(action, 0) + 1
        if action == "continue" or repeated:
            return None
        # Advice and estimates come from two topics, in any order
        rir = tile.rir if tile.rir_after == after_rep else None
        content = (tile.station_id, tile.lifter, tile.exercise, tile.load_kg, after_rep, action, tile.sentence, rir)
        return RackAdvice(*content, late)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
