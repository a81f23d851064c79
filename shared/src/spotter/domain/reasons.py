"""Why failure is or is not allowed in a set: one row for each reason, in the words of plans and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

Reason = Literal[
    "unknown", "unspotted", "high_risk", "pain", "as_many", "test", "warmup", "technique", "beginner",
    "last_set", "machine", "all_out", "time_pressed", "plateau", "block_end", "planned", "paid",
    "hard_share", "recovering", "deload", "signs", "budget_spent", "muscle_spent", "block", "not_last", "asked", "plain",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReasonText:
    """One reason in words."""

    plan: str
    """In the plan's sentence: what the set is, a whole sentence where failure is allowed, else why it is not."""
    without: str | None = None
    """What would have taken the reason away; None: nothing, or it depends on the lifter's numbers."""
    kind: Literal["offer", "refusal"] | None = None
    """`offer`: makes room for failure; `refusal`: keeps from failure a set that could otherwise go there."""


_OTHER_TARGET: Final = "With another target asked for in this set (target_rir)"
REASONS: Final[Mapping[str, ReasonText]] = MappingProxyType(
    {
        "as_many": ReasonText("As many clean reps as you can"),
        "test": ReasonText("Test set"),
        "warmup": ReasonText("Warm-up"),
        "technique": ReasonText("Technique"),
        "last_set": ReasonText(
            "Last set: you may go to failure.", "As another set than the last of its exercise", "offer"
        ),
        "machine": ReasonText(
            "Safe machine: you may go to failure.", "On free weights instead of a guided machine", "offer"
        ),
        "all_out": ReasonText("All-out block: you may go to failure.", "Outside of the high-intensity block", "offer"),
        "time_pressed": ReasonText(
            "Short of time: one all-out set, you may go to failure.", "In a session that is not short of time", "offer"
        ),
        "plateau": ReasonText(
            "Against the plateau: you may go to failure.", "With progress on this exercise in the last weeks", "offer"
        ),
        "block_end": ReasonText(
            "Last week of the block: you may go to failure.", "In an earlier week of the block", "offer"
        ),
        "planned": ReasonText("Planned in the deload: you may go to failure.", _OTHER_TARGET),
        "paid": ReasonText("You may go to failure, as you asked.", _OTHER_TARGET),
        "unknown": ReasonText("unknown exercise, nobody knows the risk"),
        "unspotted": ReasonText("nobody is spotting you", "With somebody spotting, or safeties set (spotter_present)"),
        "high_risk": ReasonText("never on this lift"),
        "pain": ReasonText("a joint that it loads hurts", kind="refusal"),
        "beginner": ReasonText("learn the lift first", "With enough sessions logged, or a coach who says intermediate"),
        "hard_share": ReasonText("too many hard sets lately", kind="refusal"),
        "recovering": ReasonText("this muscle still recovers", kind="refusal"),
        "deload": ReasonText("this is a deload week", "Outside of the deload block", "refusal"),
        "signs": ReasonText("signs of too much, so less room", kind="refusal"),
        "block": ReasonText(
            "the block's last week is for that", "In the last week of the block, or as the last set", "refusal"
        ),
        "budget_spent": ReasonText("too little budget left", kind="refusal"),
        "muscle_spent": ReasonText("this muscle had enough this week", kind="refusal"),
        "not_last": ReasonText("only on the last set", "As the last set of this exercise (is_last_set)", "refusal"),
        "asked": ReasonText("as planned", _OTHER_TARGET),
        "plain": ReasonText("most sets stop there"),
    }
)
if REASONS.keys() != set(get_args(Reason)):
    raise ValueError(f"reasons without a row, or rows without a reason: {REASONS.keys() ^ set(get_args(Reason))}")
