"""The counts of a season; figures of several lifters add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from lab.ledger_oracle import published, recompute
from lab.season.gym import Lane
from lab.season.referee import Referee, round_half_up
from lab.season.training import SeasonLifter, SeasonSet
from spotter.domain.exercises import builtin_catalogue
from spotter.domain.gym_config import Configuration
from spotter_advisor.state.records import LEDGER, Ledger

INFORMED: Final = 8
"""The least number of learned sets of an exercise with which a lifter counts as informed."""
NEAR: Final = 1
"""The most reps between target and end of a set that ended near its target."""
_REMARKS_MAX: Final = 200
_COSTS: Final = {0: 1.0, 1: 0.5}
_NOISE: Final = 1e-6


@dataclass(slots=True)
class Figures:
    """Counts by name, and remarks about errors."""

    counts: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    """Hundredths of units of the failure budget, by purpose."""
    remarks: list[str] = field(default_factory=list)

    def __add__(self, other: Figures) -> Figures:
        remarks = (self.remarks + other.remarks)[:_REMARKS_MAX]
        return Figures(self.counts + other.counts, self.units + other.units, remarks)

    def share(self, part: str, whole: str) -> float:
        """Return one count as a share of another; 0 if that is 0."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0


def figures_of(lifter: SeasonLifter, lane: Lane, referee: Referee, configuration: Configuration) -> Figures:
    """Count one lifter's season."""
    figures = Figures()
    count = figures.counts
    count["lifters"] += 1
    count["lifters with a calendar"] += bool(lifter.person.blocks)
    count["lifters with a habit"] += lifter.person.habit is not None
    count["lifters who moved"] += lifter.person.moves_in is not None
    if lifter.person.level in (None, "beginner"):
        count["beginners"] += 1
        count["beginners who became intermediate"] += not referee.is_beginner()
    for event, reject in lane.refused:
        count[f"refused: {reject.reason}"] += 1
        figures.remarks.append(f"{lane.name}: {event.type} refused: {reject.detail}")
    for lifted_set in lifter.sets:
        _count_set(figures, lane.name, lifted_set, referee)
        _count_aim(count, lifted_set, lifter.person.calls)
    _count_weeks(figures, lane.name, lifter, referee)
    _check_ledger(figures, lane, configuration)
    return figures


def _count_set(figures: Figures, name: str, lifted_set: SeasonSet, referee: Referee) -> None:
    count, ruling = figures.counts, referee.rulings[lifted_set.set_key]
    count["sets"] += 1
    count["reps"] += lifted_set.done
    count[f"sets in {ruling.block or 'no block'}"] += 1
    count["time-pressed sets"] += lifted_set.mode == "time_pressed"
    if lifted_set.intent != "work":
        return
    count["work sets"] += 1
    summary = referee.summaries.get(lifted_set.set_key)
    if summary is None:
        figures.remarks.append(f"{name}: set {lifted_set.set_key} was never summarised")
        return
    hard = summary.rir_end is not None and (summary.failed or round_half_up(summary.rir_end) <= 1)
    count["hard sets"] += hard
    count["hard sets by advice"] += hard and ruling.spends
    count["work sets after 20 in 4 weeks"] += ruling.counted
    count["hard sets by advice after 20 in 4 weeks"] += ruling.counted and hard and ruling.spends
    count["sets that may fail"] += ruling.spends
    count["offers owed"] += ruling.owed
    count["offers made"] += ruling.owed and ruling.spends
    if ruling.owed and not ruling.spends:
        count["offers not made"] += 1
        figures.remarks.append(
            f"{name}: {lifted_set.exercise} at {lifted_set.opened_at:%Y-%m-%d}: no offer, though {_why(lifted_set)}"
        )
    for breach in ruling.breaches:
        count[f"breach: {breach}"] += 1
        figures.remarks.append(
            f"{name}: {lifted_set.exercise} at {lifted_set.opened_at:%Y-%m-%d %H:%M}: {breach}, and yet {_why(lifted_set)}"
        )
    count["sets stopped in time"] += lifted_set.stop_after is not None


def _count_aim(count: Counter[str], lifted_set: SeasonSet, calls: float) -> None:
    """Count how near to its target a set ended in which the lifter followed the advice, by group."""
    target = lifted_set.plan.target_rir
    if not lifted_set.obedient or target is None or lifted_set.intent != "work":
        return
    risk = builtin_catalogue().get(lifted_set.exercise).risk
    experience = "informed" if lifted_set.learned_sets >= INFORMED else "new"
    near = abs(lifted_set.rir - target) <= NEAR
    for group in (
        experience,
        f"{experience}, {risk}",
        f"{experience}, calls {calls:.0%}",
        f"{experience}, target {target}",
    ):
        count[f"follows ({group})"] += 1
        count[f"near target ({group})"] += near
        count[f"too far ({group})"] += lifted_set.rir < target - NEAR
        count[f"too early ({group})"] += lifted_set.rir > target + NEAR


def _count_weeks(figures: Figures, name: str, lifter: SeasonLifter, referee: Referee) -> None:
    """Check the cost by advice of each week against its budget; mishaps are counted separately."""
    by_advice: defaultdict[object, float] = defaultdict(float)
    allowed: defaultdict[object, float] = defaultdict(float)
    entries = referee.entries
    for lifted_set in lifter.sets:
        ruling, entry = referee.rulings[lifted_set.set_key], entries.get(lifted_set.set_key)
        allowed[ruling.week] = max(allowed[ruling.week], ruling.allowed)
        if entry is None:
            continue
        target = lifted_set.plan.target_rir
        advised = min(entry.cost, _COSTS[target]) if ruling.spends and target is not None else 0.0
        by_advice[ruling.week] += advised
        figures.units["by advice"] += round(100 * advised)
        figures.units["by mishap"] += round(100 * (entry.cost - advised))
    for week, spent in by_advice.items():
        figures.counts["weeks with failure by advice"] += spent > 0
        if spent > allowed[week] + _NOISE:
            figures.counts["weeks over budget by advice"] += 1
            figures.remarks.append(f"{name}: {spent:g} spent by advice of {allowed[week]:g} in {week}")


def _check_ledger(figures: Figures, lane: Lane, configuration: Configuration) -> None:
    anew = recompute(lane.story, configuration)
    if anew != published(lane.published):
        figures.counts["ledgers that differ from recomputation"] += 1
        figures.remarks.append(f"{lane.name}: the published ledger differs from its recomputation")
    ledger = lane.advisor.get(LEDGER)
    kept = ledger.entries if isinstance(ledger, Ledger) else ()
    if any(anew.get(entry.set_key) != entry for entry in kept):
        figures.counts["ledgers that differ from recomputation"] += 1
        figures.remarks.append(f"{lane.name}: the stored ledger differs from its recomputation")
    figures.counts["ledger entries"] += len(anew)


def _why(lifted_set: SeasonSet) -> str:
    return f"the plan was: {lifted_set.plan.sentence} ({', '.join(lifted_set.plan.rule_ids)})"
