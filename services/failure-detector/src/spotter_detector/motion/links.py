"""What a search for cycles remembers: its rows, where they may be cut, and the chains of stretches between the cuts."""

from __future__ import annotations

from typing import Final

from spotter.domain.fast_dataclass import record

UNIT: Final = 1000.0
"""Rows and scores are whole thousandths, so that they are written and read exactly."""
NONE: Final = -1
NEVER: Final = -(10**9)
USUAL: Final = 600
"""What cycles that follow one another have in common, thousandths, where nothing is known of a chain (design choice)."""

Row = tuple[int, ...]


@record(frozen=True, slots=True)
class Link:
    """A stretch as the end of a chain: steps, the chain's score and the score before the chain began, in thousandths.

    `previous` is the index of the link before it, whether of the same chain or of an earlier one; `usual` is what this
    chain's cycles have in common, thousandths.
    """

    start: int
    end: int
    score: int
    floor: int
    cycles: int
    previous: int = NONE
    usual: int = USUAL


@record(frozen=True, slots=True)
class Cycle:
    """A counted cycle: its steps, and the step of the row with which it was counted."""

    start: int
    end: int
    counted: int


@record(frozen=True, slots=True)
class CycleSearch:
    """State of the search.

    Attributes
    ----------
    first : int
        Step of the first row kept.
    rows : tuple of rows
        Thousandths, up to the newest one.
    cuts : tuple of int
        Steps at which a stretch may start or end.
    links : tuple of Link
        If a cycle has been counted the first is it.
    template : tuple of int
        The resampled rows of the last counted cycle, flat; empty before the first.
    quick : bool
        It belongs to a set that had been started: small quick swings go on to be reps.
    began : int
        Step of the first row of the signal, or after a gap.
    """

    first: int = 0
    rows: tuple[Row, ...] = ()
    cuts: tuple[int, ...] = ()
    links: tuple[Link, ...] = ()
    template: tuple[int, ...] = ()
    quick: bool = False
    began: int = 0
