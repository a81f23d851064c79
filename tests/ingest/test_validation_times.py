"""Times in the future are refused; senttime corrects a wrong clock."""

from __future__ import annotations

import pytest

from tests.ingest.support import event, rep
from tests.ingest.validation_cases import MINIMAL, NOW, refused, shift, took


@pytest.mark.parametrize(
    ("time", "senttime", "field"),
    [
        ({"minutes": 1.9}, None, None),
        ({"minutes": 2.1}, None, "time"),
        ({"hours": 5}, {"hours": 5}, None),
        ({"hours": 5, "minutes": 3}, {"hours": 5}, "time"),
        ({"hours": -5}, {"hours": -5}, None),
        ({"hours": -1}, {"hours": -5}, "time"),
        ({"days": -365}, None, None),
        ({"days": -9000}, {"days": 30_000}, "time"),
        ({"days": -9400}, {"days": -9400}, None),
    ],
)  # fmt: skip
def test_two_minutes_ahead_at_most(
    time: dict[str, float], senttime: dict[str, float] | None, field: str | None
) -> None:
    """By the sender's clock, corrected if senttime is sent."""
    sent = rep() | {"time": shift(**time)} | ({} if senttime is None else {"senttime": shift(**senttime)})
    if field is None:
        took(sent)
    else:
        assert (422, field) == ((problem := refused(sent)).status, problem.field)


def test_times_in_the_data_are_checked_too() -> None:
    """Start and end of a rep, the first sample, also where they are amended."""
    far = shift(hours=1)
    for raw, field in (
        (rep(ended_at=far), "data.ended_at"),
        (rep(started_at=far), "data.started_at"),
        (event("rep.started", athlete_id="ada", started_at=far), "data.started_at"),
        (event("rep.amended", athlete_id="ada", rep_number=1, set={"ended_at": far}), "data.set.ended_at"),
        (event("motion.sampled", **MINIMAL["motion.sampled"] | {"athlete_id": "ada", "t0": far}), "data.t0"),
    ):
        assert (422, field) == ((problem := refused(raw)).status, problem.field)
    took(event("budget.granted", athlete_id="ada", units=1, reason="meet", expires=shift(days=30)))


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-01-05T10:00:00", "2026-01-05", 5, "1999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", True]
)  # fmt: skip
def test_a_time_is_rfc_3339_with_its_offset(time: object) -> None:
    """Anything else is refused, naming the field."""
    for name in ("time", "senttime"):
        assert (422, name) == ((problem := refused(rep() | {name: time})).status, problem.field)


def test_ingest_stamps_receipt_and_configuration() -> None:
    """Whatever the sender put there."""
    taken = took(rep() | {"receivedtime": "rubbish", "configversion": "rubbish"}).event
    assert (NOW, 7, NOW) == (taken.receivedtime, taken.configversion, taken.time)
