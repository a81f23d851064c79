"""What a week allowed and what was spent of it does not depend on the order in which workouts are brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ledger_oracle import published
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.people import SessionStarted, WellnessReported
from tests.advisor.training import Lifting, Training

TODAY = datetime(2026, 6, 3, 12, tzinfo=UTC)
EXERCISES = ("biceps_curl", "leg_press", "back_squat", "chest_fly")


@dataclass(frozen=True, slots=True)
class Workout:
    """Sets of one day, with what was said before them."""

    at: datetime
    rirs: tuple[float, ...]
    """One for each set."""
    days_per_week: int | None = None
    sleep: int | None = None
    fatigue: int | None = None


workouts = st.builds(
    Workout,
    at=st.integers(0, 16 * 7).map(lambda days: TODAY - timedelta(days=days)),
    rirs=st.lists(st.sampled_from((0, 1, 3, 6)), min_size=1, max_size=4).map(tuple),
    days_per_week=st.sampled_from((None, None, 3, 5)),
    sleep=st.sampled_from((None, 2, 4)),
    fatigue=st.sampled_from((None, 2, 4)),
)


def bring(order: Iterable[Workout], *, level: str | None = "intermediate") -> Training:
    """Import workouts in an order; a set older than the newest is history to the detector."""
    training = Training(now=TODAY, level=level)
    newest = datetime.min.replace(tzinfo=UTC)
    for workout in order:
        if workout.days_per_week is not None:
            training.receive(SessionStarted(days_per_week=workout.days_per_week), time=workout.at)
        if workout.sleep is not None or workout.fatigue is not None:
            training.receive(WellnessReported(sleep=workout.sleep, fatigue=workout.fatigue), time=workout.at)
        for index, rir in enumerate(workout.rirs):
            at = workout.at + timedelta(minutes=5 * index)
            exercise = EXERCISES[(workout.at.day + index) % len(EXERCISES)]
            brings_set(training, at, exercise, rir, history=at < newest)
            newest = max(newest, at)
    return training


def brings_set(training: Training, at: datetime, exercise: str, rir: float, *, history: bool) -> None:
    """Import one set."""
    lifting = Lifting(training, f"k{at:%m%d%H%M}", f"s{at:%H%M}", {"exercise": exercise, "load_kg": 40}, at, history)
    lifting.send_opened()
    if history:
        lifting.send_closed()
    lifting.rep(rir, after_s=0, ended=at + timedelta(seconds=30), newest=not history, fresh=False)
    if not history:
        lifting.send_closed()


def weeks(training: Training) -> dict[datetime, tuple[float, float]]:
    """Return what each week allowed and what was spent of it, as published last."""
    newest: dict[datetime, BudgetChanged] = {}
    for change in training.outputs_of(BudgetChanged):
        if change.week_start not in newest or newest[change.week_start].revision < change.revision:
            newest[change.week_start] = change
    return {week: (change.allowed, change.spent) for week, change in newest.items()}


def distinct(sequence: Iterable[Workout]) -> list[Workout]:
    """Return one workout a day."""
    return list({workout.at: workout for workout in sequence}.values())


@settings(deadline=None, max_examples=50)
@given(st.lists(workouts, min_size=2, max_size=14).map(distinct))
def test_any_order_of_import_gives_the_same_weeks(sequence: list[Workout]) -> None:
    """Entries, allowances, and the history that warnings come from."""
    in_order = bring(sorted(sequence, key=lambda workout: workout.at))
    other = bring(sequence)

    assert weeks(in_order) == weeks(other)
    assert published(in_order.outputs) == published(other.outputs)
    assert in_order.lifter.days == other.lifter.days
    assert (in_order.history.days, in_order.history.progress) == (other.history.days, other.history.progress)


def half_a_year(sessions: int = 45) -> Sequence[Workout]:
    """Return workouts every fourth day."""
    return [Workout(TODAY - timedelta(days=4 * number), (3, 3)) for number in reversed(range(sessions))]


def test_a_beginner_ceases_to_be_one_on_the_same_day_whatever_comes_first() -> None:
    """The twentieth session over three months, of those imported, newest first or last."""
    forward, backward = bring(half_a_year(), level=None), bring(reversed(half_a_year()), level=None)
    allowed = [units for _, (units, _) in sorted(weeks(forward).items())]

    assert weeks(forward) == weeks(backward)
    assert "2026-03-11" == forward.lifter.seasoned_from == backward.lifter.seasoned_from
    assert [0.0] * 13 + [4.0] * 13 == allowed


def test_a_grant_of_today_is_none_of_last_months() -> None:
    """It adds to the weeks from when it was given."""
    training = Training(now=TODAY)
    training.grant(2.0, TODAY + timedelta(days=9))
    brings_set(training, TODAY - timedelta(days=21), "biceps_curl", 0, history=False)

    assert (4.0, 1.0) == weeks(training)[datetime(2026, 5, 11, tzinfo=UTC)]


def test_every_week_with_a_set_says_what_it_allowed() -> None:
    """Also where nothing was charged."""
    training = bring([Workout(TODAY - timedelta(weeks=number), (4,)) for number in (5, 3)])

    assert {datetime(2026, 4, 27, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC)} <= weeks(training).keys()


def test_a_week_longer_ago_than_the_ledger_goes_adds_up_all_the_same() -> None:
    """Three failures of last year, one of them taken back."""
    training = Training(now=TODAY)
    for day in range(3):
        brings_set(training, TODAY - timedelta(days=140 + day), "biceps_curl", 0, history=False)
    assert [3.0] == [spent for _, spent in weeks(training).values() if spent]

    lifting = Lifting(training, f"k{TODAY - timedelta(days=141):%m%d%H%M}", "s1200", {"exercise": "biceps_curl"}, TODAY)
    lifting.send_closed(voided=True)
    assert [2.0] == [spent for _, spent in weeks(training).values() if spent]
