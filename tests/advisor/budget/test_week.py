from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lab.ledger_oracle import published, recompute
from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import SetSummarised
from spotter.domain.events.people import PolicyUpdated
from tests.advisor.training import MONDAY, Lifting, Training


def entries(training: Training) -> list[BudgetChanged]:
    """Return the budgets that came with an entry."""
    return [change for change in training.outputs_of(BudgetChanged) if change.entry is not None]


def fails(training: Training, exercise: str = "biceps_curl") -> Lifting:
    """Do a set to failure."""
    lifting = training.open_set(exercise)
    lifting.do_set(1, 0)
    return lifting


def agrees(training: Training) -> bool:
    """Return whether the ledger equals the one computed from all events, and the one published."""
    whole = recompute(training.inputs, training.env)
    return whole == published(training.outputs) == {entry.set_key: entry for entry in training.ledger.entries}


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    """Read a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_an_entry_says_which_set_took_what_and_why() -> None:
    """And what the week has left."""
    training = Training()
    lifting = fails(training)
    change = training.budget()

    assert change.entry is not None
    assert (lifting.set_id, lifting.key, "biceps_curl", "biceps") == (
        change.entry.set_id,
        change.entry.set_key,
        change.entry.exercise,
        change.entry.muscle_group,
    )
    assert ("lifter", 1.0, ["R10"], 1) == (
        change.entry.ended_by,
        change.entry.cost,
        change.entry.rule_ids,
        change.entry.revision,
    )
    assert (4.0, 1.0, 3.0, ["4 a week"]) == (change.allowed, change.spent, change.left, change.reasons)
    assert (at("2026-01-05", "UTC"), at("2026-01-12", "UTC")) == (change.week_start, change.valid_until)
    assert agrees(training)


def test_what_is_left_is_never_negative() -> None:
    """Overspent is nothing left."""
    training = Training()
    for _ in range(5):
        fails(training)

    assert (5.0, 0.0) == (training.budget().spent, training.budget().left)


def test_a_set_that_costs_nothing_has_no_entry() -> None:
    """Nor does it change the budget."""
    training = Training()
    training.open_set("hip_thrust").do_set(4, 3)

    assert [] == entries(training)
    assert () == training.ledger.entries


def test_a_correction_revises_the_entry() -> None:
    """To half, to nothing, and back: the newest revision counts, and the word about the budget rises by one."""
    training = Training()
    lifting = fails(training)
    for rir in (1, 2, 0):
        lifting.correct({2: rir})
    changes = entries(training)

    assert [1.0, 0.5, 0.0, 1.0] == [change.entry.cost for change in changes if change.entry is not None]
    assert [1, 2, 3, 4] == [change.entry.revision for change in changes if change.entry is not None]
    revisions = [change.revision for change in training.outputs_of(BudgetChanged)]
    assert list(range(1, len(revisions) + 1)) == revisions
    assert agrees(training)


def test_a_correction_after_the_weeks_end_changes_that_week() -> None:
    """And not the running one."""
    training = Training()
    lifting = fails(training)
    training.wait(days=8)
    training.open_set("hip_thrust")
    lifting.correct({2: 1})
    change = entries(training)[-1]

    assert (at("2026-01-05", "UTC"), 0.5) == (change.week_start, change.spent)
    assert at("2026-01-12", "UTC") == change.valid_until
    fails(training)
    assert (at("2026-01-12", "UTC"), 1.0) == (training.budget().week_start, training.budget().spent)
    assert agrees(training)


def test_a_new_week_starts_with_all_of_its_budget() -> None:
    """Said when its first set opens."""
    training = Training()
    fails(training)
    training.wait(days=7)
    training.open_set("hip_thrust")

    assert (at("2026-01-12", "UTC"), 4.0, 0.0) == (
        training.budget().week_start,
        training.budget().left,
        training.budget().spent,
    )


def test_the_week_of_a_set_is_that_in_which_it_opened() -> None:
    """A set over midnight on Sunday is one of the week that ends, whatever comes of it later."""
    training = Training(now=at("2026-01-11T23:59:50", "UTC"))
    lifting = training.open_set("biceps_curl")
    lifting.do_set(1, 0)
    lifting.rep(0, after_s=10)
    training.wait(hours=1)
    lifting.correct({3: 1})

    assert [(at("2026-01-05", "UTC"), 1.0), (at("2026-01-05", "UTC"), 1.0), (at("2026-01-05", "UTC"), 0.5)] == [
        (change.week_start, change.spent) for change in entries(training)
    ]
    assert ["2026-01-11"] == [entry.day for entry in training.ledger.entries]
    assert {"2026-01-11"} == {summary.day for summary in training.outputs_of(SetSummarised)}
    assert ("2026-01-11",) == training.lifter.days
    assert agrees(training)


def test_weeks_are_those_of_the_lifters_zone() -> None:
    """Sunday evening in New York is Monday in Berlin."""
    training = Training(now=at("2026-01-11T23:00", "America/New_York"))
    training.update_athlete(time_zone="America/New_York")
    fails(training)

    assert at("2026-01-05", "America/New_York") == training.budget().week_start
    assert "America/New_York" == training.budget().time_zone


def test_a_gyms_zone_holds_where_the_lifter_has_none() -> None:
    """And its first weekday."""
    training = Training(level=None)
    layer = PolicyUpdated(gym_id="g1", time_zone="Asia/Tokyo", week_start="sunday")
    training.env.apply(Event(id="c1", source="coach", time=MONDAY, data=layer))
    Lifting(training, "k", "s", {"exercise": "hip_thrust"}, training.now, pinned=1).send_opened()

    assert ("Asia/Tokyo", at("2026-01-04", "Asia/Tokyo")) == (training.budget().time_zone, training.budget().week_start)


def test_a_week_in_which_clocks_change_is_one_week() -> None:
    """Before and after the night of the change."""
    training = Training(now=at("2026-03-28T20:00"))
    training.update_athlete(time_zone="Europe/Berlin")
    fails(training)
    training.now = at("2026-03-29T23:30")
    fails(training, "leg_curl")
    assert (2.0, at("2026-03-23"), at("2026-03-30")) == (
        training.budget().spent,
        training.budget().week_start,
        training.budget().valid_until,
    )

    training.now = at("2026-03-30T00:30")
    fails(training)
    assert 1.0 == training.budget().spent
    assert agrees(training)


def test_a_week_over_the_years_end_is_one_week() -> None:
    """ISO week 53 of 2026 ends on 3 January 2027."""
    training = Training(now=at("2026-12-30T20:00"))
    training.update_athlete(time_zone="Europe/Berlin")
    lifting = fails(training)
    training.now = at("2027-01-03T12:00")
    fails(training, "leg_curl")
    assert (2.0, at("2026-12-28")) == (training.budget().spent, training.budget().week_start)

    training.now = at("2027-01-04T12:00")
    lifting.correct({2: 3})
    change = entries(training)[-1]
    assert (1.0, at("2026-12-28")) == (change.spent, change.week_start)
    assert agrees(training)


def test_a_change_of_zone_holds_from_the_next_weeks_start() -> None:
    """The running week ends where it would have ended."""
    training = Training(now=at("2026-01-07T10:00"))
    training.update_athlete(time_zone="Europe/Berlin")
    fails(training)
    training.update_athlete(time_zone="America/New_York")
    fails(training, "leg_curl")
    assert ("Europe/Berlin", at("2026-01-05"), 2.0) == (
        training.budget().time_zone,
        training.budget().week_start,
        training.budget().spent,
    )

    training.now = at("2026-01-12T10:00")
    fails(training)
    assert ("America/New_York", at("2026-01-12", "America/New_York")) == (
        training.budget().time_zone,
        training.budget().week_start,
    )


def test_nothing_is_paid_twice_or_forgotten_where_weeks_of_two_zones_overlap() -> None:
    """Monday in Berlin is still Sunday in New York: that week was charged with what was done in it."""
    training = Training(now=at("2026-01-07T10:00"))
    training.update_athlete(time_zone="Europe/Berlin")
    fails(training)
    training.update_athlete(time_zone="America/New_York")
    training.now = at("2026-01-12T02:00")
    training.open_set("hip_thrust")

    assert ("America/New_York", 1.0) == (training.budget().time_zone, training.budget().spent)


def test_a_change_of_the_first_weekday_holds_from_the_next_weeks_start() -> None:
    """And changing it back before then changes nothing."""
    training = Training()
    training.open_set("hip_thrust")
    training.update_athlete(week_start="wednesday")
    training.wait(days=3)
    training.open_set("hip_thrust")
    assert at("2026-01-05", "UTC") == training.budget().week_start

    training.wait(days=5)
    training.open_set("hip_thrust")
    assert (at("2026-01-07", "UTC"), at("2026-01-14", "UTC")) == (
        training.budget().week_start,
        training.budget().valid_until,
    )


def test_a_grant_adds_to_the_week_until_it_expires() -> None:
    """With its reason; what comes after is told in advance."""
    training = Training()
    expires = MONDAY + timedelta(days=2)
    training.grant(1.5, expires, "peaking")
    change = training.budget()

    assert (5.5, expires, 4.0) == (change.allowed, change.valid_until, change.allowed_after)
    assert ["4 a week", "1.5 more until 2026-01-07 10:00 UTC: peaking"] == change.reasons
    assert change.entry is None

    training.wait(days=2)
    training.open_set("hip_thrust")
    assert 4.0 == training.budget().allowed


def test_grants_that_end_one_after_the_other_are_all_foretold() -> None:
    """Nobody speaks again when one ends: what is allowed then, and after the next, is said at once."""
    training = Training()
    first, second = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
    training.grant(1.0, first, id="grant-1")
    training.grant(2.0, second, id="grant-2")
    change = training.budget()

    assert (7.0, first, 6.0) == (change.allowed, change.valid_until, change.allowed_after)
    assert [(second, 4.0), (change.week_end, 4.0)] == [
        (later.at, later.allowed) for later in change.allowed_later or ()
    ]


def test_a_grant_that_comes_twice_counts_once() -> None:
    """It is known by its source and id."""
    training = Training()
    for _ in range(2):
        training.grant(1.0, MONDAY + timedelta(days=2), id="grant-1", source="coach")

    assert (5.0, 1) == (training.budget().allowed, len(training.lifter.grants))


def test_a_grant_that_has_expired_is_worth_nothing() -> None:
    """It is told, and changes nothing."""
    training = Training()
    training.grant(1.0, MONDAY - timedelta(days=2))

    assert (4.0, ()) == (training.budget().allowed, training.lifter.grants)


def test_too_many_grants_are_refused() -> None:
    """A limit on everything."""
    training = Training()
    for _ in range(101):
        training.grant(0.5, MONDAY + timedelta(days=2))

    assert training.last.reject is not None
    assert "too_many_grants" == training.last.reject.reason
    assert 54.0 == training.budget().allowed


def test_what_a_beginner_is_granted_is_all_there_is() -> None:
    """No units of a beginner's own."""
    training = Training(level=None)
    training.grant(1.0, MONDAY + timedelta(days=2))

    assert (1.0, "no units: beginner") == (training.budget().allowed, training.budget().reasons[0])


