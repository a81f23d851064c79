from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.decision import SEVERITY, Decision, Reading, decide, decide_overdue
from advisor.rules import Case, Terms, terms_of
from advisor.wording import SENTENCE_LENGTH_MAX, SPEECH_WORDS_MAX, words_for, words_for_plan
from spotter.exercises import UNKNOWN, builtin_catalogue
from spotter.policies import Policy, PolicyFields, builtin_policy
from tests.advisor.training import chances

EXERCISES = [*builtin_catalogue(), UNKNOWN]
shares = st.floats(0, 1)
units = st.floats(0, 50)
policies = st.builds(
    PolicyFields,
    target_rir=st.none() | st.integers(0, 10),
    target_rir_by_exercise=st.none()
    | st.dictionaries(st.sampled_from([one.exercise for one in EXERCISES]), st.integers(0, 10)),
    unspotted_extra_rir=st.none() | st.integers(0, 10),
    beginner_target_rir=st.none() | st.integers(0, 10),
    stop_probability=st.none() | shares,
    one_more_probability=st.none() | shares,
    failure_cost=st.none() | units,
    near_failure_cost=st.none() | units,
).map(lambda layer: builtin_policy().over([layer]))
cases = st.builds(
    Case,
    exercise=st.sampled_from(EXERCISES),
    known=st.booleans(),
    intent=st.sampled_from(["work", "warmup", "amrap", "test", "drop", "technique"]),
    asked_rir=st.none() | st.integers(0, 20),
    last_set=st.booleans(),
    spotter=st.booleans(),
    beginner=st.booleans(),
    left=units,
    muscle_left=units,
)
terms_drawn = st.builds(terms_of, cases, policies)
tails = st.lists(shares, min_size=7, max_size=7).map(sorted)
readings = st.builds(
    Reading,
    rir=st.floats(0, 60),
    p_rir_le=tails,
    confidence=st.sampled_from(["low", "medium", "high"]),
    failed=st.booleans(),
    stalled=st.booleans(),
)


@st.composite
def worse(draw: st.DrawFn) -> tuple[Reading, Reading]:
    """Give a reading, and one that is nowhere fresher."""
    fresh = draw(readings)
    rir = draw(st.floats(0, fresh.rir))
    tail = [max(one, other) for one, other in zip(fresh.p_rir_le, draw(tails), strict=True)]
    failed, stalled = fresh.failed or draw(st.booleans()), fresh.stalled or draw(st.booleans())
    return fresh, Reading(rir, tail, fresh.confidence, failed, stalled)


def severity(decision: Decision) -> int:
    """Rank a decision."""
    return SEVERITY[decision.action]


@settings(deadline=None)
@given(terms_drawn, worse(), st.booleans(), st.booleans())
def test_more_fatigue_never_gives_a_laxer_action(
    terms: Terms, pair: tuple[Reading, Reading], latched: bool, one_more_left: bool
) -> None:
    """Whatever the terms: a reading that is nowhere fresher is answered at least as severely."""
    fresh, tired = (decide(terms, reading, latched=latched, one_more_left=one_more_left) for reading in pair)

    assert severity(fresh) <= severity(tired)


@settings(deadline=None)
@given(terms_drawn, readings, st.booleans())
def test_a_latched_set_hears_nothing_but_stop_and_failing(terms: Terms, reading: Reading, one_more_left: bool) -> None:
    """Once said, stop is not taken back."""
    assert decide(terms, reading, latched=True, one_more_left=one_more_left).action in ("stop", "failing")


@settings(deadline=None)
@given(terms_drawn, readings, st.booleans(), st.booleans())
def test_failing_overrides_everything(terms: Terms, reading: Reading, latched: bool, one_more_left: bool) -> None:
    """A rep that failed or stalled is failing, and nothing else is."""
    decision = decide(terms, reading, latched=latched, one_more_left=one_more_left)

    assert (reading.failed or reading.stalled) == (decision.action == "failing")


@settings(deadline=None)
@given(terms_drawn, readings, st.booleans())
def test_one_more_is_said_once_and_only_by_a_model_that_is_sure(terms: Terms, reading: Reading, left: bool) -> None:
    """High-risk lifts ask for high confidence, all others for medium; and it is meant: one rep above the target."""
    if decide(terms, reading, latched=False, one_more_left=left).action == "one_more":
        assert left
        assert terms.target is not None
        assert reading.confidence in (("high",) if terms.high_risk else ("medium", "high"))
        assert reading.rir < terms.target + 1.5


@settings(deadline=None)
@given(terms_drawn, readings, st.booleans(), st.booleans())
def test_an_emergency_is_a_failed_rep_without_a_needed_spotter(
    terms: Terms, reading: Reading, latched: bool, one_more_left: bool
) -> None:
    """Nothing less calls the room."""
    decision = decide(terms, reading, latched=latched, one_more_left=one_more_left)

    assert (reading.failed and terms.unspotted) == decision.emergency
    assert terms.unspotted == decide_overdue(terms).emergency


