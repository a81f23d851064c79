"""What the model says of a fixed collection of sets, and the detector of workouts, in `model_golden.json` by MODEL_VERSION.

    python -m tests.detector.model.model_golden

writes the file anew; it refuses where outputs differ and MODEL_VERSION does not. The sets are made by arithmetic alone
(no random numbers, no constants of the model), so that they stay the same whatever the model believes.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from math import sin
from pathlib import Path
from typing import Any, Final

from spotter_detector import model as model_package
from spotter_detector import profile as profile_package
from spotter_detector.model import EXERCISE_MODELS, MODEL_VERSION, Filter, Observation, Prior, Request, build_prior
from spotter_detector.profile import ObservedOutcome, likelihood_of_set, posterior_profile
from tests.detector.model.golden_workouts import published

GOLDEN: Final = Path(__file__).with_suffix(".json")
COMMAND: Final = "python -m tests.detector.model.model_golden"
BUMP: Final = (
    f"bump MODEL_VERSION, then write {GOLDEN.name} anew with `{COMMAND}` "
    "(a version that has never run anywhere may be taken again: delete the file first)"
)
TOLERANCE: Final = 0.0021
"""Numbers are written with three decimals: two units of the last are no difference, so that machines that add in another
order agree."""

Reps = tuple[Observation, ...]
Case = tuple[Prior, Reps]
# First velocity and velocity at failure (m/s), reps possible, travel (m): lifters made up for this file.
LIFTERS: Final = {
    "bench_press": (0.52, 0.17, 9, 0.42),
    "guided_bench_press": (0.54, 0.19, 9, 0.42),
    "back_squat": (0.58, 0.29, 8, 0.60),
    "guided_squat": (0.60, 0.32, 8, 0.60),
    "deadlift": (0.45, 0.21, 7, 0.54),
    "hip_thrust": (0.47, 0.25, 10, 0.35),
    "overhead_press": (0.55, 0.19, 9, 0.52),
    "bench_pull": (0.80, 0.50, 11, 0.40),
    "pull_up": (0.64, 0.23, 8, 0.48),
    "unknown": (0.60, 0.25, 10, 0.45),
}


def lifted(model_class: str, *, faster: float = 1.0, longer: int = 0) -> Reps:
    """Return a set to failure with a little scatter, its first rep slower and its reps about three seconds apart."""
    first_mps, last_mps, count, rom_m = LIFTERS[model_class]
    count += longer
    made: list[Observation] = []
    end_s = 0.0
    for rep in range(count):
        share = (rep / (count - 1)) ** 1.25
        velocity_mps = (faster * first_mps + share * (last_mps - faster * first_mps)) * (
            1.0 + 0.03 * sin(2.4 * rep + 1.0)
        )
        velocity_mps *= 0.93 if rep == 0 else 1.0
        duration_s = rom_m / velocity_mps
        end_s += duration_s + 2.0
        made.append(Observation(rep + 1, round(end_s, 3), round(velocity_mps, 4), round(duration_s, 3), rom_m, None))
    return tuple(made)


def prior(model_class: str, **values: Any) -> Prior:
    """Return the prior of a set of which nothing else is known."""
    unknown: dict[str, Any] = {"pct_1rm": None, "planned_reps": None, "target_rir": None, "tempo": False}
    return build_prior(model_class, **{**unknown, **values})


def altered(reps: Reps, number: int, **changes: Any) -> Reps:
    """Return a set with one rep (counted from 1, or from the end) changed."""
    index = number - 1 if number > 0 else len(reps) + number
    return (*reps[:index], replace(reps[index], **changes), *reps[index + 1 :])


def later(reps: Reps, number: int, pause_s: float) -> Reps:
    """Return a set with a pause before one rep."""
    return tuple(
        replace(rep, end_s=round(rep.end_s + (pause_s if rep.rep_number >= number else 0.0), 3)) for rep in reps
    )


def every(reps: Reps, **changes: Any) -> Reps:
    """Return a set with all reps changed alike."""
    return tuple(replace(rep, **changes) for rep in reps)


def learned(model_class: str, **values: Any) -> Prior:
    """Return the prior of a lifter after four sets: two failed, one with a call, one left open."""
    outcomes = (
        ObservedOutcome(failed=True),
        ObservedOutcome(called_rir=2.0, at_days=3.0),
        ObservedOutcome(failed=True, at_days=9.0),
        ObservedOutcome(at_days=12.0),
    )
    terms = [
        likelihood_of_set(
            prior(model_class, **values), lifted(model_class, faster=1.0 + 0.03 * day, longer=day), outcome
        )
        for day, outcome in enumerate(outcomes)
    ]
    return prior(model_class, profile=posterior_profile(None, terms), at_days=20.0, **values)


def learned_times(model_class: str) -> Prior:
    """Return the prior of a lifter whose watch has sent two sets of concentric times."""
    timed = every(lifted(model_class), velocity_mps=None, rom_m=None)
    terms = [
        likelihood_of_set(prior(model_class), timed, ObservedOutcome(failed=True, at_days=day)) for day in (0.0, 4.0)
    ]
    return prior(model_class, profile=posterior_profile(None, terms), at_days=6.0)


# Each shape is lifted in four of the ten exercises, in turn.
SHAPES: Final[Mapping[str, Callable[[str], Case]]] = {
    "load": lambda name: (prior(name, pct_1rm=77.5), lifted(name)),
    "nothing_known": lambda name: (prior(name), lifted(name, longer=4)),
    "plan": lambda name: (prior(name, planned_reps=8, target_rir=2), lifted(name, faster=1.1)),
    "tempo": lambda name: (prior(name, pct_1rm=70.0, tempo=True), every(lifted(name), duration_s=2.5)),
    "timing": lambda name: (prior(name, pct_1rm=75.0), every(lifted(name), velocity_mps=None, rom_m=None)),
    "peak": lambda name: (prior(name, velocity_metric="peak"), every(lifted(name, faster=1.5), metric="peak")),
    "sensor": lambda name: (prior(name, sensor_sd_mps=0.07), every(lifted(name), velocity_sd_mps=0.06)),
    "pause": lambda name: (prior(name, pct_1rm=75.0), later(later(lifted(name), 4, 9.0), 7, 70.0)),
    "failed": lambda name: (prior(name, pct_1rm=80.0), altered(lifted(name), -1, rom_m=0.17, velocity_mps=0.11)),
    "ghost": lambda name: (
        prior(name, pct_1rm=75.0),
        altered(lifted(name), 3, rom_m=0.09, velocity_mps=0.9, duration_s=0.1),
    ),
    "called": lambda name: (prior(name), altered(altered(lifted(name), 4, called_rir=3.0), -1, called_rir=-1.0)),
    "drop": lambda name: (
        prior(name, load_kg=80.0, drop=True),
        (*every(lifted(name), load_kg=80.0), *later(every(lifted(name, faster=1.2), load_kg=60.0), 1, 45.0)),
    ),
    "stall": lambda name: (prior(name), altered(lifted(name), -2, velocity_mps=0.08, duration_s=5.0, dips=2)),
    "profile": lambda name: (learned(name, load_kg=100.0), lifted(name, longer=1)),
    "profile_of_times": lambda name: (learned_times(name), every(lifted(name), velocity_mps=None, rom_m=None)),
}


def cases() -> Iterator[tuple[str, Case]]:
    """Yield the 60 sets, each with its name."""
    classes = list(LIFTERS)
    for index, (shape, made) in enumerate(SHAPES.items()):
        for turn in range(4):
            model_class = classes[(2 * turn + index) % len(classes)]
            yield f"{shape} {model_class}", made(model_class)


def estimates() -> dict[str, list[str]]:
    """Return a line for each rep of each set.

    RIR with its interval, P(RIR ≤ 0), P(RIR ≤ 3), share done, mode, confidence, flags.
    """
    return {
        name: [
            f"{rep.rir:.3f} {rep.rir_low:.3f} {rep.rir_high:.3f} {rep.p_next_fails:.3f} {rep.p_rir_le[3]:.3f} "
            f"{rep.share_done:.3f} {rep.mode} {rep.confidence} {','.join(rep.flags)}".rstrip()
            for rep in Filter().run([Request(at_start, reps, 0)])[0]
        ]
        for name, (at_start, reps) in cases()
    }


def constants(*folders: Path) -> list[float]:
    """Return the numbers that modules assign at their top, sorted: a constant may be renamed or moved."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for folder in folders for file in folder.rglob("*.py"))
    assignments = (node for tree in trees for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    values = (node.value for top in assignments for node in ast.walk(top) if isinstance(node, ast.Constant))
    return sorted(float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool))


