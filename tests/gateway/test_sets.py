from __future__ import annotations

from typing import Any

import pytest

from spotter.domain.events import Event
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import Advice
from spotter_gateway.sets import REPS_MAX, SETS_MAX, STALE_MS, OpenSets
from tests.gateway.outputs import advice, closed, counted, estimate, opened, read_advice, read_estimate, summary, voided

ALL = AdviceFilter("g1", estimates=True)


def hear(sets: OpenSets, after_rep: int, athlete: str = "ada", at_ms: int = 0, **more: Any) -> Advice:
    """Add an advice and return it as the gateway sends it."""
    return sets.add_advice(read_advice(advice(athlete, after_rep, **more)), at_ms)


def standing(sets: OpenSets, filter_: AdviceFilter = ALL) -> list[str]:
    """Return the ids of the current state."""
    return [item.id for item in sets.newest(filter_)]


def test_a_set_is_shown_by_its_newest_advice_and_estimate() -> None:
    """Each later rep replaces the one before."""
    sets = OpenSets()
    hear(sets, 0)
    hear(sets, 1)
    last = hear(sets, 2)
    sets.add_estimate(read_estimate(estimate(rep_number=1)))
    newest = read_estimate(estimate(rep_number=2))
    sets.add_estimate(newest)

    assert [last.id, newest.id] == standing(sets)


def test_revised_advice_replaces_the_first() -> None:
    """It is about the same rep."""
    sets = OpenSets()
    hear(sets, 5)
    again = hear(sets, 5, revision=2, late=True)

    assert [again.id] == standing(sets)


def test_late_advice_on_an_earlier_rep_does_not_replace_it() -> None:
    """Advice on rep 3 that arrives after rep 5 is not current."""
    sets = OpenSets()
    fifth = hear(sets, 5)
    third = hear(sets, 3, late=True)

    assert not third.newest
    assert [fifth.id] == standing(sets)


def test_an_amended_plan_does_not_replace_advice_on_a_rep() -> None:
    """The advice after the newest rep stays current."""
    sets = OpenSets()
    hear(sets, 0)
    fifth = hear(sets, 5, action="stop")
    plan = hear(sets, 0, revision=2, late=True)

    assert not plan.newest
    assert [fifth.id] == standing(sets)


def test_a_voided_rep_makes_the_one_before_the_newest() -> None:
    """Advice on rep 4 is current again, and the estimate of rep 5 is removed."""
    sets = OpenSets()
    hear(sets, 4)
    hear(sets, 5)
    fourth = read_estimate(estimate(rep_number=4))
    for rep in (fourth, read_estimate(estimate(rep_number=5))):
        sets.add_estimate(rep)
    sets.add_event(voided(rep_number=5))
    again = hear(sets, 4, revision=2, late=True)

    assert again.newest
    assert [again.id, fourth.id] == standing(sets)


def test_a_summary_removes_a_set() -> None:
    """Its estimate too."""
    sets = OpenSets()
    hear(sets, 1)
    sets.add_estimate(read_estimate(estimate()))
    sets.add_event(summary())

    assert [] == standing(sets)
    assert not sets.is_open("ada-s1")


def test_advice_on_a_later_rep_adds_a_set_again() -> None:
    """A rep after the end reopens it, even a late one."""
    for late in (False, True):
        sets = OpenSets()
        hear(sets, 5)
        sets.add_event(summary())
        sixth = hear(sets, 6, late=late)

        assert [sixth.id] == standing(sets)


def test_a_correction_does_not_reopen_a_set() -> None:
    """Its advice is late and about an earlier rep."""
    sets = OpenSets()
    hear(sets, 5)
    sets.add_event(summary())
    again = hear(sets, 5, revision=2, late=True)

    assert not again.newest
    assert [] == standing(sets)


@pytest.mark.parametrize("end", [{"voided": True}, {"merged_into": "other"}])
def test_a_set_that_never_was_is_removed_with_its_advice(end: dict[str, Any]) -> None:
    """The last advice is returned once, to be taken back; whatever is given later is late."""
    sets = OpenSets()
    hear(sets, 0)
    last = hear(sets, 1, action="stop")
    sets.add_estimate(read_estimate(estimate()))

    assert last == sets.add_event(closed(**end))
    assert None is sets.add_event(closed(**end))
    assert ([], False) == (standing(sets), sets.holds(last))
    later = hear(sets, 2, action="stop")
    assert (True, False, []) == (later.late, later.newest, standing(sets))
    assert sets.as_now(last).late


def test_a_set_that_has_ended_is_taken_back_too() -> None:
    """A page may still show how it went."""
    sets = OpenSets()
    last = hear(sets, 1)
    sets.add_event(summary())

    assert last == sets.add_event(closed(voided=True))


