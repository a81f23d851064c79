"""The exercises that ship, and what a gym adds to them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from spotter.domain.events import Event, decode, encode
from spotter.domain.events.people import ExerciseAdded
from spotter.domain.exercises import (
    JOINTS,
    MODALITIES,
    MUSCLES,
    UNKNOWN,
    Exercise,
    Joint,
    builtin_catalogue,
    find,
    joint_of,
)
from spotter.domain.exercises.words import words
from spotter.domain.gym_config import Configuration
from spotter_detector.model import EXERCISE_MODELS

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CATALOGUE = builtin_catalogue()
ENTRIES = list(CATALOGUE)
PUBLISHED = {
    *("back_squat", "bench_press", "deadlift", "overhead_press", "barbell_row", "biceps_curl", "triceps_pushdown"),
    *("leg_curl", "leg_extension", "leg_press", "chest_fly", "lat_pulldown", "pull_up", "push_up", "band_pull_apart"),
}
ALSO_RECORDED = {  # by the version that shipped first: they stand in logs
    *("front_squat", "incline_bench_press", "power_clean", "snatch", "clean_and_jerk", "hip_thrust", "lunge", "dip"),
    *("prone_bench_pull", "romanian_deadlift", "dumbbell_bench_press", "lateral_raise", "seated_row", "calf_raise"),
    *("smith_bench_press", "smith_squat"),
}
SEGMENTS = {  # segment types of Health Connect's client library that are used
    1: "ARM_CURL",
    2: "BACK_EXTENSION",
    4: "BARBELL_SHOULDER_PRESS",
    5: "BENCH_PRESS",
    10: "CRUNCH",
    11: "DEADLIFT",
    16: "DUMBBELL_LATERAL_RAISE",
    17: "DUMBBELL_ROW",
    20: "DUMBBELL_TRICEPS_EXTENSION_TWO_ARM",
    23: "FRONT_RAISE",
    25: "HIP_THRUST",
    29: "KETTLEBELL_SWING",
    30: "LATERAL_RAISE",
    31: "LAT_PULL_DOWN",
    32: "LEG_CURL",
    33: "LEG_EXTENSION",
    34: "LEG_PRESS",
    35: "LEG_RAISE",
    36: "LUNGE",
    42: "PULL_UP",
    48: "SHOULDER_PRESS",
    50: "SIT_UP",
    51: "SQUAT",
}


def added(**fields: object) -> ExerciseAdded:
    """Return a gym's own exercise, as it is sent."""
    given = {"gym_id": "g1", "exercise": "sled_push", "name": "Sled push", "risk": "machine", **fields}
    return ExerciseAdded.model_validate(given)


def entry_of(data: ExerciseAdded) -> Exercise:
    """Return its entry in the gym's catalogue."""
    configuration = Configuration()
    configuration.apply(Event("e1", "coach", NOON, data))
    return configuration.gym("g1", 1).catalogue.get(data.exercise)


class TestTheExercisesThatShip:
    """Every entry can be relied on by rules, model and adapters."""

    def test_every_id_that_was_ever_published_is_there(self) -> None:
        """What stands in a log or in somebody's client keeps its meaning."""
        assert set() == (PUBLISHED | ALSO_RECORDED) - {entry.exercise for entry in ENTRIES}

    def test_there_are_enough_for_a_usual_gym(self) -> None:
        """A hundred and twenty at least, each id once."""
        assert 120 <= len(ENTRIES) == len({entry.exercise for entry in ENTRIES})

    def test_no_name_means_two_exercises(self) -> None:
        """Names, aliases and ids are unique over the catalogue, however they are written."""
        assert () == CATALOGUE.names.claimed_twice

    @pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.exercise)
    def test_an_entry_is_whole(self, entry: Exercise) -> None:
        """It has muscles whose shares sum to 1, led by its group, joints, a modality and names in words."""
        assert entry.muscles is not None and entry.joint_risk is not None
        assert pytest.approx(1.0, abs=1e-9) == fsum(entry.muscles.values())
        assert max(entry.muscles.values()) == entry.muscles[entry.muscle_group]
        assert set() == entry.muscles.keys() - set(MUSCLES)
        assert set() == entry.joint_risk.keys() - set(JOINTS)
        assert entry.modality in MODALITIES
        assert len(entry.names) == len(set(entry.names))
        assert all(words(name) for name in entry.names)

    def test_the_model_knows_every_model_class(self) -> None:
        """No exercise is modelled by a class that the detector would have to call unknown without saying so."""
        assert set() == {entry.model_class for entry in ENTRIES} - EXERCISE_MODELS.keys()

    def test_olympic_lifts_and_jumps_are_measured_by_their_peak(self) -> None:
        """The rest by the mean of the concentric phase."""
        metric = {entry.exercise: entry.velocity_metric for entry in ENTRIES}

        assert {"peak"} == {metric[name] for name in ("power_clean", "snatch", "clean_and_jerk", "jump_squat")}
        assert {"mean"} == {metric[name] for name in PUBLISHED}


