"""The result of an accuracy run as files: plots, and all figures as JSON."""

from __future__ import annotations

from lab.accuracy.report.accuracy_report import PARTS, AccuracyReport, write

__all__ = ["PARTS", "AccuracyReport", "write"]
