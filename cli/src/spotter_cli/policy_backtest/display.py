"""Prints a comparison as a table or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spotter_cli.policy_backtest.comparison import Comparison, SetAdvice, SetComparison


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the advice of each set under both policies, then the totals."""
    console.print(trust(comparison), markup=False)
    table = Table(title="Advice then, and under the trial policy", title_justify="left", header_style="bold")
    for name in ("lifter", "day (UTC)", "exercise"):
        table.add_column(name, overflow="fold")
    for name in ("reps", "target", "trial", "stop at", "trial", "units", "trial"):
        table.add_column(name, justify="right")
    table.add_column("plan, if it differs", overflow="fold")
    for lifted_set in comparison.sets:
        table.add_row(*_row(lifted_set), style="" if lifted_set.differs else "dim")
    console.print(table)
    for line in _sums(comparison):
        console.print(line, markup=False)


def print_json(comparison: Comparison) -> None:
    """Print the comparison as one JSON object."""
    document = {**asdict(comparison), "faithful": comparison.faithful, "totals": totals(comparison)}
    for shown, lifted_set in zip(document["sets"], comparison.sets, strict=True):
        shown["differs"] = lifted_set.differs
    print(json.dumps(document, ensure_ascii=False, default=str))


def trust(comparison: Comparison) -> str:
    """Describe how faithful the replay is."""
    if comparison.rules_then:
        versions = ", ".join(comparison.rules_then)
        return (
            f"The rules have changed since (then {versions}): 'then' is the advice of today's rules under the original policy; "
            f"{comparison.advice_same} of {comparison.advice_known} pieces of advice are the same."
        )
    if comparison.faithful:
        return f"The replay reproduces all {comparison.advice_known} pieces of advice."
    return (
        f"Caution: the replay reproduces only {comparison.advice_same} of {comparison.advice_known} pieces of advice, "
        "because the log does not reach back to the beginning."
    )


def totals(comparison: Comparison) -> dict[str, float]:
    """Return the totals of a comparison."""
    return {
        "sets": len(comparison.sets),
        "sets_that_differ": sum(lifted_set.differs for lifted_set in comparison.sets),
        "stopped_earlier": sum(_earlier(lifted_set.now, lifted_set.then) for lifted_set in comparison.sets),
        "stopped_later": sum(_earlier(lifted_set.then, lifted_set.now) for lifted_set in comparison.sets),
        "may_fail_then": sum(lifted_set.then.target == 0 for lifted_set in comparison.sets),
        "may_fail_now": sum(lifted_set.now.target == 0 for lifted_set in comparison.sets),
        "units_then": round(sum(lifted_set.then.cost for lifted_set in comparison.sets), 6),
        "units_now": round(sum(lifted_set.now.cost for lifted_set in comparison.sets), 6),
    }


def _sums(comparison: Comparison) -> list[str]:
    of = totals(comparison)
    lines = [
        f"{of['sets']:g} sets since {comparison.since:%Y-%m-%d %H:%M} UTC; {of['sets_that_differ']:g} would get other advice: "
        f"stop earlier in {of['stopped_earlier']:g}, later in {of['stopped_later']:g}.",
        f"Allowed to fail: {of['may_fail_then']:g} then, {of['may_fail_now']:g} in the trial. "
        f"Units spent: {of['units_then']:g} then, {of['units_now']:g} in the trial, for the reps that were done.",
    ]
    if len(lifters := Counter(lifted_set.athlete_id for lifted_set in comparison.sets)) > 1:
        lines.append(f"{len(lifters)} lifters; --athlete shows one of them.")
    return lines


def _earlier(advice: SetAdvice, other: SetAdvice) -> bool:
    return advice.stop_after is not None and (other.stop_after is None or advice.stop_after < other.stop_after)


def _row(compared: SetComparison) -> tuple[str | Text, ...]:
    then, now = compared.then, compared.now
    plan = "" if then.plan == now.plan else f"{then.plan} → {now.plan}"
    return (
        compared.athlete_id,
        f"{compared.at:%Y-%m-%d %H:%M}",
        compared.exercise,
        str(compared.reps),
        _number(then.target),
        _changed(_number(then.target), _number(now.target)),
        _number(then.stop_after),
        _changed(_number(then.stop_after), _number(now.stop_after)),
        f"{then.cost:g}",
        _changed(f"{then.cost:g}", f"{now.cost:g}"),
        Text(plan),
    )


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)


def _changed(then: str, now: str) -> Text:
    return Text("=", style="dim") if then == now else Text(now, style="bold")
