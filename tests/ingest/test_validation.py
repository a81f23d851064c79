from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.events import ROLES, TYPES, decode
from spotter.domain.exercises import builtin_catalogue
from spotter.http import Problem
from spotter_ingest.validation import Receipt, validate
from tests.ingest.support import event, rep
from tests.ingest.validation_cases import MINIMAL, NOW, bearer, refused, shift, took

SENDABLE = {name.removeprefix("spotter.").removesuffix(".v1"): kind for name, kind in TYPES.items() if kind.role}


class TestWhoMaySendWhat:
    """Roles include each other; gym and lifters come from the credential."""

    def test_every_type_has_a_lowest_role(self) -> None:
        """The role of the table and those above may send a type, those below get 403 before its data is read."""
        assert set(MINIMAL) == set(SENDABLE)
        for name, kind in SENDABLE.items():
            assert kind.role is not None
            for role in ROLES:
                if ROLES.index(role) >= ROLES.index(kind.role):
                    took(event(name, **({"athlete_id": "ada"} | MINIMAL[name])), bearer(role))
                else:
                    problem = refused(event(name, rubbish=True), bearer(role))
                    assert (403, "type") == (problem.status, problem.field)

    @pytest.mark.parametrize("name", [name for name, kind in TYPES.items() if kind.role is None])
    def test_no_client_may_send_what_only_spotter_writes(self, name: str) -> None:
        """Not even an admin, whatever the data."""
        assert 403 == refused({"type": name, "data": 5}).status

    def test_the_gym_is_that_of_the_token(self) -> None:
        """Naming it is allowed, naming another is 403, and leaving it out fills it in."""
        assert "g1" == took(rep()).event.data.gym_id == took(rep(gym_id="g1")).event.data.gym_id
        problem = refused(rep(gym_id="g2"))
        assert (403, "data.gym_id") == (problem.status, problem.field)
        assert (422, "data.gym_id") == ((problem := refused(rep(gym_id=5))).status, problem.field)

    def test_the_lifter_may_be_left_out_with_exactly_one(self) -> None:
        """One lifter in the token: filled in. None or several: it must be named."""
        assert "ada" == took(rep(None), bearer("device", "ada")).event.data.athlete_id
        for athletes in ((), ("ada", "bob")):
            problem = refused(rep(None), bearer("device", *athletes))
            assert (422, "data.athlete_id") == (problem.status, problem.field)
        assert (
            "ada"
            == took(event("budget.granted", **MINIMAL["budget.granted"]), bearer("coach", "ada")).event.data.athlete_id
        )

    def test_a_token_covers_its_lifters_only(self) -> None:
        """Another lifter is 403, also as the one a set moves to; a token without lifters covers all."""
        assert "bob" == took(rep("bob"), bearer("device", "ada", "bob")).event.data.athlete_id
        assert (403, "data.athlete_id") == (
            (problem := refused(rep("eve"), bearer("device", "ada"))).status,
            problem.field,
        )
        moved = event("set.moved", athlete_id="ada", to_athlete_id="eve")
        assert "data.to_athlete_id" == refused(moved, bearer("coach", "ada")).field
        took(moved, bearer("coach"))

    def test_a_set_moves_within_the_gym(self) -> None:
        """A coach moves it to another lifter of the same gym; neither to the same one nor to one of another gym."""
        moved = event("set.moved", athlete_id="ada", set_id="s1", to_athlete_id="bob")
        taken = took(moved, bearer("coach"))
        assert ("lifts.v1", "g1/ada", None) == (taken.record.topic, taken.record.key, taken.warning)
        assert 403 == refused(moved, bearer("app")).status
        same = event("set.moved", athlete_id="ada", set_id="s1", to_athlete_id="ada")
        assert (422, "data.to_athlete_id") == ((problem := refused(same, bearer("coach"))).status, problem.field)
        for wrong in ("g2/bob", "", None):
            bad = event("set.moved", athlete_id="ada", set_id="s1", to_athlete_id=wrong)
            assert (422, "data.to_athlete_id") == ((problem := refused(bad, bearer("coach"))).status, problem.field)
        elsewhere = event("set.moved", gym_id="g2", athlete_id="ada", set_id="s1", to_athlete_id="bob")
        assert (403, "data.gym_id") == ((problem := refused(elsewhere, bearer("coach"))).status, problem.field)

    @pytest.mark.parametrize("name", ["policy.updated", "exercise.added", "token.revoked"])
    def test_a_token_of_single_lifters_cannot_change_the_gym(self, name: str) -> None:
        """Changes to the whole gym need a token of the whole gym."""
        assert 403 == refused(event(name, **MINIMAL[name]), bearer("admin", "ada", "bob")).status

    def test_ids_are_checked(self) -> None:
        """A lifter's or a set's id has no slash, space or line break."""
        for bad in ("a/b", "a b", "a\n", "", "x" * 65, "é"):
            assert "data.athlete_id" == refused(rep(bad)).field
            assert "data.set_id" == refused(rep(set_id=bad)).field


