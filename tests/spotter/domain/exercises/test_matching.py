"""From what trackers, apps and lifters write to an exercise, or to a refusal."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spotter.domain.exercises import Catalogue, Exercise, builtin_catalogue, find, match, search
from spotter.domain.exercises.catalogue import Name, equipment_word
from spotter.domain.exercises.matching import ACCEPTED, CLEAR_BY
from spotter.domain.exercises.words import words

CATALOGUE = builtin_catalogue()
NAMES = list(CATALOGUE.names.all)

EXACT = """
    Bench Press (Barbell)                   bench_press
    Bench Press (Dumbbell)                  dumbbell_bench_press
    Bench Press (Smith Machine)             smith_bench_press
    Bench Press - Close Grip (Barbell)      close_grip_bench_press
    Bench Press - Wide Grip                 bench_press
    Incline Bench Press (Dumbbell)          incline_dumbbell_bench_press
    Inc DB Press                            incline_dumbbell_bench_press
    BB bench                                bench_press
    Bench                                   bench_press
    CGBP                                    close_grip_bench_press
    Chest Press (Machine)                   machine_chest_press
    Squat (Barbell)                         back_squat
    Squat                                   back_squat
    BB Back Squat                           back_squat
    Low-bar squats                          back_squat
    Squat (low bar)                         back_squat
    Squat (Bodyweight)                      bodyweight_squat
    Squat (Smith Machine)                   smith_squat
    Squat (Band)                            band_squat
    SSB Squat                               safety_bar_squat
    Pause Squat (Barbell)                   pause_squat
    KB Goblet Squat                         goblet_squat
    BSS                                     bulgarian_split_squat
    Deadlift (Barbell)                      deadlift
    Deadlift (Trap bar)                     trap_bar_deadlift
    Hexbar Deadlift                         trap_bar_deadlift
    Sumo DL                                 sumo_deadlift
    RDL                                     romanian_deadlift
    Romanian Deadlift (Dumbbell)            dumbbell_romanian_deadlift
    DB RDL                                  dumbbell_romanian_deadlift
    SL RDL                                  single_leg_romanian_deadlift
    Stiff Leg Deadlift (Barbell)            stiff_leg_deadlift
    Hip Thrust (Barbell)                    hip_thrust
    Overhead Press (Barbell)                overhead_press
    Strict Military Press (Barbell)         overhead_press
    OHP                                     overhead_press
    Overhead Press (Dumbbell)               dumbbell_shoulder_press
    Seated Overhead Press (Barbell)         seated_overhead_press
    Shoulder Press (Machine Plates)         machine_shoulder_press
    Overhead Press, Smith Machine           smith_overhead_press
    Bent Over Row (Barbell)                 barbell_row
    Bent Over Row (Dumbbell)                dumbbell_row
    Bent Over Row - Underhand (Barbell)     underhand_barbell_row
    1-Arm DB Row                            dumbbell_row
    Seated Cable Row - V Grip (Cable)       seated_row
    Seated Row (Machine)                    machine_row
    T Bar Row                               t_bar_row
    Lat Pulldown (Cable)                    lat_pulldown
    Lat Pulldown - Close Grip (Cable)       lat_pulldown
    lat pull downs                          lat_pulldown
    Straight Arm Lat Pulldown (Cable)       straight_arm_pulldown
    Pullups                                 pull_up
    Pull Up (Weighted)                      weighted_pull_up
    Pull Up (Assisted)                      assisted_pull_up
    Chins                                   chin_up
    Chest Dip (Weighted)                    weighted_dip
    Press-ups                               push_up
    Leg Extension (Machine)                 leg_extension
    leg ext                                 leg_extension
    Lying Leg Curl (Machine)                leg_curl
    hamstring curls                         leg_curl
    lever seated leg curl                   seated_leg_curl
    sled 45° leg press                      leg_press
    Calf Press on Leg Press                 leg_press_calf_raise
    Hip Abductor (Machine)                  hip_abduction
    Bicep Curl (Dumbbell)                   biceps_curl
    Bicep Curl (Barbell)                    barbell_curl
    EZ Bar Biceps Curl                      ez_bar_curl
    Preacher Curl (Machine)                 machine_biceps_curl
    Hammer Curl (Cable)                     hammer_curl
    Triceps Pushdown (Cable - Straight Bar) triceps_pushdown
    tri pushdown rope                       triceps_pushdown
    Skullcrusher (Dumbbell)                 skull_crusher
    Triceps Extension (Dumbbell)            overhead_triceps_extension
    Lateral Raise (Dumbbell)                lateral_raise
    Lateral Raise (Cable)                   cable_lateral_raise
    Rear Delt Reverse Fly (Machine)         reverse_pec_deck
    Chest Fly (Machine)                     pec_deck
    Butterfly (Pec Deck)                    pec_deck
    Cable Fly Crossovers                    cable_crossover
    Face Pull (Cable)                       face_pull
    Band Pullaparts                         band_pull_apart
    C&J                                     clean_and_jerk
    Hang Clean (Barbell)                    hang_power_clean
    back_squat                              back_squat
    BackSquat                               back_squat
    SMITH_BENCH_PRESS                       smith_bench_press
    BENCH PRESS 5x5                         bench_press
