"""All figures of a run as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite

from lab.accuracy.protocol.score_rows import Probabilities

_SIGNIFICANT = 4


def as_json(value: object) -> object:
    """Convert a tree of dataclasses, mappings and sequences to JSON values, numbers with four significant digits; NaN is null.

    >>> from lab.accuracy.scores.bootstrap import Figure
    >>> as_json({"error": Figure(0.123456789, 0.1, 0.2), "rows": (1, None)})
    {'error': {'value': 0.1235, 'low': 0.1, 'high': 0.2}, 'rows': [1, None]}
    """
    if isinstance(value, Probabilities):
        rest = {field.name: getattr(value, field.name) for field in fields(value) if field.name != "curves"}
        # Rows without names: they would be most of the file.
        curves = [
            [[point.rule.threshold, point.late, point.missed, point.early, point.lead] for point in curve]
            for curve in value.curves
        ]
        names = ["threshold", "late", "missed", "early", "lead"]
        return as_json({**rest, "curve_columns": names, "curve_rir_le_1": curves[0], "curve_rir_le_2": curves[1]})
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT}g}") if isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{value!r} has no form in figures.json: make it a number, a string, a list or a dataclass")
