"""R10: what belongs together is one exposure, priced and counted once, by its hardest part.

The two sides of a one-armed exercise, a drop set, a cluster or a rest-pause set may be sets of their own. Each has what it
would cost and say by itself; from these alone follows what each does cost and say, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spotter_advisor.state.history import SetFacts
from spotter_advisor.state.records import LedgerEntry


def shared_prices(prices: Sequence[LedgerEntry | None], exposure: str, day: str) -> list[LedgerEntry | None]:
    """Return the entries of an exposure's parts, in order of time, by what each costs by itself.

    The hardest one pays, of equals the first; the exposure is one of the local day on which it began.
    """
    most = max((price.cost for price in prices if price is not None), default=0.0)
    payer = next((at for at, price in enumerate(prices) if price is not None and price.cost == most), None)
    return [
        None if price is None else replace(_paid(price, pays=at == payer), exposure=exposure, day=day)
        for at, price in enumerate(prices)
    ]


def shared_facts(facts: Sequence[SetFacts | None], day: str) -> list[SetFacts | None]:
    """Return what an exposure's parts, in order of time, add to the history, by what each says by itself.

    The hardest one counts; only the first was begun rested, so that its first velocity shows how the lifter is.
    """
    counting = min(
        (at for at, part in enumerate(facts) if part is not None and part.counted),
        key=lambda at: _reserve(facts[at]),
        default=None,
    )
    return [
        None if part is None else replace(_counted(part, counts=at == counting, rested=at == 0), day=day)
        for at, part in enumerate(facts)
    ]


def _paid(price: LedgerEntry, *, pays: bool) -> LedgerEntry:
    return price if pays else replace(price, cost=0.0, muscles={}, rest_h=0)


def _counted(part: SetFacts, *, counts: bool, rested: bool) -> SetFacts:
    if not counts:
        part = replace(part, counted=False, hard=False, easy=False, excused=False)
    return part if rested else replace(part, offset=None, spread=None)


def _reserve(part: SetFacts | None) -> int:
    """Rank a part by how far from failure it ended."""
    if part is None or part.hard:
        return 0
    return 2 if part.easy or part.excused else 1
