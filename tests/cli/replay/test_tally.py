"""Counting a replay: what was taken, estimated and advised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from spotter_cli.http_client import SendResult
from spotter_cli.replay.recording import COMPLETED, ENDED, STARTED, RecordedEvent, Recording, with_sets
from spotter_cli.replay.report import print_report
from spotter_cli.replay.tally import Tally

THEN = datetime(2026, 1, 5, 12, tzinfo=UTC)
TAKEN = SendResult("accepted")
REFUSED = SendResult("refused", {"detail": "data.rom_m must be less than or equal to 2.5.", "mend": "Put it right."})


def recording() -> Recording:
    """Return two sets of one lifter, of two reps and of one."""
    rows = [(0, STARTED, "1"), (3, COMPLETED, "1"), (6, COMPLETED, "1"), (7, ENDED, "1"), (99, COMPLETED, "2")]
    events = [
        RecordedEvent(
            f"line {index}",
            {"type": kind, "data": {"athlete_id": "ada", "set_id": name, "exercise": "deadlift", "load_kg": 100}},
            THEN + timedelta(seconds=after_s),
        )
        for index, (after_s, kind, name) in enumerate(rows, 1)
    ]
    return with_sets(events)


def tally_of(second: SendResult = TAKEN, third: SendResult = TAKEN) -> Tally:
    """Send everything, with outcomes for the second and the third rep."""
    source = recording()
    tally = Tally(source)
    outcomes = iter((TAKEN, second, third))
    for event in source.events:
        tally.record_sent(event)
        tally.record_outcome(event, next(outcomes) if event.is_rep else TAKEN)
    return tally


def estimate(number: int, key: str = "k1", set_id: str = "1", athlete: str = "ada") -> dict[str, object]:
    """Return the frame of an estimate."""
    data = {"athlete_id": athlete, "set_id": set_id, "set_key": key, "rep_number": number}
    return {"type": "spotter.effort.estimated.v1", "data": {**data, "rir": 2.2, "rir_low": 1.0, "rir_high": 4.0}}


def advice(number: int, action: str = "continue", key: str = "k1", set_id: str = "1") -> dict[str, object]:
    """Return the frame of a piece of advice."""
    data = {"athlete_id": "ada", "set_id": set_id, "set_key": key, "after_rep": number, "action": action}
    return {"type": "spotter.advice.given.v1", "data": {**data, "sentence": "Stop here."}}


def test_reps_are_counted_and_other_events_are_not() -> None:
    """A refused rep is none of its set."""
    tally = tally_of(third=REFUSED)

    assert {"sent": 3, "accepted": 2, "refused": 1, "sets": 1, "estimates": 0, "advice": 0} == tally.counts()
    assert ["data.rom_m must be less than or equal to 2.5. Put it right."] == [
        refusal.reason for refusal in tally.refusals
    ]


def test_estimates_and_advice_are_counted_by_rep_and_plans_are_not() -> None:
    """A revision or a repeat of advice is not counted again."""
    tally = tally_of()
    for frame in (advice(0), estimate(1), estimate(1), advice(1), estimate(2), advice(2), advice(2, "stop")):
        tally.receive(frame)

    assert (2, 2) == (tally.counts()["estimates"], tally.counts()["advice"])
    assert not tally.complete
    tally.receive(estimate(1, "k2", "2"))
    tally.receive(advice(1, key="k2", set_id="2"))
    assert tally.complete


def test_what_is_said_of_other_lifters_is_not_counted() -> None:
    """The gym may be full of them."""
    tally = tally_of()

    assert not tally.receive(estimate(1, athlete="bo"))
    assert not tally.receive({"heartbeat": {"age_ms": 0}})
    assert 0 == tally.counts()["estimates"]


def test_a_rep_that_the_recording_holds_twice_is_a_duplicate() -> None:
    """It is sent, and neither accepted nor refused."""
    tally = tally_of(second=SendResult("duplicate"))

    assert (3, 2, 0) == (tally.sent, tally.accepted, tally.refused)
    assert tally.remarks


def test_the_table_shows_each_set_with_its_advice_and_what_was_refused() -> None:
    """Runs of the same advice are written once."""
    tally = tally_of(third=REFUSED)
    for frame in (estimate(1), advice(1), estimate(2), advice(2, "stop")):
        tally.receive(frame)
    console = Console(file=StringIO(), width=120, color_system=None)

    print_report(console, tally)

    assert isinstance(console.file, StringIO)
    printed = console.file.getvalue()
    assert "continue ×1, stop after 2" in printed
    assert "2 (1–4)" in printed
    assert "0 of 1" in printed
    assert "refused: line 5: data.rom_m must be" in printed
    assert "3 reps sent, 2 accepted, 1 refused; 1 sets, 2 estimates, 2 pieces of advice." in printed
