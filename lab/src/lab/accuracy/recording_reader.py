"""Recorded sets with labels, read from JSONL: one set a line.

Read whole or not at all: every line that is wrong is named with what is wrong in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from lab.accuracy.sets import LabelledSet
from spotter.domain.exercises import builtin_catalogue
from spotter_detector.model import Observation

_DAY_S = 86_400.0
_RPE_MAX = 10.0
_FAILED = -1


class UnreadableSets(Exception):
    """A file of recorded sets is invalid; the message lists each wrong line and its error."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordedRep(_Part):
    """A reported rep."""

    time_s: float
    velocity_mps: Annotated[float, Field(ge=0.02, le=5.0)] | None = None
    velocity_sd_mps: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    metric: Literal["mean", "propulsive", "peak"] = "mean"
    duration_s: Annotated[float, Field(ge=0.1, le=30.0)] | None = None
    rom_m: Annotated[float, Field(ge=0.02, le=2.5)] | None = None
    kind: Literal["rep", "failed", "no_rep"] = "rep"


class RecordedSetLine(_Part):
    """A line of the file."""

    lifter: Annotated[str, Field(min_length=1)]
    at: AwareDatetime
    exercise: Annotated[str, Field(min_length=1)]
    load_kg: Annotated[float, Field(ge=0.0, le=600.0)] | None = None
    pct_1rm: Annotated[float, Field(gt=0.0, le=120.0)] | None = None
    failed: bool = False
    rir: Annotated[float, Field(ge=0.0, le=30.0)] | None = None
    rpe: Annotated[float, Field(ge=1.0, le=10.0)] | None = None
    reps: Annotated[list[RecordedRep], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _has_sense(self) -> RecordedSetLine:
        if self.rir is not None and self.rpe is not None:
            raise ValueError("set rir or rpe, not both: each implies the other")
        if not any(rep.kind == "rep" for rep in self.reps):
            raise ValueError("no rep has the kind rep: a set needs at least one")
        if any(later.time_s < earlier.time_s for earlier, later in zip(self.reps, self.reps[1:], strict=False)):
            raise ValueError("the reps are not in order of time")
        return self


def read_recorded(path: Path) -> list[list[LabelledSet]]:
    """Return the sets of a file by lifter, in order of time.

    A failed set has known reps in reserve; otherwise they are what the lifter reported (10 − RPE), to the nearest whole rep.

    Raises
    ------
    UnreadableSets
        If a line is not a set.
    OSError
        If the file can't be read.
    """
    parsed: list[RecordedSetLine] = []
    wrong: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            parsed.append(RecordedSetLine.model_validate_json(line))
        except ValidationError as error:
            wrong += [f"line {number}: {message}" for message in _said(error)]
    if wrong:
        raise UnreadableSets(f"{path} is not read, for {len(wrong)} faults:\n" + "\n".join(wrong))
    by_lifter: dict[str, list[RecordedSetLine]] = {}
    for recorded in sorted(parsed, key=lambda each: each.at):
        by_lifter.setdefault(recorded.lifter, []).append(recorded)
    return [
        [_labelled(lifted_set, number, order, sets[0]) for order, lifted_set in enumerate(sets)]
        for number, sets in enumerate(by_lifter.values())
    ]


def _said(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        where = ".".join(str(part) for part in detail["loc"])
        yield f"{where}: {detail['msg']}" if where else detail["msg"]


def _labelled(recorded: RecordedSetLine, lifter: int, order: int, first: RecordedSetLine) -> LabelledSet:
    called = recorded.rir if recorded.rpe is None else _RPE_MAX - recorded.rpe
    # Half a rep is rounded up: near failure, lifters report slightly too few.
    ended = 0 if recorded.failed or called is None else int(called + 0.5)
    done = sum(rep.kind == "rep" for rep in recorded.reps)
    truth: list[int | None] = []
    left = done + ended
    for rep in recorded.reps:
        if rep.kind == "rep":
            left -= 1
        truth.append({"rep": left, "failed": _FAILED, "no_rep": None}[rep.kind])
    attempts = [index for index, rep in enumerate(recorded.reps) if rep.kind == "failed"]
    return LabelledSet(
        exercise=builtin_catalogue().get(recorded.exercise).model_class,
        lifter=lifter,
        order=order,
        at_days=(recorded.at - first.at).total_seconds() / _DAY_S,
        load_kg=recorded.load_kg,
        pct_1rm=recorded.pct_1rm,
        reps=tuple(
            Observation(
                rep_number=index + 1,
                end_s=rep.time_s - recorded.reps[0].time_s,
                velocity_mps=rep.velocity_mps,
                duration_s=rep.duration_s,
                rom_m=rep.rom_m,
                velocity_sd_mps=rep.velocity_sd_mps,
                metric=rep.metric,
            )
            for index, rep in enumerate(recorded.reps)
        ),
        truth=tuple(truth),
        failed_attempt=attempts[0] if attempts else None,
        reps_possible=done + ended,
        ended_rir=ended,
        failed=recorded.failed,
        reported_rir=called,
        faults=frozenset(),
        true=None,
    )
