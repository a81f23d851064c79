"""The truth of a workout: exercises, bouts and reps with their times, what was left in reserve, and what it costs.

A bout is reps without a rest, at one load, with one arm or both. Bouts that belong together (a drop set, a cluster, the
two arms) are one exposure; whether an app logs them as one set or as several is a habit, not part of the truth.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Final, Literal, TypeVar

Choice = TypeVar("Choice")
Arm = Literal["left", "right"]
Work = Literal["work", "warmup", "amrap"]
Joint = Literal["drop", "cluster", "arm", "alternating"]
"""How a bout continues the one before it."""

FACTOR: Final[Mapping[str, float]] = MappingProxyType(
    {
        "back_squat": 2.0,
        "bench_press": 2.0,
        "deadlift": 2.0,
        "overhead_press": 2.0,
        "barbell_row": 2.0,
        "dumbbell_row": 1.0,
        "biceps_curl": 1.0,
        "hammer_curl": 1.0,
        "triceps_pushdown": 1.0,
        "lateral_raise": 1.0,
        "chest_fly": 1.0,
        "leg_press": 1.0,
        "leg_curl": 1.0,
        "leg_extension": 1.0,
        "lat_pulldown": 1.0,
        "push_up": 1.0,
    }
)
"""Price of an exposure at failure by R10, in units: a high-risk lift counts double."""
AMRAP_FACTOR: Final = 0.25
"""For as many reps as possible, bodyweight costs a quarter (R06)."""
BODYWEIGHT: Final = ("push_up",)
BARBELL: Final = ("back_squat", "bench_press", "deadlift", "overhead_press", "barbell_row")
ONE_ARMED: Final = ("biceps_curl", "hammer_curl", "lateral_raise", "triceps_pushdown", "dumbbell_row", "leg_extension")
_USUAL_MPS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "back_squat": (0.60, 0.30),
        "bench_press": (0.52, 0.18),
        "deadlift": (0.50, 0.20),
        "overhead_press": (0.58, 0.22),
        "barbell_row": (0.85, 0.52),
    }
)
"""Velocities of the first rep of a working set and of the last one possible, where they are not as in most exercises."""
_MOST_MPS: Final = (0.62, 0.25)
_EXERCISES: Final = ((3, 0.36), (4, 0.30), (5, 0.16), (6, 0.09), (7, 0.05), (8, 0.04))
"""Exercises of a workout, with their shares. Like all shares here a design choice: ordinary is common, rare is not."""
_START: Final = datetime(2026, 9, 2, tzinfo=UTC)
_FORMS: Final = (
    ("straight", 0.60),
    ("drop", 0.10),
    ("cluster", 0.08),
    ("arms", 0.09),
    ("arms in turn", 0.06),
    ("alternating arms", 0.07),
)


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition that was done."""

    number: int
    """Its ordinal in the workout: its identity."""
    started_s: float
    ended_s: float
    """Seconds from the start of the workout."""
    velocity_mps: float
    concentric_s: float
    rom_m: float
    arm: Arm | None = None
    kind: Literal["work", "calibration", "warmup"] = "work"
    assisted: bool = False


@dataclass(frozen=True, slots=True)
class Bout:
    """Reps without a rest, at one load."""

    exercise: str
    load_kg: float | None
    work: Work
    begun_s: float
    """The lifter gets ready: where an app is tapped, it is tapped now."""
    reps: tuple[Repetition, ...]
    left: int
    """Reps in reserve after the last one."""
    exposure: int
    arm: Arm | None = None
    joint: Joint | None = None
    apart: bool = False
    """The app has a set of its own for it, though it continues the bout before."""
    called: bool = True
    """The lifter says afterwards what was left."""

    @property
    def ended_s(self) -> float:
        """When its last rep ended."""
        return self.reps[-1].ended_s