def priors() -> dict[str, list[Any]]:
    """Return the priors of each class of exercises."""
    return {name: list(astuple(row)) for name, row in EXERCISE_MODELS.items()}


def fingerprint() -> dict[str, Any]:
    """Return the content of the file: version, each exercise's priors, constants, estimates, what is published."""
    folders = [Path(folder) for package in (model_package, profile_package) for folder in package.__path__]
    return {
        "model_version": MODEL_VERSION,
        "priors": priors(),
        "constants": constants(*folders),
        "estimates": estimates(),
        "published": published(),
    }


def problem(stored: Mapping[str, Any], current: Mapping[str, Any]) -> str | None:
    """Return what is to be done, and a line for each thing that differs; None where the file is up to date."""
    if stored["model_version"] != current["model_version"]:
        return f"The file is of {stored['model_version']}, and the model {current['model_version']}: {BUMP}"
    lines = changes(stored, current)
    return "\n".join([f"The model is not the {MODEL_VERSION} on file: {BUMP}", *lines]) if lines else None


def changes(stored: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return a line for each thing that differs: a prior, a constant, a set's estimates."""
    lines = [
        f"priors of {name}: {stored['priors'].get(name)} -> {current['priors'].get(name)}"
        for name in stored["priors"] | current["priors"]
        if stored["priors"].get(name) != current["priors"].get(name)
    ]
    gone, new = Counter(stored["constants"]), Counter(current["constants"])
    if gone != new:
        lines.append(f"constants: {sorted((gone - new).elements())} -> {sorted((new - gone).elements())}")
    return lines + changed_outputs(stored, current)


def changed_outputs(stored: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return a line for each set whose estimates or published outputs differ, with the first that does."""
    return [
        f"{kind} of {name}, {change}"
        for kind in ("estimates", "published")
        for name in stored.get(kind, {}) | current.get(kind, {})
        if (change := _first_change(stored.get(kind, {}).get(name, []), current.get(kind, {}).get(name, [])))
    ]


def _first_change(before: Sequence[str], after: Sequence[str]) -> str | None:
    differ = (index for index, pair in enumerate(zip(before, after, strict=False)) if not alike(*pair))
    first = next(differ, min(len(before), len(after)))
    if first == max(len(before), len(after)):
        return None
    shown = [lines[first] if first < len(lines) else "(nothing)" for lines in (before, after)]
    return f"line {first + 1}: {_differing(*shown)}"


def _differing(before: str, after: str) -> str:
    """Show two lines by what differs in them."""
    old, new = before.split(), after.split()
    if len(old) == len(new) and len(old) > 1:
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if not _alike(a, b)]
        old, new = [old[0], *(a for a, _ in pairs)], [new[0], *(b for _, b in pairs)]
    return f"{' '.join(old)} -> {' '.join(new)}"


def alike(before: str, after: str) -> bool:
    """Return whether two lines differ in nothing but the last bits of their numbers.

    >>> alike("estimate rir=2.000 flags=pause", "estimate rir=2.001 flags=pause")
    True
    >>> alike("estimate rir=2.000 flags=pause", "estimate rir=2.010 flags=pause")
    False
    """
    old, new = before.split(), after.split()
    return before == after or (len(old) == len(new) and all(map(_alike, old, new)))


def _alike(before: str, after: str) -> bool:
    if before == after:
        return True
    (name, _, old), (new_name, _, new) = before.rpartition("="), after.rpartition("=")
    numbers, new_numbers = old.split(","), new.split(",")
    if name != new_name or len(numbers) != len(new_numbers):
        return False
    try:
        return all(abs(float(a) - float(b)) <= TOLERANCE for a, b in zip(numbers, new_numbers, strict=True))
    except ValueError:
        return False


def stored() -> dict[str, Any]:
    """Read the file."""
    return json.loads(GOLDEN.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # its reader checks the content


def write(file: Path, current: Mapping[str, Any]) -> None:
    """Write the file, a row of priors or an output a line; raises ValueError for other outputs by the same version."""
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        if before["model_version"] == current["model_version"] and (lines := changed_outputs(before, current)):
            raise ValueError("\n".join([f"MODEL_VERSION is still {MODEL_VERSION} and outputs differ: {BUMP}", *lines]))
    file.write_text(json.dumps(current, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        write(GOLDEN, fingerprint())
    except ValueError as refused:
        sys.exit(str(refused))
