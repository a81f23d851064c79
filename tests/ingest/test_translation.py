"""Exercises by name and loads in pounds: what the log holds, and what the sender is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spotter.domain.events.lifting import RepAmended, RepCompleted, SetStarted
from spotter.domain.events.people import SessionStarted, StationPaired
from spotter.domain.exercises import Exercise, builtin_catalogue
from spotter_ingest.translation import exercise_named, translated
from spotter_ingest.validation import Receipt, ValidEvent, validate
from tests.ingest.support import RunningIngest, event, frames, rep
from tests.ingest.validation_cases import NOW, bearer, refused, shift, took

CATALOGUE = builtin_catalogue()


def started(**fields: Any) -> dict[str, Any]:
    """Return a set that starts."""
    return event("set.started", athlete_id="ada", **fields)


class TestNames:
    """An exercise may be named as an app writes it."""

    def test_a_name_is_replaced_by_its_id_and_told(self) -> None:
        """What was sent, what it was taken for, and what was left out of it."""
        taken = took(started(exercise="Feet Up Bench Press (Barbell)"))
        assert "bench_press" == taken.event.data.model_dump()["exercise"]
        assert taken.warning == (
            "exercise: taken for bench_press (Bench press, without feetup), sent as 'Feet Up Bench Press (Barbell)'"
        )

    @pytest.mark.parametrize(("name", "exercise"), [("bicep_curl", "biceps_curl"), ("squat", "back_squat")])
    def test_an_apps_own_id_is_a_name_too(self, name: str, exercise: str) -> None:
        """As long as no exercise has it for its id."""
        assert (taken := took(rep(exercise=name))).event.data.model_dump()["exercise"] == exercise
        assert (taken.warning or "").startswith(f"exercise: taken for {exercise} ")

    def test_an_id_of_the_catalogue_is_left_alone(self) -> None:
        """Nothing is looked up, copied or told."""
        data = {"exercise": "back_squat", "load_kg": 80}
        same, notes = translated(data, SetStarted, CATALOGUE)
        assert same is data and not notes
        assert None is took(rep(exercise="back_squat")).warning

    def test_a_name_may_stand_wherever_an_exercise_does(self) -> None:
        """In a start, a correction, a rep, its correction, a pairing and a plan."""
        amended = took(event("rep.amended", athlete_id="ada", rep_number=1, set={"exercise": "Bankdrücken"})).event.data
        assert isinstance(amended, RepAmended) and "bench_press" == amended.set.exercise
        paired = took(event("station.paired", station_id="r", device_id="d", exercise="Bench Press")).event.data
        assert isinstance(paired, StationPaired) and "bench_press" == paired.exercise
        planned = [{"exercise": "Bench Press", "sets": 3}, {"exercise": "back_squat", "sets": 3}]
        session = took(event("session.started", athlete_id="ada", planned=planned)).event.data
        assert isinstance(session, SessionStarted) and session.planned is not None
        assert ["bench_press", "back_squat"] == [part.exercise for part in session.planned]
        for name in ("set.started", "set.amended", "rep.completed"):
            data = took(event(name, athlete_id="ada", exercise="benchPress")).event.data
            assert "bench_press" == data.model_dump()["exercise"]

    def test_targets_may_name_exercises_too(self) -> None:
        """Of a policy and of a session; one exercise by two names is refused."""
        targets = {"target_rir_by_exercise": {"Bench Press": 3, "leg_curl": 1}}
        policy = took(event("policy.updated", **targets))
        session = took(event("session.started", athlete_id="ada", policy=targets))
        assert {"bench_press": 3, "leg_curl": 1} == policy.event.data.model_dump()["target_rir_by_exercise"]
        assert {"bench_press": 3, "leg_curl": 1} == session.event.data.model_dump()["policy"]["target_rir_by_exercise"]
        assert "taken for bench_press" in (policy.warning or "")
        twice = event("policy.updated", target_rir_by_exercise={"Bench Press": 3, "bench_press": 2})
        assert "names bench_press twice" in refused(twice).detail

    def test_a_new_exercise_is_called_as_it_is(self) -> None:
        """Its id is a definition: no name stands for it."""
        raw = event("exercise.added", exercise="Bench Press", name="Bench Press", risk="machine")
        assert "data.exercise" == refused(raw).field

    @pytest.mark.parametrize(
        ("name", "exercise"),
        [
            ("juggling", "juggling"),
            ("Viking Press", "viking_press"),
            ("Überkopf-Jonglage", "uberkopf_jonglage"),
            ("Viking press (L)", "viking_press"),
        ],
    )
    def test_what_is_not_sure_stays_unknown(self, name: str, exercise: str) -> None:
        """Under an id of its own, handled as the strictest kind."""
        taken = took(rep(exercise=name))
        assert exercise == taken.event.data.model_dump()["exercise"]
        assert "is not in the catalogue and is handled as the strictest kind" in (taken.warning or "")

    def test_the_nearest_are_suggested(self) -> None:
        """For a person to choose from."""
        assert "(nearest: hip_abduction, hip_adduction" in (took(rep(exercise="hip aduction")).warning or "")

    @pytest.mark.parametrize("name", ["スクワット", "жим лёжа", "🏋️", "---", "x y " * 30])
    def test_a_name_in_other_letters_has_an_id_of_its_own(self, name: str) -> None:
        """The same each time, and never that of an exercise."""
        exercise = exercise_named(CATALOGUE, name.strip()).exercise
        assert exercise not in CATALOGUE
        assert exercise == took(rep(exercise=name)).event.data.model_dump()["exercise"]
        assert exercise != took(rep(exercise=f"{name.strip()}!x")).event.data.model_dump()["exercise"]

    def test_a_gyms_own_names_count_in_that_gym(self) -> None:
        """By its catalogue as ingest has read it; the same event sent again meanwhile stays the same event."""
        ours = Exercise(exercise="sled_push", name="Prowler push", risk="machine", muscle_group="quadriceps")
        raw = started(exercise="Prowler pushes") | {"time": shift(seconds=-1)}

        def sent(*added: Exercise) -> ValidEvent:
            return validate(raw, bearer(), Receipt(NOW, 1, CATALOGUE.extended(added), lambda: "new-id"))

        before, after = sent(), sent(ours)
        assert ("prowler_pushes", "sled_push") == tuple(
            taken.event.data.model_dump()["exercise"] for taken in (before, after)
        )
        assert before.event.id == after.event.id and before.record.dedupe == after.record.dedupe


class TestSides:
    """The side that a name says is the side of the set or rep."""

    @pytest.mark.parametrize("name", ["set.started", "set.amended", "rep.completed"])
    def test_it_is_set_and_told(self, name: str) -> None:
        """Where the sender gave none."""
        taken = took(event(name, athlete_id="ada", exercise="Single Leg Curl (Right)"))
        assert ("leg_curl", "right") == (
            taken.event.data.model_dump()["exercise"],
            taken.event.data.model_dump()["side"],
        )
        assert "side: taken for right, as the exercise's name says" in (taken.warning or "")

    def test_what_was_sent_stays(self) -> None:
        """The sender is told that the name says otherwise."""
        taken = took(rep(exercise="Biceps curl L", side="right"))
        assert isinstance(taken.event.data, RepCompleted) and "right" == taken.event.data.side
        assert "side: stays as sent, although the exercise's name says left" in (taken.warning or "")
        assert "side:" not in (took(rep(exercise="Biceps curl L", side="left")).warning or "")


class TestPounds:
    """A load in pounds is converted exactly."""

    @pytest.mark.parametrize("name", ["set.started", "set.amended", "rep.completed", "station.paired"])
    def test_it_is_taken_beside_kilograms(self, name: str) -> None:
        """225 lb are 102.05828325 kg."""
        needed = {"station_id": "r", "device_id": "d"} if name == "station.paired" else {"athlete_id": "ada"}
        data = took(event(name, **needed, exercise="back_squat", load_lb=225)).event.data.model_dump()
        assert (225 * 0.45359237, False) == (data["load_kg"], "load_lb" in data)

    def test_a_rep_is_corrected_in_pounds(self) -> None:
        """In the correction's own fields."""
        raw = event("rep.amended", athlete_id="ada", rep_number=1, set={"load_lb": 100})
        data = took(raw).event.data
        assert isinstance(data, RepAmended) and 45.359237 == data.set.load_kg
        both = event("rep.amended", athlete_id="ada", rep_number=1, set={"load_lb": 100, "load_kg": 45})
        assert "data.set.load_lb" == refused(both).field

    def test_both_are_refused_by_name(self) -> None:
        """Nobody guesses which one holds."""
        problem = refused(rep(load_kg=80, load_lb=176))
        assert (422, "data.load_lb") == (problem.status, problem.field)
        assert "data.load_kg and data.load_lb are both given" in problem.detail

    def test_none_counts_as_left_out(self) -> None:
        """Of either."""
        assert 80 == took(rep(load_kg=80, load_lb=None)).event.data.model_dump()["load_kg"]
        assert took(rep(load_kg=None, load_lb=80)).event.data.model_dump()["load_kg"] == 80 * 0.45359237

    @pytest.mark.parametrize("load", ["50", True, float("inf"), float("nan"), -1, 1322.78, 10**400, [50]])
    def test_what_is_no_load_is_refused_in_pounds(self, load: object) -> None:
        """Its field is the one that was sent."""
        assert (422, "data.load_lb") == ((problem := refused(rep(load_lb=load))).status, problem.field)

    @pytest.mark.parametrize("name", ["set.ended", "effort.reported", "wellness.reported"])
    def test_what_has_no_load_has_none_in_pounds(self, name: str) -> None:
        """It is an unknown field there."""
        assert "data.load_lb" == refused(event(name, athlete_id="ada", load_lb=50)).field


async def test_names_and_pounds_come_in_by_every_door(ingest: RunningIngest) -> None:
    """One event, several, lines and a socket: the log holds ids and kilograms, and each result says so."""
    raw = rep(exercise="Bench Press", load_lb=100)
    lines = b"\n".join(
        [
            b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "ada", "exercise": "Bench Press", "load_lb": 100}}'
        ]
        * 2
    )
    replies = [
        (await ingest.post(raw)).json(),
        (await ingest.post([raw, raw])).json(),
        (await ingest.post(content=lines)).json(),
    ]
    async with ingest.socket() as socket:
        await socket.send(json.dumps(raw))
        (reply,) = await frames(socket, 1)
    warnings = [result["warning"] for answer in replies for result in answer["results"]]

    assert 5 == len(warnings)
    assert all("taken for bench_press" in warning for warning in (*warnings, str(reply)))
    assert {("bench_press", 45.359237)} == {
        (event.data.exercise, event.data.load_kg) for event in ingest.written() if isinstance(event.data, RepCompleted)
    }
