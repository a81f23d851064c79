"""Names of exercises as canonical words, the same however a tracker writes them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BREAK: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = re.compile(r"['’`´]")

EQUIPMENT: Final = frozenset(
    {
        *("barbell", "ezbar", "trapbar", "landmine", "dumbbell", "kettlebell", "smith", "cable", "machine"),
        *("bodyweight", "weighted", "band", "assisted", "suspension", "ring", "sandbag", "medicineball", "swissball"),
        *("chain", "plate", "safetybar", "sled"),
    }
)
"""Words for equipment: if a text names one, the exercise must agree."""
GRIPS: Final = frozenset(
    {
        *("standing", "flat", "alternating", "bilateral", "isolateral", "singlearm", "twoarm", "paused", "tempo"),
        *("closegrip", "widegrip", "neutralgrip", "underhand", "overhand", "rope", "vbar", "straightbar", "bar"),
    }
)
"""Words for grip and tempo: they distinguish names that have them, and weigh little elsewhere."""
_FILLERS: Final = frozenset(
    {
        *("the", "a", "an", "with", "on", "in", "of", "for", "to", "and", "using", "w", "or", "style", "exercise"),
        *("x", "set", "rep", "kg", "lb", "lbs", "heavy", "light", "top", "backoff", "warmup", "working", "work"),
        *("standard", "regular", "normal", "conventional", "traditional", "strict", "raw", "degree", "olympic"),
        *("amrap", "version"),
    }
)

_IRREGULAR: Final = {
    "calves": "calf",
    "flyes": "fly",
    "flye": "fly",
    "flys": "fly",
    "achilles": "achille",
    "pres": "press",
}
_PHRASES: Final[dict[str, str]] = {
    # equipment
    "bb": "barbell",
    "db": "dumbbell",
    "dumbell": "dumbbell",
    "kb": "kettlebell",
    "bw": "bodyweight",
    "body weight": "bodyweight",
    "free weight": "",
    "ez": "ezbar",
    "ez bar": "ezbar",
    "ezbar bar": "ezbar",
    "ez barbell": "ezbar",
    "ezbar barbell": "ezbar",
    "easy bar": "ezbar",
    "cambered bar": "ezbar",
    "curl bar": "ezbar",
    "trap bar": "trapbar",
    "hex bar": "trapbar",
    "hexbar": "trapbar",
    "tb": "trapbar",
    "trapbar bar": "trapbar",
    "smith machine": "smith",
    "sm": "smith",
    "resistance band": "band",
    "banded": "band",
    "plate loaded": "machine",
    "machine plate": "machine",
    "machine machine": "machine",
    "hammer strength": "machine",
    "lever": "machine",
    "leverage": "machine",
    "pulley": "cable",
    "assist": "assisted",
    "assistance": "assisted",
    "trx": "suspension",
    "medicine ball": "medicineball",
    "swiss ball": "swissball",
    "stability ball": "swissball",
    "exercise ball": "swissball",
    "safety bar": "safetybar",
    "safety squat bar": "safetybar",
    "ssb": "safetybar",
    "ssb bar": "safetybar",
    # grips and sides
    "iso lateral": "isolateral",
    "1 arm": "singlearm",
    "one arm": "singlearm",
    "single arm": "singlearm",
    "one handed": "singlearm",
    "single handed": "singlearm",
    "two arm": "twoarm",
    "double arm": "twoarm",
    "1 leg": "singleleg",
    "one leg": "singleleg",
    "single leg": "singleleg",
    "1 legged": "singleleg",
    "one legged": "singleleg",
    "single legged": "singleleg",
    "sl": "singleleg",
    "close grip": "closegrip",
    "narrow grip": "closegrip",
    "cg": "closegrip",
    "wide grip": "widegrip",
    "wg": "widegrip",
    "neutral grip": "neutralgrip",
    "hammer grip": "neutralgrip",
    "underhand grip": "underhand",
    "reverse grip": "underhand",
    "supinated": "underhand",
    "supinated grip": "underhand",
    "overhand grip": "overhand",
    "pronated": "overhand",
    "pronated grip": "overhand",
    "v bar": "vbar",
    "v grip": "vbar",
    "straight bar": "straightbar",
    "alternate": "alternating",
    "alt": "alternating",
    "pause": "paused",
    # what is written in one word or two
    "pull up": "pullup",
    "chin up": "chinup",
    "push up": "pushup",
    "press up": "pushup",
    "pressup": "pushup",
    "sit up": "situp",
    "step up": "stepup",
    "muscle up": "muscleup",
    "pull down": "pulldown",
    "push down": "pushdown",
    "press down": "pressdown",
    "pull over": "pullover",
    "dead lift": "deadlift",
    "kick back": "kickback",
    "pull apart": "pullapart",
    "cross over": "crossover",
    "skull crusher": "skullcrusher",
    "good morning": "goodmorning",
    "face pull": "facepull",
    "bent over": "bentover",
    "t bar": "tbar",
    "roll out": "rollout",
    "hyper extension": "hyperextension",
    "pec dec": "pecdeck",
    "pec deck": "pecdeck",
    "stiff legged": "stiffleg",
    "stiff leg": "stiffleg",
    "straight legged": "straightleg",
    "straight leg": "straightleg",
    # short words
    "abdominal": "ab",
    "bp": "bench press",
    "dl": "deadlift",
    "sq": "squat",
    "inc": "incline",
    "dec": "decline",
    "ext": "extension",
    "tri": "tricep",
    "bi": "bicep",
    "ham": "hamstring",
    "quadricep": "quad",
    "deltoid": "delt",
    "ohp": "overhead press",
    "mil": "military",
    "ghd": "glute hamstring",
    "rdl": "romanian deadlift",
    "sldl": "stiffleg deadlift",
}
"""Abbreviations, compounds and synonyms, in the singular."""
_LONGEST: Final = max(len(phrase.split()) for phrase in _PHRASES)


def words(text: str) -> tuple[str, ...]:
    """Return a name's canonical words, in order: case, accents, punctuation, plurals and short forms do not count.

    Canonical words are left unchanged.

    >>> words("BB Back-Squats"), words("Pull Ups (Weighted)"), words("SL RDL w/ 20 kg DBs")
    (('barbell', 'back', 'squat'), ('pullup', 'weighted'), ('singleleg', 'romanian', 'deadlift', 'dumbbell'))
    """
    apart = unicodedata.normalize("NFKD", _BREAK.sub(" ", _APOSTROPHES.sub("", text)).casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    current = [_singular(word) for word in _WORD.findall(plain)]
    while (rewritten := _rewrite(current)) != current:
        current = rewritten
    while (rewritten := _rewrite([word for word in current if not word[0].isdigit()])) != current:
        current = rewritten
    return tuple(current)


def _rewrite(words_in: list[str]) -> list[str]:
    """Replace phrases once, the longest first, and drop fillers."""
    kept = [word for word in words_in if word not in _FILLERS]
    rewritten: list[str] = []
    index = 0
    while index < len(kept):
        for length in range(min(_LONGEST, len(kept) - index), 0, -1):
            phrase = " ".join(kept[index : index + length])
            if phrase in _PHRASES:
                rewritten += _PHRASES[phrase].split()
                index += length
                break
        else:
            rewritten.append(kept[index])
            index += 1
    return rewritten


def _singular(word: str) -> str:
    """Return the singular of a word.

    >>> [_singular(word) for word in ("presses", "flies", "raises", "biceps", "calves", "press", "abs")]
    ['press', 'fly', 'raise', 'bicep', 'calf', 'press', 'ab']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith(("sses", "ches", "shes")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 2:
        return word[:-1]
    return word