def test_a_voided_summary_takes_a_set_back_where_it_comes_first() -> None:
    """Two topics have no order between them."""
    sets = OpenSets()
    last = hear(sets, 1)

    assert last == sets.add_event(summary(reps=0, voided=True))
    assert None is sets.add_event(closed(voided=True))


def test_an_end_like_any_other_takes_nothing_back() -> None:
    """The summary removes the set."""
    sets = OpenSets()
    last = hear(sets, 1)

    assert None is sets.add_event(closed())
    assert [last.id] == standing(sets)


@pytest.mark.parametrize("back", [opened(reopened=1), closed()])
@pytest.mark.parametrize("end", [{"voided": True}, {"merged_into": "other"}])
def test_a_set_that_was_one_after_all_is_heard_again(end: dict[str, Any], back: Event) -> None:
    """A late event may show that a void or a merger was about another set; amendments alone show nothing."""
    sets = OpenSets()
    sets.add_event(closed(**end))
    sets.add_event(opened(amended=True))
    assert hear(sets, 2).withdrawn
    sets.add_event(back)

    assert not hear(sets, 3).withdrawn


def test_a_withdrawn_rep_takes_its_estimate_along() -> None:
    """Its advice is not repeated; the estimate of another rep of that number stays."""
    sets = OpenSets()
    hear(sets, 4)
    fifth = hear(sets, 5, action="stop")
    for number, event_id in ((4, "e4"), (5, "e5")):
        sets.add_estimate(read_estimate(estimate(rep_number=number, rep_event_id=event_id)))
    sets.add_event(counted(rep_number=5, rep_event_id="e5", revision=2, withdrawn=True))
    assert not sets.holds(fifth)
    instead = read_estimate(estimate(rep_number=5, rep_event_id="instead"))
    sets.add_event(counted(rep_number=5, rep_event_id="instead"))
    sets.add_estimate(instead)
    sets.add_event(counted(rep_number=5, rep_event_id="e5", revision=3, withdrawn=True))

    assert [fifth.id, instead.id] == standing(sets)


def test_a_rep_with_another_number_has_one_estimate() -> None:
    """The one under the number of before is removed, whichever comes first."""
    for renumbered_first in (True, False):
        sets = OpenSets()
        hear(sets, 3)
        sets.add_estimate(read_estimate(estimate(rep_number=3, rep_event_id="e")))
        moved = read_estimate(estimate(rep_number=2, rep_event_id="e", revision=2))
        if renumbered_first:
            sets.add_event(counted(rep_number=2, rep_event_id="e", revision=2))
        sets.add_estimate(moved)

        assert moved.id == standing(sets)[-1]


def test_filters_apply_to_the_current_state() -> None:
    """Only sets of requested lifters, only requested actions, estimates if requested."""
    sets = OpenSets()
    ada = hear(sets, 1)
    bob = hear(sets, 1, "bob", action="stop")
    sets.add_estimate(read_estimate(estimate("bob")))

    assert [ada.id, bob.id] == standing(sets, AdviceFilter("g1"))
    assert [bob.id] == standing(sets, AdviceFilter("g1", actions=frozenset({"stop"})))
    assert [ada.id] == standing(sets, AdviceFilter("g1", athletes=frozenset({"ada"})))
    assert [] == standing(sets, AdviceFilter("g2"))


def test_a_set_knows_its_station() -> None:
    """From its opening, or from advice on it."""
    sets = OpenSets()
    sets.add_event(opened("ada", station_id="rack-1"))
    hear(sets, 1, "bob", station_id="rack-2")

    assert ["rack-1", "rack-2", None] == [sets.station_of(f"{name}-s1") for name in ("ada", "bob", "cy")]


def test_a_set_without_records_is_dropped() -> None:
    """After half an hour without a record."""
    sets = OpenSets()
    hear(sets, 1, "ada", at_ms=0)
    bob = hear(sets, 1, "bob", at_ms=STALE_MS // 2)
    cy = hear(sets, 1, "cy", at_ms=STALE_MS)

    assert [bob.id, cy.id] == standing(sets)


def test_memory_has_a_limit() -> None:
    """The sets updated longest ago are dropped first, and the first reps of a set."""
    sets = OpenSets()
    for number in range(SETS_MAX + 5):
        sets.add_advice(read_advice(advice(set_key=f"k{number}")), 0)
    for rep in range(1, REPS_MAX + 10):
        sets.add_estimate(read_estimate(estimate(rep_number=rep)))

    assert SETS_MAX == len(sets)
    assert not sets.is_open("k4")
    assert sets.is_open("k5")
