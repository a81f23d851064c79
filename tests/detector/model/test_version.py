"""Another model has another MODEL_VERSION: its priors and constants, what it says of 60 sets and publishes of 16."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spotter_detector.model import EXERCISE_MODELS
from tests.detector.model.model_golden import (
    changes,
    constants,
    estimates,
    fingerprint,
    priors,
    problem,
    stored,
    write,
)


def test_outputs_priors_and_constants_are_those_on_file_for_this_version() -> None:
    """A change of the detector's output needs a new MODEL_VERSION and a new file."""
    if text := problem(stored(), fingerprint()):
        pytest.fail(text, pytrace=False)


@pytest.mark.parametrize("model_class", EXERCISE_MODELS)
def test_another_prior_of_any_exercise_shows_in_the_estimates(
    monkeypatch: pytest.MonkeyPatch, model_class: str
) -> None:
    """A velocity at failure that is .02 m/s higher is another model, and the failure explains what to do."""
    on_file = stored()
    row = EXERCISE_MODELS[model_class]
    monkeypatch.setitem(EXERCISE_MODELS, model_class, replace(row, v_last_mps=row.v_last_mps + 0.02))

    text = problem(on_file, {**on_file, "priors": priors(), "estimates": estimates()}) or ""
    lines = text.splitlines()

    assert "bump MODEL_VERSION, then write model_golden.json anew" in lines[0]
    assert lines[1].startswith(f"priors of {model_class}: ")
    assert any(line.startswith("estimates of ") and f" {model_class}, line " in line for line in lines)


def test_a_file_of_another_version_says_so() -> None:
    """A new version needs a file of its own, whatever is in it."""
    on_file = stored()

    assert problem({**on_file, "model_version": "older"}, on_file) is not None
    assert problem(on_file, on_file) is None


def test_another_constant_shows_and_a_renamed_one_does_not(tmp_path: Path) -> None:
    """Numbers are compared without their names: in tables and expressions too, inside functions not."""
    (tmp_path / "a.py").write_text("A = 0.17\nB: float = log(2.5)\nC = {'x': (1, -3)}\ndef f(): d = 4\n")
    before = constants(tmp_path)
    (tmp_path / "a.py").write_text("RENAMED = 0.17\nB: float = log(2.6)\nC = {'x': (1, -3)}\ndef f(): d = 5\n")
    current = stored()

    assert [0.17, 1.0, 2.5, 3.0] == before
    assert ["constants: [2.5] -> [2.6]"] == changes(
        {**current, "constants": before}, {**current, "constants": constants(tmp_path)}
    )


@pytest.mark.parametrize("kind", ["estimates", "published"])
def test_the_file_is_not_written_anew_for_other_outputs_of_the_same_version(tmp_path: Path, kind: str) -> None:
    """A new version may have any outputs; an output that is gone or new is a change too."""
    file = tmp_path / "golden.json"
    lines = ["rep rir=2.000 left=1"]
    before = {"model_version": "1", "priors": {}, "constants": [], kind: {"a set": lines}}
    after = {**before, kind: {"a set": ["rep rir=1.900 left=1"]}}
    write(file, before)

    with pytest.raises(
        ValueError, match=rf"(?s)bump MODEL_VERSION.*{kind} of a set, line 1: rep rir=2.000 -> rep rir=1.900$"
    ):
        write(file, after)
    others: list[dict[str, list[str]]] = [
        {},
        {"a set": []},
        {"a set": lines, "another": ["rep"]},
        {"a set": [*lines, "rep"]},
    ]
    for other in others:
        with pytest.raises(ValueError, match=r"outputs differ"):
            write(file, {**before, kind: other})
    write(file, {**after, "model_version": "2"})

    assert '"2"' in file.read_text()


def test_the_last_bits_of_another_machine_are_no_change(tmp_path: Path) -> None:
    """A number that rounds the other way is the same output, and another word never is."""
    file = tmp_path / "golden.json"
    before = {"model_version": "1", "priors": {}, "constants": [], "published": {"a set": ["rep p=0.125,0.500 mode=x"]}}
    write(file, before)
    write(file, {**before, "published": {"a set": ["rep p=0.126,0.499 mode=x"]}})

    with pytest.raises(ValueError, match=r"rep mode=x -> rep mode=y"):
        write(file, {**before, "published": {"a set": ["rep p=0.125,0.500 mode=y"]}})


def test_what_is_published_of_workouts_is_on_file() -> None:
    """Of measured, timed, corrected and sampled sets: estimates, learned figures, flags, reps of either signal."""
    on_file = stored()["published"]
    text = "\n".join(line for lines in on_file.values() for line in lines)

    assert {"month", "timed", "corrected", "habits", "bar", "wrist"} == {name.partition(",")[0] for name in on_file}
    for word in ("one_rep_max_kg=", "learned_sets=4", "found_in=motion", "revision=2", "mode=timing", "second_source"):
        assert word in text


def test_there_are_sixty_sets_of_every_exercise() -> None:
    """Each exercise has several, and all modes and the marks of a failed, a missed and a false rep come up."""
    on_file = stored()["estimates"]
    words = {word for lines in on_file.values() for line in lines for word in line.replace(",", " ").split()}

    assert 60 == len(on_file)
    assert {5, 6, 7} == {sum(name.endswith(f" {model_class}") for name in on_file) for model_class in EXERCISE_MODELS}
    assert {"velocity", "ratio", "timing", "tempo", "failed", "pause", "ghost", "stall"} <= words
