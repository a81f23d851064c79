"""The record of an accuracy run as Markdown: the page docs/accuracy, and the section of README.md that quotes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.report.unmet import explained
from tools.figures.record import Json

EXERCISES: Final = {"bench_press": "bench press", "back_squat": "squat", "deadlift": "deadlift"}
CASES: Final = {
    "cold": "nothing known of the lifter",
    "cold, load known": "load in % of the 1RM known",
    "after 3 sets": "after 3 of the lifter's sets",
    "after 8 sets": "after 8 of the lifter's sets",
}


def page(record: Json) -> str:
    """Return the page docs/accuracy/README.md."""
    targets, cases, plan = record["targets"], record["cases"], record["about"]["plan"]
    missed = [target for target in targets if not target["met"]]
    parts = [
        "# Accuracy",
        "<!-- Written by `python -m tools.figures`; `make check` fails where it differs from figures.json. -->",
        f"How good the estimates of model `{record['about']['model']}` are after each rep, on simulated sets, beside exact "
        "posteriors (the best that can be known from the same data) and baselines (what trackers and papers do). All figures "
        "of this page, and every target, are in [figures.json](figures.json). `make accuracy` measures them again and writes "
        "the full report, with plots, faults of devices, other conditions and your own recorded sets, to `build/accuracy`.",
        f"**{len(targets) - len(missed)} of {len(targets)} targets are met.** The [others](#targets-that-are-missed) come "
        "with what was tried.",
        "## Method",
        f"Two families of lifters: *home* follows the law the model is built from, *other* a law of fatigue it is not built "
        f"from. Both agree with published data on velocity, reps and their spread. {len(plan['seeds'])} seeds × "
        f"{plan['lifters_a_seed']} lifters per exercise and family, 65–90 % of the 1RM, device noise .03 m/s, biological "
        "variation .035, the first rep slower by 5 ± 7 %. A lifter's ninth set goes to failure and is judged; after 3 and "
        "after 8 sets, model, oracles and baselines may learn from the sets before it, six in ten of which end in a known "
        "failure, and eight in ten of the others with the lifter's own RIR. Baselines and alert thresholds are fitted on "
        "other lifters.",
        "Exact posteriors (oracles) under the simulator: *population* knows nothing of the lifter, *learned* the same earlier "
        "sets as the model, *informed* everything about the lifter and nothing about the set.",
        "## Error",
        "Mean absolute error of min(RIR, 6) over all reps, in reps, with its 95 % interval by lifters; × the error of each "
        "oracle; the best baseline; the share of all reps within 1 and 2 reps of the truth; the ranked probability score "
        "(RPS) of the whole distribution.",
        _table(
            (
                *_CASE_COLUMNS,
                "error",
                "× population",
                "× learned",
                "× informed",
                "best baseline",
                "within 1",
                "within 2",
                "RPS",
            ),
            (_error(case) for case in cases),
        ),
        "## Calibration",
        "PIT: distance of the probability integral transform from uniform. Worst gap: the largest difference between what was "
        "predicted and what came true, over all bins of at least 1,000 cases of P(RIR ≤ 0) … P(RIR ≤ 6). RIR is a whole "
        "number, so a perfect 80 % interval covers more than 80 %. Skill: Brier skill of *the next rep fails*.",
        _table(
            (*_CASE_COLUMNS, "PIT", "worst gap", "80 % interval covers", "its width", "skill", "oracles' skill"),
            (_calibration(case) for case in cases),
        ),
        "## Stop alerts",
        "An alert is raised after the first rep with P(RIR ≤ T) at or above a threshold. Late: with nothing left; missed: not "
        "before failure; early: with four or more reps left. The model's rule was fixed on other lifters, an oracle's "
        "is the best one on these very sets.",
        _table(
            (*_CASE_COLUMNS, "rule", "late", "missed", "early", "mean reps left", "wrong in all", "oracles' wrong"),
            (_alerts(case) for case in cases),
        ),
        "## Sets that end when advised",
        "Share of sets that end within one rep of their target of 1, 2 or 3 in reserve when they are stopped, as the advisor "
        "does, after the first rep with P(RIR ≤ target) ≥ .5, and at failure where there is none.",
        _table(
            (*_CASE_COLUMNS, "target 1", "target 2", "target 3", "oracles' target 2"),
            (_endings(case) for case in cases),
        ),
        "## Failed attempts",
        "Share of sets in which failure or a stall is recognised, by how the failed attempt is reported; *normal sets* are "
        "false alarms.",
        _failed_attempts(record["failed_attempts"]),
        "## Reps found in motion",
        *_bars(record["bars"]),
        *_watch(record["watch"]),
        "## Targets that are missed",
        *_missed(missed),
    ]
    return "\n\n".join(parts) + "\n"


def section(record: Json) -> str:
    """Return the figures that README.md quotes."""
    targets = record["targets"]
    of = {(case["exercise"], case["case"]): case for case in record["cases"] if case["family"] == "home"}
    cold = [of[exercise, "cold"] for exercise in EXERCISES]
    learned = [of[exercise, "after 8 sets"] for exercise in EXERCISES]
    [name] = {case["baseline"]["name"] for case in learned}
    return (
        f"Of {len(targets)} targets {sum(target['met'] for target in targets)} are met. Mean error of the reps left "
        "(up to 6), in reps, home family:\n\n"
    ) + _table(
        ("", *EXERCISES.values()),
        (
            ("nothing known of the lifter", *(f"{case['error']['value']:.2f}" for case in cold)),
            (
                "after 8 of the lifter's sets (× the exact posterior)",
                *(f"{case['error']['value']:.2f} ({case['ratios']['learned']:.2f} ×)" for case in learned),
            ),
            (f"best baseline after 8 sets: {name}", *(f"{case['baseline']['error']:.2f}" for case in learned)),
        ),
    )


_CASE_COLUMNS: Final = ("family", "exercise", "known")


def _which(case: Json) -> tuple[str, str, str]:
    return case["family"], EXERCISES[case["exercise"]], case["case"]


def _error(case: Json) -> tuple[str, ...]:
    error, ratios = case["error"], case["ratios"]
    return (
        *_which(case),
        f"{error['value']:.3f} ({error['low']:.3f}–{error['high']:.3f})",
        *(f"{ratios[name]:.3f}" if name in ratios else "" for name in ("population", "learned", "informed")),
        f"{case['baseline']['error']:.3f} ({case['baseline']['name']})",
        _percent(case["within_1"]),
        _percent(case["within_2"]),
        f"{case['rps']:.3f}",
    )


def _calibration(case: Json) -> tuple[str, ...]:
    return (
        *_which(case),
        f"{case['pit']:.3f}",
        f"{case['worst_gap']:.3f}",
        _percent(case["interval"]["coverage"]),
        f"{case['interval']['width']:.2f}",
        f"{case['next_fails_skill']:.3f}",
        _of_oracles(case, lambda oracle: f"{oracle['next_fails_skill']:.3f}"),
    )


def _alerts(case: Json) -> tuple[str, ...]:
    alert = case["alert"]
    return (
        *_which(case),
        f"P(RIR ≤ {alert['reserve']}) ≥ {alert['threshold']:g}",
        *(_percent(alert[name]) for name in ("late", "missed", "early")),
        f"{alert['lead']:.2f}",
        _percent(_wrong(alert)),
        _of_oracles(case, lambda oracle: _percent(_wrong(oracle["alert"]))),
    )


def _endings(case: Json) -> tuple[str, ...]:
    shares = (_percent(share) for share in case["ends_near"])
    return (*_which(case), *shares, _of_oracles(case, lambda oracle: _percent(oracle["ends_near"][1])))


def _of_oracles(case: Json, text: Callable[[Json], str]) -> str:
    return ", ".join(f"{text(oracle)} ({name})" for name, oracle in case["oracles"].items())


def _wrong(alert: Json) -> float:
    return float(alert["late"] + alert["missed"] + alert["early"])


def _failed_attempts(rows: Sequence[Json]) -> str:
    shapes = list(dict.fromkeys(row["shape"] for row in rows))
    of = {(row["family"], row["exercise"], row["shape"]): row for row in rows}
    which = dict.fromkeys((row["family"], row["exercise"]) for row in rows)
    return _table(
        ("family", "exercise", *(shape.replace("_", " ") for shape in shapes)),
        (
            (family, EXERCISES[exercise], *(_percent(of[family, exercise, shape]["recognised"]) for shape in shapes))
            for family, exercise in which
        ),
    )


def _bars(rows: Sequence[Json]) -> Iterable[str]:
    if rows:
        yield (
            "Simulated velocity of a bar at 50 Hz with noise .03 m/s: sets with unracks, halts, grinding reps and failed "
            "attempts, and a bar that stays stuck."
        )
        yield _table(
            (
                "signal",
                "sets",
                "count exact",
                "error of the concentric time",
                "known after, median",
                "99 %",
                "false stalls",
            ),
            (
                (
                    row["condition"],
                    f"{row['sets']}",
                    _percent(row["exact_share"]),
                    *(
                        f"{1000 * row[name]:.0f} ms"
                        for name in ("concentric_mae_s", "known_after_p50_s", "known_after_p99_s")
                    ),
                    f"{row['false_stalls']}",
                )
                for row in rows
            ),
        )


def _watch(rows: Sequence[Json]) -> Iterable[str]:
    if rows:
        exact = sum(row["counted"] == row["reps"] for row in rows)
        off = sum(abs(row["counted"] - row["reps"]) > 1 for row in rows)
        peaks = sum(abs(row["peaks"] - row["reps"]) > 1 for row in rows)
        yield (
            f"{len(rows)} recorded sets of one lifter's wrist at 100 Hz, counted as the samples come, each exercise with "
            f"numbers chosen on the others: {exact} exact, {off} off by more than one (an offline peak counter, which sees "
            f"the whole set first: {peaks}). Counts by the logger of the data set (gym workout IMU data set by "
            "shakthisairam123, cut by ary3141/gym-segmentation, CC BY-SA 4.0; not part of this repository). The method was "
            f"built looking at all {len(rows)} sets, so other wrists may be counted less well."
        )


def _missed(targets: Iterable[Json]) -> Iterable[str]:
    """Return the targets that are missed; those that share an explanation stand together above it."""
    reasons: dict[str, list[str]] = {}
    for target in targets:
        [unmet] = explained([AccuracyTarget(**{name: value for name, value in target.items() if name != "met"})])
        tried = f"Tried: {unmet.tried} Why it fails: {unmet.why}" if unmet.tried else "Nothing was tried yet."
        limit = f"{'≥' if target['at_least'] else '≤'} {target['limit']:g}"
        exercise = EXERCISES.get(target["exercise"], str(target["exercise"]))
        about = f"{target['about']}, {target['family']}, {exercise}, {target['case']}"
        reasons.setdefault(tried, []).append(
            f"* **{about}: {target['measure']} {target['value']:.3g}, target {limit}**"
        )
    return ("\n".join((*missed, "", tried)) for tried, missed in reasons.items())


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
