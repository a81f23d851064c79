"""The rules of a set: where *stop* is said, what nobody goes under, whether failure is allowed, and why.

Each rule has an id that advice names. Rules that know a limit state it as a `Bound`; the highest bound is the target,
and of equal bounds the rule that comes first in `ORDER` decided. `offers` says where failure has a place, `limits` what
speaks against it, `terms` puts them together.

| id  | rule |
| --- | --- |
| R01 | Work sets stop with two reps in reserve; less is a choice that is paid from the weekly budget. |
| R02 | High-risk lifts never go to failure by advice: floor one rep, target two or more. |
| R03 | Without a needed spotter one more: floor two, target three. |
| R04 | Isolation and machine exercises may go to failure on their last set, when the budget allows it. |
| R05 | Machines may do so not only on their last set. |
| R06 | Sets of bodyweight and bands for as many reps as possible cost a quarter. |
| R07 | Sets for as many reps as possible and tests are stopped for safety alone. |
| R08 | Beginners keep three reps in reserve and have no budget. |
| R09 | Too many hard sets in 28 days: nothing is spent until their share is back. |
| R10 | A week has a budget of failure, in all and by muscle group. |
| R11 | After failure a muscle group is closed to it until it has recovered. |
| R12 | Blocks place failure: none in a deload but what is planned, late in an accumulation, all in its last week. |
| R13 | In a high-intensity block every work set may be all-out; then the muscle group rests for days. |
| R14 | Short of time, one all-out isolation set may stand for several. |
| R15 | Warning signs shrink the budget (see `spotter_advisor.warnings`); a joint that hurts ends failure on what loads it, at once. |
| R17 | A plateau on an isolation exercise, and no warning signs: one set may go to failure. |
| R18 | A breakdown of form stops high-risk lifts (see `spotter_advisor.planning.decision`). |
| R19 | Continue is silent, a stop is advice with a reason and is not taken back in its set. |

Floors and their order are a design choice on the side of safety; what failure gains and costs: Refalo et al. 2023,
Robinson et al. 2024, Morán-Navarro et al. 2017.
"""

from __future__ import annotations

from spotter_advisor.rules.set_terms import judge, terms_of
from spotter_advisor.state.precedence import ORDER, first_of, in_order
from spotter_advisor.state.terms import (
    HIGH_RISK_FLOOR,
    HIGH_RISK_TARGET,
    PAID_BELOW,
    Bound,
    Case,
    Judged,
    Reason,
    Terms,
)

__all__ = [
    "HIGH_RISK_FLOOR",
    "HIGH_RISK_TARGET",
    "ORDER",
    "PAID_BELOW",
    "Bound",
    "Case",
    "Judged",
    "Reason",
    "Terms",
    "first_of",
    "in_order",
    "judge",
    "terms_of",
]
