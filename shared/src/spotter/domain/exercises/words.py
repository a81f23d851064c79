"""Names of exercises as canonical words, the same however a tracker writes them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from spotter.domain.exercises.languages import in_english

_BREAK: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2,})")  # bench|Press, DB|Row, but RDLs
_WORD: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = re.compile(r"['’`´]")
_ELISIONS: Final = re.compile(r"\b(?:l|d|all|dell|sull|nell)['’`´]", re.IGNORECASE)
_DIGIT: Final = re.compile(r"[0-9]")

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
        *("snatchgrip", "cleangrip", "mixedgrip", "hookgrip", "wide", "narrow", "close", "single", "competition"),
        *("widestance", "narrowstance", "closestance", "highbar", "lowbar", "feetup", "heelelevated", "leaning"),
        *("touchgo", "deadstop", "eccentric", "explosive", "speed", "slow", "handle"),
        *("full", "deep", "half", "quarter", "partial", "parallel", "sumo"),
    }
)
"""Words for grip, stance, sides and tempo: they distinguish names that have them, and weigh little elsewhere."""
POSITIONS: Final = frozenset(
    {
        "seated",
        "incline",
        "decline",
        "lying",
        "prone",
        "supine",
        "kneeling",
        "high",
        "low",
        "elevated",
        "bench",
        "floor",
    }
)
"""Words for the body's position: a name that lacks them may be meant, but never if it is of a laxer class than one with."""
PARTS: Final = {
    "chest": "chest",
    "pec": "chest",
    "shoulder": "shoulders",
    "delt": "shoulders",
    "lat": "back",
    "back": "back",
    "bicep": "biceps",
    "tricep": "triceps",
    "forearm": "forearms",
    "trap": "traps",
    "glute": "glutes",
    "hamstring": "hamstrings",
    "quad": "quadriceps",
    "calf": "calves",
    "ab": "abdominals",
}
"""Words for parts of the body, and the muscle group that an exercise must train to be called by them."""
_FILLERS: Final = frozenset(
    {
        *("the", "a", "an", "with", "on", "in", "of", "for", "to", "and", "using", "w", "or", "style", "exercise"),
        *("x", "set", "rep", "kg", "lb", "lbs", "heavy", "light", "top", "backoff", "warmup", "working", "work"),
        *("standard", "regular", "normal", "conventional", "traditional", "strict", "raw", "degree", "olympic"),
        *("amrap", "version", "from", "off", "at", "rpe", "rir", "rm", "pr", "pb", "max", "deload"),
        *(
            "dropset",
            "superset",
            "cluster",
            "myorep",
            "restpause",
            "no",
            "without",
            "sec",
            "second",
            "minute",
            "strap",
            "belted",
            "beltless",
            "paired",
            "day",
            "week",
        ),
    }
)