class TestWhereItGoes:
    """Topic and key of each type."""

    @pytest.mark.parametrize("name", SENDABLE)
    def test_every_type_goes_to_its_topic(self, name: str) -> None:
        """As in the table; events about a lifter under the lifter's key."""
        record = took(
            event(name, **MINIMAL[name], **({} if name == "policy.updated" else {"athlete_id": "ada"}))
        ).record
        key = {"station.paired": "g1/ob-3248", "station.released": "g1/ob-3248", "token.revoked": "g1/token-9"}
        gym_wide = {"policy.updated": "g1", "exercise.added": "g1"}
        assert SENDABLE[name].topic == record.topic
        assert (key | gym_wide).get(name, "g1/ada") == record.key

    def test_a_lifters_own_policy_is_written_under_the_lifter(self) -> None:
        """With athlete_id it goes to lifts.v1."""
        record = took(event("policy.updated", target_rir=3, athlete_id="ada")).record
        assert ("lifts.v1", "g1/ada") == (record.topic, record.key)

    def test_the_decoded_event_is_the_event_written(self) -> None:
        """A reader in the same process need not decode it."""
        for name, data in MINIMAL.items():
            taken = took(
                event(name, **({"athlete_id": "ada"} | data)) | {"time": shift(seconds=-1), "senttime": shift()}
            )
            assert taken.event == taken.record.event == decode(taken.record.value)


class TestNames:
    """Ids and sources."""

    def test_an_id_is_derived_if_a_time_is_sent(self) -> None:
        """The same event sent again has the same id; another time, source or content has another."""
        sent = rep(rep_number=1) | {"time": shift(seconds=-1)}
        same = {**sent, "data": dict(reversed(sent["data"].items())), "senttime": shift()}
        others = [
            sent | {"source": "x"},
            sent | {"time": shift(seconds=-2)},
            rep(rep_number=2) | {"time": sent["time"]},
        ]
        assert took(sent).event.id == took(same).event.id
        assert 4 == len({took(raw).event.id for raw in [sent, *others]})

    def test_ids_and_dedupe_marks_never_change(self) -> None:
        """An event in an old log is recognised when it is sent again: id, mark and bytes are unchanged."""
        device = {"rep_id": 7, "id": None}
        sent = event("rep.completed", set_id="s1", athlete_id="ada", load_kg=80, device=device)
        taken = took(sent | {"time": "2026-01-05T09:59:59.25Z"})
        assert taken.record.dedupe is not None
        assert "c3b4cd99-9e8f-51ee-8702-3436a00438da" == taken.event.id
        assert "f91b108900ffe10be99f4c5fe2a6c1fa" == taken.record.dedupe.hex()
        assert "cdf87edf496e4b81" == taken.event.content() == decode(taken.record.value).content()

    def test_an_id_is_new_if_no_time_is_sent(self) -> None:
        """Two reps without a time are two reps."""
        assert "new-id" == took(rep()).event.id

    @pytest.mark.parametrize("name", ["id", "source"])
    def test_ids_and_sources_have_a_maximum_length(self, name: str) -> None:
        """64 characters of any kind for an id, 256 for a source."""
        longest = {"id": 64, "source": 256}[name]
        assert "é" * longest == getattr(took(rep() | {name: "é" * longest}).event, name)
        for bad in ("é" * (longest + 1), "", 5, ["x"], True):
            assert (422, name) == ((problem := refused(rep() | {name: bad})).status, problem.field)

    def test_the_source_is_the_token_by_default(self) -> None:
        """Two devices with tokens of their own never mix up their ids."""
        assert "token-1" == took(rep()).event.source

    def test_null_attributes_count_as_absent(self) -> None:
        """Attributes that are null count as not sent."""
        absent = dict.fromkeys(("id", "source", "time", "senttime", "specversion"))
        assert took(rep()).event == took(rep() | absent).event

    def test_a_repeated_event_is_recognised_by_identity_and_content(self) -> None:
        """16 bytes that do not depend on transport."""
        sent = rep() | {"id": "r1", "time": shift(seconds=-1)}
        later = Receipt(NOW + timedelta(minutes=1), 8, builtin_catalogue(), lambda: "other")
        first, again = took(sent), validate(sent | {"senttime": shift(minutes=1)}, bearer(), later)
        assert 16 == len(first.record.dedupe or b"")
        assert first.record.dedupe == again.record.dedupe
        assert first.event.content() == again.event.content()
        others = [sent | {"id": "r2"}, rep("bob") | sent | {"data": {"athlete_id": "bob"}}, sent | {"source": "s"}]
        assert 4 == len({took(raw).record.dedupe for raw in [sent, *others]})


