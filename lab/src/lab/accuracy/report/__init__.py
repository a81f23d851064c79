"""The result of an accuracy run as files: plots, and all figures as JSON."""

from __future__ import annotations

from lab.accuracy.report.accuracy_report import AccuracyReport, write

__all__ = ["AccuracyReport", "write"]