class TestClassesOfRisk:
    """The class decides what the rules allow, so it errs on the strict side."""

    @pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.exercise)
    def test_r02_lifts_are_of_the_strict_class(self, entry: Exercise) -> None:
        """Squats, deadlifts, bench and overhead presses and rows with a bar, and Olympic lifts, in every variation."""
        named = set(words(entry.name))
        lifted = named & {"squat", "deadlift", "goodmorning", "clean", "snatch", "jerk", "thruster"} or (
            named & {"press", "row"} and not named & {"upright"}
        )
        if entry.modality in ("barbell", "trap_bar") and lifted:
            assert "high_risk" == entry.risk

    def test_the_r02_lifts_by_name(self) -> None:
        """Those of the rule itself."""
        lifts = ("back_squat", "deadlift", "bench_press", "overhead_press", "barbell_row", "power_clean", "snatch")

        assert {"high_risk"} == {CATALOGUE.get(lift).risk for lift in (*lifts, "clean_and_jerk", "romanian_deadlift")}

    def test_r03_lifts_need_a_spotter(self) -> None:
        """Squats and bench presses with a free barbell, and no other exercise."""
        needing = {entry.exercise for entry in ENTRIES if entry.needs_spotter}
        under_the_bar = {
            entry.exercise
            for entry in ENTRIES
            if entry.modality == "barbell"
            and set(words(entry.name)) & {"squat", "bench", "floor"}
            and "pull" not in words(entry.name)
        }

        assert under_the_bar == needing

    def test_the_classes_of_the_other_rules(self) -> None:
        """R04 and R05: isolation and machines; R06: bodyweight and bands; a hung load makes a compound of them."""
        assert ["isolation"] * 3 == [
            CATALOGUE.get(exercise).risk for exercise in ("biceps_curl", "triceps_pushdown", "chest_fly")
        ]
        assert ["machine"] * 4 == [
            CATALOGUE.get(exercise).risk for exercise in ("leg_curl", "leg_extension", "leg_press", "lat_pulldown")
        ]
        assert ["bodyweight", "band"] == [CATALOGUE.get(exercise).risk for exercise in ("pull_up", "band_pull_apart")]
        assert ["compound"] * 2 == [CATALOGUE.get(exercise).risk for exercise in ("weighted_pull_up", "weighted_dip")]

    def test_what_nobody_described_is_handled_as_the_strictest_kind(self) -> None:
        """Unknown and unnamed exercises: high risk, and in need of a spotter."""
        assert UNKNOWN == CATALOGUE.get(None)
        juggling = CATALOGUE.get("juggling")
        assert ("juggling", "high_risk", True) == (juggling.exercise, juggling.risk, juggling.needs_spotter)
        assert juggling.loads("knee")


