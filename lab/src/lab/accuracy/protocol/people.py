"""The protocol on people: the alarm on recorded lifters, recorded curls, properties, and errors by origin of the label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lab.accuracy.people.alarm_table import MODEL, AlarmRow, alarm_rows
from lab.accuracy.people.curls import CurlScore, curl_scores
from lab.accuracy.people.efforts import without_reports
from lab.accuracy.people.red_rows import FAILING_MAX, RedRow, red_rows
from lab.accuracy.people.seasons import Season, priors, streams_of
from lab.accuracy.properties import PropertyRow, property_rows
from lab.accuracy.protocol.recordings import RecordedRow, recorded_rows
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.sets import LabelledSet

# AUC and Youden's index, at least, by reports and what was learned; None: those of the rule on the same sets.
_ALARM_MIN: Final[Mapping[tuple[str, int | None], tuple[float, float | None]]] = {
    ("clean", 0): (0.94, None),
    ("all", 0): (0.93, None),
    ("clean", None): (0.985, 0.92),
    ("all", None): (0.975, 0.90),
}
_RULE: Final = "MVT + .03"
_CURL_ERROR_MAX, _NEAR_F1_MIN, _LAST_SAFE_MIN, _NOT_PREMATURE_MIN = 1.0, 0.80, 0.65, 0.92


@dataclass(frozen=True, slots=True)
class PropertyOfPeople:
    """A property tried on recorded sets, cold or with what the lifter's earlier sets taught."""

    learned: str
    row: PropertyRow


@dataclass(slots=True)
class PeopleFigures:
    """All figures of recorded sets."""

    lifters: int = 0
    sets: int = 0
    alarms: list[AlarmRow] = field(default_factory=list)
    red: list[RedRow] = field(default_factory=list)
    properties: list[PropertyOfPeople] = field(default_factory=list)
    labels: list[RecordedRow] = field(default_factory=list)
    curls: list[CurlScore] = field(default_factory=list)

    def targets(self) -> Iterator[AccuracyTarget]:
        """Yield the targets on people."""
        together = [row for row in self.alarms if row.lifter is None and row.score.hard and row.score.easy]
        for (reports, memory), (auc_min, youden_min) in _ALARM_MIN.items():
            rule = next((row.score for row in together if (row.reports, row.score.name) == (reports, _RULE)), None)
            for row in together:
                if (row.reports, row.memory, row.score.name) != (reports, memory, MODEL) or rule is None:
                    continue
                case = f"{'cold' if memory == 0 else 'season'}{', load told' if row.load else ''}, {reports} reports"
                where = ("people", "recorded", "lifters", case)
                yield AccuracyTarget(*where, "AUC", row.score.auc, auc_min, at_least=True)
                limit, name = (
                    (rule.youden, f"Youden's index ({_RULE})") if youden_min is None else (youden_min, "Youden's index")
                )
                yield AccuracyTarget(*where, name, row.score.youden, limit, at_least=True)
                yield AccuracyTarget(*where, "*failing* in easy sets", row.score.failing_easy, FAILING_MAX)
        if self.alarms:
            where = ("people", "recorded", "lifters", "all cases")
            yield AccuracyTarget(*where, "a rule is better, or knowing less", float(len(self.red)), 0.0)
        yield from self._of_curls()

    def _of_curls(self) -> Iterator[AccuracyTarget]:
        by_name = {score.name: score for score in self.curls}
        if MODEL not in by_name:
            return
        model, rule = by_name[MODEL], by_name["mean reps"]
        for case, error, f1, last, early in (
            ("timing alone", _CURL_ERROR_MAX, _NEAR_F1_MIN, _LAST_SAFE_MIN, _NOT_PREMATURE_MIN),
            ("mean-reps rule", rule.error, rule.near_f1, rule.last_safe, rule.not_premature),
        ):
            where = ("people", "recorded", "curls", case)
            yield AccuracyTarget(*where, "MAE, last eight reps", model.error, error)
            yield AccuracyTarget(*where, "F1 of two left or fewer", model.near_f1, f1, at_least=True)
            yield AccuracyTarget(*where, "last safe rep", model.last_safe, last, at_least=True)
            yield AccuracyTarget(*where, "no premature alert", model.not_premature, early, at_least=True)


def people_figures(
    lifts: Sequence[Sequence[LabelledSet]], curls: Sequence[Sequence[LabelledSet]] = ()
) -> PeopleFigures:
    """Measure recorded lifters, and sets that are known by timing alone."""
    figures = PeopleFigures(lifters=len(lifts), sets=sum(map(len, lifts)))
    if lifts:
        figures.alarms = list(alarm_rows(lifts))
        figures.red = red_rows(figures.alarms)
        figures.properties = list(properties_of(lifts))
        figures.labels = recorded_rows(lifts)
    if curls:
        figures.curls = curl_scores(curls)
    return figures


def properties_of(lifters: Sequence[Sequence[LabelledSet]]) -> Iterator[PropertyOfPeople]:
    """Yield the properties on the sets without deleted reports, cold and as a season."""
    streams = streams_of([[without_reports(lifted_set) for lifted_set in sets] for sets in lifters])
    sets = [lifted_set for stream in streams for lifted_set in stream]
    for learned, season in (("cold", Season(memory=0)), ("season", Season())):
        starts = [start for of_stream in priors(streams, season) for start in of_stream]
        for row in property_rows(sets, starts):
            yield PropertyOfPeople(learned, row)
