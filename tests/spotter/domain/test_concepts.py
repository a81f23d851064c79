"""Tables of concepts: rules, reasons and risk classes have a row for each name, or the program does not start."""

from __future__ import annotations

from importlib import import_module
from inspect import getsource
from typing import get_args

import pytest

from spotter.domain.exercises import RISKS, Risk, builtin_catalogue
from spotter.domain.policies import PolicyFields, fields_of
from spotter.domain.reasons import REASONS, Reason
from spotter.domain.rules import PRECEDENCE, RULES, in_order


@pytest.mark.parametrize("module", ["spotter.domain.exercises.risk", "spotter.domain.reasons"])
def test_a_name_without_a_row_fails_at_import(module: str) -> None:
    """A class of exercises or a reason that is only named never gets as far as a lifter."""
    source = getsource(import_module(module))
    extended = source.replace(" = Literal[", ' = Literal["unheard_of", ', 1)

    exec(compile(source, module, "exec"), {"__name__": module})
    with pytest.raises(ValueError, match="unheard_of"):
        exec(compile(extended, module, "exec"), {"__name__": module})


def test_every_class_of_risk_and_every_reason_has_a_row() -> None:
    """Rows and names are the same."""
    assert set(get_args(Risk)) == set(RISKS)
    assert set(get_args(Reason)) == set(REASONS)
    assert {exercise.risk for exercise in builtin_catalogue()} == set(RISKS)


def test_rules_have_numbers_without_gaps_and_one_precedence() -> None:
    """R01 to R20 and perhaps more, once each; safety comes first."""
    assert len(RULES) >= 20
    assert [f"R{number:02}" for number in range(1, len(RULES) + 1)] == list(RULES)
    assert set(RULES) == set(PRECEDENCE)
    assert ("R03", "R02", "R18", "R15") == in_order(RULES)[:4]


def test_every_policy_value_names_rules_that_exist() -> None:
    """And every value belongs to one at least."""
    by_rule = {name for rule in RULES for name in fields_of(rule)}

    assert set(PolicyFields.model_fields) == by_rule
