"""`GET /v1/advice/{alert_id}/why`."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from spotter.domain.events import Event
from spotter.domain.events.outputs import Because, BoundSaid, StandingSaid, TermsSaid
from spotter.domain.events.people import ExerciseAdded
from spotter_dashboard.explanations.schemas import AdviceWhy
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import MONDAY, Story

CHANCES = [0.02, 0.12, 0.31, 0.62, 0.8, 0.9, 0.95]


def plan(target: int | None, *bounds: tuple[str, int, str], floor: int = 0, **standing: Any) -> Because:
    """Return what is recorded beside a plan."""
    return Because(
        terms=TermsSaid(
            target=target,
            floor=floor,
            reason=bounds[0][2],
            stop_probability=0.5,
            one_more_probability=0.5,
            late_cost=1.0,
            early_cost=1.0,
        ),
        bounds=[BoundSaid(rule=rule, rir=rir, reason=reason) for rule, rir, reason in bounds],
        standing=StandingSaid(**{"left": 4.0, "muscle_left": 2.0, **standing}),
        origins={"target_rir": "gym", "stop_probability": "built-in"},
        risk="high_risk",
    )


def read(p_at_limit: float | None, **more: Any) -> Because:
    """Return what is recorded beside an advice after a rep."""
    because = {"estimate_revision": 1, "rir": 2.6, "p_next_fails": 0.02, "latched": False, "confidence": "medium"}
    return Because(p_at_limit=p_at_limit, **{**because, **more})


def bench(target: int = 3, **more: Any) -> Story:
    """Write a bench press without a spotter, up to its plan."""
    story = Story("ada").opens("s1", exercise="bench_press", load_kg=80.0, intent="work")
    because = plan(target, ("R03", 3, "unspotted"), ("R02", 2, "high_risk"), ("R01", 2, "plain"), floor=2)
    return story.advises("s1", 0, "continue", because=because, rule_ids=["R03", "R02", "R01"], **more)


async def why(dashboard: RunningDashboard, story: Story, alert_id: str) -> Any:
    """Return the explanation of an advice of a story."""
    story.write(dashboard.log)
    await dashboard.settled()
    answer = await dashboard.get(f"/v1/advice/{alert_id}/why", "app")
    assert 200 == answer.status_code, answer.text
    TypeAdapter(AdviceWhy).validate_json(answer.content)
    return answer.json()


def then(seen: Any, had: str) -> list[str]:
    """Return the outcome of the counterfactual that begins like that."""
    return [change["then"] for change in seen["would_have_changed"] if change["had"].startswith(had)]


async def test_a_stop_tells_inputs_rules_versions_and_probabilities(dashboard: RunningDashboard) -> None:
    """All that the decision looked at stands in one answer."""
    story = bench().rep("s1", 5, 0.3).estimates("s1", 5, 2.6, p_rir_le=CHANCES, model_version="m1")
    seen = await why(dashboard, story.advises("s1", 5, "stop", because=read(0.62), rule_ids=["R03"]), "s1-alert-5-1")

    assert ("stop", 5, "ada", "s1") == (seen["action"], seen["after_rep"], seen["athlete_id"], seen["set_id"])
    assert (3, 0.62, 0.5, 0.02) == tuple(
        seen["probabilities"][name] for name in ("limit_rir", "at_limit", "stops_at", "next_rep_fails")
    )
    assert ("R03", "Nobody is spotting") == (seen["rules"][0]["id"], seen["rules"][0]["title"])
    assert {"policy": "test", "model": "m1", "profile": "test", "estimate_revision": 1} == seen["versions"]
    assert ("Bench press", "high_risk", True) == tuple(
        seen["inputs"]["set"][name] for name in ("name", "risk", "needs_spotter")
    )
    assert ["R03"] == [bound["rule"] for bound in seen["inputs"]["terms"]["bounds"] if bound["decided"]]
    assert "1 / (1 + 1) = 50 %" in seen["inputs"]["terms"]["stops_at_because"]
    assert [] == seen["not_recorded"]


async def test_a_stop_tells_the_chance_and_the_spotter_that_would_have_changed_it(dashboard: RunningDashboard) -> None:
    """The other target is held against the same estimate."""
    story = bench().rep("s1", 5, 0.3).estimates("s1", 5, 2.6, p_rir_le=CHANCES)
    seen = await why(dashboard, story.advises("s1", 5, "stop", because=read(0.62), rule_ids=["R03"]), "s1-alert-5-1")

    assert ["No stop yet."] == then(seen, "A chance of 3 reps left or fewer under 50 % (it was 62 %)")
    assert [
        "The target would have been 2 reps left instead of 3. The chance of being there was 31 %: no stop yet."
    ] == then(seen, "With somebody spotting")


async def test_going_on_tells_what_a_stop_and_one_more_would_have_taken(dashboard: RunningDashboard) -> None:
    """A model that is not sure enough is named, too."""
    story = bench().rep("s1", 4, 0.4).estimates("s1", 4, 3.4, p_rir_le=[0.0, 0.1, 0.2, 0.4, 0.7, 0.9, 1.0])
    seen = await why(dashboard, story.advises("s1", 4, "continue", because=read(0.4)), "s1-alert-4-1")

    assert ["A stop."] == then(seen, "A chance of 3 reps left or fewer of 50 % or more (it was 40 %)")
    assert ["One more, then stop."] == then(seen, "A model that is surer of itself (high instead of medium)")


async def test_an_unsure_model_would_not_have_said_one_more_by_its_chance_alone(dashboard: RunningDashboard) -> None:
    """Both things that were lacking are named together."""
    story = bench().rep("s1", 4, 0.4).estimates("s1", 4, 5.4, p_rir_le=[0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.6])
    seen = await why(dashboard, story.advises("s1", 4, "continue", because=read(0.2, confidence="low")), "s1-alert-4-1")

    assert [] == then(seen, "A model that is surer")
    (both,) = (change["had"] for change in seen["would_have_changed"] if change["then"] == "One more, then stop.")
    assert (
        "4 reps left or fewer of 50 % or more (it was 30 %) and a model that is surer of itself (high instead of low)"
        in both
    )


async def test_one_more_is_not_said_again_whatever_the_chance(dashboard: RunningDashboard) -> None:
    """After it was said in time in this set, only a stop is left."""
    story = bench().rep("s1", 3, 0.4).estimates("s1", 3, 3.4, p_rir_le=CHANCES)
    story.advises("s1", 3, "one_more", because=read(0.4, confidence="high"))
    story.rep("s1", 4, 0.4).estimates("s1", 4, 5.0, p_rir_le=[0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.6])
    seen = await why(
        dashboard, story.advises("s1", 4, "continue", because=read(0.2, confidence="high")), "s1-alert-4-1"
    )

    assert ["A stop."] == [change["then"] for change in seen["would_have_changed"]]


async def test_a_latched_stop_is_lifted_by_a_correction_alone(dashboard: RunningDashboard) -> None:
    """What the newest rep says no longer matters."""
    story = bench().rep("s1", 6, 0.5).estimates("s1", 6, 5.0)
    seen = await why(dashboard, story.advises("s1", 6, "stop", because=read(0.1, latched=True)), "s1-alert-6-1")

    assert 1 == len(seen["would_have_changed"])
    assert "corrected or voided" in seen["would_have_changed"][0]["had"]


async def test_a_plan_tells_what_stands_in_the_way_of_failure(dashboard: RunningDashboard) -> None:
    """A set that is not the last one, a spent budget, a muscle that rests, and a lift that never fails."""
    cases = {
        "not_last": ("R01", 2, "As the last set of this exercise"),
        "budget_spent": ("R10", 2, "With more left of the week's budget (it was 0.5 units)"),
        "recovering": ("R11", 2, "After Wednesday 10:00 UTC"),
        "hard_share": ("R09", 2, "With a smaller share of sets that end so near to failure (it was 14 %)"),
        "signs": ("R10", 2, "Without the warning signs bad sleep and soreness"),
    }
    standing: dict[str, Any] = {
        "left": 0.5,
        "signs": ["bad_sleep", "soreness"],
        "hard_share": 0.14,
        "closed_until": "2026-01-07T10:00:00Z",
    }
    story = Story("ada")
    for reason, (rule, rir, _) in cases.items():
        story.opens(reason, exercise="biceps_curl")
        story.advises(reason, 0, "continue", because=plan(2, (rule, rir, reason), **standing), rule_ids=[rule])
    for reason, (_, _, had) in cases.items():
        seen = await why(dashboard, story, f"{reason}-alert-0-1")
        assert ["The set might have gone to failure, where nothing else forbids it."] == then(seen, had), reason


async def test_a_plan_of_an_all_out_block_says_what_offered_failure(dashboard: RunningDashboard) -> None:
    """The block did, though it is the rule that also closes a muscle that recovers."""
    story = Story("ada").opens("all_out", exercise="biceps_curl")
    story.advises("all_out", 0, "continue", because=plan(0, ("R13", 0, "all_out"), left=4.0), rule_ids=["R13"])
    seen = await why(dashboard, story, "all_out-alert-0-1")

    assert ["Failure would not have been offered."] == then(seen, "Outside of the high-intensity block")


async def test_a_plan_of_a_high_risk_lift_says_that_nothing_leads_to_failure(dashboard: RunningDashboard) -> None:
    """R02 is not a matter of budget."""
    seen = await why(dashboard, bench(), "s1-alert-0-1")

    assert ["This lift never goes under 2 reps left by advice."] == then(seen, "Whatever else")
    assert ["The target would have been 2 reps left instead of 3."] == then(seen, "With somebody spotting")
    assert None is seen["inputs"]["estimate"]


async def test_a_failing_rep_tells_what_its_completion_would_have_meant(dashboard: RunningDashboard) -> None:
    """What the estimate says beside the failure still counts."""
    story = bench().rep("s1", 7, 0.1).estimates("s1", 7, 0.0, p_rir_le=[1.0] * 7, flags=["failed"])
    seen = await why(dashboard, story.advises("s1", 7, "failing", because=read(1.0)), "s1-alert-7-1")

    assert ["A stop all the same."] == then(seen, "The rep completed")


async def test_what_was_replaced_still_answers_and_names_what_replaced_it(dashboard: RunningDashboard) -> None:
    """Each revision of an advice can be asked; a revised estimate is not passed off as the one that was read."""
    story = bench().rep("s1", 5, 0.3).estimates("s1", 5, 2.6, p_rir_le=CHANCES)
    story.advises("s1", 5, "stop", because=read(0.62)).wait(5)
    story.estimates("s1", 5, 4.0, revision=2, p_rir_le=[0.0] * 7)
    story.advises("s1", 5, "continue", revision=2, late=True, because=read(0.1, estimate_revision=2))
    first = await why(dashboard, story, "s1-alert-5-1")
    second = await why(dashboard, story, "s1-alert-5-2")

    assert ("stop", "s1-alert-5-2", True) == (
        first["action"], first["replaced_by"], first["inputs"]["estimate"]["revised_since"],
    )  # fmt: skip
    assert (0.62, None) == (first["probabilities"]["at_limit"], first["probabilities"]["rir_at_most"])
    assert ("continue", None) == (second["action"], second["replaced_by"])
    assert ["continue"] == [
        advice["action"] for advice in (await dashboard.json("/v1/sets/s1"))["advice"] if advice["after_rep"]
    ]


async def test_an_old_log_says_what_was_not_recorded(dashboard: RunningDashboard) -> None:
    """Advice from before there were explanations still tells its rules, its estimate and its versions."""
    story = Story("ada").opens("s1", exercise="deadlift").rep("s1", 3, 0.3).estimates("s1", 3, 2.0, p_rir_le=CHANCES)
    seen = await why(dashboard, story.advises("s1", 3, "stop", rule_ids=["R02"]), "s1-alert-3-1")

    assert (2, None, ["R02"]) == (
        len(seen["not_recorded"]), seen["inputs"]["terms"], [rule["id"] for rule in seen["rules"]],
    )  # fmt: skip
    assert 2.0 == seen["inputs"]["estimate"]["rir"]


async def test_an_exercise_of_the_gyms_own_is_named_as_the_gym_names_it(dashboard: RunningDashboard) -> None:
    """The catalogue is the gym's."""
    sled = ExerciseAdded(gym_id="g1", exercise="sled_push", name="Sled push", risk="machine")
    dashboard.configuration.apply(Event("e", "test", MONDAY, sled))
    story = Story("ada").opens("s1", exercise="sled_push").advises("s1", 0, "continue")

    assert "Sled push" == (await why(dashboard, story, "s1-alert-0-1"))["inputs"]["set"]["name"]


async def test_anothers_advice_is_unknown(dashboard: RunningDashboard) -> None:
    """Another gym's, another lifter's and one that never was look the same."""
    bench().write(dashboard.log)
    await dashboard.settled()

    assert 404 == (await dashboard.get("/v1/advice/s1-alert-0-1/why", "coach", gym="g2")).status_code
    assert 404 == (await dashboard.get("/v1/advice/s1-alert-0-1/why", "app", "bo")).status_code
    assert 404 == (await dashboard.get("/v1/advice/nothing/why")).status_code
    assert 403 == (await dashboard.get("/v1/advice/s1-alert-0-1/why", "device")).status_code
    assert 401 == (await dashboard.client.get("/v1/advice/s1-alert-0-1/why")).status_code
