"""Whether a worker makes progress: a process that merely runs is not alive."""

from __future__ import annotations

from dataclasses import dataclass

STUCK_S = 30.0
"""Lag without an acknowledged event for so long, while the broker answers, is not alive."""
GIVEN_UP_S = 60.0
"""After which the worker ends itself, to be restarted."""


@dataclass(slots=True)
class Progress:
    """Compares what was done with what there is to do, each time the broker answers."""

    _mark: tuple[int, ...] = ()
    _since_s: float = 0.0
    _lag: int = 0

    def seen(self, now_s: float, lag: int, mark: tuple[int, ...]) -> None:
        """Record the lag, and numbers that change when work gets done."""
        if lag <= 0 or mark != self._mark or not self._lag:
            self._since_s = now_s
        self._mark = mark
        self._lag = max(0, lag)

    def unanswered(self, now_s: float) -> None:
        """Record that the broker did not answer: whether there is work is unknown."""
        self._since_s = now_s

    def stuck_s(self, now_s: float) -> float:
        """Return for how long nothing was done although there was work (0: it makes progress)."""
        return now_s - self._since_s if self._lag else 0.0

    def problem(self, now_s: float) -> str | None:
        """Say in a sentence why the worker is not alive; None: it is."""
        stuck_s = self.stuck_s(now_s)
        if stuck_s <= STUCK_S:
            return None
        return f"{self._lag} events wait and none was finished for {stuck_s:.0f} s."
