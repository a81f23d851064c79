"""What every host must say, and when it must be silent. Subclasses provide the fixture `host`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events.lifting import EffortReported, SetAmended
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated
from spotter.domain.ids import athlete_key
from tests.contract.harness import Harness
from tests.contract.lifter import NEAR_FAILURE, Lifter, set_after_short_movements
from tests.contract.memory_harness import MemoryHarness

TO_FAILURE = (0.55, 0.50, 0.44, 0.37, 0.29, 0.21, 0.17)
"""A bench press set that ends near failure."""


class AdviceCases:
    """Plans, decisions, latch, lateness, summaries and the budget."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter whom the coach knows."""
        lifter = Lifter(host, host.now())
        lifter.send(lifter.event(AthleteUpdated(level="intermediate", time_zone="Europe/Berlin"), -30, source="coach"))
        return lifter

    def test_a_set_begins_with_a_plan(self, lifter: Lifter) -> None:
        """When a set opens its plan is given, silently: after_rep 0."""
        lifter.send(lifter.start(0))
        assert [(0, "continue", 0, False)] == [
            (advice.after_rep, advice.action, advice.sound_ms, advice.late) for advice in lifter.advice
        ]

    def test_every_rep_has_its_advice(self, lifter: Lifter) -> None:
        """One advice a rep, continue included."""
        lifter.send(lifter.start(0), *lifter.reps(4, 3))
        assert [0, 1, 2, 3, 4] == [advice.after_rep for advice in lifter.advice]
        assert len({advice.alert_id for advice in lifter.advice}) == 5

    def test_stop_is_said_before_failure_and_stays(self, lifter: Lifter) -> None:
        """A set that nears failure is stopped, and once stopped every further rep gets stop again."""
        lifter.send(lifter.start(0), *lifter.reps(7, 3, velocities=TO_FAILURE))
        actions = [advice.action for advice in lifter.advice]
        assert "stop" in actions
        first = actions.index("stop")
        assert {"stop", "failing"} >= set(actions[first:])
        assert all(not advice.late and advice.sound_ms > 0 for advice in lifter.advice[first:])
        lifter.send(lifter.rep(8, 26, 0.50))
        assert "stop" == lifter.advice[-1].action

    def test_a_correction_lifts_the_latch(self, lifter: Lifter) -> None:
        """Only a correction of the reps that caused a stop takes it back, silently."""
        lifter.send(lifter.start(0), *lifter.reps(7, 3, velocities=TO_FAILURE))
        assert "continue" != lifter.advice[-1].action
        for number in range(4, 8):
            lifter.send(lifter.amend(number, 25, mean_velocity_mps=0.54))
        corrected = lifter.advice[-1]
        assert ("continue", True, 7) == (corrected.action, corrected.late, corrected.after_rep)
        assert corrected.revision > 1
        lifter.send(lifter.rep(8, 30, 0.53))
        assert ("continue", False) == (lifter.advice[-1].action, lifter.advice[-1].late)

    def test_what_turns_out_to_be_no_reps_lifts_the_latch(self, lifter: Lifter) -> None:
        """A stop given on movements of the bar ends with them: they are revised once the reps show them, in silence."""
        lifter.send(lifter.start(0))
        for event in set_after_short_movements(lifter):
            lifter.send(event)
        actions = {advice.after_rep: advice.action for advice in lifter.advice if not advice.late}
        assert "stop" in {actions[2], actions[3]}
        assert {"continue"} == {actions[number] for number in range(5, 9)}
        revised = {estimate.rep_number for estimate in lifter.estimates if estimate.revision > 1}
        assert {2, 3} <= revised <= {1, 2, 3, 4}
        newest = {number: estimate for (_, number), estimate in lifter.newest_estimates.items()}
        assert all("rerack" in newest[number].flags and newest[number].p_rir_le[2] < 0.1 for number in (1, 2, 3))
        assert [1] * 8 == [advice.revision for advice in lifter.advice if advice.after_rep]
        lifter.send(lifter.end(40))
        summary = lifter.summaries[-1]
        assert (5, False, None) == (summary.reps, summary.failed, summary.advice_followed)
        assert [0.0] == lifter.costs

    def test_late_is_silent(self, lifter: Lifter) -> None:
        """Reps sent long after they happened give advice that is late and never sounds, and latch nothing."""
        gap = [
            lifter.rep(number + 1, 3 * number, velocity, sent_s=60, received_s=60)
            for number, velocity in enumerate(TO_FAILURE)
        ]
        lifter.send(lifter.start(-3), *gap)
        rep_advice = [advice for advice in lifter.advice if advice.after_rep > 0]
        assert 7 == len(rep_advice)
        assert all(advice.late and advice.sound_ms == 0 for advice in rep_advice)

    def test_a_reordered_rep_is_told_late_and_the_newest_anew(self, lifter: Lifter) -> None:
        """The rep that comes out of order gets late advice; the newest one is given anew, one revision higher."""
        first, two, three = lifter.reps(3, 3)
        lifter.send(lifter.start(0), first, three, two)
        revisions = [(adv.after_rep, adv.revision, adv.late) for adv in lifter.advice if adv.after_rep]
        assert [(1, 1, False), (3, 1, False), (2, 1, True), (3, 2, True)] == revisions

    def test_history_is_never_played(self, lifter: Lifter) -> None:
        """A set that arrives when a later one is known is advised on, all of it late."""
        old = [lifter.rep(number, -900 + 3 * number, 0.5, "old", sent_s=10, received_s=10) for number in (1, 2)]
        lifter.send(*lifter.reps(2), *old)
        keys = {opening.set_key for opening in lifter.opened if opening.set_id == "old"}
        assert [True, True] == [advice.late for advice in lifter.advice if advice.set_key in keys and advice.after_rep]

    def test_advice_names_its_rules(self, lifter: Lifter) -> None:
        """Bench press without a spotter is planned and stopped by R02 and R03."""
        lifter.send(lifter.start(0), *lifter.reps(7, 3, velocities=TO_FAILURE))
        stop = next(advice for advice in lifter.advice if advice.action == "stop")
        assert "R03" in stop.rule_ids
        assert 3 == stop.target_rir
        assert stop.sentence

    def test_a_spotter_counts_at_once(self, lifter: Lifter) -> None:
        """Saying in the set that a spotter is there lowers the target at once."""
        lifter.send(lifter.start(0), *lifter.reps(2, 3))
        lifter.send(lifter.event(SetAmended(set_id="s1", spotter_present=True), 10, source="app"))
        lifter.send(lifter.rep(3, 12, 0.47))
        assert [3, 2] == [lifter.advice[0].target_rir, lifter.advice[-1].target_rir]

    def test_a_policy_holds_from_the_next_set(self, lifter: Lifter) -> None:
        """A lifter's policy that changes within a set leaves that set as it was planned."""
        lifter.send(lifter.start(0, exercise="biceps_curl"), *lifter.reps(2, 3))
        lifter.send(lifter.event(PolicyUpdated(target_rir=4), 10, source="coach"))
        lifter.send(lifter.rep(3, 12, 0.47))
        lifter.send(lifter.start(60, "s2", exercise="biceps_curl"), *lifter.reps(1, 63, "s2"))
        targets = [advice.target_rir for advice in lifter.advice if advice.after_rep]
        assert [2, 2, 2, 4] == targets

    def test_a_set_ends_with_a_summary(self, lifter: Lifter) -> None:
        """The end of a set is summarised: reps, reps left at the end, who ended it."""
        lifter.send(lifter.start(0), *lifter.reps(4, 3), lifter.end(15))
        (summary,) = lifter.summaries
        assert (1, 4, "lifter", "bench_press") == (summary.revision, summary.reps, summary.ended_by, summary.exercise)
        assert summary.rir_end == lifter.estimates[-1].rir

    def test_a_set_that_goes_on_is_summarised_again(self, lifter: Lifter) -> None:
        """A set reopened and ended again has a second revision of its summary, and one entry in the ledger."""
        lifter.send(lifter.start(0), *lifter.reps(3, 3), lifter.end(12), lifter.rep(4, 15, 0.45), lifter.end(20))
        assert [(1, 3), (2, 4)] == [(summary.revision, summary.reps) for summary in lifter.summaries]

    def test_failure_is_paid_from_the_week(self, lifter: Lifter) -> None:
        """A curl to failure costs one unit; reporting it as two left afterwards takes the cost back."""
        lifter.send(lifter.start(0, exercise="biceps_curl"), *lifter.reps(4, 3))
        lifter.send(lifter.event(EffortReported(set_id="s1", failed=True), 14, source="app"), lifter.end(15))
        spent = lifter.budget[-1]
        assert (1.0, 4.0, 3.0) == (spent.spent, spent.allowed, spent.left)
        lifter.send(lifter.event(EffortReported(set_id="s1", rir=3), 40, source="app"))
        assert (0.0, 4.0) == (lifter.budget[-1].spent, lifter.budget[-1].left)
        assert lifter.budget[-1].revision > spent.revision

    def test_a_correction_after_the_week_changes_that_week(self, host: Harness) -> None:
        """A set voided when its week is over is taken out of that week's ledger, not of the running one's."""
        lifter = Lifter(host, host.long_ago() - timedelta(days=9))
        lifter.send(lifter.event(AthleteUpdated(level="intermediate"), -30, source="coach"))
        lifter.send(lifter.start(0, exercise="biceps_curl"), *lifter.reps(3, 3))
        lifter.send(lifter.event(EffortReported(set_id="s1", failed=True), 14, source="app"), lifter.end(15))
        entered = lifter.budget[-1]
        later = 9 * 86_400
        lifter.send(lifter.event(EffortReported(set_id="s1", rir=4), later, source="app"))
        revised = next(change for change in reversed(lifter.budget) if change.entry is not None)
        assert entered.entry and revised.entry
        assert entered.week_start == revised.week_start
        assert (1.0, 0.0) == (entered.entry.cost, revised.entry.cost)
        assert entered.entry.revision < revised.entry.revision
        assert entered.entry.set_key == revised.entry.set_key

    def test_another_lifter_changes_nothing(self, lifter: Lifter, host: Harness) -> None:
        """What one lifter does has no effect on what another is told."""
        alone = Lifter(host, lifter.base)
        lifter.send(lifter.start(0), *lifter.reps(5, 3))
        alone.send(alone.event(AthleteUpdated(level="intermediate", time_zone="Europe/Berlin"), -30, source="coach"))
        alone.send(alone.start(0), *alone.reps(5, 3))
        assert [(a.action, a.sentence) for a in lifter.advice] == [(a.action, a.sentence) for a in alone.advice]

    def test_the_ledger_equals_a_recomputation_from_the_log(self, lifter: Lifter, host: Harness) -> None:
        """Playing the log of a lifter again from the first event gives the same advice, summaries and ledger."""
        lifter.send(lifter.start(0, exercise="biceps_curl"), *lifter.reps(4, 3))
        lifter.send(lifter.event(EffortReported(set_id="s1", failed=True), 14, source="app"), lifter.end(15))
        lifter.send(lifter.start(100, "s2", exercise="leg_curl"), *lifter.reps(4, 103, "s2"), lifter.void(4, 130, "s2"))
        lifter.send(lifter.event(EffortReported(set_id="s2", rir=1), 131, source="app"), lifter.end(132, "s2"))
        again = replay(host, lifter)
        assert [event.id for event in lifter.events("advice.v1")] == [event.id for event in again.events("advice.v1")]
        assert lifter.budget == again.budget
        assert lifter.summaries == again.summaries


