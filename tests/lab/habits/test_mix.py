"""Each habit does to a workout's reports what its name says, and nothing to the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from lab.habits import (
    ambiguity,
    clocks,
    corrections,
    delivery,
    devices,
    recorders,
    set_names,
    workout_diary,
)
from lab.habits.diary import APP, TRACKER, WATCH, Diary, Report, ordinary
from lab.habits.floor import batches, event_of, happened_s
from lab.habits.mix import MIX
from lab.habits.workouts import draw_visit
from spotter.domain.events.lifting import (
    EffortReported,
    RepCompleted,
    RepStarted,
    RepVoided,
    SetAmended,
    SetEnded,
    SetStarted,
    SetVoided,
)


def with_habit(habit: Callable[[Diary, Random], bool], first: Callable[[Diary], object] = lambda diary: None) -> Diary:
    """Return the first workout that has a place for a habit, with it."""
    for seed in range(200):
        diary = ordinary(draw_visit(seed), Random(seed))
        first(diary)
        if habit(diary, Random(seed)):
            return diary
    raise AssertionError("no workout has a place for it")


def reports_of(diary: Diary, kind: type) -> list[Report]:
    """Return the reports of a kind."""
    return [report for report in diary.reports if report.kind is kind]


def test_the_same_seed_gives_the_same_reports() -> None:
    """Whatever the habits."""
    for seed in range(30):
        assert workout_diary(seed).reports == workout_diary(seed).reports


def test_every_habit_is_common_enough_to_be_seen() -> None:
    """Each is in two of a hundred workouts at least, several come together, and hardly any workout can't be known."""
    diaries = [workout_diary(seed) for seed in range(600)]
    names = [habit.name for stage in MIX for habit in stage if habit.name]
    for name in names:
        assert 0.012 <= sum(name in diary.habits for diary in diaries) / len(diaries), name
    assert sum(len(diary.habits) >= 3 for diary in diaries) > len(diaries) / 2
    assert sum(bool(diary.ambiguous) for diary in diaries) < 0.005 * len(diaries)


def test_an_ordinary_app_tells_each_set_from_start_to_end() -> None:
    """One start, all reps, one end, each under the set's own id."""
    diary = ordinary(draw_visit(4), Random(4))
    assert len({logged.set_id for logged in diary.sets}) == len(diary.sets)
    for index, logged in enumerate(diary.sets):
        assert logged.first.begun_s == diary.of(index, SetStarted)[0].at_s
        assert [rep.number for _, rep in logged.reps()] == [report.rep for report in diary.of(index, RepCompleted)]
        assert 1 == len(diary.of(index, SetEnded))


def test_sets_are_numbered_within_each_exercise() -> None:
    """Every exercise has a first set."""
    diary = with_habit(set_names.numbers_within_exercise)
    exercises = {logged.first.exercise for logged in diary.sets}
    assert exercises == {logged.first.exercise for logged in diary.sets if logged.set_id == "1"}


def test_sets_are_numbered_through_the_day() -> None:
    """One after the other."""
    diary = with_habit(set_names.numbers_per_day)
    assert [f"{number}" for number in range(1, len(diary.sets) + 1)] == [logged.set_id for logged in diary.sets]


def test_an_id_is_that_of_the_exercise() -> None:
    """All its sets have the one."""
    diary = with_habit(set_names.id_per_exercise)
    assert all(logged.set_id == logged.first.exercise for logged in diary.sets)


def test_no_event_has_a_set_id() -> None:
    """Nobody names a set."""
    diary = with_habit(set_names.no_ids)
    assert {None} == {event_of(diary, report, "ada").data.set_id for report in diary.reports}


def test_without_starts_each_rep_says_its_exercise_and_load() -> None:
    """And nothing else does."""
    diary = with_habit(set_names.no_starts)
    assert [] == reports_of(diary, SetStarted)
    for index, logged in enumerate(diary.sets):
        assert {logged.first.exercise} == {report.fields["exercise"] for report in diary.of(index, RepCompleted)}


