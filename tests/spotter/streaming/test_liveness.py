from __future__ import annotations

from spotter.streaming.worker import STUCK_S, Progress


def test_lag_without_progress_is_not_alive_after_a_while() -> None:
    """The time counts from the last thing that was done, or from when the lag began."""
    progress = Progress()
    progress.seen(0, lag=0, mark=(7,))
    progress.seen(100, lag=3, mark=(7,))
    progress.seen(100 + STUCK_S, lag=5, mark=(7,))
    assert progress.problem(100 + STUCK_S) is None
    assert "5 events wait and none was finished for 31 s." == progress.problem(101 + STUCK_S)

    progress.seen(140, lag=4, mark=(8,))
    assert progress.problem(140 + STUCK_S) is None


def test_nothing_to_do_is_alive() -> None:
    """A worker without lag may rest for as long as it likes."""
    progress = Progress()
    progress.seen(0, lag=2, mark=(1,))
    progress.seen(10, lag=0, mark=(1,))
    assert progress.problem(10_000) is None


def test_a_broker_that_does_not_answer_is_nobody_s_fault() -> None:
    """While nobody can tell whether there is work, the worker is not blamed."""
    progress = Progress()
    progress.seen(0, lag=2, mark=(1,))
    progress.seen(25, lag=2, mark=(1,))
    progress.unanswered(50)
    assert progress.problem(50 + STUCK_S) is None
