"""How well an alarm tells hard sets from easy ones: ranking (AUC) and the alarm itself (Youden's J)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Flags, Floats


def area_under_curve(statistic: Floats, hard: Flags) -> float:
    """Return the probability that a hard set has the higher statistic, ties counting half; NaN without both kinds.

    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    over, under = statistic[hard], statistic[~hard]
    if not len(over) or not len(under):
        return float("nan")
    above = over[:, None] - under[None, :]
    return float(np.mean((above > 0.0) + 0.5 * (above == 0.0)))


def youden(stopped: Flags, hard: Flags) -> float:
    """Return the share of hard sets stopped less the share of easy ones stopped; NaN without both kinds.

    >>> youden(np.array([False, True, True, True]), np.array([False, False, True, True]))
    0.5
    """
    if hard.all() or not hard.any():
        return float("nan")
    return float(stopped[hard].mean() - stopped[~hard].mean())


@dataclass(frozen=True, slots=True)
class AlarmScore:
    """The scores of one alarm on some sets.

    Attributes
    ----------
    auc : float
        Of the statistic after the last rep.
    youden : float
        Of the alarm after the last rep.
    youden_any : float
        Of an alarm at any report up to the last rep: stops that came too early count too.
    auc_end, youden_end : float
        After the last report, which may be the bar being put down.
    failing_easy : float
        Share of easy sets in which any report was called failed; NaN for rules, which have no such word.
    """

    name: str
    hard: int
    easy: int
    auc: float
    youden: float
    youden_any: float
    auc_end: float
    youden_end: float
    failing_easy: float


@dataclass(frozen=True, slots=True)
class AlarmTrace:
    """What an alarm said after each report of a set: statistic, alarm, and whether it called the report failed."""

    statistic: Sequence[float]
    stop: Sequence[bool]
    failing: Sequence[bool] | None = None


def alarm_score(name: str, traces: Sequence[AlarmTrace], last: Sequence[int], hard: Flags) -> AlarmScore:
    """Score an alarm on sets, each with the index of its last rep's report and whether it was hard."""
    at_last = np.array([trace.statistic[index] for trace, index in zip(traces, last, strict=True)])
    at_end = np.array([trace.statistic[-1] for trace in traces])
    stop_last = np.array([trace.stop[index] for trace, index in zip(traces, last, strict=True)], dtype=np.bool_)
    stop_any = np.array(
        [any(trace.stop[: index + 1]) for trace, index in zip(traces, last, strict=True)], dtype=np.bool_
    )
    stop_end = np.array([trace.stop[-1] for trace in traces], dtype=np.bool_)
    failing = [
        any(trace.failing)
        for trace, is_hard in zip(traces, hard, strict=True)
        if trace.failing is not None and not is_hard
    ]
    return AlarmScore(
        name,
        hard=int(hard.sum()),
        easy=int((~hard).sum()),
        auc=area_under_curve(at_last, hard),
        youden=youden(stop_last, hard),
        youden_any=youden(stop_any, hard),
        auc_end=area_under_curve(at_end, hard),
        youden_end=youden(stop_end, hard),
        failing_easy=float(np.mean(failing)) if failing else float("nan"),
    )