@dataclass(frozen=True, slots=True)
class Visit:
    """A workout as it was."""

    seed: int
    base: datetime
    """When second 0 was."""
    bouts: tuple[Bout, ...]
    traits: frozenset[str] = frozenset()
    """What is particular about it, by the names under which results are counted."""

    def at(self, second: float) -> datetime:
        """Return a moment of the workout."""
        return self.base + timedelta(seconds=second)


def true_cost(bouts: Sequence[Bout]) -> float:
    """Return what an exposure costs by R10: the price of its hardest part.

    >>> [first, *_] = draw_visit(1).bouts
    >>> [true_cost([replace(first, exercise="bench_press", work="work", left=left)]) for left in (0, 1, 2)]
    [2.0, 1.0, 0.0]
    >>> true_cost([replace(first, exercise="push_up", work="amrap", left=0)])
    0.25
    """
    hardest = min((bout for bout in bouts), key=lambda bout: bout.left)
    if hardest.work == "warmup" or hardest.left > 1:
        return 0.0
    cost = FACTOR[hardest.exercise] * (1.0 if hardest.left == 0 else 0.5)
    return cost * AMRAP_FACTOR if hardest.work == "amrap" and hardest.exercise in BODYWEIGHT else cost


def draw_visit(seed: int) -> Visit:
    """Draw the truth of a workout; the same seed gives the same.

    >>> visit = draw_visit(3)
    >>> visit == draw_visit(3), 3 <= len({bout.exercise for bout in visit.bouts}) <= 8
    (True, True)
    """
    return _Lifter(seed).train()


@dataclass(frozen=True, slots=True)
class Build:
    """A lifter in one exercise."""

    rom_m: float
    possible: int
    """Reps to failure with the working load."""
    first_mps: float
    """Velocity of the first rep of a working set."""
    last_mps: float
    """Velocity of the last rep before failure."""

    def slowing(self, count: int, left: int, random: Random) -> list[float]:
        """Return velocities (m/s) that fall along a power curve towards that of the last possible rep.

        Where twice as many reps or more are possible the load is light, and the first one faster.
        """
        light = 1.35 if count + left >= 2 * self.possible else 1.0
        first = self.first_mps * light * random.uniform(0.98, 1.02)
        velocities = []
        for index in range(count):
            used = (index / max(count + left - 1, 1)) ** 1.3
            velocity = first + (self.last_mps - first) * used
            velocities.append(round(velocity * random.uniform(0.98, 1.02), 3))
        return velocities


