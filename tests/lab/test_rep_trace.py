from __future__ import annotations

from lab.bench.rep_trace import traces_of

CALLS_MAX = 900
"""About 830 since which reports are reps is asked of all of them together; timers and heartbeats in between add some."""
DUMPS_MAX = 10
LOADS_MAX = 1


def test_a_rep_takes_the_short_way_to_its_alert() -> None:
    """It is parsed once and encoded once at the door, its alert is sent before the coach's floor is fed."""
    trace = min(traces_of(sets=1), key=lambda trace: trace.calls.total())
    calls, _, dumps, loads = trace.figures()

    assert calls <= CALLS_MAX
    assert dumps <= DUMPS_MAX, trace.dumps
    assert loads <= LOADS_MAX, trace.loads
    assert not [file for file, _ in trace.calls if "dashboard/live" in file or "dashboard/store" in file]