def test_without_ends_sets_of_one_id_and_exercise_would_run_together() -> None:
    """So those keep their ends, but for very few, which nobody can know."""

    def nameless(diary: Diary) -> None:
        set_names.no_ids(diary, Random(0))
        set_names.no_ends(diary, Random(0))

    class Forgetful(Random):
        def random(self) -> float:
            return 0.0

    for seed in range(40):
        diary = ordinary(draw_visit(seed), Random(seed))
        nameless(diary)
        set_names.tell_boundaries(diary, Random(seed))
        assert [] == ambiguity.reasons(diary)
    diary = with_habit(lambda diary, random: bool(ambiguity.reasons(diary)), nameless)
    set_names.tell_boundaries(diary, Forgetful())
    assert "no boundary" in ambiguity.reasons(diary)


def test_a_tracker_may_know_no_set_ids() -> None:
    """The app does."""
    diary = with_habit(set_names.tracker_without_ids)
    assert {None} == {event_of(diary, report, "ada").data.set_id for report in reports_of(diary, RepCompleted)}
    assert None not in {event_of(diary, report, "ada").data.set_id for report in reports_of(diary, SetStarted)}


def test_a_counter_starts_over_within_a_set() -> None:
    """Its later reps are numbered from 1 again."""
    diary = with_habit(devices.counter_restarts)
    [index, *_] = diary.renumbered
    numbers = [report.fields["rep_number"] for report in diary.of(index, RepCompleted)]
    assert 2 == numbers.count(1)


def test_each_arm_has_a_counter_of_its_own() -> None:
    """Two devices, both from 1."""
    diary = with_habit(devices.counts_each_arm)
    [index, *_] = diary.renumbered
    reps = diary.of(index, RepCompleted)
    assert 2 == len({report.fields["device"]["id"] for report in reps})
    assert 2 == sum(report.fields["rep_number"] == 1 for report in reps)


def test_each_rep_is_notified_twice() -> None:
    """With all its values, a moment later."""
    diary = with_habit(devices.notified_twice)
    reps = reports_of(diary, RepCompleted)
    by_rep = [[report for report in reps if report.rep == number] for number in {report.rep for report in reps}]
    assert 2 == max(map(len, by_rep))
    for first, *rest in by_rep:
        assert all(first.fields == again.fields and 0 < again.at_s - first.at_s < 0.7 for again in rest)


def test_a_flushed_buffer_gives_all_reps_one_time() -> None:
    """That of the flush, after the last of them."""
    diary = with_habit(devices.flushed)
    reports = [report for report in diary.reports if report.flushed]
    for index in {report.logged for report in reports}:
        assert index is not None
        [at_s] = {report.at_s for report in diary.of(index, RepCompleted)}
        assert at_s > diary.sets[index].last.ended_s


def test_a_tracker_sends_the_reps_when_the_set_is_over() -> None:
    """Each with its own time."""
    diary = with_habit(devices.stored_and_sent)
    for index in range(len(diary.sets)):
        reps = diary.of(index, RepCompleted)
        assert 1 == len({report.sent_s for report in reps}) < len({report.at_s for report in reps}) + 1


def test_a_device_that_tells_only_times() -> None:
    """No velocity, no travel."""
    diary = with_habit(devices.timing_only)
    assert not any("mean_velocity_mps" in report.fields for report in reports_of(diary, RepCompleted))


def test_the_unrack_is_taken_for_a_start() -> None:
    """One start more than there are reps in a set that is started."""
    diary = with_habit(devices.first_ticks)
    reps, starts = diary.of(0, RepCompleted), diary.of(0, RepStarted)
    assert len(reps) + 1 == len(starts)
    assert starts[0].at_s < reps[0].at_s


def test_a_watch_sees_the_same_reps_a_little_later() -> None:
    """Under ids of its own, without velocities."""
    diary = with_habit(recorders.watch)
    by_number = {report.rep: report.at_s for report in reports_of(diary, RepCompleted) if report.teller != WATCH}
    seen = [report for report in reports_of(diary, RepCompleted) if report.teller == WATCH and report.rep is not None]
    assert all(0 < report.at_s - by_number[report.rep] <= 1.6 for report in seen)
    assert not any("mean_velocity_mps" in report.fields for report in seen)
    assert not {report.sent_id for report in seen} & {logged.set_id for logged in diary.sets}


