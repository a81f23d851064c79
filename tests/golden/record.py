"""The golden files: what is kept of each workout, and how far a result differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.golden.hosts import timed_on_memory, timed_on_sqlite, untimed_on_memory
from tests.golden.outcome import PARTS, TOPICS, Outcome, digests, exact, raw_digest, rounded

WORKOUTS: Final = Path(__file__).with_name("workouts.json")
FORMS: Final = {"exact": exact, "rounded": rounded}

Golden = Mapping[str, Mapping[str, Any]]
"""By play (`timed`, `untimed`) and seed: the digests of each part, in the order of `PARTS`, and the records' number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first part of a workout in which a host does not agree with the golden file."""

    play: str
    seed: int
    host: str
    part: str

    def __str__(self) -> str:
        """Say where it is, and how to see more."""
        return (
            f"seed {self.seed}, {self.play}, on {self.host}: {self.part} differs first. Compare the output of"
            f" `python -m tests.golden --dump {self.seed} --play {self.play} --host {self.host}`"
            " with that of a commit that agrees."
        )


def read_golden() -> Golden:
    """Read the committed golden file."""
    golden: Golden = json.loads(WORKOUTS.read_text())
    return golden


def differences(
    golden: Golden, play: str, host: str, results: Iterable[tuple[int, Outcome]], form: str = "rounded"
) -> Iterator[Difference]:
    """Compare a host's results in one form with the golden file; yields the first difference of each workout."""
    for seed, result in results:
        kept = golden[play][str(seed)]
        now = digests(result, FORMS[form])
        for part, expected in zip(PARTS, kept[form].split(), strict=True):
            if expected != now[part]:
                yield Difference(play, seed, host, part)
                break
        else:
            raw = kept["raw"].get(host) if form == "exact" else None
            if raw is not None and raw != raw_digest(result):
                yield Difference(play, seed, host, "offsets")


def write_golden(seeds: Iterable[int]) -> int:
    """Write the golden file anew from what memory does; gives the number of records that it covers.

    Raises RuntimeError where SQLite does not agree with memory.
    """
    seeds = list(seeds)
    plays = {
        "timed": {seed: _kept(result, "memory") for seed, result in timed_on_memory(seeds)},
        "untimed": {seed: _kept(result, "memory") for seed, result in untimed_on_memory(seeds)},
    }
    for seed, result in timed_on_sqlite(seeds):
        kept, on_sqlite = plays["timed"][seed], _kept(result, "sqlite")
        if kept["exact"] != on_sqlite["exact"]:
            raise RuntimeError(f"seed {seed}: memory and SQLite do not agree, so that there is no golden outcome")
        kept["raw"] |= on_sqlite["raw"]
    WORKOUTS.write_text(_text(plays))
    return sum(kept["records"] for play in plays.values() for kept in play.values())


def _kept(result: Outcome, host: str) -> dict[str, Any]:
    return {
        "records": sum(len(result[topic]) for topic in TOPICS),
        **{form: " ".join(digests(result, bring)[part] for part in PARTS) for form, bring in FORMS.items()},
        "raw": {host: raw_digest(result)},
    }


def _text(plays: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> str:
    """Write one line for each workout, so that a diff names those that changed."""
    blocks = []
    for play, workouts in plays.items():
        lines = ",\n".join(f'"{seed}":{json.dumps(kept, separators=(",", ":"))}' for seed, kept in workouts.items())
        blocks.append(f'"{play}":{{\n{lines}\n}}')
    return "{" + ",\n".join(blocks) + "}\n"
