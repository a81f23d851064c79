"""From a text to an exercise: exactly, as an import may take it, or as somebody types it.

An import may put spelling, order and short forms right, and leave out a grip. It never drops or adds a word that tells
exercises apart, and where two answers are as good it gives none: a wrong exercise is a wrong class of risk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from spotter.domain.exercises.catalogue import Catalogue
from spotter.domain.exercises.entry import Exercise
from spotter.domain.exercises.names import Name, Names, gear
from spotter.domain.exercises.words import GRIPS, words

ACCEPTED: Final = 0.8
"""Least score of a match that is taken (design choice: two letters of ten wrong, and no word)."""
CLEAR_BY: Final = 0.05
"""By how much it must beat every other exercise (design choice)."""
_ALIKE: Final = 0.78  # least likeness of two words: one letter of five changes places ("sqaut")
_SPELLED_MIN: Final = 4  # letters: shorter words are abbreviations, and those are known or not
_EXTRA_WEIGHT: Final = 2  # a word that the name does not have outweighs one that matches
_GRIP_COST: Final = 0.03
_SHOWN_MIN: Final = 0.3
_SHOWN: Final = 3
_LETTERS_MAX: Final = 256  # longer texts are no names
_SHOWN_OF_LONG: Final = 40


@dataclass(frozen=True, slots=True)
class Match:
    """An exercise that a text may mean."""

    exercise: Exercise
    name: str
    """Which of its names was matched, as written in the catalogue."""
    score: float
    """1 is the same name, but for case, punctuation, order and short forms."""
    how: Literal["id", "name", "fuzzy"]
    ignored: tuple[str, ...] = ()
    """Words for a grip that the name does not have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an import makes of a text."""

    asked: str
    match: Match | None
    """None: refused; the catalogue has no such exercise, or two are as likely."""
    alternatives: tuple[Match, ...]
    """The nearest others, best first; none where the name was exact."""

    def sentence(self) -> str:
        """Say what was done, for whoever looks an import over.

        >>> from spotter.domain.exercises import builtin_catalogue
        >>> match(builtin_catalogue(), "Bech Press").sentence()
        "'Bech Press' is taken for Bench press (bench_press, 0.94, by its name 'Bench press')"
        """
        if self.match is not None:
            told = f"{self.asked!r} is taken for {_named(self.match)}"
            return f"{told}, without {', '.join(self.match.ignored)}" if self.match.ignored else told
        if not self.alternatives:
            return f"{self.asked!r} is like no exercise of the catalogue: add it with exercise.added, or name another"
        nearest = "; ".join(_named(other) for other in self.alternatives)
        return (
            f"{self.asked!r} is not clearly one exercise: name one, or add it with exercise.added. Nearest: {nearest}"
        )


def find(catalogue: Catalogue, text: str) -> Match | None:
    """Look a text up among ids, names and aliases; case, punctuation, word order and short forms do not count.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> catalogue = builtin_catalogue()
    >>> [(hit := find(catalogue, text)) and hit.exercise.exercise for text in ("BB Back Squat", "OHP (Barbell)", "Yoga")]
    ['back_squat', 'overhead_press', None]
    """
    if (exercise := text.strip()) in catalogue:
        return Match(catalogue.get(exercise), exercise, 1.0, "id")
    name = catalogue.names.bearing(frozenset(words(text)))
    return None if name is None else Match(name.entry, name.written, 1.0, "name")


def match(catalogue: Catalogue, text: str) -> Answer:
    """Take a text of an import for the exercise it means, or refuse and show the nearest.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> answer = match(builtin_catalogue(), "Incline Dumbel Bench Press")
    >>> answer.match.exercise.exercise, answer.match.score, answer.match.how
    ('incline_dumbbell_bench_press', 0.96, 'fuzzy')
    >>> match(builtin_catalogue(), "Viking press").match is None
    True
    """
    if len(text) > _LETTERS_MAX:
        return Answer(f"{text[:_SHOWN_OF_LONG]}…", None, ())
    if (exact := find(catalogue, text)) is not None:
        return Answer(text, exact, ())
    scored = _scored(catalogue.names, text)
    shown = [one for one in scored if one.score >= _SHOWN_MIN][: _SHOWN + 1]
    if _is_clear(scored):
        return Answer(text, scored[0], tuple(shown[1:]))
    return Answer(text, None, tuple(shown[:_SHOWN]))


def search(catalogue: Catalogue, query: str, limit: int = 20) -> list[Match]:
    """Give the exercises that somebody may be typing, best first: each word is the beginning of one of a name's.

    Nothing typed: the catalogue in its order.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> [hit.exercise.exercise for hit in search(builtin_catalogue(), "rom dea", limit=2)]
    ['romanian_deadlift', 'dumbbell_romanian_deadlift']
    """
    typed = query.casefold().split()
    if not typed:
        return [Match(entry, entry.name, 1.0, "name") for entry in catalogue][:limit]
    if len(query) > _LETTERS_MAX:
        return []
    exact = find(catalogue, query)
    found: dict[str, Match] = {} if exact is None else {exact.exercise.exercise: exact}
    meant = words(query)
    for name in catalogue.names.all:
        score = max(_begun(tuple(typed), name), _begun(meant, name))
        before = found.get(name.entry.exercise)
        if score > 0 and (before is None or score > before.score):
            found[name.entry.exercise] = Match(name.entry, name.written, score, "fuzzy")
    if not found:
        return _scored(catalogue.names, query)[:limit]
    return sorted(found.values(), key=lambda hit: (-hit.score, len(hit.name), hit.exercise.exercise))[:limit]


def _named(one: Match) -> str:
    return f"{one.exercise.name} ({one.exercise.exercise}, {one.score:.2f}, by its name {one.name!r})"


def _is_clear(scored: list[Match]) -> bool:
    """Tell whether the best is good enough, and no other nearly as good."""
    if not scored or scored[0].score < ACCEPTED:
        return False
    return len(scored) == 1 or round(scored[0].score - scored[1].score, 2) >= CLEAR_BY


def _scored(names: Names, text: str) -> list[Match]:
    """Score every exercise by the best of its names, best first."""
    asked = [_meanings(word, names.vocabulary) for word in _split(words(text), names.vocabulary)]
    if not asked:
        return []
    best: dict[str, Match] = {}
    for name in names.all:
        one = _score(asked, name)
        before = best.get(name.entry.exercise)
        if one.score > 0 and (before is None or one.score > before.score):
            best[name.entry.exercise] = one
    return sorted(best.values(), key=lambda one: (-one.score, one.exercise.exercise))


def _score(asked: list[dict[str, float]], name: Name) -> Match:
    """Hold the words of a text (each with what it may mean, and how likely) against a name."""
    likeness: dict[str, float] = {}
    ignored: list[str] = []
    extra = 0
    for meanings in asked:
        hits = [(how_alike, word) for word, how_alike in meanings.items() if word in name.words]
        if hits:
            how_alike, word = max(hits)
            likeness[word] = max(how_alike, likeness.get(word, 0.0))
        elif grip := [word for word, how_alike in meanings.items() if word in GRIPS and how_alike == 1.0]:
            ignored += grip
        elif gear(name.entry) not in meanings:
            extra += 1
    score = sum(likeness.values()) / (len(name.words) + _EXTRA_WEIGHT * extra) - _GRIP_COST * len(ignored)
    return Match(name.entry, name.written, round(max(score, 0.0), 2), "fuzzy", tuple(ignored))


def _meanings(word: str, vocabulary: frozenset[str]) -> dict[str, float]:
    """Give the known words that a word may be, with its likeness to each: itself, or what it may misspell."""
    if word in vocabulary:
        return {word: 1.0}
    if len(word) < _SPELLED_MIN:
        return {}
    alike = {known: _likeness(word, known) for known in vocabulary if known[0] == word[0]}
    return {known: how_alike for known, how_alike in alike.items() if how_alike >= _ALIKE}


def _likeness(word: str, known: str) -> float:
    """Give the share of letters that two words have in common, in order (Ratcliff and Obershelp's)."""
    return SequenceMatcher(None, word, known, autojunk=False).ratio()


def _split(said: tuple[str, ...], vocabulary: frozenset[str]) -> Iterator[str]:
    """Take words apart that were written in one, as in *benchpress*."""
    for word in said:
        parts = (
            (word[:place], word[place:])
            for place in range(3, len(word) - 2)
            if word not in vocabulary and word[:place] in vocabulary and word[place:] in vocabulary
        )
        yield from next(parts, (word,))


def _begun(typed: tuple[str, ...], name: Name) -> float:
    """Score how well typed words begin words of a name: 0 where one begins none, 1 where they are all of it."""
    heads = (*name.words, *name.written.casefold().replace("-", " ").split())
    if not typed or not all(any(head.startswith(word) for head in heads) for word in typed):
        return 0.0
    letters = sum(len(word) for word in typed)
    return round(min(letters / max(len(name.written), 1), 0.99), 2)