@pytest.mark.parametrize(
    ("habit", "kind"),
    [
        (corrections.rep_voided, RepVoided),
        (corrections.load_amended, SetAmended),
        (corrections.exercise_amended, SetAmended),
        (corrections.effort_corrected, EffortReported),
        (corrections.set_voided, SetVoided),
    ],
)
def test_a_correction_means_its_set(habit: Callable[[Diary, Random], bool], kind: type) -> None:
    """By its id at its time, as the contract reads both."""
    diary = with_habit(habit)
    correction = max(reports_of(diary, kind), key=lambda report: report.at_s)
    assert correction.logged is not None
    assert correction.logged == diary.means(diary.sets[correction.logged].set_id, correction.at_s)


def test_yesterday_is_corrected_while_today_runs_under_the_same_id() -> None:
    """And not today's set."""
    diary = with_habit(corrections.next_day, lambda diary: set_names.numbers_per_day(diary, Random(0)))
    correction = max(reports_of(diary, SetAmended), key=lambda report: report.sending_s)
    assert correction.logged is not None
    assert 2 == sum(logged.set_id == diary.sets[correction.logged].set_id for logged in diary.sets)
    assert correction.logged != len(diary.sets) - 1


def test_a_call_is_tapped_when_the_next_set_is_under_way() -> None:
    """Its id tells which one it means."""
    diary = with_habit(corrections.called_later)
    late = [
        report
        for report in reports_of(diary, EffortReported)
        if report.logged is not None and report.at_s > diary.next_begun_s(report.logged)
    ]
    assert late
    for report in late:
        assert report.logged == diary.means(event_of(diary, report, "ada").data.set_id, report.at_s)


def test_a_call_names_its_rep() -> None:
    """The last of the set."""
    diary = with_habit(corrections.call_names_rep)
    for report in reports_of(diary, EffortReported):
        assert report.logged is not None
        assert report.fields["rep_number"] == len(diary.of(report.logged, RepCompleted))


def test_an_app_says_again_what_it_said() -> None:
    """The same of the same set, as another event."""
    diary = with_habit(corrections.starts_again)
    starts = [diary.of(index, SetStarted) for index in range(len(diary.sets))]
    first, again = next(pair for pair in starts if len(pair) == 2 and pair[0].fields == pair[1].fields)
    assert first.id != again.id


def test_a_set_is_started_late() -> None:
    """When a rep of it is done already."""
    diary = with_habit(corrections.started_late)
    late = [
        index
        for index in range(len(diary.sets))
        if diary.of(index, SetStarted)[0].at_s > diary.of(index, RepCompleted)[0].at_s
    ]
    assert 1 <= len(late) <= 2


def test_a_set_is_started_and_left() -> None:
    """It has a start and nothing else."""
    diary = with_habit(corrections.started_and_left)
    [report] = diary.of(len(diary.sets) - 1)
    assert SetStarted is report.kind
    assert {report.fields["exercise"]} == diary.empty


def test_calls_come_late_and_name_no_set() -> None:
    """Each has the time at which it was tapped."""
    diary = with_habit(delivery.late_calls)
    last_s = max(report.at_s for report in reports_of(diary, RepCompleted))
    calls = reports_of(diary, EffortReported)
    assert all(report.sending_s >= last_s and not report.named for report in calls)
    assert len(calls) == len({report.at_s for report in calls})


def test_an_offline_phone_uploads_later_than_the_tracker() -> None:
    """All of the app's events come when the workout is over."""
    diary = with_habit(delivery.phone_offline)
    last_s = max(report.sending_s for report in diary.reports if report.teller == TRACKER)
    assert all(report.sending_s > last_s for report in diary.reports if report.teller == APP)


def test_what_happens_out_of_range_comes_together() -> None:
    """The rest comes as it happens."""
    diary = with_habit(delivery.out_of_range)
    [together_s] = {report.sent_s for report in diary.reports if report.sent_s is not None}
    assert all(report.at_s <= together_s for report in diary.reports if report.sent_s == together_s)
    assert any(report.sent_s is None for report in diary.reports)


