"""From a request to requests of plain sequences of reps: one strand each, from its first rep on."""

from __future__ import annotations

from dataclasses import replace

from spotter_detector.model.records import Request
from spotter_detector.model.set_start import alike_reports, openings, reports_before
from spotter_detector.model.strands import Source, Strands, is_one_strand, split


def plan_of(request: Request) -> Strands | None:
    """Return the requests that a request is answered from; None: it is one plain sequence itself.

    >>> from spotter_detector.model import Observation, build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> travels_m = (1.1, 0.42, 0.41, 0.42)
    >>> reps = tuple(Observation(n, 3.0 * n, 0.5, None, rom_m, None) for n, rom_m in enumerate(travels_m, 1))
    >>> plan = plan_of(Request(prior, reps, 0))
    >>> [len(part.observations) for part in plan.requests], [source.before for source in plan.sources]
    ([1, 3], [True, False, False, False])
    >>> plan_of(Request(prior, reps[1:], 0)) is None
    True
    >>> [source.before for source in plan_of(Request(prior, reps[1:], 0, before=2)).sources]
    [True, True, False]
    """
    if is_one_strand(request.observations):
        return _from_first_rep(request)
    strands = split(request)
    requests: list[Request] = []
    # Where the sources of each strand begin, and its own plan.
    parts: list[tuple[int, Strands | None]] = []
    for strand in strands.requests:
        part = _from_first_rep(strand)
        parts.append((len(requests), part))
        requests += (strand,) if part is None else part.requests
    return Strands(tuple(requests), tuple([_resolved(source, parts) for source in strands.sources]))


def first_rep(request: Request) -> int:
    """Return how many reports come before a set's first rep, as known after all; 0 where none of them was a rep.

    >>> from spotter_detector.model import Observation, build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> reps = tuple(Observation(n, 3.0 * n, 0.5, None, rom_m, None) for n, rom_m in enumerate((1.1, 0.42, 0.41), 1))
    >>> first_rep(Request(prior, reps, 0))
    1
    """
    count = len(request.observations)
    [number] = reports_before(request.prior, request.observations, count - 1)
    return number if number < count else 0


def _resolved(source: Source, parts: list[tuple[int, Strands | None]]) -> Source:
    if source.request is None:
        return source
    begin, part = parts[source.request]
    if part is None:
        return replace(source, request=begin)
    return replace(_shifted(part.sources[source.estimate], begin), judged=source.judged)


def _shifted(source: Source, by: int) -> Source:
    """Return a source where `by` other requests come before its own."""
    others = tuple([_shifted(other, by) for other in source.others])
    return replace(source, request=None if source.request is None else by + source.request, others=others)


def _from_first_rep(request: Request) -> Strands | None:
    prior, observations, first = request.prior, request.observations, request.first
    if request.before is not None:
        return _from_report(request, request.before)
    if first >= len(observations) or alike_reports(prior, observations).count == len(observations):
        return None
    likely = openings(prior, observations, first)
    if all(opening == ((0, 1.0),) for opening in likely):
        return None
    # The reports at which each number is likely, from the first to the last of them.
    spans: dict[int, tuple[int, int]] = {}
    for index, opening in enumerate(likely, first):
        for number, _ in opening:
            if number <= index:
                spans[number] = (spans.get(number, (index, 0))[0], index)
    order = {number: at for at, number in enumerate(spans)}

    def source(index: int, number: int, weight: float, others: tuple[Source, ...] = ()) -> Source:
        if number > index:
            return Source(None, 0, judged=True, before=True, weight=weight, others=others)
        return Source(order[number], index - spans[number][0], judged=True, weight=weight, others=others)

    return Strands(
        tuple(
            [Request(prior, observations[number : last + 1], begin - number) for number, (begin, last) in spans.items()]
        ),
        tuple(
            [
                source(index, *opening[0], tuple([source(index, *other) for other in opening[1:]]))
                for index, opening in enumerate(likely, first)
            ]
        ),
    )


def _from_report(request: Request, number: int) -> Strands:
    """Return the plan of a set whose first rep is known to come after this number of reports."""
    count = len(request.observations)
    begin = max(request.first, number)
    return Strands(
        (Request(request.prior, request.observations[number:], begin - number),) if begin < count else (),
        tuple(
            [
                Source(0, index - begin, judged=True) if index >= number else Source(None, 0, judged=True, before=True)
                for index in range(request.first, count)
            ]
        ),
    )
