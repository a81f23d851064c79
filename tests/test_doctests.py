"""Every example in a docstring runs, and prints what the docstring shows."""

from __future__ import annotations

import ast
import doctest
import importlib
from typing import Final

import pytest

from tests.support import ROOT
from tools.checks.sources import Module, development_modules, product_modules

DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def examples(module: Module) -> int:
    """Return how many docstrings of a module have examples, read from its text."""
    if ">>> " not in (module.root / module.file).read_text(encoding="utf-8"):
        return 0  # most have none, and parsing takes long
    docstrings = (ast.get_docstring(node) for node in ast.walk(module.tree) if isinstance(node, DOCUMENTED))
    return sum(">>> " in docstring for docstring in docstrings if docstring)


MODULES: Final = {
    module.name: module
    for module in [*product_modules(ROOT), *development_modules(ROOT)]
    if module.name != __name__ and examples(module)
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    """None is out of doctest's reach (hidden by a decorator, or in a function inside a function), and none fails."""
    module = importlib.import_module(name)
    within_reach = [test for test in doctest.DocTestFinder().find(module) if test.examples]

    assert examples(MODULES[name]) == len(within_reach)
    assert 0 == doctest.testmod(module).failed
