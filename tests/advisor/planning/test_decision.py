from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import UNKNOWN, builtin_catalogue
from spotter.domain.policies import Layer, Policy, PolicyFields, builtin_policy, effective, said_in
from spotter_advisor.planning.decision import SEVERITY, Decision, Reading, decide, decide_overdue
from spotter_advisor.planning.messages import SENTENCE_LENGTH_MAX, SPEECH_WORDS_MAX, words_for, words_for_plan
from spotter_advisor.rules import Case, Terms, terms_of
from spotter_advisor.state.eligibility import Standing
from tests.advisor.training import MONDAY, chances

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
    failure_cost=st.none() | st.floats(1, 50),
    near_failure_cost=st.none() | st.floats(0, 1),
).map(lambda layer: effective([Layer("gym", said_in(layer))]).policy)
standings = st.builds(
    Standing,
    left=units,
    muscle_left=units,
    planned_left=units,
    signs=st.lists(st.sampled_from(["sleep", "dread", "plateau"]), unique=True).map(tuple),
    pain=st.booleans(),
    hard_share_over=st.booleans(),
    closed_until=st.none() | st.just(MONDAY),
    closed_rule=st.sampled_from([None, "R11", "R13"]),
    plateau=st.booleans(),
)
cases = st.builds(
    Case,
    exercise=st.sampled_from(EXERCISES),
    known=st.booleans(),
    intent=st.sampled_from(["work", "warmup", "amrap", "test", "drop", "technique"]),
    asked_rir=st.none() | st.integers(0, 20),
    last_set=st.booleans(),
    spotter=st.booleans(),
    beginner=st.booleans(),
    standing=standings,
    block=st.sampled_from([None, "accumulate", "intensify", "deload", "high_intensity"]),
    last_week=st.booleans(),
    time_pressed=st.booleans(),
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
    form=st.sampled_from([None, "short_rom", "second_dip"]),
)


@st.composite
def worse(draw: st.DrawFn) -> tuple[Reading, Reading]:
    """Give a reading, and one that is nowhere fresher."""
    fresh = draw(readings)
    rir = draw(st.floats(0, fresh.rir))
    tail = [max(one, other) for one, other in zip(fresh.p_rir_le, draw(tails), strict=True)]
    failed, stalled = fresh.failed or draw(st.booleans()), fresh.stalled or draw(st.booleans())
    form = fresh.form or draw(st.sampled_from([None, "short_rom", "second_dip"]))
    return fresh, Reading(rir, tail, fresh.confidence, failed, stalled, form)


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
    """Nothing less calls the room, nor one that failed where the lifter was hardly near the end."""
    decision = decide(terms, reading, latched=latched, one_more_left=one_more_left)
    plausible = (reading.failed or reading.stalled) and reading.probability(0) >= 0.5

    assert (plausible and terms.unspotted) == decision.emergency
    assert terms.unspotted == decide_overdue(terms).emergency


@settings(deadline=None)
@given(cases, policies)
def test_high_risk_lifts_stay_above_their_floor(case: Case, policy: Policy) -> None:
    """No policy, no budget, no intent and no wish of the set leads them to failure."""
    terms = terms_of(case, policy)
    if case.exercise.risk != "high_risk":
        return
    floor = 2 if case.exercise.needs_spotter and not case.spotter else 1

    assert terms.floor >= max(floor, 2 if case.standing.pain else 0)
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
    standing = case.standing
    less = replace(
        case,
        standing=replace(
            standing,
            left=min(left, standing.left),
            muscle_left=min(muscle_left, standing.muscle_left),
            planned_left=min(left, standing.planned_left),
        ),
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

    standing = case.standing
    left = max(standing.left, standing.planned_left) if "R12" in terms.rules else standing.left

    assert not case.beginner
    assert cost <= min(left, standing.muscle_left) + 1e-9  # sums of units are rounded by so little
    assert min(left, standing.muscle_left) > 0
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
    case = Case(builtin_catalogue().get(exercise), True, "work", None, False, True, False, Standing(4.0, 2.0))
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


@settings(deadline=None)
@given(cases, policies, standings, st.booleans(), st.booleans())
def test_more_that_speaks_against_failure_never_allows_more(
    case: Case, policy: Policy, other: Standing, beginner: bool, unspotted: bool
) -> None:
    """Pain, hard sets, recovery, being a beginner, a missing spotter: none of them lowers target or floor."""
    known = case.standing
    closed = known.closed_until or other.closed_until
    stricter = replace(
        case,
        beginner=case.beginner or beginner,
        spotter=case.spotter and not unspotted,
        standing=replace(
            known,
            pain=known.pain or other.pain,
            hard_share_over=known.hard_share_over or other.hard_share_over,
            closed_until=closed,
            plateau=known.plateau and other.plateau,
        ),
    )
    before, after = terms_of(case, policy), terms_of(stricter, policy)

    assert before.floor <= after.floor
    assert before.target is None or after.target is None or before.target <= after.target


@settings(deadline=None)
@given(cases, policies)
def test_what_the_rules_offer_is_only_for_what_they_allow(case: Case, policy: Policy) -> None:
    """Without a wish of the set's or a coach's nothing but isolation, machines, bodyweight and bands goes below two."""
    usual = policy.target_rir_by_exercise.get(case.exercise.exercise, policy.target_rir)
    terms = terms_of(replace(case, asked_rir=None), policy)

    if terms.target is not None and terms.target < 2 and usual >= 2:
        assert case.exercise.risk in ("isolation", "machine", "bodyweight", "band")
        assert not case.standing.pain
        assert case.standing.closed_until is None
        assert not case.standing.hard_share_over
        assert case.block != "deload"


@settings(deadline=None)
@given(cases, policies, readings.filter(lambda one: not one.failed and not one.stalled), st.booleans())
def test_open_ended_sets_are_silent_but_for_safety(case: Case, policy: Policy, reading: Reading, left: bool) -> None:
    """As many as possible, tests, warm-ups, technique: the floor of a high-risk lift, form on it, pain."""
    intents: tuple[Intent, ...] = ("amrap", "test", "warmup", "technique")
    for intent in intents:
        terms = terms_of(replace(case, intent=intent), policy)
        said = decide(terms, reading, latched=False, one_more_left=left)

        assert said.action in ("continue", "stop")
        if said.action == "stop":
            assert case.exercise.risk == "high_risk" or case.standing.pain
