"""The protocol and its report, on a handful of lifters: that they run and say what they measure, not how good it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.accuracy.protocol import motion
from lab.accuracy.protocol.motion import WatchRow
from lab.accuracy.protocol.people import people_figures
from lab.accuracy.protocol.plan import AFTER_8, COLD, MAIN_CASES, OTHER_CASES, ProtocolPlan
from lab.accuracy.protocol.processes import executor_of
from lab.accuracy.protocol.rows import MODEL
from lab.accuracy.protocol.run import measured
from lab.accuracy.protocol.simulations import Simulated
from lab.accuracy.protocol.wide import wide_figures
from lab.accuracy.report import AccuracyReport, write
from lab.accuracy.simulation import FAMILIES, lifters
from tools.figures.__main__ import main
from tools.figures.record import Json, record_of
from tools.figures.run_page import run_page

PLAN = replace(
    ProtocolPlan().quick(),
    families=("home",),
    exercises=("bench_press",),
    lifters_a_seed=16,
    training_lifters_a_seed=16,
    faulty_lifters_a_seed=6,
    other_lifters_a_seed=4,
    shape_sets=24,
)


@pytest.fixture(scope="module")
def results() -> list[Simulated]:
    """One family and exercise."""
    with executor_of(1) as pool:
        return measured(PLAN, ("narrow",), None, pool, lambda text: None).narrow


@pytest.mark.timeout(180)
def test_every_case_is_answered_by_model_oracles_and_baselines(results: list[Simulated]) -> None:
    """Cold cases are held against the population's oracle, learned ones against the learned and the informed one."""
    [result] = results
    assert [case.name for case in (*MAIN_CASES, *OTHER_CASES)] == [row.case for row in result.rows]
    rows = {row.case: row for row in result.rows}
    assert {"population", "informed"} == set(rows[COLD.name].ratios)
    assert {"learned", "informed"} == set(rows[AFTER_8.name].ratios)
    for row in result.rows:
        assert PLAN.lifters_a_seed == row.sets or PLAN.other_lifters_a_seed == row.sets
        assert row.scored[0].name == MODEL
        assert row.of("constant").error.value > row.of(MODEL).error.value > 0.0


def test_oracles_know_more_the_more_they_are_told(results: list[Simulated]) -> None:
    """The informed oracle errs less than the population's."""
    row = next(row for row in results[0].rows if row.case == COLD.name)
    assert row.of("informed").error.value < row.of("population").error.value


def test_targets_say_what_is_met(results: list[Simulated]) -> None:
    """Each target has a figure and a limit, at least for error, calibration, alerts, faults and failed attempts."""
    targets = results[0].targets()
    about = {"error", "baselines", "calibration", "alerts", "faults", "failed attempts"}
    assert about == {target.about for target in targets}
    for target in targets:
        limit = round(target.limit - target.value if not target.at_least else target.value - target.limit, 3)
        assert target.met is (limit >= 0.0)


def test_report_is_a_page_with_plots_and_figures(results: list[Simulated], tmp_path: Path) -> None:
    """A run writes figures.json with the parameters' hash and plots; its page beside them shows each plot."""
    write(AccuracyReport(PLAN, True, results), tmp_path)
    assert 0 == main([str(tmp_path / "figures.json")])
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    plots = sorted(path.name for path in tmp_path.glob("*.png"))
    assert len(plots) >= 7
    for name in plots:
        assert f"]({name})" in page
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert 64 == len(figures["about"]["parameters_sha256"])
    assert len(results[0].targets()) == len(figures["targets"])
    assert figures["recorded"]["people"] is None
    assert ["narrow"] == figures["about"]["parts"]


def test_recorded_people_come_before_all_that_is_simulated(results: list[Simulated]) -> None:
    """Figures of recorded sets stand under their own heading, before simulated ones."""
    people = people_figures(lifters("home", "bench_press", 3, 4, 5))
    page = _page(AccuracyReport(PLAN, True, results, people=people))
    recorded, after = page.split("## Simulated lifters, narrow world")
    assert "## Recorded people" in recorded
    assert all(f"| {row.label} |" in recorded and f"| {row.label} |" not in after for row in people.labels)
    assert "MVT + .03" in recorded
    assert "No recordings were passed" not in recorded


def test_only_the_parts_that_were_measured_are_recorded_anew(results: list[Simulated]) -> None:
    """A run of people alone leaves what was recorded of the narrow world, and its targets, as they were."""
    before = record_of(_figures(AccuracyReport(PLAN, False, results)))
    people = people_figures(lifters("home", "bench_press", 3, 4, 5))
    after = record_of(_figures(AccuracyReport(PLAN, False, people=people)), before)
    assert before["cases"] == after["cases"]
    assert [] == before["alarms"]
    assert len(people.alarms) == len(after["alarms"])
    assert {"people", "narrow"} == {target["part"] for target in after["targets"]}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_wide_world_has_its_oracle_rules_and_properties(family: str) -> None:
    """Each number of earlier sets has a ratio to the oracle and an alarm table; the load is told with earlier sets only."""
    figures = wide_figures(family, "bench_press", replace(PLAN, wide_lifters=24, wide_oracle_lifters=8))
    assert [0, 3, 8] == [row.earlier for row in figures.rows]
    assert all(row.ratio.value > 0.0 and row.sets == 8 for row in figures.rows)
    assert [False, True, True] == [any(alarm.load for alarm in row.alarms) for row in figures.rows]
    assert 6 == len(figures.properties)
    page = _page(AccuracyReport(PLAN, True, wide=[figures]))
    assert "## Simulated lifters, wide world" in page
    assert "narrow world\n\nNot measured in this run." in page
    assert {family} == {target.family for target in figures.targets()}


def test_motion_is_judged_on_bars_and_on_recorded_wrists_apart(results: list[Simulated]) -> None:
    """Simulated bars and recorded watch sets have their own figures and targets; each watch set is among the recorded ones."""
    wrists = [
        WatchRow("011224_APULL_W66_S4_R10.csv.gz", 10, 10, 12),
        WatchRow("241124_PREC_W7_S1_R14.csv.gz", 14, 16, 14),
    ]
    report = AccuracyReport(PLAN, True, results, motion.bar_rows(PLAN), watch=wrists)
    before, after = _page(report).split("## Recorded watch sets")
    assert "Simulated velocity of a bar" in before
    assert "2 recorded sets of one lifter's wrist" in before
    assert "1 exact, 1 off by more than one" in before
    assert "| 241124_PREC_W7_S1_R14.csv.gz | 14 | 16 | 14 |" in after
    met = {(target.family, target.measure): target.met for _, target in report.targets() if target.about == "motion"}
    assert not met["recorded", "count exact"]
    assert met["recorded", "sets off by more than one"]
    assert ("simulated", "stall called within .5 s") in met


def _page(report: AccuracyReport) -> str:
    return run_page(_figures(report), ())


def _figures(report: AccuracyReport) -> Json:
    figures = report.figures()
    assert isinstance(figures, dict)
    return figures
