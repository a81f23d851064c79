"""A module or package is called by a noun: a participle (taking, said) names a deed and hides what is inside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tools.checks.finding import Finding
from tools.checks.sources import development_modules, product_modules

PARTICIPLE: Final = re.compile(
    r"(?:\w{2,}ing|\w+[^e\W]ed|begun|bought|done|drawn|felt|found|given|gone|heard|held|kept|known|laid|left|lost|made|met"
    r"|paid|put|read|said|seen|sent|shown|spent|taken|told|won|written)"
)
# Names that end like a participle and are none, each with its reason: a whole module name, or its last word.
NOUNS: Final = {
    "finding": "a result of a check, in English a noun",
    "lifting": "what lifters do: the events of sets and reps",
    "formatting": "how numbers are written for people, in English a noun",
    "matching": "the matching of a text to a name in the catalogue",
    "planning": "the layer that plans a set's advice",
    "pricing": "the layer that prices a set in units of the weekly budget",
    "recording": "recorded training as data, in English a noun",
    "streaming": "event streaming: what the field calls the processing of a log of events",
    "timing": "when the phases of a rep begin and end; also the name of the model's mode",
    "training": "what lifters do",
    "tuning": "settings chosen for speed, in English a noun",
    "rep_counted": "handles the event of that name",
    "set_closed": "handles the event of that name",
    "set_opened": "handles the event of that name",
    "athlete_updated": "handles the event of that name",
    "wellness_reported": "handles the event of that name",
}


def check(root: Path) -> list[Finding]:
    """Return a finding for each module or package, once, whose last word is a participle."""
    paths = {path for module in [*product_modules(root), *development_modules(root)] for path in module.paths}
    return [
        Finding(path, 1, f"`{path.stem}` is no noun: name it after what it holds, or give NOUNS a reason for it")
        for path in sorted(paths)
        if is_participle(path.stem)
    ]


def is_participle(name: str) -> bool:
    """Return whether a module's name ends in a participle; a test module is named after what it tests, so it never does.

    >>> [is_participle(name) for name in ("taking", "rep_taking", "failed_attempt", "streaming", "test_taking")]
    [True, True, False, False, False]
    """
    if name.startswith("test_") or name in NOUNS:
        return False
    word = name.rpartition("_")[2]
    return word not in NOUNS and PARTICIPLE.fullmatch(word) is not None
