"""The record of an accuracy run as Markdown: docs/accuracy/README.md, and the section of README.md."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tools.figures.markdown import EXERCISES, FOLDER, percent, table, template
from tools.figures.people_section import people_section, people_summary
from tools.figures.record import Json
from tools.figures.wide_section import wide_section

CASE_COLUMNS: Final = "family | exercise | known"


def page(record: Json) -> str:
    """Return the page docs/accuracy/README.md; what a record lacks has no section."""
    targets = record["targets"]
    missed = [target for target in targets if not target["met"]]
    return template("page").format(
        targets=len(targets),
        met=len(targets) - len(missed),
        people=people_section(record),
        wide=wide_section(record),
        narrow=narrow_section(record),
        motion="\n\n".join((*_wrists(record["wrists"]), *_bars(record["bars"]), *_watch(record["watch"]))),
        missed="\n\n".join(_missed(missed)),
    )


def narrow_section(record: Json) -> str:
    """Return the section on the narrow world."""
    about, cases = record["about"]["narrow"], record["cases"]
    if about is None:
        return "## Simulated lifters, narrow world\n\nNot measured in this run."
    return template("narrow").format(
        model=about["model"],
        seeds=len(about["plan"]["seeds"]),
        lifters=about["plan"]["lifters_a_seed"],
        error=error_table(cases),
        calibration=calibration_table(cases),
        alerts=alerts_table(cases),
        endings=table(
            f"{CASE_COLUMNS} | target 1 | target 2 | target 3 | oracles' target 2",
            (_endings(case) for case in cases),
        ),
        failed_attempts=_failed_attempts(record["failed_attempts"]),
        parted_sets=table(
            "family | exercise | habit | sets | told | not told | plain",
            (
                (
                    row["family"],
                    EXERCISES[row["exercise"]],
                    row["habit"].replace("_", " "),
                    str(row["sets"]),
                    *(f"{row[name]:.3f}" for name in ("labelled", "bare", "plain")),
                )
                for row in record["parted_sets"]
            ),
        ),
    )


def section(record: Json) -> str:
    """Return the section of README.md."""
    targets = record["targets"]
    of = {(case["exercise"], case["case"]): case for case in record["cases"] if case["family"] == "home"}
    cold = [of[exercise, "cold"] for exercise in EXERCISES]
    learned = [of[exercise, "after 8 sets"] for exercise in EXERCISES]
    [name] = {case["baseline"]["name"] for case in learned}
    return "\n\n".join(
        (
            f"Of {len(targets)} targets {sum(target['met'] for target in targets)} are met.",
            *people_summary(record),
            "Simulated lifters of the narrow world: mean error of the reps left (up to 6), in reps, home family:",
            table(
                " | ".join(("", *EXERCISES.values())),
                (
                    ("nothing known of the lifter", *(f"{case['error']['value']:.2f}" for case in cold)),
                    (
                        "after 8 of the lifter's sets (× the exact posterior)",
                        *(f"{case['error']['value']:.2f} ({case['ratios']['learned']:.2f} ×)" for case in learned),
                    ),
                    (f"best baseline after 8 sets: {name}", *(f"{case['baseline']['error']:.2f}" for case in learned)),
                ),
            ),
        )
    )


def error_table(cases: Iterable[Json]) -> str:
    """Return the model's errors by case, with oracles and the best baseline."""
    return table(
        f"{CASE_COLUMNS} | error | × population | × learned | × informed | best baseline | within 1 | within 2 | RPS",
        (_error(case) for case in cases),
    )


def calibration_table(cases: Iterable[Json]) -> str:
    """Return the calibration of probabilities, by case."""
    return table(
        f"{CASE_COLUMNS} | PIT | worst gap | 80 % interval covers | its width | skill | oracles' skill",
        (_calibration(case) for case in cases),
    )


def alerts_table(cases: Iterable[Json]) -> str:
    """Return the outcome of stop alerts, by case."""
    return table(
        f"{CASE_COLUMNS} | rule | late | missed | early | mean reps left | wrong in all | oracles' wrong",
        (_alerts(case) for case in cases),
    )


def which(row: Json) -> tuple[str, str, str]:
    """Return family, exercise and case of a row."""
    return row["family"], EXERCISES[row["exercise"]], row["case"]


def _error(case: Json) -> tuple[str, ...]:
    error, ratios = case["error"], case["ratios"]
    return (
        *which(case),
        f"{error['value']:.3f} ({error['low']:.3f}–{error['high']:.3f})",
        *(f"{ratios[name]:.3f}" if name in ratios else "" for name in ("population", "learned", "informed")),
        f"{case['baseline']['error']:.3f} ({case['baseline']['name']})",
        percent(case["within_1"]),
        percent(case["within_2"]),
        f"{case['rps']:.3f}",
    )


def _calibration(case: Json) -> tuple[str, ...]:
    return (
        *which(case),
        f"{case['pit']:.3f}",
        f"{case['worst_gap']:.3f}",
        percent(case["interval"]["coverage"]),
        f"{case['interval']['width']:.2f}",
        f"{case['next_fails_skill']:.3f}",
        _of_oracles(case, lambda oracle: f"{oracle['next_fails_skill']:.3f}"),
    )


