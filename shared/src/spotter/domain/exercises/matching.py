"""Finding an exercise by a text: exactly, by the grammar of its name, with slips, or while somebody types.

One matcher for imports, searches and the events that come in. It corrects spelling, order, language and short forms, and
leaves out sides, grips and positions (`grammar`). It never drops or adds a word that distinguishes exercises, and
refuses two equally good answers: a wrong exercise is a wrong risk class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice, product
from typing import Final, Literal

from spotter.domain.exercises.catalogue import Catalogue, Name, Names, equipment_word
from spotter.domain.exercises.entry import Exercise
from spotter.domain.exercises.grammar import Sense, sense_of
from spotter.domain.exercises.sides import SingleSide, without_side
from spotter.domain.exercises.words import GRIPS, words

ACCEPTED: Final = 0.8
"""Least score of an accepted match (design choice: two letters of ten wrong, and no word)."""
CLEAR_BY: Final = 0.08
"""Words that a misspelt one is nearly as much like as the nearest are meant as likely (design choice)."""
_SPELLINGS_MAX: Final = 16
_WAYS: Final = re.compile(r"[()/\[\]]")
_WORDS_MAX: Final = 12  # a text of more is no name
_CACHED_MAX: Final = 4096
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
    """Words for a grip, a position or the like that the name lacks."""
    side: SingleSide | None = None
    """The side that the text says."""


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
    name = catalogue.names.as_written(text) or catalogue.names.get(frozenset(words(text)))
    return None if name is None else Match(name.entry, name.written, 1.0, "name")


def meant(catalogue: Catalogue, text: str) -> Match | None:
    """Return the exercise that a text means, and its side; None where that is not sure.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> hit = meant(builtin_catalogue(), "Einarmiges Kurzhantelrudern (R)")
    >>> hit.exercise.exercise, hit.side
    ('dumbbell_row', 'right')
    """
    if len(text) > _LETTERS_MAX:
        return None
    if (exact := find(catalogue, text)) is not None:
        return exact
    return _meant(catalogue.names, text) or _meant_twice(catalogue, text)


def _meant_twice(catalogue: Catalogue, text: str) -> Match | None:
    """Return what a text means that says it in two ways: *Dominadas supinas (Chin-ups)*."""
    ways = [way.strip() for way in _WAYS.split(text) if way.strip()]
    if len(ways) != 2:
        return None
    hits = [find(catalogue, way) or _meant(catalogue.names, way) for way in ways]
    same = all(hit is not None and hits[0] is not None and hit.exercise is hits[0].exercise for hit in hits)
    return hits[0] if same else None


def _meant(names: Names, text: str) -> Match | None:
    spoken, side = without_side(words(text))
    if not 0 < len(spoken) <= _WORDS_MAX:
        return None
    hits = [
        (sense, alike)
        for spelling, alike in _spellings(tuple(_split(spoken, names.vocabulary)), names.vocabulary)
        if (sense := sense_of(names, spelling)) is not None
    ]
    if not hits or any(sense.entry is not hits[0][0].entry for sense, _ in hits):
        return None
    return _match(*hits[0], side)


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
    hit = meant(catalogue, text)
    if hit is not None and hit.how != "fuzzy":
        return Answer(text, hit, ())
    near = [candidate for candidate in _scored(catalogue.names, text) if candidate.score >= _SHOWN_MIN]
    others = [other for other in near if hit is None or other.exercise is not hit.exercise]
    return Answer(text, hit, tuple(others[:_SHOWN]))


def _spellings(spoken: tuple[str, ...], vocabulary: frozenset[str]) -> Iterator[tuple[frozenset[str], float]]:
    """Yield what the words of a text may be, with how much that is like what was written; nothing for unknown words."""
    choices: list[list[tuple[str, float]]] = []
    for word in spoken:
        meanings = _meanings(word, vocabulary)
        nearest = max(meanings.values(), default=0.0)
        choices.append([(other, alike) for other, alike in meanings.items() if alike > nearest - CLEAR_BY])
    for chosen in islice(product(*choices), _SPELLINGS_MAX):
        spelling = tuple(word for word, _ in chosen)
        joined = spelling if spelling == spoken else words(" ".join(spelling))  # *sngle leg* has become one word
        yield frozenset(joined), sum(alike for _, alike in chosen) / len(chosen)


def _match(sense: Sense, alike: float, side: SingleSide | None) -> Match | None:
    score = round(alike - sense.cost, 2)
    if score < ACCEPTED:
        return None
    how: Literal["name", "fuzzy"] = "name" if score == 1 else "fuzzy"
    return Match(sense.entry, sense.name.written, score, how, sense.left_out, side)


def search(catalogue: Catalogue, query: str, limit: int = 20) -> list[Match]:
    """Return the exercises that a query may mean: the one that it means as a name, then those that it begins, best first.

    Of a half-typed query each word begins one of a name's.

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
    hits: dict[str, Match] = {}
    canonical = words(query)
    for name in catalogue.names.all:
        score = max(_begun(tuple(typed), name), _begun(canonical, name))
        before = hits.get(name.entry.exercise)
        if score > 0 and (before is None or score > before.score):
            hits[name.entry.exercise] = Match(name.entry, name.written, score, "fuzzy")
    meaning = meant(catalogue, query)
    first = [] if meaning is None else [meaning]
    if not hits:
        others = _scored(catalogue.names, query)
    else:
        others = sorted(hits.values(), key=lambda hit: (-hit.score, len(hit.name), hit.exercise.exercise))
    return [*first, *(hit for hit in others if meaning is None or hit.exercise is not meaning.exercise)][:limit]


def _named(match: Match) -> str:
    return f"{match.exercise.name} ({match.exercise.exercise}, {match.score:.2f}, by its name {match.name!r})"


def _scored(names: Names, text: str) -> list[Match]:
    """Score every exercise by the best of its names, best first."""
    asked = [_meanings(word, names.vocabulary) for word in _split(words(text), names.vocabulary)]
    if not 0 < len(asked) <= _WORDS_MAX:
        return []
    best: dict[str, Match] = {}
    for name in names.sharing({word for meanings in asked for word in meanings}):
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


@lru_cache(_CACHED_MAX)
def _meanings(word: str, vocabulary: frozenset[str]) -> dict[str, float]:
    """Return the words of the vocabulary that a word may be, with its similarity to each: itself, or what it misspells.

    Similarity is the share of letters that two words have in common, in order (Ratcliff and Obershelp's).
    """
    if word in vocabulary:
        return {word: 1.0}
    if len(word) < _SPELLED_MIN:
        return {}
    pairs = {
        other: SequenceMatcher(None, word, other, autojunk=False)
        for other in vocabulary
        if other[0] == word[0] and 2 * min(len(word), len(other)) >= _ALIKE * (len(word) + len(other))
    }
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
