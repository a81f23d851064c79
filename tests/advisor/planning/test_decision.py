from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter.domain.actions import ACTIONS
from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import UNKNOWN, builtin_catalogue
from spotter.domain.policies import Layer, Policy, PolicyFields, builtin_policy, effective, values_in
from spotter_advisor.planning.decision import Decision, RirEstimate, decide, decide_overdue
from spotter_advisor.planning.messages import SENTENCE_LENGTH_MAX, SPEECH_WORDS_MAX, message_for, plan_message
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import terms_of
from spotter_advisor.state.terms import Eligibility, SetTerms
from tests.advisor.training import MONDAY, chances

EXERCISES = [*builtin_catalogue(), UNKNOWN]
shares = st.floats(0, 1)
units = st.floats(0, 50)
policies = st.builds(
    PolicyFields,
    target_rir=st.none() | st.integers(0, 10),
    target_rir_by_exercise=st.none()
    | st.dictionaries(st.sampled_from([exercise.exercise for exercise in EXERCISES]), st.integers(0, 10)),
    unspotted_extra_rir=st.none() | st.integers(0, 10),
    beginner_target_rir=st.none() | st.integers(0, 10),
    stop_probability=st.none() | shares,
    one_more_probability=st.none() | shares,
    failure_cost=st.none() | st.floats(1, 50),
    near_failure_cost=st.none() | st.floats(0, 1),
).map(lambda layer: effective([Layer("gym", values_in(layer))]).policy)
eligibilities = st.builds(
    Eligibility,
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
    RuleInputs,
    exercise=st.sampled_from(EXERCISES),
    in_catalogue=st.booleans(),
    intent=st.sampled_from(["work", "warmup", "amrap", "test", "drop", "technique"]),
    asked_rir=st.none() | st.integers(0, 20),
    last_set=st.booleans(),
    spotter=st.booleans(),
    beginner=st.booleans(),
    eligibility=eligibilities,
    block=st.sampled_from([None, "accumulate", "intensify", "deload", "high_intensity"]),
    last_week=st.booleans(),
    time_pressed=st.booleans(),
)
terms_drawn = st.builds(terms_of, cases, policies)
tails = st.lists(shares, min_size=7, max_size=7).map(sorted)
estimates = st.builds(
    RirEstimate,
    rir=st.floats(0, 60),
    p_rir_le=tails,
    confidence=st.sampled_from(["low", "medium", "high"]),
    failed=st.booleans(),
    stalled=st.booleans(),
    form=st.sampled_from([None, "short_rom", "second_dip"]),
)


@st.composite
def worse(draw: st.DrawFn) -> tuple[RirEstimate, RirEstimate]:
    """Draw an estimate, and one that is nowhere fresher."""
    fresh = draw(estimates)
    rir = draw(st.floats(0, fresh.rir))
    tail = [max(chance, other) for chance, other in zip(fresh.p_rir_le, draw(tails), strict=True)]
    failed, stalled = fresh.failed or draw(st.booleans()), fresh.stalled or draw(st.booleans())
    form = fresh.form or draw(st.sampled_from([None, "short_rom", "second_dip"]))
    return fresh, RirEstimate(rir, tail, fresh.confidence, failed, stalled, form)


def severity(decision: Decision) -> int:
    """Rank a decision."""
    return list(ACTIONS).index(decision.action)


@settings(deadline=None)
@given(terms_drawn, worse(), st.booleans(), st.booleans())
def test_more_fatigue_never_gives_a_laxer_action(
    terms: SetTerms, pair: tuple[RirEstimate, RirEstimate], latched: bool, one_more_left: bool
) -> None:
    """Whatever the terms: a estimate that is nowhere fresher is answered at least as severely."""
    fresh, tired = (decide(terms, estimate, latched=latched, one_more_left=one_more_left) for estimate in pair)

    assert severity(fresh) <= severity(tired)


@settings(deadline=None)
@given(terms_drawn, estimates, st.booleans())
def test_a_latched_set_hears_nothing_but_stop_and_failing(
    terms: SetTerms, estimate: RirEstimate, one_more_left: bool
) -> None:
    """Once said, stop is not taken back."""
    assert decide(terms, estimate, latched=True, one_more_left=one_more_left).action in ("stop", "failing")


@settings(deadline=None)
@given(terms_drawn, estimates, st.booleans(), st.booleans())
def test_failing_overrides_everything(
    terms: SetTerms, estimate: RirEstimate, latched: bool, one_more_left: bool
) -> None:
    """A rep that failed or stalled is failing, and nothing else is."""
    decision = decide(terms, estimate, latched=latched, one_more_left=one_more_left)

    assert (estimate.failed or estimate.stalled) == (decision.action == "failing")


