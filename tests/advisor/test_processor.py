from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events import decode, encode
from spotter.domain.events.lifting import RepCompleted, SetEnded, SetStarted
from spotter.domain.events.outputs import AdviceGiven, DeviceLost, SetOpened
from spotter.domain.gym_config import ConfigPending, Configuration
from spotter.domain.ids import derived_id
from spotter_advisor.processor import Advisor
from spotter_advisor.state.history import History
from spotter_advisor.state.records import AdvisedSet, AthleteState, Ledger, TouchedWeeks
from tests.advisor.training import MONDAY, Lifting, Rep, Training, again


def busy() -> Training:
    """Train for a week, with all that there is."""
    training = Training()
    training.update_policy(target_rir=3, time_zone="Europe/Berlin")
    training.start_session(days_per_week=3)
    training.grant(1.0, MONDAY + timedelta(days=9))
    for exercise in ("bench_press", "biceps_curl", None):
        lifting = training.open_set(exercise, is_last_set=True, station_id="rack-1")
        for rir in (6, 4, 3, 1):
            lifting.rep(rir)
        lifting.send_overdue()
        lifting.rep(0, flags=["failed"])
        lifting.correct({1: 6, 5: 0})
        lifting.void(5)
        lifting.close()
        training.wait(60)
        lifting.report_effort(failed=True)
        training.wait(days=1)
    training.open_set("leg_press").rep(5)
    return training


def test_the_advisor_reads_estimates_and_writes_advice() -> None:
    """Its name and topics."""
    assert ("advisor", "estimates.v1", "advice.v1") == (Advisor.name, Advisor.input_topic, Advisor.output_topic)


def test_the_same_events_give_the_same_outputs_and_state() -> None:
    """Ids included: nothing depends on when or where."""
    training = busy()
    other = again(training)

    assert training.outputs == other.outputs
    assert training.state == other.state


def test_finishing_drafts_together_is_finishing_them_one_by_one() -> None:
    """A decision is complete as drafted."""
    training = busy()
    drafts = [training.advisor.draft({}, event, training.env) for event in training.inputs[:5]]

    assert training.advisor.finish(drafts) == [training.advisor.finish([draft])[0] for draft in drafts]


def test_every_entry_of_state_is_read_back_as_it_was_written() -> None:
    """Lifter, sets, ledger and history of signs, with times, as readable JSON with a version."""
    training = busy()

    assert {AthleteState, AdvisedSet, Ledger, History, TouchedWeeks} == {
        type(value) for value in training.state.values()
    }
    for name, value in training.state.items():
        raw = training.advisor.dump(name, value)
        assert raw.startswith(b'{"v":1,')
        assert value == training.advisor.load(name, raw)


def test_a_state_of_another_version_is_not_read() -> None:
    """It fails loudly, and so does a value that is none of the advisor's."""
    with pytest.raises(ValueError, match="version 9"):
        Advisor().load("lifter", b'{"v":9,"value":{}}')
    with pytest.raises(TypeError, match="a history or weeks"):
        Advisor().dump("lifter", object())


def test_a_step_leaves_the_state_it_was_given_alone() -> None:
    """It says what changes."""
    training = busy()
    before = {name: training.advisor.dump(name, value) for name, value in training.state.items()}
    training.advisor.step(training.state, training.inputs[-1], training.env)

    assert before == {name: training.advisor.dump(name, value) for name, value in training.state.items()}


def test_outputs_are_events_that_can_be_written_and_read() -> None:
    """Valid by their own models, from the advisor, at the time of receipt of their input."""
    training = busy()

    for event in training.outputs:
        assert event == decode(encode(event))
        assert "spotter/advisor" == event.source
        assert event.time == event.receivedtime
        assert ("g1", "ada") == (event.data.gym_id, event.data.athlete_id)
    assert len(training.outputs) == len({event.id for event in training.outputs})


def test_an_alert_is_known_by_the_id_of_its_event() -> None:
    """What a client acknowledges."""
    for event in busy().outputs:
        if isinstance(event.data, AdviceGiven):
            assert event.id == event.data.alert_id