def test_a_workout_is_imported_again() -> None:
    """Every event comes a second time, at its own time, under another id."""
    diary = with_habit(delivery.imported_again)
    diary.identify("again")
    events = [event_of(diary, report, "ada") for report in diary.reports]
    assert 2 * len({(event.type, event.time) for event in events}) == len(events)
    assert len(events) == len({event.id for event in events})


def test_an_upload_comes_at_once() -> None:
    """In one batch, in order."""
    [(_, batch)] = batches(with_habit(delivery.uploaded_afterwards))
    assert all(before.at_s <= after.at_s for before, after in pairwise(batch))


def test_an_upload_comes_newest_first() -> None:
    """In one batch, backwards."""
    [(_, batch)] = batches(with_habit(delivery.newest_first))
    assert all(before.at_s >= after.at_s for before, after in pairwise(batch))


def test_an_upload_comes_in_chunks() -> None:
    """Out of order."""
    diary = with_habit(delivery.random_chunks)
    arrivals = [report for _, batch in batches(diary) for report in batch]
    assert any(before.at_s > after.at_s for before, after in pairwise(arrivals))


def test_an_event_sent_again_is_the_same_event() -> None:
    """Its id, its time, its content."""
    diary = with_habit(delivery.events_again)
    again = next(report for report in diary.reports if report.again)
    first = next(report for report in diary.reports if report.id == again.id and not report.again)
    assert event_of(diary, first, "ada").content() == event_of(diary, again, "ada").content()


@pytest.mark.parametrize("habit", [clocks.wrong_clock, clocks.clock_without_date])
def test_senttime_puts_a_wrong_clock_right(habit: Callable[[Diary, Random], bool]) -> None:
    """The corrected time is the true one, but for the way to the log."""
    diary = with_habit(habit)
    for report in diary.reports:
        event = event_of(diary, report, "ada")
        assert 0 <= happened_s(diary, event) - report.at_s < 0.3
    assert any(
        abs(event_of(diary, report, "ada").time - diary.visit.at(report.at_s)) > timedelta(seconds=5)
        for report in diary.reports
    )


def test_without_senttime_all_clocks_are_one() -> None:
    """Then all times are off by the same."""
    diary = with_habit(clocks.untold_clock)
    events = [event_of(diary, report, "ada") for report in diary.reports]
    assert {None} == {event.senttime for event in events}
    assert 1 == len(
        {event.time - diary.visit.at(report.at_s) for event, report in zip(events, diary.reports, strict=True)}
    )


def test_no_habit_changes_the_truth() -> None:
    """The bouts of the sets that happened are those of the workout, and at most one of the next day."""
    for seed in range(100):
        diary = workout_diary(seed)
        bouts = [bout for index in diary.real() for bout in diary.sets[index].bouts]
        assert list(draw_visit(seed).bouts) == bouts[: len(diary.visit.bouts)]
        assert len(bouts) <= len(diary.visit.bouts) + 1


def test_a_silent_counter_that_starts_over_cannot_be_known() -> None:
    """A rep that tells nothing but its number may be one notified again."""

    def restarted(diary: Diary, random: Random) -> bool:
        return devices.timing_only(diary, random) and devices.counter_restarts(diary, random)

    assert ["a silent counter that starts over"] == ambiguity.reasons(with_habit(restarted))


def test_a_flush_of_an_unnamed_set_within_the_next_cannot_be_known() -> None:
    """Nothing tells whose reps these are."""
    diary = with_habit(devices.flushed, lambda diary: set_names.no_ids(diary, Random(0)))
    index = next(report.logged for report in diary.reports if report.flushed)
    assert index is not None
    late_s = diary.next_begun_s(index) + 5.0
    if late_s < float("inf"):
        diary.reports = [
            replace(report, at_s=late_s) if report.flushed and report.logged == index else report
            for report in diary.reports
        ]
        assert "a flush without names" in ambiguity.reasons(diary)
