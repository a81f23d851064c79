from __future__ import annotations

from datetime import timedelta

from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.events.outputs import AdviceGiven
from tests.advisor.training import Lifting, Training


def notices(training: Training, kind: str) -> list[NoticeGiven]:
    """Return the notices of one kind."""
    return [notice for notice in training.outputs_of(NoticeGiven) if notice.kind == kind]


def sets(training: Training, count: int, rir: float, exercise: str = "hip_thrust") -> list[Lifting]:
    """Do some work sets that end with so many reps left."""
    done = []
    for _ in range(count):
        training.wait(minutes=3)
        lifting = training.open_set(exercise)
        lifting.do_set(rir)
        done.append(lifting)
    return done


def test_r09_over_a_tenth_of_at_least_twenty_sets_closes_spending() -> None:
    """Three of thirty are a tenth; one more is over, and nothing is spent until it is back."""
    training = Training()
    training.update_policy(weekly_units=40, weekly_units_per_muscle=40)
    sets(training, 27, 3)
    sets(training, 3, 1)
    share = training.budget().hard_share
    assert share is not None
    assert (0.1, 3, 30, False) == (share.share, share.hard, share.sets, share.over)

    sets(training, 1, 1)
    (notice,) = notices(training, "hard_share")
    assert ["R09"] == notice.rule_ids
    expected = "4 of 31 work sets in 28 days (13%) ended with one rep left or none: no failure until it is 10% again."
    assert expected == notice.sentence
    lifting = training.open_set("leg_curl", is_last_set=True)
    assert training.set(lifting).standing.hard_share_over
    assert (2, True) == (
        training.outputs_of(AdviceGiven)[-1].target_rir,
        "R09" in training.outputs_of(AdviceGiven)[-1].rule_ids,
    )


def test_r09_fewer_sets_are_no_share() -> None:
    """Nineteen sets to failure are many, and no share yet."""
    training = Training()
    sets(training, 19, 1)
    lifting = training.open_set("leg_curl")

    assert ((), None) == (tuple(notices(training, "hard_share")), training.set(lifting).standing.hard_share)


def test_r09_easier_sets_bring_it_back() -> None:
    """And the notice is withdrawn."""
    training = Training()
    sets(training, 18, 3)
    sets(training, 3, 1)
    assert [False] == [notice.withdrawn for notice in notices(training, "hard_share")]
    sets(training, 9, 3)

    assert [False, True] == [notice.withdrawn for notice in notices(training, "hard_share")]
    assert not training.set(training.open_set("leg_curl")).standing.hard_share_over


def test_r09_a_correction_counts_anew() -> None:
    """A set that the lifter calls easier afterwards is no hard one."""
    training = Training()
    sets(training, 18, 3)
    hard = sets(training, 3, 1)
    hard[0].report_effort(rir=3)

    assert [False, True] == [notice.withdrawn for notice in notices(training, "hard_share")]


def test_r09_only_the_last_twenty_eight_days_count() -> None:
    """What is older is past."""
    training = Training()
    sets(training, 3, 1)
    training.wait(days=28)
    sets(training, 20, 3)

    assert 0.0 == training.set(training.open_set("leg_curl")).standing.hard_share


def test_r09_warm_ups_and_sets_for_as_many_as_possible_are_no_work_sets() -> None:
    """Their distance to failure is no choice."""
    training = Training()
    for intent in ("warmup", "amrap", "test", "technique"):
        training.open_set("biceps_curl", intent=intent).do_set(1)

    assert 0 == sum(day.sets for day in training.history.days)


def test_r17_a_plateau_on_an_isolation_exercise_suggests_one_failure_set() -> None:
    """With no warning signs and budget left; told after the session."""
    training = Training()
    for _ in range(4):
        training.open_set("biceps_curl", load_kg=20).do_set(3, fastest_mps=0.5)
        training.wait(days=7)
    training.open_set("biceps_curl", load_kg=20).do_set(3, fastest_mps=0.5)
    newest = notices(training, "plateau")[-1]

    assert (["R17"], False) == (newest.rule_ids, newest.withdrawn)
    assert (
        "No gain on biceps curl in 3 weeks: take its last set to failure once, when you are fresh." == newest.sentence
    )
    assert newest.not_before == training.now + timedelta(hours=2)


def test_r17_a_gain_withdraws_the_suggestion() -> None:
    """The exercise moves again."""
    training = Training()
    for _ in range(5):
        training.open_set("biceps_curl", load_kg=20).do_set(3, fastest_mps=0.5)
        training.wait(days=7)
    assert not notices(training, "plateau")[-1].withdrawn
    training.now -= timedelta(days=6)
    training.open_set("biceps_curl", load_kg=22.5).do_set(3, fastest_mps=0.5)

    assert notices(training, "plateau")[-1].withdrawn


def test_r17_warning_signs_or_no_budget_suggest_nothing() -> None:
    """Nor does a compound lift."""
    for hindrance in ("signs", "budget", "compound"):
        training = Training()
        if hindrance == "budget":
            training.update_policy(weekly_units=0)
        exercise = "hip_thrust" if hindrance == "compound" else "biceps_curl"
        for _ in range(5):
            if hindrance == "signs":
                training.check_in(sleep=1)
            training.open_set(exercise, load_kg=20).do_set(3, fastest_mps=0.5)
            training.wait(days=7)

        assert [] == notices(training, "plateau")


def test_r20_over_half_of_a_weeks_sets_far_from_failure_are_told_after_the_session() -> None:
    """Not in it: the notice names the time from which it is shown."""
    training = Training()
    sets(training, 2, 3)
    sets(training, 2, 6)
    assert [] == notices(training, "sandbagging")
    sets(training, 1, 6)
    (notice,) = notices(training, "sandbagging")

    expected = "3 of 5 work sets this week ended with 5 or more reps left: you have more in you than that."
    assert (["R20"], expected) == (notice.rule_ids, notice.sentence)
    assert notice.not_before == training.now + timedelta(hours=2)
    assert [] == [advice for advice in training.outputs_of(AdviceGiven) if "R20" in advice.rule_ids]


def test_r20_is_withdrawn_when_the_rest_of_the_week_is_harder() -> None:
    """And each week is looked at for itself."""
    training = Training()
    sets(training, 2, 3)
    sets(training, 3, 6)
    sets(training, 1, 3)
    assert [False, True] == [notice.withdrawn for notice in notices(training, "sandbagging")]
    training.wait(days=7)
    sets(training, 4, 6)

    assert 2 == len(notices(training, "sandbagging"))


def test_r20_is_silent_in_a_deload() -> None:
    """The lifter does what the coach planned."""
    training = Training()
    training.update_policy(
        block={"name": "easy", "kind": "deload", "first_day": "2026-01-05", "last_day": "2026-01-11"}
    )
    sets(training, 6, 6)

    assert [] == notices(training, "sandbagging")


def test_r20_leaves_out_sets_that_ended_where_their_plan_said() -> None:
    """As many reps as planned, or as many in reserve as asked for; of the others over half must be easy."""
    training = Training()
    for plan in ({"planned_reps": 1}, {"target_rir": 6}, {"intent": "technique"}, {"intent": "warmup"}):
        for _ in range(3):
            training.open_set("hip_thrust", **plan).do_set(6)
    sets(training, 3, 3)
    sets(training, 3, 6)
    assert [] == notices(training, "sandbagging")
    training.open_set("hip_thrust", planned_reps=9).do_set(6)

    assert 1 == len(notices(training, "sandbagging"))