def test_a_policy_of_the_lifters_own_changes_costs_from_the_next_set_on() -> None:
    """A running set is charged by what it was pinned to."""
    training = Training()
    running = training.open_set("biceps_curl")
    training.update_policy(failure_cost=3.0)
    running.do_set(0)
    assert 1.0 == training.budget().spent

    fails(training, "leg_curl")
    assert 4.0 == training.budget().spent
    assert agrees(training)


def test_a_set_that_goes_on_stays_charged_until_it_ends_anew() -> None:
    """And is charged once."""
    training = Training()
    lifting = fails(training)
    lifting.reopen()
    assert 1.0 == training.budget().spent
    lifting.do_set(2)

    assert 0.0 == training.budget().spent
    assert agrees(training)


def test_a_set_is_not_charged_against_itself() -> None:
    """What it cost so far does not shrink what it may cost."""
    training = Training()
    training.update_policy(weekly_units=1.0)
    lifting = training.open_set("biceps_curl", is_last_set=True)
    lifting.do_set(0)
    lifting.reopen()
    lifting.amend(station_id="rack-2")

    assert (0, 1.0) == (training.set(lifting).terms.target, training.set(lifting).terms.left)


def test_the_ledger_keeps_eight_weeks() -> None:
    """What is older is in the log."""
    training = Training()
    for _ in range(12):
        fails(training)
        training.wait(weeks=1)

    assert 8 == len(training.ledger.entries)
    assert 12 == len(published(training.outputs))
    assert published(training.outputs) == recompute(training.inputs, training.env)


def test_an_old_set_that_arrives_late_is_charged_to_its_week() -> None:
    """However old: told, though not kept."""
    training = Training()
    training.open_set("hip_thrust")
    then = MONDAY - timedelta(weeks=10)
    lifting = Lifting(training, "old", "s9", {"exercise": "biceps_curl"}, then, history=True)
    lifting.send_opened()
    lifting.close("history")
    lifting.rep(0, newest=False, ended=then + timedelta(seconds=5))
    assert (MONDAY - timedelta(weeks=10)).date() == training.budget().week_start.date()
    lifting.correct({1: 4}, newest=False)

    assert [1.0, 0.0] == [change.spent for change in entries(training)]
    assert {} == published(training.outputs) == recompute(training.inputs, training.env)


def test_summaries_and_charges_come_in_order() -> None:
    """The summary first, then what it cost."""
    training = Training()
    fails(training)

    assert [SetSummarised, BudgetChanged] == [type(event.data) for event in training.outputs[-2:]]
