"""The bench: what it sends, how it counts, and that its rows can still be measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.bench.batches import batches
from lab.bench.broker import sustained
from lab.bench.core import core
from lab.bench.latency import standalone_latency
from lab.bench.paced_load import staggered
from lab.bench.plan import BenchPlan
from lab.bench.rows import BenchRow, BenchTarget, failed, measured, not_measured, percentiles
from lab.bench.table import print_json, print_table
from lab.bench.workload import REPS_PER_SET, prepared, reps


@pytest.fixture
def tiny(tmp_path: Path) -> BenchPlan:
    """Return a plan that takes seconds."""
    return BenchPlan(tmp_path, lambda _: None, rounds=1, core_reps=256, batch_reps=400, latency_s=1.0)


def test_the_load_is_the_same_in_every_run() -> None:
    """Two runs send the same reps, so that their figures can be compared."""
    assert list(reps(500)) == list(reps(500))


def test_a_lifters_reps_come_in_order_set_by_set() -> None:
    """Numbers count from 1 to the set's last, then the next set begins."""
    mine = [(rep.set_number, rep.number) for rep in reps(3 * 10 * REPS_PER_SET, lifters=10) if rep.lifter == 4]

    assert [(number, index + 1) for number in range(3) for index in range(REPS_PER_SET)] == mine


def test_history_ends_before_it_is_sent() -> None:
    """No rep of an upload lies in the future of the clock that it is sent by."""
    assert all(item.event.senttime is not None and item.event.time < item.event.senttime for item in prepared(300, 10))


def test_an_even_load_begins_sets_at_all_times() -> None:
    """In each round of all lifters about one in eight begins a set, not all of them at once."""
    first_round = staggered(80, lifters=80)

    assert 10 == sum(rep.number == 1 for rep in first_round)


def test_percentiles_are_of_the_nearest_rank() -> None:
    """The p99 of few values is their highest, never something between two."""
    assert {"p50_ms": 2.0, "p95_ms": 9.0, "p99_ms": 9.0} == percentiles([9.0, 1.0, 2.0])


def test_what_is_sustained_leaves_out_start_and_end() -> None:
    """A slow start and a slow last record do not count."""
    seen = [(0.0, 0), (5.0, 10), (6.0, 60), (7.0, 90), (30.0, 100)]

    assert 40.0 == sustained(seen, per_input=1.0)


def test_a_row_is_the_median_of_its_rounds() -> None:
    """One slow round does not make the figure, and the row says how far the rounds lay apart."""
    row = measured("g", "n", [{"p99_ms": 4.0}, {"p99_ms": 90.0}, {"p99_ms": 5.0}], target=BenchTarget("p99_ms", 10))

    assert ({"p99_ms": 5.0}, 4.0, 90.0, True) == (row.figures, row.lowest, row.highest, row.reached)


def test_the_table_tells_what_could_not_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """A missing part and a failure are rows too, each with its reason."""
    rows = [not_measured("worker", "Quix", "not installed: make peers"), failed("core", "x", ValueError("broken"))]
    print_table(rows, {"cpu": "abacus"}, 1.0)

    printed = capsys.readouterr().out
    assert all(words in printed for words in ("make peers", "ValueError: broken", "abacus"))


def test_json_has_every_figure_and_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs read the same as people do."""
    print_json([measured("g", "n", [{"reps_per_s": 1.5}])], {"cpu": "abacus"}, 2.0)

    document = json.loads(capsys.readouterr().out)
    assert ("abacus", 1.5) == (document["machine"]["cpu"], document["rows"][0]["figures"]["reps_per_s"])


def test_the_cores_can_be_measured(tiny: BenchPlan) -> None:
    """Filter, decision, detector and advisor give a time each."""
    assert 5 == len([row for row in core(tiny) if min(row.figures.values()) > 0])


@pytest.mark.slow
def test_the_one_process_host_can_be_measured(tiny: BenchPlan) -> None:
    """A real host is started, loaded, watched and stopped; every rep has its estimate and its advice."""
    rows: list[BenchRow] = [*batches(tiny), *standalone_latency(tiny)]

    assert [2, 1, 1, 1, 3] == [len(row.figures) for row in rows]
    assert not any("without advice" in row.note for row in rows)
