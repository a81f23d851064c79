"""The rows of the bench's table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

UNITS: Final = {"per_s": "/s", "us": "µs", "ms": "ms", "s": "s"}
"""The unit of a figure, by the end of its name."""


@dataclass(frozen=True, slots=True)
class BenchTarget:
    """A target on two cores; reported, not asserted."""

    figure: str
    limit: float
    at_least: bool = False

    def reached(self, figures: Mapping[str, float]) -> bool:
        """Return whether figures reach the target."""
        target = figures[self.figure]
        return target >= self.limit if self.at_least else target <= self.limit


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One measurement: medians over rounds, by name (the end of a name is its unit)."""

    group: str
    name: str
    figures: Mapping[str, float] = field(default_factory=dict)
    lowest: float | None = None
    """Of the first figure, over the rounds."""
    highest: float | None = None
    rounds: int = 0
    beside: str = ""
    """Its ratio to another row of the same run."""
    target: BenchTarget | None = None
    note: str = ""
    failed: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None or self.target.figure not in self.figures:
            return None
        return self.target.reached(self.figures)


def measured(
    group: str,
    name: str,
    rounds: Sequence[Mapping[str, float]],
    *,
    against: BenchRow | None = None,
    than: str = "",
    target: BenchTarget | None = None,
    note: str = "",
) -> BenchRow:
    """Build a row of medians over rounds, compared with another row of the same run.

    >>> row = measured("a", "b", [{"x_us": 3.0}, {"x_us": 1.0}, {"x_us": 2.0}], target=BenchTarget("x_us", 2.5))
    >>> row.figures, row.lowest, row.highest, row.reached
    ({'x_us': 2.0}, 1.0, 3.0, True)
    """
    names = list(rounds[0])
    firsts = [round[names[0]] for round in rounds]
    figures = {name: median(round[name] for round in rounds) for name in names}
    return BenchRow(
        group=group,
        name=name,
        figures=figures,
        lowest=min(firsts),
        highest=max(firsts),
        rounds=len(rounds),
        beside=as_times(figures, against, than),
        target=target,
        note=note,
    )


def not_measured(group: str, name: str, reason: str) -> BenchRow:
    """Build a row without figures, with the reason."""
    return BenchRow(group, name, note=reason)


def failed(group: str, name: str, error: BaseException) -> BenchRow:
    """Build a row for a failed measurement."""
    return BenchRow(group, name, note=f"failed: {type(error).__name__}: {error}", failed=True)


def as_times(figures: Mapping[str, float], other: BenchRow | None, than: str) -> str:
    """Return the ratio of the first figure to that of another row; empty without one.

    >>> as_times({"reps_per_s": 400.0}, BenchRow("a", "b", {"reps_per_s": 100.0}), "event by event")
    '4.0 × event by event'
    """
    if other is None or not other.figures:
        return ""
    ratio = next(iter(figures.values())) / next(iter(other.figures.values()))
    return f"{ratio:.2g} × {than}" if ratio < 1 else f"{ratio:.1f} × {than}"


def shown(name: str, value: float) -> str:
    """Format a figure with its unit.

    >>> shown("reps_per_s", 5123.4), shown("p99_ms", 9.876), shown("cpu_us", 45.678), shown("times", 4.0)
    ('5,123 reps/s', 'p99 9.9 ms', 'cpu 45.7 µs', '4.0 times')
    """
    for suffix, unit in UNITS.items():
        if name.endswith(f"_{suffix}"):
            label = name[: -len(suffix) - 1].replace("_", " ")
            number = f"{value:,.0f}" if value >= 1000 or suffix == "per_s" else f"{value:.1f}"
            return f"{number} {label}{unit}" if suffix == "per_s" else f"{label} {number} {unit}"
    return f"{value:.1f} {name}"


def percentiles(values_ms: Iterable[float]) -> dict[str, float]:
    """Return p50, p95 and p99 (nearest rank).

    >>> percentiles(range(1, 101))
    {'p50_ms': 50, 'p95_ms': 95, 'p99_ms': 99}
    """
    in_order = sorted(values_ms)
    last = len(in_order)
    return {f"p{level}_ms": in_order[max(0, -(-level * last // 100) - 1)] for level in (50, 95, 99)}
