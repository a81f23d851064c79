"""Cycles that are like one another, found as the rows come: the best way to divide a signal into them.

The signal may be cut where it slows down. Between two cuts lies a stretch; stretches that follow one another, with
pauses between them or none, form a chain, and each earns what it has in common with the one before it, less what speaks
against its being a cycle: an open posture, a cut in full swing, an inner period, a step. The best division is found by
dynamic programming over (start, end) and never looks back: a cycle is counted once it has been part of the best division
for `lag` rows after its end, and then stays. A chain is counted from its second cycle on at the earliest, when it has
earned enough; until then it is getting ready, putting away, or a walk. How much a cycle must have in common with the one
before it depends on the chain's own cycles: putting the load away is unlike a set of clean cycles, and the last rep of an
unsteady one is as like as any. A pause costs little, so that a chain goes on after a breath, but what moves between two
quick stretches is a walk; the last counted cycle is kept to compare with. Where the signal begins or ends it may be in the
midst of a cycle, whose posture and pace there say less.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spotter.domain.fast_dataclass import replace
from spotter_detector.motion.likeness import (
    CHANNELS,
    POINTS,
    STILL,
    TWO_STRIDES_S,
    Floats,
    Steps,
    Stretches,
    inner_period,
    is_gait,
    likeness,
    openness,
    stretches,
    turned_away,
)
from spotter_detector.motion.links import NEVER, NONE, UNIT, USUAL, Cycle, CycleSearch, Link, Row
from spotter_detector.motion.parameters import WristParameters

_KNOWN_AFTER: Final = 5  # Rows after a cut until it is known to be one.
# Bounds of the state: links kept by cut and in all, and how far back a chain that isn't counted yet is remembered.
_LINKS_A_CUT, _LINKS_MAX, _CHAIN_MAX = 5, 200, 8
_HOPELESS: Final = 1200
"""A stretch that costs more than this (thousandths) is not kept."""


def search(state: CycleSearch, step: int, rows: list[Row], wrist: WristParameters) -> tuple[CycleSearch, list[Cycle]]:
    """Process consecutive rows, the first of them that of `step`.

    >>> t = 2 * np.pi * np.arange(250) / 50  # turned by 2.4 rad and back in 4 s, five times
    >>> turned = 1.2 * (1 - np.cos(t))
    >>> wave = np.column_stack([np.cos(turned), np.sin(turned), 0 * t, 0 * t, 0 * t, 0.5 * np.sin(t)])
    >>> rows = [tuple(row) for row in np.rint(1000 * wave).astype(int).tolist()]
    >>> _, cycles = search(CycleSearch(), 0, rows, WristParameters())
    >>> [(cycle.start, cycle.end, cycle.counted) for cycle in cycles]  # the first is known with the second
    [(1, 49, 101), (49, 99, 107), (99, 149, 157), (149, 199, 207)]
    """
    working = _Search(state, step, rows, wrist)
    for newest in range(step, step + len(rows)):
        working.advance(newest)
    return working.state(), working.counted


def conclude(state: CycleSearch, wrist: WristParameters) -> tuple[CycleSearch, list[Cycle]]:
    """Count what the end of the signal completes: nothing comes after it that could change the division."""
    if len(state.rows) < _KNOWN_AFTER:
        return state, []
    newest = state.first + len(state.rows) - 1
    working = _Search(state, newest + 1, [], wrist)
    working.conclude(newest)
    return working.state(), working.counted


def restart(state: CycleSearch) -> CycleSearch:
    """Forget the rows before a gap; the last counted cycle is kept to compare with."""
    links = state.links[:1] if state.template else ()
    return CycleSearch(links=links, template=state.template, quick=state.quick)


class _Search:
    """The state while rows are processed."""

    def __init__(self, state: CycleSearch, step: int, rows: list[Row], wrist: WristParameters) -> None:
        self.wrist = wrist
        self.first = state.first if state.rows else step
        self.rows = [*state.rows, *rows]
        self.cuts = list(state.cuts)
        self.links = list(state.links)
        self.template = state.template
        self.quick = state.quick
        self.began = state.began if state.rows else step
        self.ends = False
        self.counted: list[Cycle] = []
        self.newest = step - 1
        table = np.array(self.rows, dtype=np.int64).reshape(-1, CHANNELS)
        self.table_first = self.first
        # Sums of three rows; the first and last are only there to keep the index.
        threes = table.copy()
        threes[1:-1] = table[:-2] + table[1:-1] + table[2:]
        self.signal: Floats = threes / (3.0 * UNIT)
        paces = np.zeros(len(table), dtype=np.int64)
        paces[2:-2] = np.square(threes[3:-1] - threes[1:-3]).sum(axis=1)
        self.paces = paces
        self.travelled = np.concatenate([[0], np.cumsum(paces)])
        smooth = paces.copy()
        smooth[1:-1] = paces[:-2] + paces[1:-1] + paces[2:]
        self.slow: list[int] = smooth.tolist()
        self.waiting: list[int] | None = None

    def state(self) -> CycleSearch:
        rows = self.rows[self.first - self.table_first :]
        return CycleSearch(
            self.first, tuple(rows), tuple(self.cuts), tuple(self.links), self.template, self.quick, self.began
        )

    def advance(self, newest: int) -> None:
        """Process the row of a step."""
        self.newest = newest
        step = newest - _KNOWN_AFTER
        if step >= self.first + 2:
            if not self.cuts:
                self.cuts.append(self.first + 1)
            if self._is_cut(step):
                self._cut(step)
        self._count(newest - self.wrist.lag)

    def conclude(self, newest: int) -> None:
        """Process the end of the signal."""
        self.newest = newest
        if self.cuts and newest - 1 - self.cuts[-1] >= 2:
            self.ends = True
            self._cut(newest - 1)
        self._count(newest, certain=True)

    def _is_cut(self, step: int) -> bool:
        since = step - self.cuts[-1]
        at = step - self.table_first
        around = self.slow[max(at - 2, 0) : at + 3]
        return since >= 2 and (since >= self.wrist.cut_every or self.slow[at] <= min(around))

    def _cut(self, end: int) -> None:
        wrist = self.wrist
        earliest = max(end - wrist.longest, self.first + 1, self.links[0].end if self.template else 0)
        starts = np.array([cut for cut in self.cuts if earliest <= cut <= end - wrist.shortest], dtype=np.int64)
        self.cuts.append(end)
        if len(starts):
            self._extend(starts, end)
        self._trim(end)
        self.waiting = None

    def _extend(self, starts: Steps, end: int) -> None:
        """Add the stretches that end with a cut, each after the best link before it."""
        wrist = self.wrist
        new = stretches(self.signal, self.table_first, starts, np.full(len(starts), end))
        cost = self._costs(new, starts, end)
        seconds = np.asarray((end - starts) * wrist.step_s, dtype=np.float64)
        sure_steps, step_cost = (UNIT * wrist.gait_cost * gait for gait in is_gait(new, seconds))
        if wrist.expected:
            step_cost = sure_steps
        old = [link for link in range(len(self.links)) if self._is_near(self.links[link], end)]
        fresh, after = -UNIT * wrist.start - cost - step_cost, np.full(len(starts), NONE)
        best, previous = np.full(len(starts), float(NEVER)), np.full(len(starts), NONE)
        usual = np.full(len(starts), USUAL)
        if old:
            links = [self.links[index] for index in old]
            ends = np.array([link.end for link in links])
            scores = np.array([link.score for link in links])
            before = ends[None] <= starts[:, None]
            floors = np.where(before, scores[None], NEVER)
            highest = floors.argmax(axis=1)
            floor = floors.max(axis=1)
            above = (floor >= 0) if self.template else (floor > 0)
            fresh = fresh + np.where(above, floor, 0)
            after = np.where(above, np.array(old)[highest], NONE)
            alike = np.maximum(likeness(new, self._shapes(links)), -1.0)
            gains = self._gains(alike, starts, end, links) - np.where(
                [self.quick and self._is_open(link) for link in links], sure_steps[:, None], step_cost[:, None]
            )
            earned = np.where(before, scores[None] + gains, NEVER) - cost[:, None]
            which = earned.argmax(axis=1)
            best, previous = earned.max(axis=1), np.array(old)[which]
            before_usual = np.array([link.usual for link in links])[which]
            here = UNIT * np.take_along_axis(alike, which[:, None], axis=1)[:, 0]
            usual = before_usual + np.rint(wrist.usual_follow * (here - before_usual)).astype(np.int64)
        moves = new.variance >= STILL
        scores_new = np.rint(np.maximum(best, fresh)).astype(np.int64)
        order = np.argsort(-scores_new, kind="stable")
        kept = [int(index) for index in order if moves[index] and cost[index] < _HOPELESS][:_LINKS_A_CUT]
        for index in kept:
            start, score = int(starts[index]), int(scores_new[index])
            if best[index] > fresh[index]:
                link = self.links[int(previous[index])]
                cycles, earlier = link.cycles + 1, int(previous[index])
                self.links.append(Link(start, end, score, link.floor, cycles, earlier, int(usual[index])))
            else:
                floor_score = self.links[int(after[index])].score if after[index] != NONE else 0
                self.links.append(Link(start, end, score, floor_score, 1, int(after[index])))

    def _costs(self, new: Stretches, starts: Steps, end: int) -> Floats:
        wrist = self.wrist
        at, until = starts - self.table_first, end - self.table_first
        usual = (self.travelled[until + 1] - self.travelled[at]) / (until + 1 - at)
        pace = (self.paces[at] + self.paces[until]) / 2.0 / (usual + wrist.slowest_pace)
        cost = wrist.open_cost * openness(new) + wrist.pace_cost * np.minimum(pace, 2.0)
        cost += wrist.away_cost * turned_away(new, np.asarray((end - starts) * wrist.step_s, dtype=np.float64))
        cost[(starts == self.began + 1) | self.ends] *= wrist.edge_cost
        cost += wrist.several_cost * (inner_period(new) < wrist.several)
        return np.asarray(UNIT * cost, dtype=np.float64)

    def _gains(self, alike: Floats, starts: Steps, end: int, links: list[Link]) -> Floats:
        """Return what each new stretch earns after each link, thousandths."""
        wrist = self.wrist
        unusual = np.array([link.usual - USUAL if self._is_open(link) else 0 for link in links]) / UNIT
        asked = wrist.alike + wrist.usual_share * unusual
        spans = np.array([link.end - link.start for link in links])
        ratio = np.log(end - starts)[:, None] - np.log(spans)[None]
        pauses = np.maximum(starts[:, None] - np.array([link.end for link in links])[None], 0)
        # Rows further back than the longest cycle may be forgotten.
        oldest = max(end - wrist.longest, self.began)
        ends = np.array([max(link.end, oldest) for link in links]) - self.table_first
        at, until = starts - self.table_first, end - self.table_first
        usual = (self.travelled[until + 1] - self.travelled[at]) / (until + 1 - at) + wrist.slowest_pace
        moved = np.maximum(self.travelled[at][:, None] - self.travelled[ends][None], 0) / usual[:, None]
        moved_cost = np.where((end - starts) * wrist.step_s <= TWO_STRIDES_S, wrist.moved_cost, 0.0)[:, None]
        pause = np.minimum(wrist.pause_cost * pauses + moved_cost * moved, wrist.pause_cost_max)
        return np.asarray(UNIT * (alike - asked[None] - wrist.length_cost * np.square(ratio) - pause))

    def _shapes(self, links: list[Link]) -> Stretches:
        recent = links[1:] if self.template and links[0] is self.links[0] else links
        shapes = np.zeros((len(links), POINTS, CHANNELS))
        variance = np.zeros(len(links))
        if recent:
            starts, ends = np.array([link.start for link in recent]), np.array([link.end for link in recent])
            cut = stretches(self.signal, self.table_first, starts, ends)
            shapes[len(links) - len(recent) :], variance[len(links) - len(recent) :] = cut.shapes, cut.variance
        if len(recent) < len(links):
            shapes[0] = np.array(self.template).reshape(POINTS, CHANNELS) / UNIT
            variance[0] = np.square(shapes[0] - shapes[0].mean(axis=0)).sum(axis=1).mean()
        return Stretches(shapes, variance)

    def _is_near(self, link: Link, end: int) -> bool:
        """Whether a cycle may still follow a link."""
        if self.template and link is self.links[0]:
            return True
        return link.end >= end - self.wrist.longest - self.wrist.wait and link.start > self.first

    def _is_open(self, link: Link) -> bool:
        """Whether the chain up to a link has earned enough to be counted."""
        if link.cycles < 2:
            return False
        # A movement there and back, and once more, is a set that was started, or somebody who sits.
        uncertain = link.cycles == 2 and not self.wrist.expected
        enough = self.wrist.enough_of_two if uncertain else self.wrist.enough
        return link.score - link.floor >= UNIT * enough

    def _count(self, until: int, *, certain: bool = False) -> None:
        """Count the cycles of the best division that ended by a step."""
        if self.waiting is None:
            self.waiting = self._best()
        last = NONE
        for index in self.waiting:
            link = self.links[index]
            if link.end > until and not certain:
                break
            self.counted.append(Cycle(link.start, link.end, self.newest))
            last = index
        if last != NONE:
            self._keep_after(last)
            self.waiting = None if certain else self._best()

    def _best(self) -> list[int]:
        """Return the links of the best division that are to be counted, in order of time."""
        counted = 1 if self.template else 0
        open_links = [index for index in range(counted, len(self.links)) if self._is_open(self.links[index])]
        if not open_links:
            return []
        best = max(open_links, key=lambda index: self.links[index].score)
        if self.template and self.links[best].score <= self.links[0].score:
            return []
        path: list[int] = []
        index, counts = best, True
        while index != NONE and index >= counted:
            link = self.links[index]
            if counts:
                path.append(index)
            index = link.previous
            if link.cycles == 1 and index != NONE:
                counts = self._is_open(self.links[index])
        return path[::-1]

    def _keep_after(self, last: int) -> None:
        """Keep what follows a link that has been counted."""
        link = self.links[last]
        shape = self._shape(link)
        moved: dict[int, int] = {last: 0}
        # What has been counted is open, whatever it had earned, and scores go on from it.
        links = [Link(link.start, link.end, 0, NEVER, max(2, link.cycles), NONE, link.usual)]
        for index in range(last + 1, len(self.links)):
            following = self.links[index]
            if following.previous in moved and following.start >= link.end:
                moved[index] = len(links)
                before = links[moved[following.previous]]
                floor = before.floor if following.cycles > 1 else following.floor - link.score
                links.append(
                    Link(
                        following.start,
                        following.end,
                        following.score - link.score,
                        floor,
                        following.cycles,
                        moved[following.previous],
                        following.usual,
                    )
                )
        self.quick = self.wrist.expected or (self.quick and link.floor == NEVER)
        self.links, self.template = links, shape
        self.cuts = [cut for cut in self.cuts if cut >= link.end]

    def _shape(self, link: Link) -> tuple[int, ...]:
        cut = stretches(self.signal, self.table_first, np.array([link.start]), np.array([link.end]))
        return tuple(np.rint(cut.shapes[0] * UNIT).astype(np.int64).ravel().tolist())

    def _trim(self, end: int) -> None:
        """Forget the links and rows that nothing can follow any more."""
        links = self.links
        keep = {index for index, link in enumerate(links) if self._is_near(link, end)}
        if len(keep) > _LINKS_MAX:
            ranked = sorted(keep, key=lambda index: -links[index].score)
            keep = set(ranked[:_LINKS_MAX]) | ({0} if self.template else set())
        for index in sorted(keep, reverse=True):
            before, length = links[index].previous, 0
            while before != NONE and before not in keep and length < _CHAIN_MAX:
                keep.add(before)
                before, length = links[before].previous, length + 1
        order = sorted(keep)
        moved = {index: position for position, index in enumerate(order)}
        self.links = [_after(links[index], moved.get(links[index].previous, NONE)) for index in order]
        oldest = end - self.wrist.longest
        self.cuts = [cut for cut in self.cuts if cut >= oldest]
        recent = self.links[1:] if self.template else self.links
        starts = [link.start for link in recent if self._is_near(link, end)]
        first = min([oldest, *starts]) - 2
        if first > self.first:
            self.first = first


def _after(link: Link, previous: int) -> Link:
    return link if link.previous == previous else replace(link, previous=previous)
