"""The golden files: what is kept of each outcome, and how far a result differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.golden.outcome import Outcome, digest, exact, raw_digest, rounded

FORMS: Final = {"exact": exact, "rounded": rounded}
Group = dict[str, dict[str, Any]]
"""What is kept of the outcomes of one kind, by their names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first part of an outcome that is not as the golden file has it."""

    group: str
    name: str
    host: str
    part: str

    def __str__(self) -> str:
        """Say where it is, and how to see more."""
        return (
            f"{self.group} {self.name} on {self.host}: {self.part} differs first. Compare the output of"
            f" `python -m tests.golden --dump {self.group} {self.name!r} --host {self.host}`"
            " with that of a commit that agrees."
        )


def golden_file(group: str) -> Path:
    """Return the file of a group."""
    return Path(__file__).with_name(f"{group}.json")


def read_golden(group: str) -> Group:
    """Read a committed golden file."""
    golden: Group = json.loads(golden_file(group).read_text())
    return golden


def write_golden(group: str, golden: Group) -> None:
    """Write a golden file with one line for each outcome, so that a diff names those that changed."""
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(each, separators=(',', ':'))}" for name, each in golden.items())
    golden_file(group).write_text(f"{{\n{lines}\n}}\n")


def kept(result: Outcome, host: str) -> dict[str, Any]:
    """Return what is kept of an outcome: its number of lines, the digests of its parts, and one of it as it is."""
    return {
        "lines": sum(map(len, result.values())),
        **{form: " ".join(digest(bring(lines)) for lines in result.values()) for form, bring in FORMS.items()},
        "raw": {host: raw_digest(result)},
    }


def differences(
    group: str, host: str, results: Iterable[tuple[str, Outcome]], form: str = "rounded"
) -> Iterator[Difference]:
    """Compare results in one form with the golden file; yields the first difference of each."""
    golden = read_golden(group)
    for name, result in results:
        if part := _first_difference(golden[name], host, result, form):
            yield Difference(group, name, host, part)


def _first_difference(golden: Mapping[str, Any], host: str, result: Outcome, form: str) -> str | None:
    for (part, lines), expected in zip(result.items(), golden[form].split(), strict=True):
        if expected != digest(FORMS[form](lines)):
            return part
    if form == "exact" and golden["raw"].get(host, raw_digest(result)) != raw_digest(result):
        return "offsets"
    return None
