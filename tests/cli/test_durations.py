"""Spans of time as people write them."""

from __future__ import annotations

import pytest

from spotter_cli.durations import format_duration, parse_duration_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("2m", 120), ("1h30m", 5400), ("250ms", 0.25), ("45", 45), (" 1.5m ", 90), ("1M", 60)],
)
def test_a_span_of_time_is_read(text: str, seconds: float) -> None:
    """Units may be combined; a bare number is seconds."""
    assert seconds == parse_duration_s(text)


@pytest.mark.parametrize("text", ["", "abc", "10x", "-5s", "0s", "0", "5 s 3", "s", "nan", "1e3"])
def test_what_is_no_span_of_time_is_refused_with_an_example(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(ValueError, match="write 30s, 2m or 1h30m"):
        parse_duration_s(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (60, "1 min"), (95, "1 min 35 s"), (7384, "2 h 3 min"), (0.2, "0 s")]
)
def test_a_span_of_time_is_written_shortly(seconds: float, text: str) -> None:
    """Two units at most."""
    assert text == format_duration(seconds)