def replay(host: Harness, lifter: Lifter) -> Lifter:
    """Return the lifter as a fresh memory host sees it after reading the lifter's log."""
    fresh = MemoryHarness()
    copy = Lifter(fresh, lifter.base, lifter.athlete_id)
    copy.send(*host.events("lifts.v1", athlete_key("g1", lifter.athlete_id)))
    return copy


def overdue_case(lifter: Lifter) -> None:
    """Begin a bench press whose third rep does not end."""
    lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), lifter.began(8, 3))


class EmergencyCases:
    """What is said when a rep does not end."""

    def test_the_completed_rep_takes_the_alarm_back(self, host: Harness) -> None:
        """Latch and cost included: the rep only took long, and the lifter may do another."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0, exercise="back_squat", spotter_present=True))
        lifter.send(*lifter.reps(2, 3, velocities=(0.42, 0.36)), lifter.began(8, 3))
        host.pass_time(lifter.base + timedelta(seconds=15))
        lifter.send(lifter.rep(3, 16, 0.4, started_at=lifter.base + timedelta(seconds=8)), lifter.end(20))
        *before, alarm, last = lifter.advice
        assert {"continue"} == {advice.action for advice in before}
        assert ("failing", "continue") == (alarm.action, last.action)
        assert last.because is not None
        assert last.because.latched is False
        assert lifter.summaries[-1].failed is False

    def test_a_stalled_bench_press_without_a_spotter_is_an_emergency(self, host: Harness) -> None:
        """R03: failing, for the whole room, not late although a timer said it."""
        lifter = Lifter(host, host.long_ago())
        overdue_case(lifter)
        host.pass_time(lifter.base + timedelta(seconds=15))
        last = lifter.advice[-1]
        assert ("failing", True, False) == (last.action, last.emergency, last.late)
        assert "R03" == last.rule_ids[0]
        assert last.sound_ms == last.ttl_ms > 0
