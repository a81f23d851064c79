"""The report on accuracy: a page, its plots, and all figures as JSON."""

from __future__ import annotations

from lab.accuracy.report.html import write

__all__ = ["write"]
