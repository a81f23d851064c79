"""Another model has another MODEL_VERSION: what it says of 60 sets, its priors and its constants are on file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spotter_detector.model import EXERCISE_MODELS, MODEL_VERSION
from tests.detector.model.model_golden import BUMP, changes, constants, fingerprint, stored, write


def test_estimates_priors_and_constants_are_those_on_file_for_this_version() -> None:
    """A change of the model's output needs a new MODEL_VERSION and a new file."""
    on_file, current = stored(), fingerprint()

    assert MODEL_VERSION == on_file["model_version"], f"the file is of another version: {BUMP}"
    if lines := changes(on_file, current):
        pytest.fail("\n".join([f"The model is not the {MODEL_VERSION} on file: {BUMP}", *lines]), pytrace=False)


@pytest.mark.parametrize("model_class", EXERCISE_MODELS)
def test_another_prior_of_any_exercise_shows_in_the_estimates(
    monkeypatch: pytest.MonkeyPatch, model_class: str
) -> None:
    """A velocity at failure that is .02 m/s higher is another model, and the failure explains what to do."""
    row = EXERCISE_MODELS[model_class]
    monkeypatch.setitem(EXERCISE_MODELS, model_class, replace(row, v_last_mps=row.v_last_mps + 0.02))

    lines = changes(stored(), fingerprint())

    assert lines[0].startswith(f"priors of {model_class}: ")
    assert any(line.startswith("estimates of ") and f" {model_class}, rep " in line for line in lines)
    with pytest.raises(pytest.fail.Exception, match=r"bump MODEL_VERSION, then write model_golden\.json anew"):
        test_estimates_priors_and_constants_are_those_on_file_for_this_version()


def test_another_constant_shows_and_a_renamed_one_does_not(tmp_path: Path) -> None:
    """Numbers are compared without their names: in tables and expressions too, inside functions not."""
    (tmp_path / "a.py").write_text("A = 0.17\nB: float = log(2.5)\nC = {'x': (1, -3)}\ndef f(): d = 4\n")
    before = constants(tmp_path)
    (tmp_path / "a.py").write_text("RENAMED = 0.17\nB: float = log(2.6)\nC = {'x': (1, -3)}\ndef f(): d = 5\n")
    current = fingerprint()

    assert [0.17, 1.0, 2.5, 3.0] == before
    assert ["constants: [2.5] -> [2.6]"] == changes(
        {**current, "constants": before}, {**current, "constants": constants(tmp_path)}
    )


def test_the_file_is_not_written_anew_for_other_estimates_of_the_same_version(tmp_path: Path) -> None:
    """A new version may have any estimates."""
    file = tmp_path / "golden.json"
    before = {"model_version": "1", "priors": {}, "constants": [], "estimates": {"a set": ["2.0", "1.0"]}}
    after = {**before, "estimates": {"a set": ["2.0", "1.1"]}}
    write(file, before)

    with pytest.raises(ValueError, match=r"(?s)bump MODEL_VERSION.*estimates of a set, rep 2: \['1.0'\] -> \['1.1'\]"):
        write(file, after)
    write(file, {**after, "model_version": "2"})

    assert '"2"' in file.read_text()


def test_there_are_sixty_sets_of_every_exercise() -> None:
    """Each exercise has several, and all modes and the marks of a failed, a missed and a false rep come up."""
    on_file = stored()["estimates"]
    words = {word for lines in on_file.values() for line in lines for word in line.replace(",", " ").split()}

    assert 60 == len(on_file)
    assert {7, 8} == {sum(name.endswith(f" {model_class}") for name in on_file) for model_class in EXERCISE_MODELS}
    assert {"velocity", "ratio", "timing", "tempo", "failed", "pause", "ghost", "stall"} <= words
