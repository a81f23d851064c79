"""What must be read of a situation, in words that a situation can be read by."""

from __future__ import annotations

from typing import Any

from tests.field.reader import Reader
from tests.field.situation import Check


def did(*sets: str, who: str = "") -> Check:
    """The lifter did these sets and no others, in this order, each as `exercise reps`."""
    return Check(f"sets {who}".strip(), list(sets), lambda reader: [_line(each) for each in _of(reader, who).sets])


def did_at_once(*sets: str) -> Check:
    """The lifter did these sets and no others, all of them, as far as clocks tell, at one moment."""
    return Check("sets", sorted(sets), lambda reader: sorted(_line(each) for each in reader.sets))


def spent(units: float, who: str = "") -> Check:
    """All of the lifter's sets cost this together."""
    return Check(
        f"spent {who}".strip(), units, lambda reader: round(sum(week["spent"] for week in _of(reader, who).weeks), 3)
    )


def numbers(ordinal: int, *expected: int) -> Check:
    """The reps of a set that hold have these numbers."""
    return Check(
        f"numbers of the reps of set {ordinal}",
        list(expected),
        lambda reader: [rep["rep_number"] for rep in _reps(reader.sets[ordinal])],
    )


def velocities(ordinal: int, *expected: float) -> Check:
    """The reps of a set that hold were this fast."""
    return Check(
        f"velocities of set {ordinal}",
        list(expected),
        lambda reader: [rep.get("mean_velocity_mps") for rep in _reps(reader.sets[ordinal])],
    )


def loads(*expected: float | None) -> Check:
    """The sets were lifted with these loads, in kg."""
    return Check("loads", list(expected), lambda reader: [_load(each) for each in reader.sets])


def ended_by(*expected: str | None) -> Check:
    """How each set ended; None for a set that runs."""
    return Check(
        "ends", list(expected), lambda reader: [(each["summary"] or {}).get("ended_by") for each in reader.sets]
    )


def rir(ordinal: int, expected: float) -> Check:
    """The lifter's own call that holds for a set, as its summary has it."""
    return Check(
        f"reps in reserve of set {ordinal}",
        expected,
        lambda reader: (reader.sets[ordinal]["summary"] or {}).get("rir_end"),
    )


def another_name(other_id: str, set_id: str) -> Check:
    """Two ids name the same set."""

    def same(reader: Reader) -> bool:
        views = [reader.get(f"/v1/sets/{name}", athlete_id=reader.athlete_id) for name in (other_id, set_id)]
        return bool(views[0]) and views[0].get("set_key") == views[1].get("set_key")

    return Check(f"{other_id} is another name of {set_id}", True, same)


def newest_of(set_id: str, exercise: str) -> Check:
    """The newest set of an id, which the id alone names, is of this exercise."""
    return Check(
        f"newest set {set_id}",
        exercise,
        lambda reader: reader.get(f"/v1/sets/{set_id}", athlete_id=reader.athlete_id).get("exercise"),
    )


def stopped(exercise: str, rule: str, by_rep: int) -> Check:
    """Advice in a set of an exercise was to stop, by this rule, at this rep at the latest."""
    return Check(
        f"{exercise} is stopped by {rule} at rep {by_rep} at the latest",
        True,
        lambda reader: any(
            advice["action"] in ("stop", "failing") and rule in advice["rule_ids"] and 0 < advice["after_rep"] <= by_rep
            for each in reader.sets
            if each["exercise"] == exercise
            for advice in each["advice"]
        ),
    )


def advised(ordinal: int, *actions: str) -> Check:
    """These and no other actions were advised after the reps of a set."""
    return Check(
        f"advice of set {ordinal}",
        sorted(actions),
        lambda reader: sorted({advice["action"] for advice in reader.sets[ordinal]["advice"] if advice["after_rep"]}),
    )


def no_emergency() -> Check:
    """Nobody was called for help."""
    return Check(
        "emergencies",
        [],
        lambda reader: [
            advice["sentence"]
            for each in reader.sets
            for advice in each["advice"]
            if advice["emergency"] or advice["action"] == "failing"
        ],
    )


def planned_by(ordinal: int, rule: str, *, yes: bool) -> Check:
    """Whether a rule stands behind the plan of a set."""
    return Check(
        f"{rule} behind the plan of set {ordinal}",
        yes,
        lambda reader: any(
            rule in advice["rule_ids"] for advice in reader.sets[ordinal]["advice"] if not advice["after_rep"]
        ),
    )


def flagged(ordinal: int, flag: str, *, yes: bool = True) -> Check:
    """Whether an estimate of a set has a flag."""
    return Check(
        f"flag {flag} in set {ordinal}",
        yes,
        lambda reader: any(flag in estimate["flags"] for estimate in reader.sets[ordinal]["estimates"]),
    )


def rejected_for(*reasons: str) -> Check:
    """What was accepted and changed nothing stands among the lifter's rejected events, with its reason."""
    return Check("rejected", sorted(reasons), lambda reader: sorted(item["reason"] for item in reader.rejected))


def noticed(kind: str, *, yes: bool, who: str = "") -> Check:
    """Whether the lifter is told something after the sessions."""
    return Check(
        f"notice {kind} {who}".strip(),
        yes,
        lambda reader: any(item["kind"] == kind and not item["withdrawn"] for item in _of(reader, who).notices),
    )


def weeks(*expected: tuple[str, int, float]) -> Check:
    """The weeks in which something was lifted, the first first, each with its sets and its cost."""
    return Check(
        "weeks",
        list(expected),
        lambda reader: [
            (week["first_day"], week["sets"], week["spent"])
            for week in reversed(reader.weeks)
            if week["sets"] or week["spent"]
        ],
    )


def answered(*statuses: str) -> Check:
    """What the last upload was answered, event by event."""
    return Check("statuses", list(statuses), lambda reader: [result["status"] for result in reader.results])


def warned(*words: str) -> Check:
    """The warnings to the last upload have these words."""
    return Check(
        "warnings",
        list(words),
        lambda reader: [word for word in words if word in _warnings(reader)] or _warnings(reader),
    )


def mended_without(word: str) -> Check:
    """No mend of a refusal of the last upload has this word."""
    return Check(
        f"mend with {word}",
        False,
        lambda reader: any(word in (result.get("problem") or {}).get("mend", "") for result in reader.results),
    )


def _of(reader: Reader, who: str) -> Reader:
    return reader.other(who) if who else reader


def _line(each: dict[str, Any]) -> str:
    count = each["summary"]["reps"] if each["summary"] else len(_reps(each))
    return f"{each['exercise']} {count}"


def _reps(each: dict[str, Any]) -> list[dict[str, Any]]:
    return [rep for rep in each["reps"] if not rep["voided"]]


def _load(each: dict[str, Any]) -> float | None:
    return None if each["load_kg"] is None else round(each["load_kg"], 3)


def _warnings(reader: Reader) -> str:
    return "; ".join(result.get("warning") or "" for result in reader.results)
