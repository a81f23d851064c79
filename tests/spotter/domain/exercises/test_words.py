"""Names as canonical words: what counts in a name, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spotter.domain.exercises import builtin_catalogue
from spotter.domain.exercises.words import words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Bench Press", "bench press"),
        ("BENCH_PRESS", "bench press"),
        ("BenchPress", "bench press"),
        ("bench-press", "bench press"),
        ("Zérchér squàt", "zercher squat"),
        ("DBRow", "dumbbell row"),
        ("EZBarCurl", "ezbar curl"),
        ("RDLs", "romanian deadlift"),
        ("Farmer's walks", "farmer walk"),
        ("Bench press (Barbell)", "bench press barbell"),
        ("BB bench", "barbell bench"),
        ("DB RDL", "dumbbell romanian deadlift"),
        ("KB swings", "kettlebell swing"),
        ("EZ-bar curl", "ezbar curl"),
        ("EZ curls", "ezbar curl"),
        ("Smith Machine squat", "smith squat"),
        ("OHP", "overhead press"),
        ("SLDL", "stiffleg deadlift"),
        ("Stiff-legged deadlift", "stiffleg deadlift"),
        ("Pull-ups", "pullup"),
        ("pull ups", "pullup"),
        ("Pullups", "pullup"),
        ("1-arm row", "singlearm row"),
        ("One Arm Row", "singlearm row"),
        ("Presses, flyes, flies, calves", "press fly fly calf"),
        ("Bench press 5x5 @ 100 kg", "bench press"),
        ("Squat #2 - heavy", "squat"),
        ("Squat @RPE8, 80 % 1RM, W2D1", "squat"),
        ("Squat with knee sleeves", "squat"),
        ("Squat w/ belt", "squat"),
        ("Belt squat", "belt squat"),
        ("Shoulder Press (Plate Loaded)", "shoulder press machine"),
        ("45° leg press", "leg press"),
        ("", ""),
        ("—", ""),
    ],
)
def test_how_it_is_written_does_not_count(text: str, meant: str) -> None:
    """Case, accents, punctuation, plurals, joined words, abbreviations, numbers and fillers."""
    assert tuple(meant.split()) == words(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Kurzhantel-Schrägbankdrücken", "dumbbell incline bench press"),
        ("Kurzhantelschraegbankdruecken", "dumbbell incline bench press"),
        ("Einarmiges Rudern am Kabelzug", "singlearm row cable"),
        ("Bizepscurls", "bicep curl"),
        ("Press de banca con mancuernas", "press bench dumbbell"),
        ("Curl de bíceps a una mano", "curl bicep singlearm"),
        ("Panca inclinata con manubri", "bench incline dumbbell"),
        ("Développé militaire assis", "press military seated"),
        ("Haussements d'épaules", "shrug"),
        ("Latte macchiato", "latte macchiato"),
    ],
)
def test_other_languages_are_read_word_by_word(text: str, meant: str) -> None:
    """German compounds, endings of any gender and number, and phrases that mean something else than their words."""
    assert tuple(meant.split()) == words(text)


@given(st.sampled_from([name for entry in builtin_catalogue() for name in (*entry.names, entry.exercise)]))
def test_english_names_stay_english(name: str) -> None:
    """No word of the catalogue is one of another language."""
    assert words(name, translated=False) == words(name)


@given(st.text())
@example("pull 3 up")
@example("ez bar bar curl bar")
@example("body the weight")
@example("one 1 arm the arm")
def test_words_read_again_are_the_same(text: str) -> None:
    """Reading is idempotent, so a stored name and a sent one meet."""
    once = words(text)

    assert once == words(" ".join(once))


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz -_/()"), max_size=40))
def test_case_and_punctuation_do_not_count(text: str) -> None:
    """The same letters in the same order give the same words."""
    assert words(text) == words(text.upper()) == words(text.replace("-", " ").replace("/", "_ "))