@settings(deadline=None)
@given(terms_drawn, estimates, st.booleans())
def test_one_more_is_said_once_and_only_by_a_model_that_is_sure(
    terms: SetTerms, estimate: RirEstimate, left: bool
) -> None:
    """High-risk lifts ask for high confidence, all others for medium; and it is meant: one rep above the target."""
    if decide(terms, estimate, latched=False, one_more_left=left).action == "one_more":
        assert left
        assert terms.target is not None
        assert estimate.confidence in (("high",) if terms.high_risk else ("medium", "high"))
        assert estimate.rir < terms.target + 1.5


@settings(deadline=None)
@given(terms_drawn, estimates, st.booleans(), st.booleans())
def test_an_emergency_is_a_failed_rep_without_a_needed_spotter(
    terms: SetTerms, estimate: RirEstimate, latched: bool, one_more_left: bool
) -> None:
    """Nothing less calls the room, nor one that failed where the lifter was hardly near the end."""
    decision = decide(terms, estimate, latched=latched, one_more_left=one_more_left)
    plausible = (estimate.failed or estimate.stalled) and estimate.probability(0) >= 0.5

    assert (plausible and terms.unspotted) == decision.emergency
    assert terms.unspotted == decide_overdue(terms).emergency


@settings(deadline=None)
@given(cases, policies)
def test_high_risk_lifts_stay_above_their_floor(case: RuleInputs, policy: Policy) -> None:
    """No policy, no budget, no intent and no wish of the set leads them to failure."""
    terms = terms_of(case, policy)
    if case.exercise.risk != "high_risk":
        return
    floor = 2 if case.exercise.needs_spotter and not case.spotter else 1

    assert terms.floor >= max(floor, 2 if case.eligibility.pain else 0)
    assert terms.limit is not None
    assert terms.limit >= terms.floor
    assert terms.target is None or terms.target >= floor + 1


@settings(deadline=None)
@given(terms_drawn, estimates.filter(lambda estimate: not estimate.failed and not estimate.stalled), st.booleans())
def test_at_its_floor_a_set_that_has_one_is_stopped(
    terms: SetTerms, estimate: RirEstimate, one_more_left: bool
) -> None:
    """An even chance of being there is enough, however certain a policy wants to be."""
    if terms.floor and estimate.probability(terms.floor) >= 0.5:
        assert "stop" == decide(terms, estimate, latched=False, one_more_left=one_more_left).action


@settings(deadline=None)
@given(cases, policies, units, units)
def test_less_budget_never_allows_more(case: RuleInputs, policy: Policy, left: float, muscle_left: float) -> None:
    """Of the week or of the muscle group: the target never falls when there is less to spend."""
    eligibility = case.eligibility
    less = replace(
        case,
        eligibility=replace(
            eligibility,
            left=min(left, eligibility.left),
            muscle_left=min(muscle_left, eligibility.muscle_left),
            planned_left=min(left, eligibility.planned_left),
        ),
    )
    target, stricter = terms_of(case, policy).target, terms_of(less, policy).target

    assert (target is None) == (stricter is None)
    assert target is None or stricter is None or target <= stricter


@settings(deadline=None)
@given(cases, policies)
def test_advice_never_spends_what_is_not_there(case: RuleInputs, policy: Policy) -> None:
    """What the target costs is left of the week and of the muscle group, and beginners spend nothing."""
    terms = terms_of(case, policy)
    if terms.target is None or terms.target > 1:
        return
    cost = policy.failure_cost if terms.target == 0 else policy.near_failure_cost

    eligibility = case.eligibility
    left = max(eligibility.left, eligibility.planned_left) if "R12" in terms.rules else eligibility.left

    assert not case.beginner
    assert cost <= min(left, eligibility.muscle_left) + 1e-9  # sums of units are rounded by so little
    assert min(left, eligibility.muscle_left) > 0
    assert "R10" in terms.rules


@settings(deadline=None)
@given(cases, policies)
def test_every_set_names_its_rules_in_an_order_without_repetition(case: RuleInputs, policy: Policy) -> None:
    """There is always one that decided."""
    rules = terms_of(case, policy).rules

    assert rules
    assert len(rules) == len(set(rules))