"""

MISSPELLED = """
    sqaut                                   back_squat
    Puased squat                            pause_squat
    Bech press                              bench_press
    dedlift                                 deadlift
    Deadlfit                                deadlift
    Romainian Deadlift                      romanian_deadlift
    Overhed Press                           overhead_press
    Inclined Bench Press                    incline_bench_press
    Incline Dumbel Bench Press              incline_dumbbell_bench_press
    Bent Over Row (Barbel)                  barbell_row
    Lat Puldown (Machine)                   lat_pulldown
    Leg Extention                           leg_extension
    laying leg curl                         leg_curl
    tricpes pushdown                        triceps_pushdown
    Bulgerian Split Squat                   bulgarian_split_squat
    Latteral raise                          lateral_raise
    Standing Military Press (Barbell)       overhead_press
    Iso-Lateral Row (Machine)               machine_row
    Close Grip Push Up                      push_up
"""

REFUSED = """
    Viking press
    Svend press
    Larsen Press
    JM Press (Barbell)
    Table row
    Rowing (Machine)
    Plank
    Yoga
    Treadmill
    Farmer's Walk
    Bench Press (Cable)
    Bench Press (Band)
    Deadlift (Smith Machine)
    Hack Squat (Barbell)
    Squat (Suspension)
    Hip Thrust (Bodyweight)
    Banded bench press
    Dumbbell press
    side laterals
    Preacher
    Triceps Extension
    Cable Kickback
    Jerk
    hip aduction
    leg
    press leg curl
    machine
    5x5
    ???