class TestData:
    """Unknown fields are refused by name."""

    @pytest.mark.parametrize(
        ("raw", "field", "message"),
        [
            (rep(velocity=1), "data.velocity", "no field"),
            (rep(device={"id": "x", "colour": 1}), "data.device.colour", "no field"),
            (rep(device={"rep_id": 1.5}), "data.device.rep_id", "must be a valid string, or must be a valid integer"),
            (rep(mean_velocity_mps="0.5"), "data.mean_velocity_mps", "must be a valid number"),
            (rep(mean_velocity_mps=True), "data.mean_velocity_mps", "must be a valid number"),
            (rep(mean_velocity_mps=math.nan), "data.mean_velocity_mps", "must be a finite number"),
            (rep(rom_m=math.inf), "data.rom_m", "must be a finite number"),
            (rep(mean_velocity_mps=391), "data.mean_velocity_mps", "must be less than or equal to 5"),
            (rep(mean_velocity_mps=0.019), "data.mean_velocity_mps", "must be greater than or equal to 0.02"),
            (rep(rep_number=0), "data.rep_number", "must be greater than or equal to 1"),
            (rep(rep_number=10_001), "data.rep_number", "must be less than or equal to 10000"),
            (rep(load_kg=600.1), "data.load_kg", "must be less than or equal to 600"),
            (rep(concentric_s=31), "data.concentric_s", "must be less than or equal to 30"),
            (rep(exercise=""), "data.exercise", "must be an exercise's id, such as bench_press"),
            (rep(exercise="a" * 129), "data.exercise", "at most 128 characters"),
            (rep(set_id="a b"), "data.set_id", "must be 1 to 64 letters, digits"),
            (rep(velocity_metric="median"), "data.velocity_metric", "'mean', 'propulsive' or 'peak'"),
            (rep(started_at=shift(seconds=-1), ended_at=shift(seconds=-2)), "data", "started_at must not be after ended_at"),
            (event("set.started", athlete_id="ada"), "data.exercise", "is missing"),
            (event("rep.amended", athlete_id="ada", rep_number=1, set={"lod_kg": 1}), "data.set.lod_kg", "no field"),
            (event("effort.reported", athlete_id="ada", rir=1, failed=True), "data", "exactly one of"),
            (event("wellness.reported", athlete_id="ada", pain={"knee": 11}), "data.pain.knee", "must be less than or equal to 10"),
            (event("athlete.updated", athlete_id="ada", time_zone="Mars/Base"), "data.time_zone", "IANA"),
            (event("set.ended", athlete_id="ada", reason="silence"), "data.reason", "given by Spotter itself"),
            (event("set.ended", athlete_id="ada", reason="next_set"), "data.reason", "given by Spotter itself"),
        ],
    )  # fmt: skip
    def test_the_field_is_named(self, raw: dict[str, Any], field: str, message: str) -> None:
        """422 with the field and what is wrong with it."""
        problem = refused(raw)
        assert (422, field) == (problem.status, problem.field)
        assert message in problem.detail

    def test_every_fault_is_listed(self) -> None:
        """Up to ten, beginning with the first."""
        problem = refused(rep(mean_velocity_mps=391, rom_m=9, foo=1))
        assert ["data.mean_velocity_mps", "data.rom_m", "data.foo"] == [
            fault["field"] for fault in problem.document()["errors"]  # type: ignore[attr-defined]  # a list of objects
        ]  # fmt: skip

    def test_a_rep_needs_no_data(self) -> None:
        """Data may be left out altogether."""
        assert "ada" == took({"type": "spotter.rep.completed.v1"}, bearer("device", "ada")).event.data.athlete_id

    def test_whole_numbers_are_numbers(self) -> None:
        """1 is as good as 1.0, and the same content."""
        whole, fraction = took(rep(load_kg=80) | {"id": "r"}), took(rep(load_kg=80.0) | {"id": "r"})
        assert whole.record.dedupe == fraction.record.dedupe

    def test_extension_attributes_are_ignored(self) -> None:
        """CloudEvents knows attributes that we don't."""
        assert took(rep()).event == took(rep() | {"traceparent": "00-…", "dataschema": 5, "subject": None}).event


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
attributes = st.sampled_from(["id", "source", "time", "senttime", "specversion", "data_base64", "subject"])


@given(
    name=st.sampled_from(sorted(MINIMAL)),
    changes=st.dictionaries(
        st.sampled_from(sorted({key for data in MINIMAL.values() for key in data})), json_values, max_size=3
    ),
    outside=st.dictionaries(attributes, json_values, max_size=2),
    athlete=json_values | st.just("ada"),
)
def test_any_event_is_accepted_or_refused_with_a_reason(
    name: str, changes: dict[str, Any], outside: dict[str, Any], athlete: object
) -> None:
    """Whatever its fields contain: no other error, and an accepted event is read back unchanged."""
    raw = event(name, **(MINIMAL[name] | {"athlete_id": athlete} | changes)) | outside
    try:
        taken = took(raw)
    except Problem as problem:
        assert problem.status in (403, 413, 422)
        assert problem.detail
        assert problem.mend
    else:
        assert decode(taken.record.value) == taken.event