@dataclass(slots=True)
class _Lifter:
    """A lifter in the gym; time passes as bouts are done."""

    seed: int
    now_s: float = 0.0
    bouts: list[Bout] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)
    random: Random = field(init=False)
    builds: dict[str, Build] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _exposures: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.random = Random(f"truth {self.seed}")

    def train(self) -> Visit:
        random = self.random
        minutes = random.randrange(0, 60 * 24 * 80)
        base = _START + timedelta(minutes=minutes, seconds=random.randrange(60))
        count = _choose(_EXERCISES, random)
        names = random.sample(sorted(FACTOR), count)
        sets = 3 if count == 3 else 2 if count <= 5 else 1
        while names:
            together = random.random()
            if len(names) >= 3 and together < 0.07:
                self._rounds([names.pop() for _ in range(3)], "giant set")
            elif len(names) >= 2 and together < 0.25:
                self._rounds([names.pop(), names.pop()], "superset")
            else:
                self._exercise(names.pop(), sets)
            self.now_s += random.uniform(100, 260)
        return Visit(self.seed, base, tuple(self.bouts), frozenset(self.traits))

    def _rounds(self, names: list[str], trait: str) -> None:
        self.traits.add(trait)
        loads = {name: self._load(name) for name in names}
        for turn in range(2):
            for name in names:
                self._set(name, loads[name])
                self.now_s += self.random.uniform(8, 30)
            if turn == 0:
                self.now_s += self.random.uniform(50, 140)

    def _exercise(self, name: str, sets: int) -> None:
        random = self.random
        form = _choose(_FORMS, random)
        if form != "straight" and (name in BODYWEIGHT or ("arm" in form and name not in ONE_ARMED)):
            form = "straight"
        load_kg = self._load(name)
        if name in BARBELL and random.random() < 0.22:
            self.traits.add("warm-up sets")
            self._bout(
                name, _plates(0.5 * load_kg) if load_kg else None, "warmup", random.randint(3, 5), 15, called=False
            )
            self.now_s += random.uniform(65, 150)
        for turn in range(sets):
            if turn:
                self.now_s += random.uniform(65, 110) if random.random() < 0.35 else random.uniform(110, 240)
            if form == "straight" or (turn < sets - 1 and form in ("drop", "cluster")):
                self._set(name, load_kg)
            else:
                getattr(self, f"_{form.replace(' ', '_')}")(name, load_kg)

    def _set(self, name: str, load_kg: float | None) -> None:
        """Do an ordinary set."""
        random, work = self.random, "work"
        if name in BODYWEIGHT and random.random() < 0.5:
            work = "amrap"
        light = work == "work" and random.random() < 0.15
        if light and load_kg is not None:
            load_kg = _plates(0.6 * load_kg)
        left = 15 if light else random.choice((0, 0, 1, 1, 2, 2, 3, 3, 4))
        count = random.randint(3, 5) if light else self._count(name, left)
        bout = self._bout(name, load_kg, work, count, left, called=not light)  # type: ignore[arg-type]
        roll = random.random()
        if roll < 0.025 and count >= 5:
            self._change_last(bout, [replace(rep, kind="calibration") for rep in bout.reps[:2]], "calibration reps")
        elif roll < 0.05 and left <= 1:
            self._change_last(bout, [*bout.reps[:-1], replace(bout.reps[-1], assisted=True)], "assisted reps")

    def _count(self, name: str, left: int) -> int:
        """Return how many reps with the working load leave so many in reserve."""
        return self._build(name).possible + self.random.choice((-1, 0, 0, 1)) - left

    def _change_last(self, bout: Bout, changed: Sequence[Repetition], trait: str) -> None:
        self.traits.add(trait)
        self.bouts[-1] = replace(bout, reps=(*changed, *bout.reps[len(changed) :]))

    def _drop(self, name: str, load_kg: float | None) -> None:
        apart = self.random.random() < 0.5
        self.traits.add("drop as sets" if apart else "drop in one set")
        exposure = next(self._exposures)
        lefts = [self.random.choice((0, 1, 2)) for _ in range(self.random.choice((1, 2)))] if apart else [1]
        for index, left in enumerate([*lefts, self.random.choice((0, 1)) if apart else 0]):
            if index:
                self.now_s += self.random.uniform(7, 15)
                load_kg = _plates(0.8 * load_kg) if load_kg else None
            count = self._count(name, left) if index == 0 else self.random.randint(2, 4)
            self._bout(
                name, load_kg, "work", count, left, exposure=exposure, joint="drop" if index else None, apart=apart
            )

    def _cluster(self, name: str, load_kg: float | None) -> None:
        apart = self.random.random() < 0.5
        self.traits.add("clusters as sets" if apart else "clusters in one set")
        exposure = next(self._exposures)
        for index in range(3):
            if index:
                self.now_s += self.random.uniform(8, 22)
            left = 0 if index == 2 else self.random.choice((1, 2))
            count = self._count(name, left) if index == 0 else self.random.randint(2, 3)
            self._bout(
                name, load_kg, "work", count, left, exposure=exposure, joint="cluster" if index else None, apart=apart
            )

    def _arms(self, name: str, load_kg: float | None) -> None:
        """Train one arm, then the other, each a set of its own."""
        self.traits.add("arms as two sets")
        exposure, left = next(self._exposures), self.random.choice((0, 1, 2, 3))
        count = self._count(name, left)
        for arm in ("left", "right"):
            if arm == "right":
                self.now_s += self.random.uniform(8, 40)
            self._bout(
                name, load_kg, "work", count, left, exposure=exposure, arm=arm,
                joint="arm" if arm == "right" else None, apart=True,
            )  # fmt: skip

    def _arms_in_turn(self, name: str, load_kg: float | None) -> None:
        """Train one arm, then the other, in one set."""
        self.traits.add("arms one after the other in a set")
        exposure, left = next(self._exposures), self.random.choice((0, 1, 2, 3))
        count = self._count(name, left)
        for arm in ("left", "right"):
            if arm == "right":
                self.now_s += self.random.uniform(3, 14)
            joint = "arm" if arm == "right" else None
            self._bout(name, load_kg, "work", count, left, exposure=exposure, arm=arm, joint=joint)  # type: ignore[arg-type]

    def _alternating_arms(self, name: str, load_kg: float | None) -> None:
        self.traits.add("arms alternating in a set")
        left = self.random.choice((0, 1, 2, 3))
        count = self._count(name, left)
        bout = self._bout(name, load_kg, "work", 2 * count, 2 * left)
        arms: list[Arm] = ["left", "right"]
        velocities = self._build(name).slowing(count, left, self.random)
        reps = []
        for index, rep in enumerate(bout.reps):
            velocity = round(velocities[index // 2] * self.random.uniform(0.98, 1.02), 3)
            reps.append(replace(rep, arm=arms[index % 2], velocity_mps=velocity))
        self.bouts[-1] = replace(bout, reps=tuple(reps), left=left)

    def _build(self, name: str) -> Build:
        random = self.random
        if name not in self.builds:
            first_mps, last_mps = _USUAL_MPS.get(name, _MOST_MPS)
            self.builds[name] = Build(
                random.uniform(0.34, 0.48),
                random.randint(6, 8),
                first_mps * random.uniform(0.95, 1.05),
                last_mps * random.uniform(0.95, 1.05),
            )
        return self.builds[name]

    def _load(self, name: str) -> float | None:
        return None if name in BODYWEIGHT else _plates(self.random.uniform(12, 60))

    def _bout(
        self,
        name: str,
        load_kg: float | None,
        work: Work,
        count: int,
        left: int,
        *,
        exposure: int | None = None,
        arm: Arm | None = None,
        joint: Joint | None = None,
        apart: bool = False,
        called: bool = True,
    ) -> Bout:
        """Do a bout now."""
        random, begun_s = self.random, self.now_s
        build, reps = self._build(name), list[Repetition]()
        pause_at = random.randrange(1, count) if count > 2 and random.random() < 0.03 else None
        self.now_s += random.uniform(2, 6) if joint is None else random.uniform(1, 2)
        for index, velocity in enumerate(build.slowing(count, left, random)):
            if index:
                self.now_s += random.uniform(0.8, 1.5) + random.uniform(0.3, 0.8)  # down, and a moment
            if index == pause_at:
                self.traits.add("breaths")
                self.now_s += random.uniform(6, 12)
            rom_m = round(build.rom_m * random.uniform(0.98, 1.02), 3)
            concentric_s = round(rom_m / velocity, 3)
            started_s, self.now_s = self.now_s, self.now_s + concentric_s
            reps.append(Repetition(next(self._numbers), started_s, self.now_s, velocity, concentric_s, rom_m, arm))
        exposure = next(self._exposures) if exposure is None else exposure
        bout = Bout(name, load_kg, work, begun_s, tuple(reps), left, exposure, arm, joint, apart, called)
        self.bouts.append(bout)
        return bout


def _plates(load_kg: float) -> float:
    return max(round(load_kg / 2.5), 1) * 2.5


def _choose(shares: Sequence[tuple[Choice, float]], random: Random) -> Choice:
    [choice] = random.choices([name for name, _ in shares], [share for _, share in shares])
    return choice