@settings(deadline=None)
@given(cases, policies)
def test_high_risk_lifts_stay_above_their_floor(case: Case, policy: Policy) -> None:
    """No policy, no budget, no intent and no wish of the set leads them to failure."""
    terms = terms_of(case, policy)
    if case.exercise.risk != "high_risk":
        return
    floor = 2 if case.exercise.needs_spotter and not case.spotter else 1

    assert terms.floor >= floor
    assert terms.limit is not None
    assert terms.limit >= terms.floor
    assert terms.target is None or terms.target >= floor + 1


@settings(deadline=None)
@given(terms_drawn, readings.filter(lambda reading: not reading.failed and not reading.stalled), st.booleans())
def test_at_its_floor_a_set_that_has_one_is_stopped(terms: Terms, reading: Reading, one_more_left: bool) -> None:
    """An even chance of being there is enough, however certain a policy wants to be."""
    if terms.floor and reading.probability(terms.floor) >= 0.5:
        assert "stop" == decide(terms, reading, latched=False, one_more_left=one_more_left).action


@settings(deadline=None)
@given(cases, policies, units, units)
def test_less_budget_never_allows_more(case: Case, policy: Policy, left: float, muscle_left: float) -> None:
    """Of the week or of the muscle group: the target never falls when there is less to spend."""
    less = Case(
        **{
            name: getattr(case, name)
            for name in ("exercise", "known", "intent", "asked_rir", "last_set", "spotter", "beginner")
        },
        left=min(left, case.left),
        muscle_left=min(muscle_left, case.muscle_left),
    )
    target, stricter = terms_of(case, policy).target, terms_of(less, policy).target

    assert (target is None) == (stricter is None)
    assert target is None or stricter is None or target <= stricter


@settings(deadline=None)
@given(cases, policies)
def test_advice_never_spends_what_is_not_there(case: Case, policy: Policy) -> None:
    """What the target costs is left of the week and of the muscle group, and beginners spend nothing."""
    terms = terms_of(case, policy)
    if terms.target is None or terms.target > 1:
        return
    cost = policy.failure_cost if terms.target == 0 else policy.near_failure_cost

    assert not case.beginner
    assert cost <= min(case.left, case.muscle_left) + 1e-9  # sums of units are rounded by so little
    assert min(case.left, case.muscle_left) > 0
    assert "R10" in terms.rules


@settings(deadline=None)
@given(cases, policies)
def test_every_set_names_its_rules_in_an_order_without_repetition(case: Case, policy: Policy) -> None:
    """There is always one that decided."""
    rules = terms_of(case, policy).rules

    assert rules
    assert len(rules) == len(set(rules))


@settings(deadline=None)
@given(terms_drawn, readings, st.booleans(), st.booleans())
def test_words_fit_between_two_reps(terms: Terms, reading: Reading, latched: bool, one_more_left: bool) -> None:
    """One sentence of at most 90 characters, at most four words to be heard."""
    for decision in (decide(terms, reading, latched=latched, one_more_left=one_more_left), decide_overdue(terms)):
        words = words_for(decision, terms, reading.rir)
        assert 0 < len(words.sentence) <= SENTENCE_LENGTH_MAX
        assert len(words.speech.split()) <= SPEECH_WORDS_MAX
        assert ("continue" == decision.action) == (not words.speech)
    plan = words_for_plan(terms)
    assert 0 < len(plan.sentence) <= SENTENCE_LENGTH_MAX
    assert not plan.speech


def terms(exercise: str = "hip_thrust", **changes: object) -> Terms:
    """Give the terms of a plain set."""
    case = Case(builtin_catalogue().get(exercise), True, "work", None, False, True, False, 4.0, 2.0)
    return terms_of(case, builtin_policy())


@pytest.mark.parametrize(
    ("rir", "confidence", "action"),
    [
        (5.0, "high", "continue"),
        (3.6, "high", "continue"),
        (3.0, "medium", "one_more"),
        (3.0, "low", "continue"),
        (2.2, "low", "stop"),
    ],
)
def test_stop_is_said_at_the_target_and_one_more_just_before(rir: float, confidence: str, action: str) -> None:
    """With a target of two: by the chance of being there, not by the chance that the next rep fails."""
    reading = Reading(rir, chances(rir), confidence)  # type: ignore[arg-type]  # a plain string in the table

    assert action == decide(terms(), reading, latched=False, one_more_left=True).action


def test_on_high_risk_lifts_one_more_needs_high_confidence() -> None:
    """Medium is not enough there."""
    sure, less = Reading(3.0, chances(3.0), "high"), Reading(3.0, chances(3.0), "medium")

    assert "one_more" == decide(terms("deadlift"), sure, latched=False, one_more_left=True).action
    assert "continue" == decide(terms("deadlift"), less, latched=False, one_more_left=True).action


def test_beyond_the_listed_chances_the_median_decides() -> None:
    """A target of ten is met when half of the chance lies below."""
    reading = Reading(9.5, chances(9.5), "high")

    assert (1.0, chances(9.5)[-1]) == (reading.probability(10), reading.probability(9))
