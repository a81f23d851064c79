"""What the terminal shows of the gym, from events and frames alone."""

from __future__ import annotations

from spotter_cli.demo.board import Board
from spotter_cli.demo.gym import make_gym
from spotter_cli.demo.view import bars, line

WHO = {"athlete_id": "ada", "set_id": "rack-1-1", "set_key": "k1"}


def board_with_a_set() -> Board:
    """Return a board with a set of three reps under way at the first rack."""
    board = Board(make_gym(1))
    start = {**WHO, "station_id": "rack-1", "exercise": "back_squat", "load_kg": 100.0}
    board.record_sent({"type": "spotter.set.started.v1", "data": start})
    for velocity in (0.5, 0.45, 0.4):
        board.record_sent({"type": "spotter.rep.completed.v1", "data": {**WHO, "mean_velocity_mps": velocity}})
    return board


def advice(after_rep: int, action: str, *, late: bool = False) -> dict[str, object]:
    """Return the frame of a piece of advice."""
    data = {"after_rep": after_rep, "action": action, "late": late, "sentence": "Stop here.", "alert_id": "a"}
    return {"type": "spotter.advice.given.v1", "data": {**WHO, **data}}


def test_a_tile_shows_lifter_load_and_a_bar_per_rep() -> None:
    """Bars are as high as the rep is fast beside the set's fastest."""
    tile = board_with_a_set().tiles["rack-1"]

    assert ("Ada", "back_squat", 100.0, True) == (tile.lifter, tile.exercise, tile.load_kg, tile.lifting)
    assert "█▇▆" == bars(tile.velocities_mps)


def test_an_advice_beyond_continue_is_reported_once_however_often_it_is_repeated() -> None:
    """A repeat of the same alert is no news."""
    board = board_with_a_set()
    estimate = {**WHO, "rep_number": 3, "rir": 1.6, "rir_low": 0.4, "rir_high": 3.2}
    board.receive({"type": "spotter.effort.estimated.v1", "data": estimate}, 0)

    assert board.receive(advice(2, "continue"), 0) is None
    shown = board.receive(advice(3, "stop"), 0)
    assert board.receive(advice(3, "stop"), 1) is None
    assert shown is not None
    assert {"continue": 1, "stop": 1} == board.counts
    assert "rack-1  Ada, back squat 100 kg, after rep 3, reps left 2 (0–3): ■ stop  Stop here." in line(shown, 1.0)


def test_late_advice_is_not_counted_as_in_time() -> None:
    """It is shown as late."""
    board = board_with_a_set()

    shown = board.receive(advice(3, "stop", late=True), 0)

    assert {} == board.counts
    assert shown is not None and shown.late
    assert "■ stop (late)" in line(shown, 0)


def test_the_next_set_clears_the_tile_and_older_advice_does_not_come_back() -> None:
    """Advice on a set that is no longer at the rack is left alone."""
    board = board_with_a_set()
    board.receive(advice(3, "stop"), 0)
    board.record_sent({"type": "spotter.set.ended.v1", "data": WHO})
    assert not board.tiles["rack-1"].lifting

    start = {"athlete_id": "ines", "set_id": "rack-1-2", "station_id": "rack-1", "exercise": "deadlift", "load_kg": 80}
    board.record_sent({"type": "spotter.set.started.v1", "data": start})
    board.receive(advice(4, "stop"), 0)

    tile = board.tiles["rack-1"]
    assert ("", [], None) == (tile.action, tile.velocities_mps, tile.rir)


def test_a_heartbeat_says_how_old_the_oldest_unfinished_event_is() -> None:
    """And that the signal is there."""
    board = board_with_a_set()

    board.receive({"heartbeat": {"at": "2026-11-23T10:00:00Z", "age_ms": 12}}, 34.0)

    assert (34.0, 12) == (board.heartbeat_s, board.age_ms)
