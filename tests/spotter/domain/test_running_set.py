"""A set is the same whatever order its events come in, and shows what corrections made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from spotter.domain.events import Event, decode
from spotter.domain.running_set import RunningSet, rank
from tests.dashboard.story import MONDAY, Story


def events() -> list[Event]:
    """Two reps, of which the second is corrected to a void; advice after both; an end that was taken back."""
    story = Story("ada").opens("s").advises("s", 0, "continue")
    story.counts("s", 1, 0.5).estimates("s", 1, 4.0).advises("s", 1, "continue").wait(2)
    story.counts("s", 2, 0.3).estimates("s", 2, 1.0).advises("s", 2, "stop")
    story.counts("s", 2, 0.3, revision=2, voided=True).closes("s").wait(5).opens("s", reopened=1)
    return [decode(record.value) for record in story.records]


def folded(story_events: list[Event]) -> RunningSet:
    """Fold events."""
    running = RunningSet("g1", "s", "ada")
    for event in story_events:
        running.apply(event)
    return running


def test_any_order_of_events_gives_the_same_set() -> None:
    """Forwards, backwards, and all orders of the corrections."""
    first, last = events()[:-5], events()[-5:]
    views = set()
    for order in permutations(last):
        running = folded([*order, *reversed(first)])
        counted = [rep for rep in running.merged_reps() if not rep.voided]
        estimate, advice = running.newest_estimate(counted), running.advice_in_force(counted)
        assert estimate is not None and advice is not None
        views.add((len(counted), estimate.rep_number, advice.after_rep, running.closing is None, running.last_received))

    assert {(1, 1, 1, True, MONDAY + timedelta(seconds=7))} == views


def test_an_event_that_is_older_changes_nothing() -> None:
    """Applied twice, or after its correction."""
    running = folded(events())

    assert [False] * len(events()) == [running.apply(event) for event in events()]


def test_the_plan_is_in_force_until_a_rep_has_advice() -> None:
    """Without any advice there is none."""
    story_events = events()

    assert folded(story_events[:1]).advice_in_force([]) is None
    plan = folded(story_events[:2]).advice_in_force([])
    assert plan is not None and 0 == plan.after_rep


def test_outputs_are_ranked_by_their_input_and_their_index() -> None:
    """An event without a sequence comes first."""
    event = events()[0]
    ranks = [rank(replace(event, sequence=text)) for text in (None, "x", "7-0", "7-1", "8")]

    assert [0, 0] == ranks[:2]
    assert sorted(set(ranks)) == ranks[1:]


def test_a_rep_is_known_by_its_event_and_has_the_number_of_its_highest_revision() -> None:
    """A rep that came late moves the next one up; an estimate goes with its rep."""
    story = Story("ada").opens("s").wait(3).counts("s", 1, 0.5, rep_event_id="first")
    story.estimates("s", 1, 5.0, rep_event_id="first", revision=3)
    story.counts("s", 2, 0.5, rep_event_id="first", revision=2, rep_time=story.now).wait(1)
    story.counts("s", 1, 0.6, rep_event_id="late", rep_time=MONDAY).estimates("s", 1, 8.0, rep_event_id="late")
    for order in permutations([decode(record.value) for record in story.records]):
        running = folded(list(order))
        reps = running.merged_reps()

        assert [(1, "late"), (2, "first")] == [(rep.rep_number, rep.rep_event_id) for rep in reps]
        assert {1: 8.0, 2: 5.0} == {number: estimate.rir for number, estimate in running.estimates_by_number().items()}


def test_a_withdrawn_rep_leaves_nothing_behind() -> None:
    """Neither rep nor estimate; advice after it is not in force."""
    story = Story("ada").opens("s").advises("s", 0, "continue").counts("s", 1, 0.5, rep_event_id="r")
    story.estimates("s", 1, 5.0, rep_event_id="r").advises("s", 1, "stop").withdraws("s", 1, rep_event_id="r")
    running = folded([decode(record.value) for record in story.records])
    advice = running.advice_in_force(running.merged_reps())

    assert ([], None) == (running.merged_reps(), running.newest_estimate(running.merged_reps()))
    assert advice is not None and 0 == advice.after_rep


def test_a_set_that_was_voided_or_merged_is_gone_unless_it_goes_on() -> None:
    """Amendments say nothing of it; a later end, or going on, shows that it was a set after all; in whatever order."""
    for end in (Story("ada").opens("s").voids("s"), Story("ada").opens("s").merges("s", "other")):
        end.opens("s", amended=True)
        for order in permutations([decode(record.value) for record in end.records]):
            assert folded(list(order)).gone
        end.wait(5).closes("s")
        for order in permutations([decode(record.value) for record in end.records]):
            assert not folded(list(order)).gone
        end.opens("s", reopened=1)
        assert not folded([decode(record.value) for record in end.records]).gone
