"""The segmentation of one device's motion in one set: chunks in, reps and stalls out, state in between.

The state is complete: the same chunks, in any order that the sample parser can still correct and however often they
arrive, give the same findings on every host.
"""

from __future__ import annotations

from spotter.domain.fast_dataclass import record, replace
from spotter_detector.motion import bar, wrist
from spotter_detector.motion.bar_state import BarState, initial
from spotter_detector.motion.parameters import BarParameters, WristParameters
from spotter_detector.motion.records import BAR_POSITION, BAR_VELOCITY, Chunk, Lift, MotionFinding
from spotter_detector.motion.sample_parser import SampleRow, SampleStream, add_chunk, flush
from spotter_detector.motion.wrist import WristState

GRIND_S = 6.0
"""The longest grind of an unknown lifter (design choice)."""

_SET_US = 2_000_000  # The sender's clock was reset: transit times do not differ by this much.


@record(frozen=True, slots=True)
class Segmenter:
    """State of one signal of one device in one set.

    Attributes
    ----------
    signal : str
        That of its first chunk; chunks of another signal are ignored.
    longest_grind_s : float
        How long this lifter's bar may rest below the top.
    lift : Lift
        Which way a bar goes in this exercise.
    expected : bool
        A set has been started and has no rep yet.
    shift_us : int or None
        Correction of the sender's clock, from the first chunk.
    """

    signal: str
    intake: SampleStream
    motion: BarState | WristState
    longest_grind_s: float = GRIND_S
    shift_us: int | None = None
    lift: Lift = Lift()
    expected: bool = False


def segmenter(
    signal: str, lift: Lift | None = None, *, longest_grind_s: float = GRIND_S, usual_rom_m: float | None = None
) -> Segmenter:
    """Return the state before the first chunk; both numbers are the lifter's own, from earlier sets.

    >>> segmenter("bar_velocity", usual_rom_m=0.45).motion.usual_m
    0.45
    """
    lift = lift or Lift()
    if signal not in (BAR_VELOCITY, BAR_POSITION):
        return Segmenter(signal, SampleStream(), WristState(), longest_grind_s, lift=lift)
    return Segmenter(signal, SampleStream(), initial(lift, usual_rom_m), longest_grind_s, lift=lift)


def advance(state: Segmenter, chunk: Chunk) -> tuple[Segmenter, list[MotionFinding]]:
    """Process a chunk and return its findings.

    >>> import numpy as np
    >>> t = np.arange(0, 12, 0.02)
    >>> velocity = np.where(t % 4 > 2, 0.4 * np.sin(np.pi * t), 0.0)  # from below: a second up, a second down, two still
    >>> state, findings = segmenter("bar_velocity"), []
    >>> for first in range(0, len(t), 25):
    ...     chunk = Chunk(int(first * 20_000), 50.0, "bar_velocity", velocity[first : first + 25].tolist())
    ...     state, more = advance(state, chunk)
    ...     findings += more
    >>> [(type(one).__name__, round(one.known_us / 1e6, 2)) for one in findings]
    [('RepFound', 3.28), ('LoweringFound', 4.24), ('RepFound', 7.24), ('LoweringFound', 8.24), ('RepFound', 11.24)]
    """
    if chunk.signal != state.signal:
        return state, []
    if state.shift_us is None or abs(chunk.shift_us - state.shift_us) > _SET_US:
        state = replace(state, shift_us=chunk.shift_us)
    t0_us = chunk.t0_us + (state.shift_us or 0)
    intake, rows = add_chunk(state.intake, replace(chunk, t0_us=t0_us))
    return _run(state, intake, rows)


def finish(state: Segmenter) -> tuple[Segmenter, list[MotionFinding]]:
    """Return the findings in chunks that still waited for earlier ones, at the end of a set."""
    intake, rows = flush(state.intake, state.signal)
    state, findings = _run(state, intake, rows)
    if isinstance(state.motion, WristState):
        motion, reps = wrist.finish(state.motion, WristParameters(expected=state.expected))
        state, findings = replace(state, motion=motion), [*findings, *reps]
    return state, findings


def _run(state: Segmenter, intake: SampleStream, rows: list[SampleRow]) -> tuple[Segmenter, list[MotionFinding]]:
    if isinstance(state.motion, BarState):
        if state.lift.down:
            rows = [replace(row, values=(-row.values[0],)) for row in rows]
        moved, findings = bar.run(state.motion, rows, state.signal, BarParameters(), state.longest_grind_s)
        return replace(state, intake=intake, motion=moved), findings
    motion, reps = wrist.run(state.motion, rows, WristParameters(expected=state.expected))
    return replace(state, intake=intake, motion=motion), list(reps)
