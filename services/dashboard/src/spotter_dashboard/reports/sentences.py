"""What a report says in words and key figures, on the page and on the sheet."""

from __future__ import annotations

from spotter_dashboard.formatting import percent, units
from spotter_dashboard.reports.models import WeeklyReport


def key_figures(report: WeeklyReport) -> list[tuple[str, str]]:
    """Return the four numbers that are read first, and their labels."""
    share = report.trends[-1].hard_share
    allowed = report.budget.allowed
    return [
        (str(report.sets), f"sets on {report.days} day{'' if report.days == 1 else 's'}"),
        ("–" if share is None else percent(share), "of them hard: one rep left or none"),
        (f"{report.budget.spent:g}" + ("" if allowed is None else f" of {allowed:g}"), "units of failure spent"),
        (f"{report.followed} of {report.stops}" if report.stops else "–", "stops followed"),
    ]


def sections(report: WeeklyReport) -> list[tuple[str, list[str]]]:
    """Return the sections in words: what was spent, signs, what comes next."""
    spent = [
        f"{entry.day:%a %d %b}: {entry.name}, {units(entry.cost)} ({', '.join(entry.rules)})"
        for entry in report.budget.entries
    ]
    signs = [f"{sign.sentence} ({sign.rule_id})" for sign in (*report.signs, *report.notices)]
    signs += [
        f"{group.replace('_', ' ').capitalize()} rests from failure until {until:%a %d %b %H:%M} ({rule})."
        for group, until, rule in report.closed
    ]
    return [
        ("What was spent", spent or ["Nothing: no set ended at failure or near it."]),
        ("Signs", signs or [no_signs(report)]),
        ("Next week", next_week(report)),
    ]


def no_signs(report: WeeklyReport) -> str:
    """Return a sentence for a week without warning signs, or without a record of them."""
    return (
        "Warning signs were not recorded in this week."
        if report.missing
        else "None: nothing speaks against training on."
    )


def next_week(report: WeeklyReport) -> list[str]:
    """Return sentences about the following week."""
    coming = report.next
    lines = [
        f"{coming.name} begins on {coming.first_day:%A %d %B}"
        + ("." if coming.allowed is None else f" and allows {units(coming.allowed)}.")
    ]
    if coming.block is not None:
        kind = coming.block["kind"].replace("_", " ")
        lines.append(f"Block {coming.block['name']}: {kind}, until {coming.block['last_day']}.")
    lines += [
        f"{group.replace('_', ' ').capitalize()} still rests until {until:%a %d %b %H:%M}."
        for group, until in coming.closed
    ]
    return lines