_IRREGULAR: Final = {
    **dict.fromkeys(("flyes", "flye", "flys"), "fly"),
    "calves": "calf",
    "achilles": "achille",
    "pres": "press",
    "kbs": "kbs",  # kettlebell swings, not kettlebells
}
_JOINED: Final = (
    *("body weight", "ez bar", "trap bar", "medicine ball", "swiss ball", "safety bar", "iso lateral"),
    *("single arm", "two arm", "single leg", "close grip", "wide grip", "neutral grip", "v bar"),
    *("straight bar", "pull up", "chin up", "push up", "sit up", "step up", "muscle up", "pull down"),
    *("push down", "press down", "pull over", "dead lift", "kick back", "pull apart", "cross over"),
    *("skull crusher", "good morning", "face pull", "bent over", "t bar", "roll out", "hyper extension"),
    *("pec deck", "stiff leg", "straight leg", "straight arm", "snatch grip", "clean grip", "mixed grip", "hook grip"),
    *("wide stance", "narrow stance", "close stance", "high bar", "low bar", "feet up", "heel elevated", "touch go"),
    *("dead stop", "drop set", "rest pause", "super set", "myo rep"),
)
"""Compounds that are written in one word or two."""
_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    # equipment
    "barbell": ("bb", "bar bell"),
    "dumbbell": ("db", "dumbell", "dumb bell"),
    "kettlebell": ("kb", "kettle bell"),
    "bodyweight": ("bw",),
    "": ("free weight", "knee sleeve", "knee wrap", "wrist wrap", "elbow sleeve"),
    "squat": ("squat belt", "sq"),
    "deadlift": ("deadlift belt", "dl"),
    "ezbar": ("ez", "ezbar bar", "ez barbell", "ezbar barbell", "easy bar", "cambered bar", "curl bar"),
    "trapbar": ("hex bar", "hexbar", "tb", "trapbar bar"),
    "smith": ("smith machine", "sm"),
    "band": ("resistance band", "banded"),
    "machine": (
        "plate loaded",
        "pin loaded",
        "selectorized",
        "machine plate",
        "machine machine",
        "hammer strength",
        "lever",
        "leverage",
    ),
    "cable": ("pulley", "cable machine"),
    "assisted": ("assist", "assistance"),
    "suspension": ("trx",),
    "swissball": ("stability ball", "exercise ball"),
    "safetybar": ("safety squat bar", "ssb", "ssb bar"),
    # grips and sides
    "singlearm": (
        "1 arm",
        "1 handed",
        "one arm",
        "one armed",
        "one hand",
        "one handed",
        "single hand",
        "single handed",
        "single armed",
    ),
    "twoarm": ("double arm",),
    "singleleg": ("1 leg", "one leg", "1 legged", "one legged", "single legged", "sl"),
    "closegrip": ("narrow grip", "cg"),
    "widegrip": ("wg",),
    "neutralgrip": ("hammer grip", "parallel grip", "neutral"),
    "underhand": ("underhand grip", "reverse grip", "supinated", "supinated grip"),
    "overhand": ("overhand grip", "pronated", "pronated grip"),
    "vbar": ("v grip",),
    "alternating": ("alternate", "alt"),
    "paused": ("pause",),
    "single": (
        *("each leg", "each arm", "each side", "per leg", "per arm", "per side"),
        *("unilateral", "one side", "one sided", "single side", "single sided", "single single"),
    ),
    "left": ("lt",),
    "right": ("rt",),
    "competition": ("comp", "competition style"),
    "touchgo": ("tng",),
    "eccentric": ("negative",),
    "lsit": ("l sit",),
    # other forms of compounds
    "pushup": ("press up", "pressup"),
    "pecdeck": ("pec dec",),
    "stiffleg": ("stiff legged",),
    "straightleg": ("straight legged",),
    # short words
    "ab": ("abdominal",),
    "bench press": ("bp",),
    "incline": ("inc",),
    "decline": ("dec",),
    "extension": ("ext",),
    "tricep": ("tri",),
    "bicep": ("bi",),
    "hamstring": ("ham",),
    "quad": ("quadricep",),
    "delt": ("deltoid",),
    "overhead press": ("ohp",),
    "military": ("mil",),
    "glute hamstring": ("ghd",),
    "romanian deadlift": ("rdl",),
    "stiffleg deadlift": ("sldl",),
}
"""Abbreviations and synonyms by the canonical words that they mean, in the singular."""
_PHRASES: Final = {
    **{phrase: phrase.replace(" ", "") for phrase in _JOINED},
    **{phrase: canonical for canonical, synonyms in _SYNONYMS.items() for phrase in synonyms},
}
_LONGEST: Final = max(len(phrase.split()) for phrase in _PHRASES)


def words(text: str, *, translated: bool = True) -> tuple[str, ...]:
    """Return a name's canonical words, in order, and in English unless it is to stay in its language.

    Language, case, accents, punctuation, plurals, short forms and notes (sets, loads, RPE) do not count.

    Canonical words are left unchanged.

    >>> words("BB Back-Squats"), words("Pull Ups (Weighted)"), words("SL RDL w/ 20 kg DBs"), words("Kurzhantelrudern")
    (('barbell', 'back', 'squat'), ('pullup', 'weighted'), ('singleleg', 'romanian', 'deadlift', 'dumbbell'), ('dumbbell', 'row'))
    """
    joined = _APOSTROPHES.sub("", _ELISIONS.sub(" ", text))
    apart = unicodedata.normalize("NFKD", _BREAK.sub(" ", joined).casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    written = _WORD.findall(plain)
    current = [_singular(word) for word in (in_english(written) if translated else written)]
    while (rewritten := _rewrite(current)) != current:
        current = rewritten
    while (rewritten := _rewrite([word for word in current if _DIGIT.search(word) is None])) != current:
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