class TestCodesOfOtherStandards:
    """A code is there only where the standard has the exercise."""

    def test_fit_categories(self) -> None:
        """The numbers of `exercise_category` in the SDK's profile; the label says the same in words."""
        categories = {
            (entry.fit.category, (entry.fit.label or "").split("/")[0]) for entry in ENTRIES if entry.fit is not None
        }

        assert len(categories) == len({number for number, _ in categories}) == len({word for _, word in categories})
        assert {(0, "bench_press"), (8, "deadlift"), (17, "lunge"), (18, "olympic_lift"), (21, "pull_up")} <= categories
        assert {(23, "row"), (24, "shoulder_press"), (28, "squat"), (37, "banded_exercises")} <= categories

    @pytest.mark.parametrize(
        ("exercise", "category", "name"),
        [
            ("back_squat", 28, 6),
            ("bench_press", 0, 1),
            ("deadlift", 8, 0),
            ("overhead_press", 24, 14),
            ("romanian_deadlift", 8, 23),
            ("lat_pulldown", 21, 13),
            ("leg_press", 28, 0),
            ("safety_bar_squat", 28, None),
        ],
    )
    def test_fit_names(self, exercise: str, category: int, name: int | None) -> None:
        """The number within the category; none where the profile names no such variation."""
        code = CATALOGUE.get(exercise).fit

        assert code is not None
        assert (category, name) == (code.category, code.name)

    def test_a_fit_code_names_one_thing(self) -> None:
        """A label stands for one pair of numbers, and a name has a number."""
        codes = [entry.fit for entry in ENTRIES if entry.fit is not None]

        assert len({code.label for code in codes}) == len({(code.category, code.name) for code in codes})
        assert all((code.name is not None) == ("/" in (code.label or "")) for code in codes)

    def test_health_connect_segments(self) -> None:
        """Segment types of the client library, checked against its list."""
        used = {entry.health_connect for entry in ENTRIES} - {None}

        assert set() == used - SEGMENTS.keys()
        assert [5, 11, 51, 34, 31, 42, 25, 32, 33] == [
            CATALOGUE.get(exercise).health_connect
            for exercise in (
                *("bench_press", "deadlift", "back_squat", "leg_press", "lat_pulldown", "pull_up", "hip_thrust"),
                *("leg_curl", "leg_extension"),
            )
        ]
        assert CATALOGUE.get("push_up").health_connect is None


class TestJoints:
    """A lifter says where it hurts in words of their own."""

    @pytest.mark.parametrize(
        ("text", "joint"),
        [
            ("knee", "knee"),
            ("Left knee", "knee"),
            ("knees", "knee"),
            ("low-back", "lower_back"),
            ("lower_back", "lower_back"),
            ("rotator cuff", "shoulder"),
            ("Achilles", "ankle"),
            ("upper back", None),
            ("knee and hip", None),
            ("everything", None),
            ("", None),
        ],
    )
    def test_a_pain_names_its_joint(self, text: str, joint: Joint | None) -> None:
        """One joint, or none where the words are not clear."""
        assert joint == joint_of(text)

    def test_a_pain_concerns_the_exercises_that_load_its_joint(self) -> None:
        """One that nobody can place concerns all."""
        assert CATALOGUE.get("leg_extension").loads("knee")
        assert not CATALOGUE.get("biceps_curl").loads("knee")
        assert CATALOGUE.get("biceps_curl").loads(None)


