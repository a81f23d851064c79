"""The rules of a set: where *stop* is said, what nobody goes under, whether failure is allowed, and why.

What each rule says, and their precedence: `spotter.domain.rules`. Rules that know a limit state it as a `Bound`; the
highest bound is the target, and of equal bounds the rule that comes first decided. `failure_offers` says where failure
has a place, `failure_limits` what speaks against it, `set_terms` puts them together.

Floors and their order are a design choice on the side of safety; what failure gains and costs: Refalo et al. 2023,
Robinson et al. 2024, Morán-Navarro et al. 2017.
"""

from __future__ import annotations

from spotter_advisor.rules.set_terms import judge, terms_of
from spotter_advisor.state.terms import (
    HIGH_RISK_FLOOR,
    HIGH_RISK_TARGET,
    PAID_BELOW,
    Bound,
    Case,
    Judged,
    Terms,
)

__all__ = [
    "HIGH_RISK_FLOOR",
    "HIGH_RISK_TARGET",
    "PAID_BELOW",
    "Bound",
    "Case",
    "Judged",
    "Terms",
    "judge",
    "terms_of",
]
