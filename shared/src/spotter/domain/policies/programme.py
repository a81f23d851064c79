"""The programme of a gym, a team or a lifter: values for every day, training blocks, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from spotter.domain.event_types import Part, ShortText
from spotter.domain.policies.fields import SessionFields, merged, values_in
from spotter.domain.policies.layers import Layer, LayerName

BlockKind = Literal["accumulate", "intensify", "deload", "high_intensity"]
SessionMode = Literal["normal", "time_pressed"]
BLOCK_DAYS_MAX: Final = 400
BLOCKS_MAX: Final = 40
"""Blocks of one gym, team or lifter that are kept; beyond that, those that end first are dropped."""
SESSIONS_KEPT: Final = 8
"""Days with a session that are kept: uploads of the last days still find theirs."""
LAST_WEEK: Final = timedelta(days=7)

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})]


class BlockSaid(Part):
    """A block of the training calendar, by its local days, both included. One with the same name replaces it."""

    name: ShortText
    kind: BlockKind
    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        days = {}
        for name in ("first_day", "last_day"):
            try:
                days[name] = date.fromisoformat(getattr(self, name))
            except ValueError:
                raise ValueError(f"{name}: {getattr(self, name)} is no day of the calendar") from None
        if days["last_day"] < days["first_day"]:
            raise ValueError(f"last_day: {self.last_day} lies before first_day, {self.first_day}")
        if (days["last_day"] - days["first_day"]).days >= BLOCK_DAYS_MAX:
            raise ValueError(f"last_day: a block has at most {BLOCK_DAYS_MAX} days: split it")
        return self


@dataclass(frozen=True, slots=True)
class Block:
    """A block, and the policy values for its days."""

    name: str
    kind: BlockKind
    first_day: str
    """ISO date, in the lifter's zone, like `last_day`; both belong to the block."""
    last_day: str
    said: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the block."""
        return self.first_day <= day.isoformat() <= self.last_day

    def in_last_week(self, day: date) -> bool:
        """Return whether a day is one of the block's last seven.

        >>> Block("a", "intensify", "2026-01-05", "2026-02-01").in_last_week(date(2026, 1, 26))
        True
        """
        return self.holds(day) and day > date.fromisoformat(self.last_day) - LAST_WEEK


@dataclass(frozen=True, slots=True)
class Session:
    """Mode and policy values of a session; they apply on its day."""

    day: str
    mode: SessionMode = "normal"
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Programme:
    """Policy values, blocks and sessions of a gym, a team or a lifter."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """They apply on every day."""
    blocks: tuple[Block, ...] = ()
    """In the order in which they were set."""
    sessions: tuple[Session, ...] = ()
    """By day."""

    def with_layer(self, layer: SessionFields, block: BlockSaid | None = None) -> Programme:
        """Merge a layer into the values for every day, or into those of a block."""
        values = values_in(layer)
        if block is None:
            return replace(self, values=merged(self.values, values))
        before = next((other.said for other in self.blocks if other.name == block.name), {})
        new = Block(block.name, block.kind, block.first_day, block.last_day, merged(before, values))
        kept = [other for other in self.blocks if other.name != block.name]
        if len(kept) >= BLOCKS_MAX:
            kept.remove(min(kept, key=lambda other: other.last_day))
        return replace(self, blocks=(*kept, new))

    def with_session(self, session: Session) -> Programme:
        """Add a session; it replaces an earlier one of its day."""
        others = [other for other in self.sessions if other.day != session.day]
        by_day = sorted([*others, session], key=lambda session: session.day)
        return replace(self, sessions=tuple(by_day[-SESSIONS_KEPT:]))

    def block_on(self, day: date) -> Block | None:
        """Return the block that a day lies in; of several the one set last."""
        return next((block for block in reversed(self.blocks) if block.holds(day)), None)

    def session_on(self, day: date) -> Session | None:
        """Return the session of a day."""
        return next((session for session in self.sessions if session.day == day.isoformat()), None)


@dataclass(frozen=True, slots=True)
class OnDay:
    """What applies to a lifter on one day."""

    layers: tuple[Layer, ...]
    """Lowest first, over what ships."""
    block: Block | None
    last_week: bool
    """Of the block."""
    mode: SessionMode


def on_day(gym: Programme, team: tuple[str, Programme] | None, lifter: Programme, day: date) -> OnDay:
    """Return what applies to a lifter on a local day: layers in their order, block, mode of the session.

    The lifter's own block comes before the team's, and that before the gym's.
    """
    levels: list[tuple[LayerName, str | None, Programme]] = [("gym", None, gym), ("lifter", None, lifter)]
    if team is not None:
        levels.insert(1, ("team", *team))
    layers = [Layer(name, programme.values, called) for name, called, programme in levels if programme.values]
    lifter_first = (programme.block_on(day) for _, _, programme in reversed(levels))
    block = next((block for block in lifter_first if block is not None), None)
    blocks = (training for _, _, programme in levels for training in programme.blocks if training.holds(day))
    layers += [Layer("block", training.said, training.name) for training in blocks if training.said]
    session = lifter.session_on(day)
    if session is not None and session.said:
        layers.append(Layer("session", session.said))
    return OnDay(
        layers=tuple(layers),
        block=block,
        last_week=block is not None and block.in_last_week(day),
        mode="normal" if session is None else session.mode,
    )