class TestAGymsOwn:
    """`exercise.added` extends the catalogue of one gym."""

    def test_its_names_are_found(self) -> None:
        """By name and alias, in that gym alone."""
        configuration = Configuration()
        configuration.apply(Event("e1", "coach", NOON, added(aliases=["Prowler push"])))
        hit = find(configuration.gym("g1", 1).catalogue, "prowler pushes")

        assert hit is not None and "sled_push" == hit.exercise.exercise
        assert find(configuration.gym("g2", 0).catalogue, "prowler pushes") is None

    def test_a_name_that_both_have_is_the_gyms(self) -> None:
        """What a gym calls *Row* is its own business."""
        configuration = Configuration()
        configuration.apply(Event("e1", "coach", NOON, added(exercise="erg", name="Row", risk="machine")))
        hit = find(configuration.gym("g1", 1).catalogue, "Row")

        assert hit is not None and "erg" == hit.exercise.exercise

    def test_the_largest_share_leads(self) -> None:
        """A gym that gives shares need not name the group that its sets are counted in."""
        entry = entry_of(added(muscles={"glutes": 0.3, "quadriceps": 0.7}))

        assert "quadriceps" == entry.muscle_group
        assert {"glutes": 0.3, "quadriceps": 0.7} == entry.shares

    def test_one_group_has_all_of_it(self) -> None:
        """A gym that names a group only means all of the work."""
        assert {"legs": 1.0} == entry_of(added(muscle_group="legs")).shares

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"muscles": {"glutes": 0.5, "quadriceps": 0.4}}, "the shares must sum to 1, not 0.9"),
            ({"muscles": {"glutes": 1.0}, "muscle_group": "legs"}, "legs has no share in muscles"),
            ({"muscles": {"glutes": 0.0, "quadriceps": 1.0}}, "greater than 0"),
            ({"joint_risk": {"tail": "high"}}, "neck"),
            ({"modality": "anvil"}, "barbell"),
        ],
    )
    def test_what_cannot_be_is_refused(self, fields: dict[str, object], message: str) -> None:
        """With the field and the mend."""
        with pytest.raises(ValidationError, match=message):
            added(**fields)

    def test_an_entry_that_replaces_another_keeps_its_names_and_codes(self) -> None:
        """An import still finds it, and an export still has its code."""
        entry = entry_of(added(exercise="leg_press", name="Big sled", risk="machine", muscle_group="quadriceps"))

        assert ("Big sled", "Leg press") == entry.names[:2]
        assert CATALOGUE.get("leg_press").fit == entry.fit
        assert CATALOGUE.get("leg_press").muscles == entry.muscles

    @pytest.mark.parametrize("exercise", ["back_squat", "bench_press", "deadlift"])
    def test_nobody_makes_a_high_risk_lift_less_strict(self, exercise: str) -> None:
        """Their floor is not a matter of configuration; everything else is."""
        entry = entry_of(added(exercise=exercise, name="Ours", risk="isolation", needs_spotter=False))

        assert "high_risk" == entry.risk
        assert CATALOGUE.get(exercise).needs_spotter == entry.needs_spotter
        assert "machine" == entry_of(added(exercise="biceps_curl", name="Ours")).risk

    def test_a_gym_may_take_back_what_it_said_of_its_own(self) -> None:
        """The later entry holds."""
        configuration = Configuration()
        configuration.apply(Event("e1", "coach", NOON, added(risk="high_risk")))
        configuration.apply(Event("e2", "coach", NOON, added(risk="machine")))

        assert "machine" == configuration.gym("g1", 2).catalogue.get("sled_push").risk


shares = st.lists(st.sampled_from(MUSCLES), min_size=1, max_size=5, unique=True).map(
    lambda groups: {group: 1 / len(groups) for group in groups}
)
names = st.text(min_size=1, max_size=40)
exercises = st.builds(
    Exercise,
    exercise=st.from_regex(r"\A[a-z0-9_]{1,64}\Z").filter(lambda exercise_id: exercise_id not in CATALOGUE),
    name=names,
    risk=st.sampled_from(sorted({entry.risk for entry in ENTRIES})),
    needs_spotter=st.booleans(),
    aliases=st.none() | st.lists(names, max_size=5),
    modality=st.none() | st.sampled_from(MODALITIES),
    muscles=st.none() | shares,
    joint_risk=st.none() | st.dictionaries(st.sampled_from(JOINTS), st.sampled_from(["moderate", "high"])),
    velocity_metric=st.sampled_from(["mean", "propulsive", "peak"]),
    health_connect=st.none() | st.integers(0, 65_534),
)


@settings(deadline=None)
@given(exercises)
def test_an_exercise_survives_the_wire_and_the_log(exercise: Exercise) -> None:
    """Sent as an event, stored, read and resolved it is the same entry."""
    event = Event("e1", "coach", NOON, ExerciseAdded.model_validate({"gym_id": "g1", **exercise.model_dump()}))
    read = decode(encode(event))

    assert isinstance(read.data, ExerciseAdded)
    assert exercise == entry_of(read.data)
    assert exercise == Exercise.model_validate_json(exercise.model_dump_json())


@settings(deadline=None)
@given(st.lists(exercises, max_size=4))
def test_a_catalogue_only_grows(entries: list[Exercise]) -> None:
    """What shipped stays as it was, whatever a gym adds under other ids."""
    extended = CATALOGUE.extended(entries)

    assert all(extended.get(entry.exercise) == entry for entry in ENTRIES)
    assert {entry.exercise for entry in entries} <= {entry.exercise for entry in extended}
