"""Prints a comparison of two versions as a table or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from spotter_cli.upgrade.comparison import SetDifference, VersionComparison


def print_versions(comparison: VersionComparison, console: Console) -> None:
    """Print the totals, then the sets that differ most."""
    for line in lines(comparison):
        console.print(line, markup=False)
    if not comparison.most_different:
        return
    table = Table(title="Sets that differ most", title_justify="left", header_style="bold")
    for name in ("lifter", "set", "opened (UTC)", "exercise"):
        table.add_column(name, overflow="fold")
    for name in ("reps", "reps left ±", "stop at", "new", "failed", "new", "units", "new"):
        table.add_column(name, justify="right")
    for each in comparison.most_different:
        table.add_row(*_row(each))
    console.print(table)


def print_versions_json(comparison: VersionComparison) -> None:
    """Print the comparison as one JSON object."""
    print(json.dumps(asdict(comparison), ensure_ascii=False))


def lines(comparison: VersionComparison) -> list[str]:
    """Describe the totals in sentences."""
    then = ", ".join(comparison.old_versions) or "no model"
    alarms = (
        f"{comparison.alarms_earlier} earlier, {comparison.alarms_later} later, {comparison.alarms_new} new, "
        f"{comparison.alarms_gone} gone"
    )
    text = [
        f"{comparison.sets} sets, as published (by {then}) and by {comparison.new_version}:",
        f"  estimates   {comparison.reps_changed} of {comparison.reps} differ; by {comparison.rir_change_median:.2f} reps "
        f"left in the median, {comparison.rir_change_max:.2f} at most, {comparison.rir_change_mean:+.2f} on average",
        f"  advice      {comparison.advice_changed} actions differ; first alarms: {alarms}",
        f"  verdicts    {comparison.failed_changed} sets failed by one version only; units charged "
        f"{comparison.cost_then:.1f}, now {comparison.cost_now:.1f}",
    ]
    if comparison.only_running or comparison.only_shadow:
        text.append(
            f"  not compared: {comparison.only_running} sets that only the published outputs have, "
            f"{comparison.only_shadow} that only {comparison.new_version} has (or that were published too long ago)"
        )
    return text


def _row(each: SetDifference) -> tuple[str, ...]:
    lifter = each.key.partition("/")[2]
    alarms = ["–" if rep is None else str(rep) for rep in (each.alarm_then, each.alarm_now)]
    failed = ["yes" if failed else "no" for failed in (each.failed_then, each.failed_now)]
    costs = [f"{cost:.1f}" for cost in (each.cost_then, each.cost_now)]
    change = f"{each.rir_change:.1f}"
    return lifter, each.set_id, each.opened_at[:16], each.exercise, str(each.reps), change, *alarms, *failed, *costs
