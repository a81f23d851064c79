"""Risk classes of exercises: what each allows near failure, and what it costs.

A new class is a name in `Risk` and a row in `RISKS`; a policy's `late_cost` and `early_cost` need its price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

Risk = Literal["high_risk", "compound", "isolation", "machine", "bodyweight", "band"]
"""What a set at failure risks. A load hung on a bodyweight exercise makes it a compound."""


@dataclass(frozen=True, slots=True)
class RiskTraits:
    """What holds for every exercise of one risk class."""

    exercises: str
    """Which exercises are of it, and what it allows, as the reference says it."""
    rule_ids: tuple[str, ...]
    """The rules that make it a class of its own."""
    high_risk: bool = False
    """Never to failure by advice (R02, R18); failure by mishap costs `high_risk_factor`."""
    compound: bool = False
    """Its muscle groups recover for `recovery_hours_compound` (R11)."""
    finisher: bool = False
    """May go to failure on its last set (R04)."""
    early_failure: bool = False
    """May go to failure before its last set, too (R05)."""
    single_joint: bool = False
    """May go to failure short of time, against a plateau, at a block's end, or as planned in a deload (R12, R14, R17)."""
    all_out: bool = False
    """Every set may be all-out in a high-intensity block (R13)."""
    cheap_amrap: bool = False
    """Sets for as many reps as possible cost `cheap_factor` (R06)."""


RISKS: Final[Mapping[str, RiskTraits]] = MappingProxyType(
    {
        "high_risk": RiskTraits(
            "Barbell squats, deadlifts, bench and overhead presses, rows; Olympic lifts: never to failure by advice.",
            ("R02", "R03"),
            high_risk=True,
            compound=True,
        ),
        "compound": RiskTraits(
            "Other free-weight compounds, and bodyweight exercises with a load.", ("R01",), compound=True
        ),
        "isolation": RiskTraits(
            "One joint, free weights and cables: to failure on the last set, within the budget.",
            ("R04",),
            finisher=True,
            single_joint=True,
            all_out=True,
        ),
        "machine": RiskTraits(
            "Guided motion, pulldowns and cable rows: to failure within the budget.",
            ("R04", "R05"),
            finisher=True,
            early_failure=True,
            all_out=True,
        ),
        "bodyweight": RiskTraits(
            "Cheap in sets for as many reps as possible.", ("R06",), all_out=True, cheap_amrap=True
        ),
        "band": RiskTraits("Cheap in sets for as many reps as possible.", ("R06",), all_out=True, cheap_amrap=True),
    }
)
if RISKS.keys() != set(get_args(Risk)):
    raise ValueError(f"risk classes without a row, or rows without a class: {RISKS.keys() ^ set(get_args(Risk))}")
