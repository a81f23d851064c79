"""Swings out and back along a direction that is still being learned: one such cycle is a rep.

A zigzag with hysteresis: a turning point counts once the movement has gone back by a share of the usual swing, so
tremor, a stutter and the two humps of one way out are ignored. Turning points are kept as vectors and projected on the
current direction.

A cycle is emitted when its way back slows down or is nearly complete; or earlier, with `at_far` and a usual swing, when
the way out is complete. A way back that is much longer than the way out was not one: the small movement before it was a
wobble, and this is the way out (design choice).
"""

from __future__ import annotations

from statistics import median

from spotter.domain.fast_dataclass import record, replace
from spotter_detector.motion.attitude import Vector
from spotter_detector.motion.parameters import WristParameters

REST, AWAY, BACK, HOME = 0, 1, 2, 3
# Shares of the swing (design choices): of the way out that counts as back home, of the usual that proves a turn, ...
_HOME, _TURNED = 0.75, 0.3
# ... and the multiple of the way out beyond which that was a wobble.
_WOBBLE = 2.5
_SWINGS_KEPT = 6
_STEPS_MAX = 375  # 30 s of 80 ms: after that the limb has changed position.


@record(frozen=True, slots=True)
class Point:
    """A turning point: its step and position."""

    step: int
    at: Vector


@record(frozen=True, slots=True)
class Swings:
    """State of the current cycle.

    `start` is the point it left from (at rest: the lowest so far), `far` the farthest (at rest: the highest), `near`
    the point it has come back to, `sign` the side it goes out to. `fastest` is the largest step of this way, `usual`
    the last swings; `given`: this cycle was emitted at its far point.
    """

    phase: int = REST
    sign: int = 1
    start: Point | None = None
    far: Point | None = None
    near: Point | None = None
    before: Vector | None = None
    fastest: float = 0.0
    usual: tuple[float, ...] = ()
    given: bool = False


@record(frozen=True, slots=True)
class Cycle:
    """A cycle: the steps of its start and far point."""

    started: int
    turned: int


@record(frozen=True, slots=True)
class SwingPosition:
    """One step along the current direction, positive to the side that the cycle goes out to.

    `pace` is the movement in this step, corrected for the leak.
    """

    here: float
    far: float
    start: float
    pace: float
    least: float


def swing(
    swings: Swings, point: Point, along: Vector, floor: float, keep: float, wrist: WristParameters, *, at_far: bool
) -> tuple[Swings, Cycle | None]:
    """Process the position at a step; `keep` is the share of the last one after the leak, `at_far` emits cycles early.

    >>> swings, cycles, x = Swings(), [], (1.0, 0.0, 0.0)
    >>> for step in range(80):
    ...     height = (step % 20) * 0.1 if step % 20 < 10 else (20 - step % 20) * 0.1
    ...     swings, cycle = swing(swings, Point(step, (height, 0.0, 0.0)), x, 0.2, 1.0, WristParameters(), at_far=True)
    ...     if cycle: cycles.append((step, cycle.turned))
    >>> cycles  # the first when it is back, the others when they turn
    [(21, 10), (31, 30), (51, 50), (71, 70)]
    """
    before, swings = swings.before, replace(swings, before=point.at)
    if swings.start is None or swings.far is None or before is None or point.step - swings.start.step > _STEPS_MAX:
        return replace(swings, phase=REST, start=point, far=point, near=None, given=False), None
    usual = _usual(swings)
    if swings.phase == REST:
        return _step_rest(swings, point, along, max(floor, wrist.share * usual)), None
    here, far, start = (swings.sign * _along(at, along) for at in (point.at, swings.far.at, swings.start.at))
    pace = here - keep * swings.sign * _along(before, along)
    position = SwingPosition(here, max(far, here), start, pace, max(floor, wrist.share * (usual or far - start)))
    if swings.phase == AWAY:
        if here > far:
            swings = replace(swings, far=point)
        return _step_out(swings, point, position, usual if at_far else 0.0, wrist)
    return _step_back(swings, point, along, position, wrist)


def extent(swings: Swings, along: Vector) -> float:
    """Return how far it swings: usually, or right now if that is more."""
    if swings.start is None or swings.far is None:
        return 0.0
    far = _along(swings.far.at, along)
    home = _along(swings.start.at, along), _along((swings.near or swings.start).at, along)
    return max(_usual(swings), *(abs(far - near) for near in home))


def _step_rest(swings: Swings, point: Point, along: Vector, least: float) -> Swings:
    """Detect the first way out, to either side."""
    assert swings.start is not None
    assert swings.far is not None
    here, low, high = _along(point.at, along), _along(swings.start.at, along), _along(swings.far.at, along)
    if here >= high:
        swings = replace(swings, far=point)
    if here <= low:
        swings = replace(swings, start=point)
    if here - low > least:
        return replace(swings, phase=AWAY, sign=1, far=point, fastest=0.0)
    if high - here > least:
        return replace(swings, phase=AWAY, sign=-1, start=swings.far, far=point, fastest=0.0)
    return swings


def _step_out(
    swings: Swings, point: Point, position: SwingPosition, usual: float, wrist: WristParameters
) -> tuple[Swings, Cycle | None]:
    swings = replace(swings, fastest=max(swings.fastest, position.pace))
    if usual and not swings.given:
        arrived = (
            position.far - position.start >= wrist.arrived_share * usual and position.pace < wrist.slow * swings.fastest
        )
        if arrived or position.far - position.here > _TURNED * usual:
            return replace(swings, given=True), _cycle(swings)
    if position.far - position.here > position.least:
        return replace(swings, phase=BACK, near=point, fastest=0.0), None
    return swings, None


def _step_back(
    swings: Swings, point: Point, along: Vector, position: SwingPosition, wrist: WristParameters
) -> tuple[Swings, Cycle | None]:
    assert swings.near is not None
    near = swings.sign * _along(swings.near.at, along)
    if position.here < near:
        swings, near = replace(swings, near=point), position.here
    swings = replace(swings, fastest=max(swings.fastest, -position.pace))
    out, back = position.far - position.start, position.far - near
    if swings.phase == HOME:
        if position.here - near > position.least:
            return replace(swings, phase=AWAY, start=swings.near, far=point, near=None, fastest=0.0), None
        return swings, None
    slow = -position.pace < wrist.slow * swings.fastest
    if back >= wrist.share * out and (slow or (swings.usual and back >= _HOME * out)):
        if back > _WOBBLE * out:
            sign = -swings.sign
            return replace(
                swings, phase=AWAY, sign=sign, start=swings.far, far=swings.near, near=None, given=False
            ), None
        usual = (*swings.usual, max(out, back))[-_SWINGS_KEPT:]
        return replace(swings, phase=HOME, usual=usual, given=False), None if swings.given else _cycle(swings)
    if position.here >= position.far:
        return replace(swings, phase=AWAY, far=point, near=None, fastest=0.0), None
    return swings, None


def _cycle(swings: Swings) -> Cycle:
    assert swings.start is not None
    assert swings.far is not None
    return Cycle(swings.start.step, swings.far.step)


def _usual(swings: Swings) -> float:
    return median(swings.usual) if swings.usual else 0.0


def _along(at: Vector, along: Vector) -> float:
    return at[0] * along[0] + at[1] * along[1] + at[2] * along[2]
