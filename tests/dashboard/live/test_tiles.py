"""What a tile shows of a set."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from spotter.domain.events import decode
from spotter.domain.events.people import Consent
from spotter.domain.exercises import builtin_catalogue
from spotter_dashboard.live.floor import KEPT, SHOWN, Floor
from spotter_dashboard.live.tiles import BARS_MAX, FloorTile, RepBar, tile
from tests.dashboard.story import MONDAY, Story


class Stage:
    """A floor whose clock follows what is told."""

    def __init__(self, *stories: Story) -> None:
        self.now = max(story.now for story in stories)
        self.floor = Floor(lambda: self.now)
        for story in stories:
            for record in story.records:
                self.floor.apply(decode(record.value))

    def tiles(self) -> list[FloorTile]:
        """Draw what is shown, in rack order."""
        shown = (
            tile(running, self.floor.athlete("g1", running.athlete_id), builtin_catalogue())
            for running in self.floor.shown("g1")
        )
        return sorted(shown, key=lambda drawn: drawn.order)

    def keys(self) -> list[str]:
        """Return the keys of the sets that are shown, in rack order."""
        return [drawn.set_key for drawn in self.tiles()]

    def only(self) -> FloorTile:
        """Draw the only tile."""
        [drawn] = self.tiles()
        return drawn


def heights(drawn: FloorTile) -> list[float | None]:
    """Return the heights of the bars."""
    return [bar.height for bar in drawn.bars]


def test_a_tile_says_who_lifts_what() -> None:
    """The name that a coach gave, the exercise's own name, the load."""
    story = Story("ada").named("Ada Okafor").opens("s", exercise="back_squat", load_kg=100.0, station_id="rack-1")
    drawn = Stage(story).only()

    assert ("Ada Okafor", "Back squat", 100.0, "rack-1", "work", True, 0) == (
        drawn.name,
        drawn.exercise,
        drawn.load_kg,
        drawn.station_id,
        drawn.intent,
        drawn.running,
        drawn.reps,
    )


def test_what_nobody_said_is_shown_as_far_as_it_is_known() -> None:
    """The lifter's id, the words of an unknown exercise."""
    drawn = Stage(Story("ada").opens("s", exercise="sled_push")).only()

    assert ("ada", "Sled push", None, None) == (drawn.name, drawn.exercise, drawn.load_kg, drawn.station_id)


def test_bars_are_velocities_against_the_reference() -> None:
    """The tallest bar fills the chart; the line stands at the reference velocity of the newest estimate."""
    story = Story("ada").opens("s")
    for number, velocity in enumerate((0.6, 0.5, 0.3), 1):
        story.rep("s", number, velocity).estimates("s", number, 5.0, reference_mps=0.5)
    drawn = Stage(story).only()

    assert [1.0, 0.8333, 0.5] == heights(drawn)
    assert (0.8333, "0.50 m/s") == (drawn.reference_height, drawn.reference_label)
    assert ["0.60 m/s", "0.50 m/s", "0.30 m/s"] == [bar.label for bar in drawn.bars]


def test_bars_of_timing_only_sets_are_speeds_against_the_fastest_of_the_first_three() -> None:
    """A rep that took twice as long is half as high."""
    story = Story("ada").opens("s")
    for number, lasted_s in enumerate((2.0, 1.0, 1.0, 2.0), 1):
        story.wait(3).rep("s", number, concentric_s=lasted_s).estimates("s", number, 5.0, mode="timing")
    drawn = Stage(story).only()

    assert [0.5, 1.0, 1.0, 0.5] == heights(drawn)
    assert (1.0, "2.0 s") == (drawn.reference_height, drawn.bars[0].label)


def test_reps_of_which_only_the_time_is_known_are_measured_from_one_to_the_next() -> None:
    """The first has no height of its own."""
    story = Story("ada").opens("s")
    for number, gap_s in enumerate((9, 2, 4), 1):
        story.wait(gap_s).rep("s", number).estimates("s", number, 5.0, mode="timing")

    assert [None, 1.0, 0.5] == heights(Stage(story).only())


def test_voided_reps_and_ghosts_are_marked_and_voided_ones_not_counted() -> None:
    """They are drawn, but not as reps."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).estimates("s", 1, 5.0).wait(2)
    story.rep("s", 2, 0.9).estimates("s", 2, 5.0, flags=["ghost"]).wait(2)
    story.rep("s", 3, 0.4).estimates("s", 3, 4.0).counts("s", 3, 0.4, revision=2, voided=True)
    drawn = Stage(story).only()

    assert [(False, False), (False, True), (True, False)] == [(bar.voided, bar.ghost) for bar in drawn.bars]
    assert (2, 5.0) == (drawn.reps, drawn.reps_left.median if drawn.reps_left else None)


def test_one_rep_that_two_sources_counted_is_one_bar() -> None:
    """The report with a velocity is drawn, whether they number reps alike or not."""
    alike = Story("ada").opens("s").counts("s", 1, None, rep_event_id="wrist").rep("s", 1, 0.5).estimates("s", 1, 5.0)
    apart = Story("ada").opens("s").rep("s", 1, 0.5).estimates("s", 1, 5.0)
    apart.counts("s", 7, None, rep_event_id="wrist").estimates("s", 7, 5.0, flags=["second_source"])

    for story in (alike, apart):
        assert [RepBar(1, 1.0, "0.50 m/s")] == Stage(story).only().bars


def test_only_the_newest_bars_of_a_long_set_are_drawn() -> None:
    """The count still says how many there were."""
    story = Story("ada").opens("s")
    for number in range(1, BARS_MAX + 11):
        story.rep("s", number, 0.5, rep_time=MONDAY + timedelta(seconds=number))
    drawn = Stage(story).only()

    assert (BARS_MAX, 11, BARS_MAX + 10) == (len(drawn.bars), drawn.bars[0].rep_number, drawn.reps)


def test_reps_left_and_fatigue_are_those_of_the_newest_rep() -> None:
    """Also where an earlier rep was estimated later."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).wait(3).rep("s", 2, 0.4)
    story.estimates("s", 2, 3.0, velocity_loss=0.2, rir_low=2.0, rir_high=5.0).estimates("s", 1, 8.0)
    drawn = Stage(story).only()

    assert {"median": 3.0, "low": 2.0, "high": 5.0, "confidence": "medium"} == asdict(drawn)["reps_left"]
    assert 0.2 == drawn.velocity_loss