"""


def table(text: str) -> list[tuple[str, str]]:
    """Read a table: what is written, and the exercise that it means."""
    rows = [line.rsplit(maxsplit=1) for line in text.strip().splitlines()]
    return [(asked.strip(), exercise) for asked, exercise in rows]


@pytest.mark.parametrize(("text", "exercise"), table(EXACT))
def test_the_same_name_is_found(text: str, exercise: str) -> None:
    """Written as Strong, Hevy, Liftosaur, exercise databases and lifters write it: found without guessing."""
    hit = find(CATALOGUE, text)

    assert hit is not None
    assert (exercise, 1.0) == (hit.exercise.exercise, hit.score)
    assert hit == match(CATALOGUE, text).match


@pytest.mark.parametrize(("text", "exercise"), table(MISSPELLED))
def test_a_misspelling_is_taken_and_shown(text: str, exercise: str) -> None:
    """With a score, and the name that it was taken for."""
    answer = match(CATALOGUE, text)

    assert find(CATALOGUE, text) is None
    assert answer.match is not None
    assert (exercise, "fuzzy") == (answer.match.exercise.exercise, answer.match.how)
    assert ACCEPTED <= answer.match.score <= 1
    assert answer.match.name in (*answer.match.exercise.names, exercise)
    assert all(word in answer.sentence() for word in (text, exercise, answer.match.name))


@pytest.mark.parametrize("text", [line.strip() for line in REFUSED.strip().splitlines()])
def test_what_is_no_exercise_or_two_is_refused(text: str) -> None:
    """Another kind of equipment, a word too many, a name that several share: nobody guesses."""
    answer = match(CATALOGUE, text)

    assert answer.match is None
    assert text in answer.sentence() and "exercise.added" in answer.sentence()


def test_a_refusal_shows_the_nearest() -> None:
    """Best first, for a person to choose from."""
    assert ["hip_abduction", "hip_adduction"] == [
        other.exercise.exercise for other in match(CATALOGUE, "hip aduction").alternatives[:2]
    ]
    assert "Nearest: Clean and jerk (clean_and_jerk, 0.50, " in match(CATALOGUE, "Jerk").sentence()


def test_a_grip_that_a_name_lacks_is_left_out_and_told() -> None:
    """It costs little, and a name that has it goes first."""
    answer = match(CATALOGUE, "Standing Military Press (Barbell)")

    assert answer.match is not None
    assert (0.97, ("standing",)) == (answer.match.score, answer.match.ignored)
    assert "without standing" in answer.sentence()
    raised = match(CATALOGUE, "Standing calf raise").match
    assert raised is not None and ("calf_raise", ()) == (raised.exercise.exercise, raised.ignored)


def test_two_that_are_as_near_are_none() -> None:
    """The best must beat every other exercise clearly."""
    twins = Catalogue(
        Exercise(exercise=f"curl_{word}", name=f"Spider curl {word}", risk="isolation") for word in ("alpha", "alpho")
    )
    answer = match(twins, "Spider curl alph")

    assert answer.match is None
    first, second = answer.alternatives
    assert first.score >= ACCEPTED and first.score - second.score < CLEAR_BY


def test_an_empty_catalogue_has_no_answer() -> None:
    """It refuses, and suggests nothing."""
    assert (None, ()) == ((answer := match(Catalogue([]), "Squat")).match, answer.alternatives)
    assert [] == search(Catalogue([]), "squat") == search(Catalogue([]), "")


def test_a_text_that_is_no_name_is_refused_at_once() -> None:
    """However long it is; the sentence shows its beginning."""
    answer = match(CATALOGUE, "bench " * 100_000)

    assert (None, ()) == (answer.match, answer.alternatives)
    assert len(answer.sentence()) < 200
    assert [] == search(CATALOGUE, "bench " * 100_000)


class TestSearch:
    """What somebody types into a search box."""

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("ben", "bench_press"),
            ("rom dea", "romanian_deadlift"),
            ("ohp", "overhead_press"),
            ("pull u", "pull_up"),
            ("lat pull", "lat_pulldown"),
            ("db bench", "dumbbell_bench_press"),
            ("squat", "back_squat"),
            ("back_sq", "back_squat"),
            ("sqaut", "back_squat"),
            ("LEG P", "leg_press"),
            ("Single leg curl", "leg_curl"),
            ("Machine bench press", "machine_chest_press"),
            ("Bankdrücken", "bench_press"),
        ],
    )
    def test_the_likeliest_stands_first(self, typed: str, first: str) -> None:
        """What the text means as a name; beginnings of words suffice, and where nothing begins so, misspellings count."""
        assert first == search(CATALOGUE, typed)[0].exercise.exercise

    def test_each_exercise_once_and_no_more_than_asked(self) -> None:
        """Best first."""
        hits = search(CATALOGUE, "press", limit=5)

        assert 5 == len(hits) == len({hit.exercise.exercise for hit in hits})
        assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]

    def test_nothing_typed_gives_the_catalogue(self) -> None:
        """In its order."""
        assert list(CATALOGUE)[:7] == [hit.exercise for hit in search(CATALOGUE, "  ", limit=7)]

    def test_what_nobody_knows_gives_nothing(self) -> None:
        """No guess is shown for it."""
        assert [] == search(CATALOGUE, "quidditch")


bearers = st.sampled_from(NAMES)


@settings(deadline=None)
@given(bearers, st.randoms(use_true_random=False), st.sampled_from([str.upper, str.lower, str.title]))
def test_every_name_is_found_in_any_order_and_case(name: Name, chance: Random, cased: Callable[[str], str]) -> None:
    """Round trip: a name of the catalogue, its words mixed, is its exercise."""
    mixed = sorted(name.words)
    chance.shuffle(mixed)
    text = cased(" ".join(mixed))
    assume(
        frozenset(words(text)) == name.words
    )  # a curl bar is other than a bar curl, a belt squat than a squat with belt
    hit = find(CATALOGUE, text)

    assert hit is not None and name.entry is hit.exercise


@settings(deadline=None)
@given(st.sampled_from(list(CATALOGUE)))
def test_the_usual_equipment_may_be_said(entry: Exercise) -> None:
    """A tracker that writes the equipment behind every name still means the same exercise."""
    hit = find(CATALOGUE, f"{entry.name} ({equipment_word(entry)})")

    assert hit is not None and entry is hit.exercise


@settings(deadline=None)
@given(bearers, st.data())
def test_a_slip_never_makes_another_exercise(name: Name, data: st.DataObject) -> None:
    """A letter left out, or two that changed places, in one of the words: the same exercise, or none."""
    written = name.written.split()
    long = [index for index, word in enumerate(written) if len(word) > 4]
    assume(long)
    index = data.draw(st.sampled_from(long))
    word = written[index]
    at = data.draw(st.integers(1, len(word) - 2))
    slips = [word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]]
    written[index] = data.draw(st.sampled_from(slips))
    text = " ".join(written)
    assume(find(CATALOGUE, text) is None)  # a slip may make an abbreviation of another exercise
    answer = match(CATALOGUE, text)

    assert answer.match is None or name.entry is answer.match.exercise


@settings(deadline=None)
@given(bearers, st.sampled_from(["viking", "cable", "band", "suspension", "pistol", "zottman", "reverse", "behind"]))
def test_a_word_that_tells_exercises_apart_is_never_dropped(name: Name, word: str) -> None:
    """A name with a word more is another exercise that has it, or none."""
    answer = match(CATALOGUE, f"{name.written} {word}")

    if answer.match is not None and word not in name.words and word != equipment_word(name.entry):
        assert word in words(answer.match.name) or word == equipment_word(answer.match.exercise)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(sorted(CATALOGUE.names.vocabulary)), max_size=6).map(" ".join))
def test_any_text_has_an_answer(text: str) -> None:
    """A match that is good enough and clearly the best, or a refusal; always the same."""
    answer = match(CATALOGUE, text)

    assert answer == match(CATALOGUE, text)
    assert sorted((other.score for other in answer.alternatives), reverse=True) == [
        other.score for other in answer.alternatives
    ]
    if answer.match is not None:
        assert ACCEPTED <= answer.match.score <= 1
        assert all(other.exercise is not answer.match.exercise for other in answer.alternatives)