def _alerts(case: Json) -> tuple[str, ...]:
    alert = case["alert"]
    return (
        *which(case),
        f"P(RIR ≤ {alert['reserve']}) ≥ {alert['threshold']:g}",
        *(percent(alert[name]) for name in ("late", "missed", "early")),
        f"{alert['lead']:.2f}",
        percent(_wrong(alert)),
        _of_oracles(case, lambda oracle: percent(_wrong(oracle["alert"]))),
    )


def _endings(case: Json) -> tuple[str, ...]:
    shares = (percent(share) for share in case["ends_near"])
    return (*which(case), *shares, _of_oracles(case, lambda oracle: percent(oracle["ends_near"][1])))


def _of_oracles(case: Json, text: Callable[[Json], str]) -> str:
    return ", ".join(f"{text(oracle)} ({name})" for name, oracle in case["oracles"].items())


def _wrong(alert: Json) -> float:
    return float(alert["late"] + alert["missed"] + alert["early"])


def _failed_attempts(rows: Sequence[Json]) -> str:
    shapes = list(dict.fromkeys(row["shape"] for row in rows))
    of = {(row["family"], row["exercise"], row["shape"]): row for row in rows}
    which = dict.fromkeys((row["family"], row["exercise"]) for row in rows)
    return table(
        " | ".join(("family", "exercise", *(shape.replace("_", " ") for shape in shapes))),
        (
            (family, EXERCISES[exercise], *(percent(of[family, exercise, shape]["recognised"]) for shape in shapes))
            for family, exercise in which
        ),
    )


def _bars(rows: Sequence[Json]) -> Iterable[str]:
    if rows:
        yield (
            "Simulated velocity of a bar with noise .03 m/s: sets with unracks, halts, grinding reps and failed "
            "attempts, and a bar that stays stuck."
        )
        yield table(
            "signal | sets | count exact | error of the concentric time | known after, median | 99 % | false stalls",
            (
                (
                    row["condition"],
                    f"{row['sets']}",
                    percent(row["exact_share"]),
                    *(
                        f"{1000 * row[name]:.0f} ms"
                        for name in ("concentric_mae_s", "known_after_p50_s", "known_after_p99_s")
                    ),
                    f"{row['false_stalls']}",
                )
                for row in rows
            ),
        )


def _wrists(rows: Sequence[Json]) -> Iterable[str]:
    for recorded, title in (
        (True, "Recorded wrists: a set inside its recording, as it is and disturbed."),
        (False, "Simulated wrists: sets, and people who train nothing (without any rep)."),
    ):
        shown = [row for row in rows if row["recorded"] is recorded]
        if shown:
            yield title
            yield table(
                "case | sets | exact | within one | known within .7 s",
                (
                    (
                        row["case"],
                        str(row["sets"]),
                        *(percent(row[name]) for name in ("exact", "within_one", "known_in_time")),
                    )
                    for row in shown
                ),
            )


def _watch(rows: Sequence[Json]) -> Iterable[str]:
    if rows:
        exact = sum(row["counted"] == row["reps"] for row in rows)
        off = sum(abs(row["counted"] - row["reps"]) > 1 for row in rows)
        peaks = sum(abs(row["peaks"] - row["reps"]) > 1 for row in rows)
        yield (
            f"The same {len(rows)} recorded sets of one lifter's wrist at 100 Hz cut to the exercise, counted as the samples "
            f"come: {exact} exact, {off} off by more than one (an offline peak counter, which sees the "
            f"whole set first: {peaks}). Counts by the logger of the data set (gym workout IMU data set by "
            "shakthisairam123, cut by ary3141/gym-segmentation, CC BY-SA 4.0; not part of this repository). The method was "
            f"built looking at all {len(rows)} sets, so other wrists may be counted less well."
        )


def _missed(targets: Iterable[Json]) -> Iterable[str]:
    """Return the missed targets with what was tried; those with the same explanation are listed together above it."""
    explanations = tomllib.loads((FOLDER / "unmet.toml").read_text(encoding="utf-8"))["unmet"]
    reasons: dict[str, list[str]] = {}
    for target in targets:
        entry = next((entry for entry in explanations if _explains(entry, target)), None)
        tried = f"Tried: {entry['tried']} Why it fails: {entry['why']}" if entry else "Nothing was tried yet."
        reasons.setdefault(tried, []).append(
            f"* **{target_name(target)}: {target['measure']} {target['value']:.3g}, target {limit(target)}**"
        )
    return ("\n".join((*missed, "", tried)) for tried, missed in reasons.items())


def _explains(entry: Json, target: Json) -> bool:
    """Whether an entry is about a target: a name that it leaves out matches any, a list each of its values."""
    return all(
        name not in entry or target[name] in (entry[name] if isinstance(entry[name], list) else [entry[name]])
        for name in ("about", "family", "exercise", "case", "measure")
    )


def target_name(target: Json) -> str:
    """Return the subject of a target, and its case."""
    exercise = EXERCISES.get(target["exercise"], str(target["exercise"]))
    return f"{target['about']}, {target['family']}, {exercise}, {target['case']}"


def limit(target: Json) -> str:
    """Return the limit of a target."""
    return f"{'≥' if target['at_least'] else '≤'} {target['limit']:g}"