@pytest.mark.parametrize(
    ("advised", "shown"),
    [
        ([(0, "continue", {})], (0, "continue")),
        ([(0, "continue", {}), (1, "one_more", {}), (2, "stop", {})], (2, "stop")),
        ([(1, "one_more", {}), (2, "continue", {"revision": 1}), (2, "stop", {"revision": 2})], (2, "stop")),
        ([(2, "stop", {}), (1, "continue", {"revision": 2})], (2, "stop")),
        ([(1, "one_more", {})], (1, "one_more")),
        ([], None),
    ],
)
def test_the_advice_after_the_newest_rep_is_in_force(advised: list[Any], shown: tuple[int, str] | None) -> None:
    """Until it comes, the one before is; the plan before the first."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).wait(3).rep("s", 2, 0.4)
    for number, action, more in advised:
        story.advises("s", number, action, **more)
    advice = Stage(story).only().advice

    assert shown == (None if advice is None else (advice.after_rep, advice.action))


def test_advice_after_a_rep_that_was_voided_is_not_shown() -> None:
    """What followed from a rep that was none no longer holds."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).advises("s", 1, "continue").wait(3)
    story.rep("s", 2, 0.1).advises("s", 2, "failing").counts("s", 2, 0.1, revision=2, voided=True)
    advice = Stage(story).only().advice

    assert advice is not None and "continue" == advice.action


def test_a_lost_device_is_lost_until_the_next_rep() -> None:
    """Corrections that others send do not bring it back."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).estimates("s", 1, 5.0).wait(2).loses("s")
    assert Stage(story).only().signal_lost
    story.wait(1).counts("s", 1, 0.4, revision=2)
    assert Stage(story).only().signal_lost
    story.wait(1).rep("s", 2, 0.5).estimates("s", 2, 4.0)
    assert not Stage(story).only().signal_lost


def test_a_device_that_was_lost_in_an_earlier_set_is_not_lost_in_this_one() -> None:
    """And a device that names no set is lost for the one that runs."""
    story = Story("ada").opens("s1").loses().wait(1).closes("s1").wait(60).opens("s2")
    assert not Stage(story).only().signal_lost
    story.wait(1).loses()
    assert Stage(story).only().signal_lost


def test_tiles_stay_in_rack_order() -> None:
    """By number, not by letters; sets without a rack come last."""
    stories = [
        Story(athlete).opens(athlete, station_id=station)
        for athlete, station in (("ada", None), ("bo", "rack-10"), ("cy", "rack-2"), ("di", "Rack-1"))
    ]

    assert ["di", "cy", "bo", "ada"] == Stage(*stories).keys()


def test_a_set_that_ended_stays_for_a_while() -> None:
    """Then it is gone, and later forgotten."""
    stage = Stage(Story("ada").opens("s").wait(5).closes("s"))
    assert (False, "lifter") == (stage.only().running, stage.only().ended_by)
    stage.now += SHOWN + timedelta(seconds=1)
    assert [] == stage.keys()
    stage.now += KEPT
    stage.floor.tidy()
    assert {} == stage.floor._gyms["g1"]


def test_a_set_that_goes_on_has_all_its_reps() -> None:
    """It is remembered for as long as it may go on."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).closes("s")
    stage = Stage(story)
    stage.now += timedelta(minutes=9)
    stage.floor.tidy()
    story.records.clear()
    for record in story.wait(540).opens("s", reopened=1, opened_at=MONDAY).rep("s", 2, 0.4).records:
        stage.floor.apply(decode(record.value))

    assert (True, 2) == (stage.only().running, stage.only().reps)


def test_an_ended_set_gives_way_to_a_newer_one() -> None:
    """Of the same lifter, or at the same rack."""
    first = Story("ada").opens("a1", station_id="rack-1").wait(5).closes("a1").wait(30).opens("a2")
    rack = Story("bo").opens("b1", station_id="rack-2").wait(5).closes("b1")
    other = Story("cy").wait(40).opens("c1", station_id="rack-2")

    assert ["c1", "a2"] == Stage(first, rack, other).keys()


def test_two_who_share_a_rack_are_both_shown() -> None:
    """As long as neither has ended."""
    stories = [Story(athlete).opens(athlete, station_id="rack-1") for athlete in ("ada", "bo")]

    assert ["ada", "bo"] == Stage(*stories).keys()


def test_history_is_not_on_the_floor() -> None:
    """Neither a set that arrived late, nor what is put right about a set of which nothing else is known here."""
    story = Story("ada").opens("late", history=True).closes("late", reason="history")
    story.opens("old", amended=True, opened_at=MONDAY - timedelta(days=3))

    assert [] == Stage(story).keys()


def test_who_does_not_agree_to_be_shown_is_not() -> None:
    """From that moment on, and until the lifter agrees again."""
    story = Story("ada").opens("s").named("Ada", consent=Consent(live=False))
    assert [] == Stage(story).keys()
    story.named("Ada", consent=Consent(live=True))
    assert ["s"] == Stage(story).keys()
