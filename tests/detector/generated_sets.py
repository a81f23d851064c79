"""Any set that a filter may be given: hypothesis strategies, and short ways to write a set down."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from spotter_detector.model import EXERCISE_MODELS, Filter, Observation, Prior, RepEstimate, Request, build_prior


def make_prior(
    model_class: str = "bench_press",
    *,
    pct_1rm: float | None = 75.0,
    planned_reps: int | None = None,
    target_rir: int | None = None,
    tempo: bool = False,
) -> Prior:
    """Return a prior, of a bench press at 75 %1RM by default."""
    return build_prior(model_class, pct_1rm=pct_1rm, planned_reps=planned_reps, target_rir=target_rir, tempo=tempo)


def rep(
    number: int,
    velocity_mps: float | None = None,
    *,
    end_s: float | None = None,
    duration_s: float | None = None,
    rom_m: float | None = None,
    metric: str = "mean",
) -> Observation:
    """One rep; without an end, one every three seconds."""
    return Observation(
        number, 3.0 * (number - 1) if end_s is None else end_s, velocity_mps, duration_s, rom_m, None, metric
    )


def reps(velocities_mps: Sequence[float], rom_m: float | None = None) -> tuple[Observation, ...]:
    """A set with these velocities, a rep every three seconds."""
    return tuple(rep(number, velocity, rom_m=rom_m) for number, velocity in enumerate(velocities_mps, 1))


def estimates(prior: Prior, observations: Sequence[Observation]) -> list[RepEstimate]:
    """An estimate for each rep, from a filter that knows nothing yet."""
    return Filter().run([Request(prior, tuple(observations), 0)])[0]


def last_estimate(prior: Prior, observations: Sequence[Observation]) -> RepEstimate:
    """The estimate of the newest rep."""
    return estimates(prior, observations)[-1]


priors = st.builds(
    make_prior,
    st.sampled_from([*EXERCISE_MODELS, "without_a_row"]),
    pct_1rm=st.none() | st.floats(1.0, 120.0),
    planned_reps=st.none() | st.integers(0, 30),
    target_rir=st.none() | st.integers(0, 5),
    tempo=st.booleans(),
)

_intervals_s = st.floats(1.5, 5.0) | st.sampled_from([0.0, 0.4, 6.0, 12.0, 40.0, 61.0, 300.0])


@st.composite
def observed_sets(draw: st.DrawFn, max_size: int = 12) -> tuple[Observation, ...]:
    """Sets of reps with anything left out, travel and velocities that make no sense, and any time between them."""
    made: list[Observation] = []
    end_s = 0.0
    for number in range(1, draw(st.integers(1, max_size)) + 1):
        made.append(
            Observation(
                rep_number=number,
                end_s=end_s,
                velocity_mps=draw(st.floats(0.08, 0.9) | st.none() | st.sampled_from([0.02, 5.0])),
                duration_s=draw(st.none() | st.floats(0.4, 4.0)),
                rom_m=draw(st.sampled_from([0.4, 0.42, 0.15, 1.2, None, 0.02, 2.5])),
                velocity_sd_mps=draw(st.none() | st.floats(0.0, 0.2)),
                metric=draw(st.sampled_from(["mean", "mean", "mean", "propulsive", "peak"])),
            )
        )
        end_s += draw(_intervals_s)
    return tuple(made)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A set, and where in it the estimates wanted begin."""
    observations = draw(observed_sets())
    return Request(draw(priors), observations, draw(st.integers(0, len(observations))))
