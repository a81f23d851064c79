"""A report as a self-contained page: no script, nothing loaded, light or dark as the reader's system is."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from spotter.domain.rules import rules_named
from spotter_dashboard.page_templates import page_template
from spotter_dashboard.reports.charts import charts_of
from spotter_dashboard.reports.models import LEFT, WeeklyReport
from spotter_dashboard.reports.plots import draw_svg
from spotter_dashboard.reports.sentences import key_figures, next_week, no_signs
from spotter_dashboard.reports.sheet import draw_sheet

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Its style is in the page, so that it can be kept and sent on; nothing runs in it."""


def draw(report: WeeklyReport, form: str) -> bytes:
    """Draw the report as `html`, `pdf` or `png`."""
    if form != "html":
        return draw_sheet(report, charts_of(report), form)
    charts = [(chart, Markup(draw_svg(chart))) for chart in charts_of(report)]  # drawn by us, text escaped
    page = page_template("report.html").render(
        report=report,
        figures=key_figures(report),
        charts=charts,
        left_names=LEFT,
        no_signs=no_signs(report),
        next_week=next_week(report),
        rules=rules_named(sorted(_rules(report))),
    )
    return page.encode()


def _rules(report: WeeklyReport) -> set[str]:
    rules = {rule for entry in report.budget.entries for rule in entry.rules}
    rules |= {rule for sign in (*report.signs, *report.notices) for rule in sign.rule_id.split(", ")}
    return rules | {rule for _, _, rule in report.closed}
