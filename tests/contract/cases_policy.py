"""Which layer of policy holds on every host, and the rules that need more than one set. Subclasses provide the fixture `host`."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import SetStarted
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.policies import BlockKind, BlockSaid, SessionFields
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

ZONE = "Europe/Berlin"


class PolicyCases:
    """Layers, blocks and sessions; form and pain."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter whom the coach knows."""
        return known(Lifter(host, host.now()))

    def test_a_deload_block_has_no_failure(self, lifter: Lifter) -> None:
        """R12: a finisher of the week before keeps its reps in reserve, and the week has no units."""
        lifter.send(block(lifter, "deload"), lifter.start(0, exercise="biceps_curl", is_last_set=True))
        (plan,) = lifter.advice
        assert (2, 0.0, "deload") == (plan.target_rir, plan.budget_left, because(plan, "block"))
        assert "R12" in plan.rule_ids

    def test_a_deload_block_may_hold_a_planned_isolation_set(self, lifter: Lifter) -> None:
        """R12: what the set itself was planned with counts."""
        lifter.send(block(lifter, "deload"), lifter.start(0, exercise="biceps_curl", target_rir=0))
        (plan,) = lifter.advice
        assert (0, "R12") == (plan.target_rir, plan.rule_ids[0])

    def test_a_high_intensity_block_lets_every_set_go_to_failure(self, lifter: Lifter) -> None:
        """R13: push-ups too, and no squat."""
        lifter.send(block(lifter, "high_intensity"), lifter.start(0, exercise="push_up"))
        lifter.send(lifter.start(100, "s2", exercise="back_squat", spotter_present=True, target_rir=0))
        assert [0, 2] == [advice.target_rir for advice in lifter.advice]
        assert ["R13", "R02"] == [advice.rule_ids[0] for advice in lifter.advice]

    def test_a_blocks_values_hold_in_it_alone(self, lifter: Lifter) -> None:
        """A block that is over says nothing."""
        lifter.send(block(lifter, "intensify", -9, -2, target_rir=5), lifter.start(0, exercise="hip_thrust"))
        lifter.send(block(lifter, "intensify", -1, 1, target_rir=4), lifter.start(100, "s2", exercise="hip_thrust"))
        assert [2, 4] == [advice.target_rir for advice in lifter.advice]
        assert ["built-in", "block b-1"] == [origin(advice, "target_rir") for advice in lifter.advice]

    def test_a_teams_policy_holds_for_its_lifters(self, lifter: Lifter, host: Harness) -> None:
        """From the set that is stamped with it, and for no one else."""
        team = f"team-{lifter.athlete_id}"
        layer = PolicyUpdated(gym_id="g1", team=team, target_rir=4)
        version = host.configure(Event(id=team, source="coach", time=lifter.base, data=layer))
        other = known(Lifter(host, lifter.base))
        lifter.send(lifter.event(AthleteUpdated(team=team), -10, source="coach"))
        for athlete in (lifter, other):
            athlete.send(athlete.event(SetStarted(set_id="s1", exercise="hip_thrust"), 0, source="app", config=version))
        assert [4, 2] == [athlete.advice[0].target_rir for athlete in (lifter, other)]
        assert f"team {team}" == origin(lifter.advice[0], "target_rir")

    def test_a_time_pressed_session_stands_for_more(self, lifter: Lifter) -> None:
        """R14: one all-out isolation set; on another day it is the last set's turn again."""
        pressed = SessionStarted(mode="time_pressed")
        lifter.send(lifter.event(pressed, -86_400, source="app"), lifter.start(0, exercise="biceps_curl"))
        lifter.send(lifter.event(pressed, 100, source="app"), lifter.start(100, "s2", exercise="biceps_curl"))
        assert [2, 0] == [advice.target_rir for advice in lifter.advice]
        assert "R14" == lifter.advice[-1].rule_ids[0]

    def test_a_sessions_values_hold_on_its_day(self, lifter: Lifter) -> None:
        """Over the lifter's own."""
        lifter.send(
            lifter.event(PolicyUpdated(target_rir=3), -5, source="coach"),
            lifter.event(SessionStarted(policy=SessionFields(target_rir=5)), 0, source="app"),
            lifter.start(0, exercise="hip_thrust"),
        )
        assert (5, "session") == (lifter.advice[0].target_rir, origin(lifter.advice[0], "target_rir"))

    def test_a_breakdown_of_form_stops_a_high_risk_lift(self, lifter: Lifter) -> None:
        """R18: a squat that gets short ends, far from failure and whatever its intent; a curl goes on."""
        for set_id, at_s, exercise in (("s1", 0.0, "back_squat"), ("s2", 200.0, "biceps_curl")):
            lifter.send(lifter.start(at_s, set_id, exercise=exercise, intent="amrap", spotter_present=True))
            roms = (0.60, 0.60, 0.60, 0.60, 0.46)
            velocities = (0.70, 0.69, 0.68, 0.67, 0.60)
            for number, (rom, velocity) in enumerate(zip(roms, velocities, strict=True), 1):
                lifter.send(lifter.rep(number, at_s + 3 * number, velocity, set_id, rom_m=rom))
        squat, curl = lifter.advice[5], lifter.advice[11]
        assert (5, "stop", "R18") == (squat.after_rep, squat.action, squat.rule_ids[0])
        assert "range" in squat.sentence
        assert squat.sound_ms > 0
        assert (5, "continue") == (curl.after_rep, curl.action)
        assert "R18" in curl.rule_ids

    def test_a_pain_that_is_reported_in_a_set_ends_it(self, lifter: Lifter) -> None:
        """R15: at once, in a set for as many reps as possible too, where the exercise loads the joint."""
        lifter.send(lifter.start(0, exercise="push_up", intent="amrap"), *lifter.reps(2, 3))
        lifter.send(lifter.event(WellnessReported(pain={"left shoulder": 6}), 8, source="app"))
        lifter.send(lifter.rep(3, 11, 0.5), lifter.end(15))
        last = lifter.advice[-1]
        assert (3, "stop", "R15") == (last.after_rep, last.action, last.rule_ids[0])
        lifter.send(lifter.start(100, "s2", exercise="chest_fly", is_last_set=True))
        assert (2, "R15") == (lifter.advice[-1].target_rir, lifter.advice[-1].rule_ids[0])

    def test_a_plan_says_what_it_follows_from(self, lifter: Lifter) -> None:
        """Terms, what each rule asked for, how the lifter stands, and where each value comes from."""
        lifter.send(lifter.start(0), *lifter.reps(2, 3))
        plan, first, _ = lifter.advice
        assert plan.because is not None and plan.because.terms is not None
        assert (3, 2, "unspotted", 0.5) == (
            plan.because.terms.target,
            plan.because.terms.floor,
            plan.because.terms.reason,
            plan.because.terms.stop_probability,
        )
        assert [("R03", 3), ("R02", 2), ("R01", 2)] == [(bound.rule, bound.rir) for bound in plan.because.bounds or []]
        assert plan.because.standing is not None
        assert 4.0 == plan.because.standing.left
        assert first.because is not None
        newest = lifter.newest_estimates[first.set_key, 1]
        assert (newest.rir, newest.p_rir_le[3]) == (first.because.rir, first.because.p_at_limit)


def known(lifter: Lifter) -> Lifter:
    """Let the coach say who the lifter is."""
    lifter.send(lifter.event(AthleteUpdated(level="intermediate", time_zone=ZONE), -30, source="coach"))
    return lifter


def block(lifter: Lifter, kind: BlockKind, first: int = -1, last: int = 1, target_rir: int | None = None) -> Event:
    """Return a block of the lifter's own, by days from the lifter's today."""
    today = lifter.base.astimezone(ZoneInfo(ZONE)).date()
    days = [(today + timedelta(days=number)).isoformat() for number in (first, last)]
    span = BlockSaid(name=f"b{first}", kind=kind, first_day=days[0], last_day=days[1])
    return lifter.event(PolicyUpdated(block=span, target_rir=target_rir), -20, source="coach")


def because(advice: AdviceGiven, name: str) -> object:
    """Return one thing that an advice follows from."""
    return getattr(advice.because, name)


def origin(advice: AdviceGiven, name: str) -> str | None:
    """Return the layer that a value comes from."""
    assert advice.because is not None
    return (advice.because.origins or {}).get(name)
