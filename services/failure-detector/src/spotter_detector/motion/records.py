"""Inputs and findings of the segmentation of raw motion."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.domain.fast_dataclass import record

BAR_VELOCITY, BAR_POSITION, IMU_BAR, IMU_WRIST = "bar_velocity", "bar_position", "imu_bar", "imu_wrist"


@record(frozen=True, slots=True)
class Lift:
    """How the bar goes in an exercise.

    Attributes
    ----------
    down : bool
        It goes down in the concentric phase, as a pulldown's handle does.
    lowered_first : bool or None
        Whether a set begins with the eccentric phase; None: either way.
    on_lifter : bool
        At the bottom the bar lies on the lifter, who can't rest there: not so with what is put on the floor.
    """

    down: bool = False
    lowered_first: bool | None = None
    on_lifter: bool = True


@record(frozen=True, slots=True)
class Chunk:
    """Some seconds of one signal of one device.

    Attributes
    ----------
    t0_us : int
        Time of the first sample, µs, by any clock that does not jump from chunk to chunk.
    rate_hz : float
        Samples per second, evenly spaced.
    signal : str
        `bar_velocity` (m/s) and `bar_position` (m), both positive upwards whatever the exercise; `imu_bar` or `imu_wrist`.
    samples : sequence of floats, or of rows of six
        Rows [ax, ay, az, gx, gy, gz]: m/s² with gravity, in either sign convention, and rad/s. None: missing.
    shift_us : int
        Clock correction, added to all times found; that of the first chunk is used as long as later ones are near it,
        since a chunk's transit time says nothing about when it was measured.
    """

    t0_us: int
    rate_hz: float
    signal: str
    samples: Sequence[float | None] | Sequence[Sequence[float] | None]
    shift_us: int = 0


@record(frozen=True, slots=True)
class SampleRow:
    """The samples at the middle of a bin by channel, in the signal's own unit.

    `known_us` is the time of the newest samples that it needed; `broken`: the stream has a gap before it.
    """

    number: int
    time_us: int
    values: tuple[float, ...]
    known_us: int = 0
    broken: bool = False


@record(frozen=True, slots=True)
class Phase:
    """One way of the bar, up or down; velocities and travel are positive.

    `mean_velocity_mps` is travel over time, from the first movement to the end including halts;
    `peak_velocity_mps` is the highest mean over 0.1 s.

    >>> Phase(0, 800_000, 0.5, 0.9, 0.4).seconds
    0.8
    """

    started_us: int
    ended_us: int
    mean_velocity_mps: float
    peak_velocity_mps: float
    travel_m: float

    @property
    def seconds(self) -> float:
        """Duration, s."""
        return (self.ended_us - self.started_us) / 1e6


@record(frozen=True, slots=True)
class RepFound:
    """A rep, as soon as it is recognised.

    Attributes
    ----------
    started_us, ended_us : int
        Of a bar: from the start of the lowering, if it came first, to the end of the concentric phase. Of an IMU: a
        whole cycle.
    known_us : int
        Time of the newest sample that was needed.
    concentric, eccentric : Phase or None
        Of a bar; `eccentric` is the lowering before the rep, None if the set's reps start from below.
    complete : bool
        False for an attempt that turned back before the usual top.
    """

    started_us: int
    ended_us: int
    known_us: int
    concentric: Phase | None
    eccentric: Phase | None
    complete: bool


@record(frozen=True, slots=True)
class LoweringFound:
    """The way down after a rep that started from below: its eccentric phase, unknown when the rep was found.

    `rep_ended_us` identifies the rep.
    """

    rep_ended_us: int
    phase: Phase
    known_us: int


@record(frozen=True, slots=True)
class StallFound:
    """The bar has been stuck below its usual top for longer than the lifter's own longest grind; once per rep.

    `height_m` is its height above the bottom of this rep, `usual_m` the usual travel.
    """

    since_us: int
    known_us: int
    height_m: float
    usual_m: float | None


MotionFinding = RepFound | LoweringFound | StallFound