@settings(deadline=None)
@given(terms_drawn, estimates, st.booleans(), st.booleans())
def test_words_fit_between_two_reps(terms: SetTerms, estimate: RirEstimate, latched: bool, one_more_left: bool) -> None:
    """One sentence of at most 90 characters, at most four words to be heard."""
    for decision in (decide(terms, estimate, latched=latched, one_more_left=one_more_left), decide_overdue(terms)):
        words = message_for(decision, terms, estimate.rir)
        assert 0 < len(words.sentence) <= SENTENCE_LENGTH_MAX
        assert len(words.speech.split()) <= SPEECH_WORDS_MAX
        assert ("continue" == decision.action) == (not words.speech)
    plan = plan_message(terms)
    assert 0 < len(plan.sentence) <= SENTENCE_LENGTH_MAX
    assert not plan.speech


def terms(exercise: str = "hip_thrust", **changes: object) -> SetTerms:
    """Return the terms of a plain set."""
    case = RuleInputs(builtin_catalogue().get(exercise), True, "work", None, False, True, False, Eligibility(4.0, 2.0))
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
    estimate = RirEstimate(rir, chances(rir), confidence)  # type: ignore[arg-type]  # a plain string in the table

    assert action == decide(terms(), estimate, latched=False, one_more_left=True).action


def test_on_high_risk_lifts_one_more_needs_high_confidence() -> None:
    """Medium is not enough there."""
    sure, less = RirEstimate(3.0, chances(3.0), "high"), RirEstimate(3.0, chances(3.0), "medium")

    assert "one_more" == decide(terms("deadlift"), sure, latched=False, one_more_left=True).action
    assert "continue" == decide(terms("deadlift"), less, latched=False, one_more_left=True).action


def test_beyond_the_listed_chances_the_median_decides() -> None:
    """A target of ten is met when half of the chance lies below."""
    estimate = RirEstimate(9.5, chances(9.5), "high")

    assert (1.0, chances(9.5)[-1]) == (estimate.probability(10), estimate.probability(9))


@settings(deadline=None)
@given(cases, policies, eligibilities, st.booleans(), st.booleans())
def test_more_that_speaks_against_failure_never_allows_more(
    case: RuleInputs, policy: Policy, other: Eligibility, beginner: bool, unspotted: bool
) -> None:
    """Pain, hard sets, recovery, being a beginner, a missing spotter: none of them lowers target or floor."""
    eligibility = case.eligibility
    closed = eligibility.closed_until or other.closed_until
    stricter = replace(
        case,
        beginner=case.beginner or beginner,
        spotter=case.spotter and not unspotted,
        eligibility=replace(
            eligibility,
            pain=eligibility.pain or other.pain,
            hard_share_over=eligibility.hard_share_over or other.hard_share_over,
            closed_until=closed,
            plateau=eligibility.plateau and other.plateau,
        ),
    )
    before, after = terms_of(case, policy), terms_of(stricter, policy)

    assert before.floor <= after.floor
    assert before.target is None or after.target is None or before.target <= after.target


@settings(deadline=None)
@given(cases, policies)
def test_what_the_rules_offer_is_only_for_what_they_allow(case: RuleInputs, policy: Policy) -> None:
    """Without a wish of the set's or a coach's nothing but isolation, machines, bodyweight and bands goes below two."""
    usual = policy.target_rir_by_exercise.get(case.exercise.exercise, policy.target_rir)
    terms = terms_of(replace(case, asked_rir=None), policy)

    if terms.target is not None and terms.target < 2 and usual >= 2:
        assert case.exercise.risk in ("isolation", "machine", "bodyweight", "band")
        assert not case.eligibility.pain
        assert case.eligibility.closed_until is None
        assert not case.eligibility.hard_share_over
        assert case.block != "deload"


@settings(deadline=None)
@given(cases, policies, estimates.filter(lambda estimate: not estimate.failed and not estimate.stalled), st.booleans())
def test_open_ended_sets_are_silent_but_for_safety(
    case: RuleInputs, policy: Policy, estimate: RirEstimate, left: bool
) -> None:
    """As many as possible, tests, warm-ups, technique: the floor of a high-risk lift, form on it, pain."""
    intents: tuple[Intent, ...] = ("amrap", "test", "warmup", "technique")
    for intent in intents:
        terms = terms_of(replace(case, intent=intent), policy)
        decision = decide(terms, estimate, latched=False, one_more_left=left)

        assert decision.action in ("continue", "stop")
        if decision.action == "stop":
            assert case.exercise.risk == "high_risk" or case.eligibility.pain
