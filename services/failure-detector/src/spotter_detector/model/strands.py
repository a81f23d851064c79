"""The strands of a set: reps that tire the same arm or leg, each strand with a curve of its own.

The reps of the left side are one strand, those of the right another, whether they alternate or one side comes after the
other; reps that name no side are a third. Reps that are not judged (the calibration of a machine, a warm-up within the
set) belong to none. So a strand is estimated as a set that has only its reps, and a change of hands is no pause.
"""

from __future__ import annotations

from collections.abc import Sequence

from spotter.domain.fast_dataclass import record
from spotter_detector.model.records import Observation, Request

WORK = "work"


@record(frozen=True, slots=True)
class Source:
    """Where the estimate of a rep is found."""

    request: int | None
    """Index of its strand's request; None: nothing was judged before it, and its estimate is the prior's."""
    estimate: int
    """Index among the estimates of that request."""
    judged: bool
    before: bool = False
    """No report up to this one was a rep."""
    weight: float = 1.0
    """How likely it is the right one; the rest is with `others`."""
    others: tuple[Source, ...] = ()
    """Less likely sources of the same estimate, each with its weight."""


@record(frozen=True, slots=True)
class Strands:
    """A request as requests of single strands, and the source of each estimate asked for."""

    requests: tuple[Request, ...]
    sources: tuple[Source, ...]

    @property
    def is_doubtful(self) -> bool:
        """Whether an estimate has several sources."""
        return any(source.others for source in self.sources)


def is_one_strand(observations: Sequence[Observation]) -> bool:
    """Whether all reps are judged, and of one side or of none: so are most sets.

    >>> reps = [Observation(n, 3.0 * n, 0.5, None, None, None, side=side) for n, side in enumerate(("left", "right"), 1)]
    >>> is_one_strand(reps), is_one_strand(reps[:1]), is_one_strand([])
    (False, True, True)
    """
    if not observations:
        return True
    side = observations[0].side
    return all(rep.side == side and rep.kind == WORK for rep in observations)


def is_of_strand(rep: Observation, judged: Observation) -> bool:
    """Whether a rep is of the strand of a judged one."""
    return rep.side == judged.side and rep.kind == WORK


def strands_of(observations: Sequence[Observation]) -> list[tuple[Observation, ...]]:
    """Return the judged reps of each strand, that of the first rep first.

    >>> sides = ("left", "right", None, "left")
    >>> reps = [Observation(n, 3.0 * n, 0.5, None, None, None, side=side) for n, side in enumerate(sides, 1)]
    >>> [[rep.rep_number for rep in strand] for strand in strands_of(reps)]
    [[1, 4], [2], [3]]
    """
    if is_one_strand(observations):
        return [tuple(observations)] if observations else []
    by_side: dict[str | None, list[Observation]] = {}
    for rep in observations:
        if rep.kind == WORK:
            by_side.setdefault(rep.side, []).append(rep)
    return [tuple(strand) for strand in by_side.values()]


def split(request: Request) -> Strands:
    """Return the requests of a set's strands; a strand whose reps are all before `first` has none.

    An estimate after a rep that is not judged is the one before it of the same strand.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("biceps_curl", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> sides = ("left", "right", "left", "right")
    >>> reps = tuple(Observation(n, 3.0 * n, 0.5, None, None, None, side=side) for n, side in enumerate(sides, 1))
    >>> strands = split(Request(prior, reps, 1))
    >>> [(len(part.observations), part.first) for part in strands.requests]
    [(2, 1), (2, 0)]
    >>> [(source.request, source.estimate) for source in strands.sources]
    [(1, 0), (0, 0), (1, 1)]
    """
    reps: dict[str | None, list[Observation]] = {}
    # The newest judged rep of the strand at each rep asked for; −1: none yet.
    newest: list[tuple[str | None, int, bool]] = []
    for index, rep in enumerate(request.observations):
        strand = reps.setdefault(rep.side, [])
        judged = rep.kind == WORK
        if judged:
            strand.append(rep)
        if index >= request.first:
            newest.append((rep.side, len(strand) - 1, judged))
    first: dict[str | None, int] = {}
    for side, index, _ in newest:
        if index >= 0:
            first[side] = min(index, first.get(side, index))
    order = {side: number for number, side in enumerate(side for side in reps if side in first)}
    return Strands(
        tuple([Request(request.prior, tuple(reps[side]), first[side]) for side in order]),
        tuple(
            [
                Source(order[side], index - first[side], judged) if index >= 0 else Source(None, 0, judged)
                for side, index, judged in newest
            ]
        ),
    )
