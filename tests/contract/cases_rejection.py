"""Whatever was accepted and changed nothing is a dead letter that says why, on every host. Subclasses provide `host`."""

from __future__ import annotations

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import SetMoved
from spotter.streaming.dead_letters import REASONS
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter


class RejectionCases:
    """Nothing that was accepted vanishes."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter with two sets that have ended."""
        lifter = Lifter(host, host.now())
        for at_s, set_id in ((0, "a"), (300, "b")):
            lifter.send(lifter.start(at_s, set_id, load_kg=60.0), *lifter.reps(3, at_s + 3, set_id))
            lifter.send(lifter.end(at_s + 12, set_id))
        return lifter

    @pytest.mark.parametrize(
        "what",
        [
            "the same rep under another id",
            "another rep under its number",
            "a second end",
            "an end that the set has outlived",
            "an amendment that says what is known",
            "the same start again",
            "a void of a rep that is voided",
            "a void of a set that is voided",
            "a rep of a voided set",
            "a call of a voided set",
            "a move to the same lifter",
        ],
    )
    def test_what_changes_nothing_is_a_dead_letter(self, lifter: Lifter, what: str) -> None:
        """With a reason that is documented; the sets are as before."""
        key = lifter.sets[0].opened.set_key
        if what.endswith("a rep that is voided"):
            lifter.send(lifter.void(2, 400, "a"))
        elif what.endswith(("a voided set", "a set that is voided")):
            lifter.send(lifter.void_set(400, "a"))
        event = _useless(lifter, what, key)
        lines, costs = lifter.lines, lifter.costs
        lifter.send(event)
        assert (lines, costs) == (lifter.lines, lifter.costs)
        assert [event.id] == [rejection.rejected_id for rejection in lifter.rejected]
        assert set(lifter.reasons) <= set(REASONS)
        assert all(rejection.detail for rejection in lifter.rejected)

    def test_sent_again_under_its_own_id_it_is_no_news(self, lifter: Lifter) -> None:
        """A retry of what was taken is known by its identity, and says nothing."""
        again = lifter.rep(4, 11, 0.45, "a", id="again", sent_s=400)
        lifter.send(again)
        lifter.send(again, again)
        assert [] == lifter.reasons
        assert ["a bench_press 4", "b bench_press 3"] == lifter.lines


def _useless(lifter: Lifter, what: str, key: str) -> Event:
    return {
        "the same rep under another id": lambda: lifter.rep(2, 310, 0.52, "b"),
        "another rep under its number": lambda: lifter.rep(2, 305, 0.3, "b"),
        "a second end": lambda: lifter.end(320, "b"),
        "an end that the set has outlived": lambda: lifter.late(lifter.end(304, "b"), 330),
        "an amendment that says what is known": lambda: lifter.amend_set(330, "b", load_kg=60.0),
        "the same start again": lambda: lifter.late(lifter.start(300.5, "b", load_kg=60.0), 330),
        "a void of a rep that is voided": lambda: lifter.void(2, 401, "a"),
        "a void of a set that is voided": lambda: lifter.void_set(401, "a", set_key=key),
        "a rep of a voided set": lambda: lifter.rep(4, 401, 0.4, "a", set_key=key),
        "a call of a voided set": lambda: lifter.call(1, 401, "a", set_key=key),
        "a move to the same lifter": lambda: lifter.event(
            SetMoved(set_id="b", to_athlete_id=lifter.athlete_id), 400, source="coach"
        ),
    }[what]()
