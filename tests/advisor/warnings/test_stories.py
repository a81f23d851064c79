"""Generated weeks with check-ins: ledger and signs over clock changes and years' ends, and that worse never allows more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ledger_oracle import published, recompute
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import WellnessReported
from tests.advisor.training import Lifting, Training

STARTS: Final = [
    datetime(2026, 3, 26, 20, tzinfo=UTC),
    datetime(2026, 10, 22, 20, tzinfo=UTC),
    datetime(2026, 12, 28, 20, tzinfo=UTC),
    datetime(2026, 4, 3, 12, tzinfo=UTC),
]
"""Days before clocks change in Berlin, in New Zealand, and before a year with a week 53 ends."""
ZONES: Final = ["Europe/Berlin", "Pacific/Auckland", "America/New_York", "Asia/Kathmandu"]
EXERCISES: Final = ["biceps_curl", "leg_curl", "back_squat", "lat_pulldown"]
ASKED: Final = ("soreness", "sleep", "mood", "motivation", "irritability", "fatigue")
Day = tuple[int, int, int, list[int]]
days = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 40), st.lists(st.integers(1, 5), max_size=6)),
    min_size=3,
    max_size=12,
)


def lives(training: Training, story: Sequence[Day], zones: Sequence[str] = ()) -> Training:
    """Check in, do a set, correct one of those before, and let hours pass; the zone changes now and then."""
    done: list[Lifting] = []
    for index, (pick, rir, hours, scores) in enumerate(story):
        if zones and index % 4 == 0:
            training.update_athlete(time_zone=zones[index // 4 % len(zones)], week_start=["monday", "sunday"][pick % 2])
        if scores:
            pain = {"knee": scores[0] - 1} if hours % 3 == 0 else None
            training.check_in(pain=pain, **dict(zip(ASKED, scores, strict=False)))
        lifting = training.open_set(EXERCISES[pick], load_kg=40, is_last_set=True, spotter_present=True)
        lifting.rep(rir, fastest_mps=0.5)
        lifting.close(velocity_offset_mps=-0.02 * rir)
        done.append(lifting)
        old = done[hours % len(done)]
        if pick == 1 and old.reps:
            old.report_effort(rir=rir)
        elif pick == 2 and old.reps:
            old.void(old.reps[0].number)
        training.wait(hours=hours)
    return training


@settings(deadline=None, max_examples=40)
@given(days, st.integers(0, 3), st.permutations(ZONES), st.sets(st.integers(0, 60)))
def test_the_ledger_is_the_same_however_often_its_events_come(
    story: list[Day], start: int, zones: list[str], twice: set[int]
) -> None:
    """Over clock changes, zones and years' ends, with late corrections and duplicates: a sum that events give anew."""
    training = lives(Training(now=STARTS[start]), story, zones)
    other = replace(training, level=None, state={}, inputs=[], outputs=[])
    for index, event in enumerate(training.inputs):
        for _ in range(2 if index in twice else 1):
            other.process(event)
    whole = recompute(training.inputs, training.env)

    assert whole == published(training.outputs) == {entry.set_key: entry for entry in training.ledger.entries}
    assert training.ledger == other.ledger
    assert (training.history.days, training.history.progress) == (other.history.days, other.history.progress)
    assert (training.history.checkins, training.lifter.days) == (other.history.checkins, other.lifter.days)


@settings(deadline=None, max_examples=40)
@given(days, st.integers(0, 3), st.permutations(ZONES))
def test_every_moment_lies_in_one_week_that_pays(story: list[Day], start: int, zones: list[str]) -> None:
    """What a week is said to have spent is the sum of its entries, whatever the zones."""
    training = lives(Training(now=STARTS[start]), story, zones)
    newest: dict[datetime, BudgetChanged] = {}
    for change in training.outputs_of(BudgetChanged):
        newest[change.week_start] = change
        assert change.week_end is not None
        assert timedelta(days=6) < change.week_end - change.week_start < timedelta(days=8)
        assert change.left == max(0.0, round(change.allowed - change.spent, 6))
        assert change.week_start < change.valid_until <= change.week_end


@settings(deadline=None, max_examples=60)
@given(days, st.lists(st.integers(1, 5), min_size=6, max_size=6), st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_less_wellness_never_allows_more(story: list[Day], scores: list[int], worse_by: list[int]) -> None:
    """A check-in that is worse in any score gives no larger budget, no more left, no laxer plan, no higher readiness."""
    worse = [max(1, score - by) for score, by in zip(scores, worse_by, strict=True)]
    better, worse_off = (lives(Training(now=STARTS[0]), story) for _ in range(2))
    better_word, worse_word = better.check_in(**_asked(scores)), worse_off.check_in(**_asked(worse))
    plans = []
    for training in (better, worse_off):
        training.wait(days=3)
        training.open_set("leg_extension", is_last_set=True)
        plans.append(training.outputs_of(AdviceGiven)[-1])

    assert worse_word.allowed <= better_word.allowed
    assert worse_word.left <= better_word.left
    assert better_word.readiness is not None
    assert worse_word.readiness is not None
    assert worse_word.readiness.score <= better_word.readiness.score
    assert plans[1].budget_left <= plans[0].budget_left
    assert (plans[1].target_rir or 0) >= (plans[0].target_rir or 0)


@settings(deadline=None, max_examples=25)
@given(days, days)
def test_no_other_lifter_has_an_effect_on_signs_and_budget(first: list[Day], second: list[Day]) -> None:
    """Two lifters beside each other are told what each is told alone."""
    alone = lives(Training(athlete="ada", now=STARTS[0]), first)
    beside = lives(Training(athlete="bob", now=STARTS[0]), second)
    both = {
        training.athlete: replace(training, level=None, state={}, inputs=[], outputs=[], advisor=alone.advisor)
        for training in (alone, beside)
    }
    for event in sorted(alone.inputs + beside.inputs, key=lambda event: event.received):
        both[event.data.athlete_id or ""].process(event)

    assert alone.outputs == both["ada"].outputs
    assert beside.outputs == both["bob"].outputs


def _asked(scores: Sequence[int]) -> dict[str, Any]:
    report = WellnessReported.model_validate(dict(zip(ASKED, scores, strict=True)))
    return report.model_dump(include=set(ASKED))
