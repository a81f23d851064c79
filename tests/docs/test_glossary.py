"""The glossary has each word once, and the names of events and fields in it exist."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tests.support import ROOT

_ROW: Final = re.compile(r"^\| (?!term|---)(.+?) \| .+? \|(?: (.*?) \|)?$", re.MULTILINE)
ROWS: Final = _ROW.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


def test_each_word_is_explained_once() -> None:
    """Also where one row explains two words."""
    words = Counter(re.sub(r"[`*]| \(.*?\)", "", word) for terms, _ in ROWS for word in terms.split(", "))
    assert len(words) > 100
    assert [] == [word for word, count in words.items() if count > 1]


def test_each_name_of_an_event_or_a_field_exists() -> None:
    """In the published reference."""
    reference = ROOT / "docs" / "reference"
    published = "".join((reference / name).read_text(encoding="utf-8") for name in ("asyncapi.json", "openapi.json"))
    named = {name for _, names in ROWS for name in re.findall(r"`([^`]+)`", names)}
    assert len(named) > 50
    assert [] == [name for name in sorted(named) if f'"{name}"' not in published and f".{name}.v1" not in published]
