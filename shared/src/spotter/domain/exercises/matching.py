"""Finding an exercise by a text: exactly, tolerantly for an import, or while somebody types.

An import may correct spelling, order and short forms, and leave out a grip. It never drops or adds a word that
distinguishes exercises, and refuses two equally good answers: a wrong exercise is a wrong risk class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from spotter.domain.exercises.catalogue import Catalogue, Name, Names, equipment_word
from spotter.domain.exercises.entry import Exercise
from spotter.domain.exercises.words import GRIPS, words

ACCEPTED: Final = 0.8
"""Least score of an accepted match (design choice: two letters of ten wrong, and no word)."""
CLEAR_BY: Final = 0.05
"""Least lead of an accepted match over every other exercise (design choice)."""
_ALIKE: Final = 0.78  # least similarity of two words: one letter of five transposed ("sqaut")
_SPELLED_MIN: Final = 4  # letters: shorter words are abbreviations, which must match exactly
_EXTRA_WEIGHT: Final = 2  # a word that the name lacks outweighs one that matches
_GRIP_COST: Final = 0.03
_SHOWN_MIN: Final = 0.3
_SHOWN: Final = 3
_LETTERS_MAX: Final = 256  # longer texts are not names
_SHOWN_OF_LONG: Final = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate for a text."""

    exercise: Exercise
    name: str
    """The name that matched, as written in the catalogue."""
    score: float
    """1: the same name except for case, punctuation, order and short forms."""
    how: Literal["id", "name", "fuzzy"]
    ignored: tuple[str, ...] = ()
    """Words for a grip that the name lacks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of matching a text of an import."""

    asked: str
    match: Match | None
    """None: refused, because the catalogue has no such exercise, or two are equally likely."""
    alternatives: tuple[Match, ...]
    """The nearest others, best first; none if the name was exact."""

    def sentence(self) -> str:
        """Return the result in words, for the review of an import.

        >>> from spotter.domain.exercises import builtin_catalogue
        >>> match(builtin_catalogue(), "Bech Press").sentence()
        "'Bech Press' is taken for Bench press (bench_press, 0.94, by its name 'Bench press')"
        """
        if self.match is not None:
            sentence = f"{self.asked!r} is taken for {_named(self.match)}"
            return f"{sentence}, without {', '.join(self.match.ignored)}" if self.match.ignored else sentence
        if not self.alternatives:
            return f"{self.asked!r} is like no exercise of the catalogue: add it with exercise.added, or name another"
        nearest = "; ".join(_named(other) for other in self.alternatives)
        return (
            f"{self.asked!r} is not clearly one exercise: name one, or add it with exercise.added. Nearest: {nearest}"
        )


def find(catalogue: Catalogue, text: str) -> Match | None:
    """Find a text among ids, names and aliases; case, punctuation, word order and short forms do not count.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> catalogue = builtin_catalogue()
    >>> [(hit := find(catalogue, text)) and hit.exercise.exercise for text in ("BB Back Squat", "OHP (Barbell)", "Yoga")]
    ['back_squat', 'overhead_press', None]
    """
    if (exercise := text.strip()) in catalogue:
        return Match(catalogue.get(exercise), exercise, 1.0, "id")
    name = catalogue.names.get(frozenset(words(text)))
    return None if name is None else Match(name.entry, name.written, 1.0, "name")


def match(catalogue: Catalogue, text: str) -> Answer:
    """Match a text of an import with the exercise it means, or refuse and list the nearest.

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
    shown = [candidate for candidate in scored if candidate.score >= _SHOWN_MIN][: _SHOWN + 1]
    if _is_clear(scored):
        return Answer(text, scored[0], tuple(shown[1:]))
    return Answer(text, None, tuple(shown[:_SHOWN]))


def search(catalogue: Catalogue, query: str, limit: int = 20) -> list[Match]:
    """Return the exercises that a half-typed query may mean, best first: each word begins one of a name's.

    Without a query: the catalogue in its order.

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
    hits: dict[str, Match] = {} if exact is None else {exact.exercise.exercise: exact}
    meant = words(query)
    for name in catalogue.names.all:
        score = max(_begun(tuple(typed), name), _begun(meant, name))
        before = hits.get(name.entry.exercise)
        if score > 0 and (before is None or score > before.score):
            hits[name.entry.exercise] = Match(name.entry, name.written, score, "fuzzy")
    if not hits:
        return _scored(catalogue.names, query)[:limit]
    return sorted(hits.values(), key=lambda hit: (-hit.score, len(hit.name), hit.exercise.exercise))[:limit]


def _named(match: Match) -> str:
    return f"{match.exercise.name} ({match.exercise.exercise}, {match.score:.2f}, by its name {match.name!r})"


def _is_clear(scored: list[Match]) -> bool:
    """Return whether the best is good enough, and no other nearly as good."""
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
        candidate = _score(asked, name)
        before = best.get(name.entry.exercise)
        if candidate.score > 0 and (before is None or candidate.score > before.score):
            best[name.entry.exercise] = candidate
    return sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.exercise.exercise))


def _score(asked: list[dict[str, float]], name: Name) -> Match:
    """Score the words of a text (each with its meanings and their similarity) against a name."""
    similarity: dict[str, float] = {}
    ignored: list[str] = []
    extra = 0
    for meanings in asked:
        hits = [(alike, word) for word, alike in meanings.items() if word in name.words]
        if hits:
            alike, word = max(hits)
            similarity[word] = max(alike, similarity.get(word, 0.0))
        elif grip := [word for word, alike in meanings.items() if word in GRIPS and alike == 1.0]:
            ignored += grip
        elif equipment_word(name.entry) not in meanings:
            extra += 1
    score = sum(similarity.values()) / (len(name.words) + _EXTRA_WEIGHT * extra) - _GRIP_COST * len(ignored)
    return Match(name.entry, name.written, round(max(score, 0.0), 2), "fuzzy", tuple(ignored))


def _meanings(word: str, vocabulary: frozenset[str]) -> dict[str, float]:
    """Return the words of the vocabulary that a word may be, with its similarity to each: itself, or what it misspells.

    Similarity is the share of letters that two words have in common, in order (Ratcliff and Obershelp's).
    """
    if word in vocabulary:
        return {word: 1.0}
    if len(word) < _SPELLED_MIN:
        return {}
    pairs = {other: SequenceMatcher(None, word, other, autojunk=False) for other in vocabulary if other[0] == word[0]}
    return {other: alike for other, pair in pairs.items() if (alike := pair.ratio()) >= _ALIKE}


def _split(written: tuple[str, ...], vocabulary: frozenset[str]) -> Iterator[str]:
    """Yield words, those written in one split, as *benchpress*."""
    for word in written:
        parts = (
            (word[:index], word[index:])
            for index in range(3, len(word) - 2)
            if word not in vocabulary and word[:index] in vocabulary and word[index:] in vocabulary
        )
        yield from next(parts, (word,))


def _begun(typed: tuple[str, ...], name: Name) -> float:
    """Score how well typed words begin words of a name: 0 if one begins none, up to 0.99 if they are all of it."""
    heads = (*name.words, *name.written.casefold().replace("-", " ").split())
    if not typed or not all(any(head.startswith(word) for head in heads) for word in typed):
        return 0.0
    letters = sum(len(word) for word in typed)
    return round(min(letters / max(len(name.written), 1), 0.99), 2)
