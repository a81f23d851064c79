"""What a problem suggests: never another unit, never another meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.events import TYPES
from spotter_ingest.mends import mend_of
from tests.ingest.support import event, rep
from tests.ingest.validation_cases import refused

FIELDS = sorted({name for kind in TYPES.values() if kind.role for name in kind.data.model_fields} | {"load_lb"})


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        ("lod_kg", "Did you mean load_kg?"),
        ("loadKg", "Did you mean load_kg?"),
        ("weight_kg", "Did you mean load_kg?"),
        ("weight_lbs", "Did you mean load_lb?"),
        ("load_pounds", "Did you mean load_lb?"),
        ("weight", "Send load_kg, in kilograms, or load_lb, in pounds."),
        ("load_g", "Send load_kg, in kilograms: divide by 1000."),
        ("mean_velocity", "Send mean_velocity_mps, in metres per second."),
        ("avg_velocity_mps", "Did you mean mean_velocity_mps?"),
        ("meanVelocityMps", "Did you mean mean_velocity_mps?"),
        ("mean_velocity_cms", "Send mean_velocity_mps, in metres per second: divide by 100."),
        ("max_velocity_mps", "Leave it out."),
        ("min_velocity_mps", "Leave it out."),
        ("rom_cm", "Send rom_m, in metres: divide by 100."),
        ("rom_inches", "Send rom_m, in metres: multiply by 0.0254."),
        ("concentric_ms", "Send concentric_s, in seconds: divide by 1000."),
        ("rest_ms", "Leave it out."),
        ("rest_s", "Leave it out."),
        ("repNumber", "Did you mean rep_number?"),
        ("rep_numbr", "Did you mean rep_number?"),
        ("ended", "Leave it out."),
        ("velocity", "Leave it out."),
        ("", "Leave it out."),
    ],
)
def test_a_field_is_suggested_only_with_its_unit_and_meaning(sent: str, mend: str) -> None:
    """A slip in its spelling is put right, another unit converted, anything else left out."""
    assert mend == refused(rep(**{sent: 1})).mend


def test_fields_within_fields_are_suggested_too() -> None:
    """Of the correction of a rep, and of its device."""
    amended = event("rep.amended", athlete_id="ada", rep_number=1, set={"load_lbs": 1})
    assert ("data.set.load_lbs", "Did you mean load_lb?") == ((problem := refused(amended)).field, problem.mend)
    assert "Did you mean model?" == refused(rep(device={"modle": "x"})).mend
    assert "Send bodyweight_kg, in kilograms: multiply by 0.45359237." == (
        refused(event("athlete.updated", athlete_id="ada", bodyweight_lb=180)).mend
    )


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        ("spotter.rep.complete.v1", "Did you mean spotter.rep.completed.v1?"),
        ("rep.completed", "Did you mean spotter.rep.completed.v1?"),
        ("set.start", "Did you mean spotter.set.started.v1?"),
        ("spotter.set.void.v1", "Did you mean spotter.set.voided.v1?"),
        ("spotter.set.deleted.v1", None),
        ("spotter.rep.deleted.v1", None),
        ("spotter.set.finished.v1", None),
        ("spotter.rep.finished.v1", None),
        ("spotter.athlete.created.v1", None),
    ],
)
def test_a_type_is_suggested_only_for_a_misspelt_one(sent: str, mend: str | None) -> None:
    """What means something else gets the list of all types."""
    suggested = str(refused({"type": sent, "data": {"athlete_id": "ada"}}).mend)
    assert suggested == mend if mend else suggested.startswith("Use one of spotter.")


units = st.sampled_from(["lb", "lbs", "g", "cms", "mm", "cm", "ms", "min", "mph", "inches", "pounds", "pct"])


@given(st.sampled_from(FIELDS), units)
def test_no_mend_renames_one_unit_to_another(field: str, unit: str) -> None:
    """Whatever field is sent in another unit than its own: convert, or leave it out."""
    stem, _, own = field.rpartition("_")
    mend = mend_of(f"{stem or field}_{unit}", FIELDS) or ""
    if mend.startswith("Did you mean") and own not in ("", unit):
        assert mend.removeprefix("Did you mean ").removesuffix("?").rpartition("_")[2] in (unit, "lb")
        assert unit in ("lb", "lbs", "pounds") or mend.endswith(f"_{unit}?")