def test_ids_depend_on_the_policy() -> None:
    """The same rep under another policy is another answer."""
    plain, strict = Training(), Training()
    strict.env = Configuration()
    strict.update_policy(target_rir=3)
    strict.inputs.pop()
    default, other = plain.open_set("hip_thrust").rep(6), strict.open_set("hip_thrust").rep(6)

    assert ("r2.g0.l0", "r2.g0.l1") == (default.policy_version, other.policy_version)
    assert default.alert_id != other.alert_id


@pytest.mark.parametrize(
    "data",
    [
        SetStarted(exercise="bench_press", set_id="s0"),
        SetEnded(set_id="s0"),
        RepCompleted(set_id="s0"),
        DeviceLost(),
    ],
)
def test_what_does_not_matter_is_passed_over(data: SetStarted | SetEnded | RepCompleted) -> None:
    """The story has more in it than the advisor needs."""
    training = Training()
    training.open_set("bench_press")
    training.receive(data)

    assert ({}, (), None) == (training.last.changes, training.last.outputs, training.last.reject)


@pytest.mark.parametrize("kind", ["amended", "reopened", "closed", "counted", "estimated"])
def test_a_set_that_was_forgotten_is_refused_as_too_old(kind: str) -> None:
    """Whatever is said of it; nothing changes."""
    training = Training()
    lifting = Lifting(training, "gone", "s1", {"exercise": "hip_thrust"}, MONDAY)
    rep = Rep(1, "rep1", MONDAY, MONDAY)
    lifting.reps.append(rep)
    if kind == "amended":
        lifting.amend(load_kg=80.0)
    elif kind == "reopened":
        lifting.reopen()
    elif kind == "closed":
        lifting.send_closed()
    elif kind == "counted":
        lifting.send_counted(rep)
    else:
        lifting.send_estimate(rep, 5)

    assert training.last.reject is not None
    assert "too_old" == training.last.reject.reason
    assert ({}, ()) == (training.last.changes, training.last.outputs)


def test_sets_are_forgotten_four_weeks_after_their_last_receipt() -> None:
    """By the times of receipt of what comes in, when the next set opens."""
    training = Training()
    old, corrected = training.open_set("hip_thrust"), training.open_set("hip_thrust")
    old.do_set(5)
    corrected.do_set(5)
    training.wait(days=20)
    corrected.correct({1: 4})
    training.wait(days=9)
    new = training.open_set("hip_thrust")

    assert {f"set:{corrected.key}", f"set:{new.key}"} == {name for name in training.state if name.startswith("set:")}


def test_a_set_waits_for_the_configuration_that_it_is_pinned_to() -> None:
    """A version that was not read yet is not guessed."""
    training = Training()
    with pytest.raises(ConfigPending):
        Lifting(training, "k", "s", {"exercise": "hip_thrust"}, MONDAY, pinned=3).send_opened()


def test_a_report_names_its_set_by_key() -> None:
    """A set id may be used again."""
    training = Training()
    first, second = training.open_set("hip_thrust", set_id="1"), training.open_set("hip_thrust", set_id="1")
    first.rep(6)
    second.rep(6)
    first.report_effort(rir=1)

    assert training.set(first).report is not None
    assert training.set(second).report is None


def test_the_state_of_a_set_stays_small() -> None:
    """A set of ten reps takes less than 4 kB."""
    training = Training()
    lifting = training.open_set("back_squat", station_id="rack-1")
    for rir in range(12, 2, -1):
        lifting.rep(rir)
        lifting.reps[-1].event_id = derived_id(rir)

    assert 4096 > len(training.advisor.dump(f"set:{lifting.key}", training.set(lifting)))


def test_set_opened_twice_is_one_set() -> None:
    """Nothing new is said the second time."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.send_opened()

    assert () == training.last.outputs
    assert 1 == sum(isinstance(event.data, SetOpened) for event in training.inputs[:-1])
