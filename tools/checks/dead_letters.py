"""Each reason of a dead letter is in the kernel's table, from which its documentation is written, and is in use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.checks.sources import Finding, Module, product_modules

TABLE: Final = ("dead_letters", "REASONS")
"""Module, by its last name, and its mapping from reason to sentence."""
REJECTIONS: Final = {"Reject", "EventRejected"}


def check(root: Path) -> list[Finding]:
    """Return a finding for each reason that is used and not in the table, or in the table and not used."""
    modules = product_modules(root)
    table = {reason: (module, line) for module in modules for reason, line in _table(module)}
    used = [(module, line, reason) for module in modules for line, reason in _used(module)]
    reasons = {reason for _, _, reason in used}
    return [
        Finding(module.file, line, f"dead-letter reason `{reason}` is not in {'.'.join(TABLE)}: add it with a sentence")
        for module, line, reason in used
        if reason not in table
    ] + [
        Finding(module.file, line, f"dead-letter reason `{reason}` is never used: take it out")
        for reason, (module, line) in table.items()
        if reason not in reasons
    ]


def _table(module: Module) -> Iterator[tuple[str, int]]:
    name, variable = TABLE
    if module.name.rpartition(".")[2] != name:
        return
    assignments = (node for node in module.tree.body if isinstance(node, ast.AnnAssign))
    for assignment in assignments:
        if isinstance(assignment.target, ast.Name) and assignment.target.id == variable:
            rows = (key for node in ast.walk(assignment) if isinstance(node, ast.Dict) for key in node.keys)
            yield from ((str(key.value), key.lineno) for key in rows if isinstance(key, ast.Constant))


def _used(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _makes_rejection(node.func):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            for reason in _texts([*named, *node.args][:1]):
                yield node.lineno, reason


def _makes_rejection(function: ast.expr) -> bool:
    """Return whether a call is of one of `REJECTIONS`: by itself, of a module, or by a method of the class."""
    names = {getattr(node, "id", None) or getattr(node, "attr", None) for node in ast.walk(function)}
    return not names.isdisjoint(REJECTIONS)


def _texts(expressions: list[ast.expr]) -> list[str]:
    """Return the texts that an expression may give: a literal, or both sides of a choice."""
    texts: list[str] = []
    for expression in expressions:
        match expression:
            case ast.Constant(value=str(text)):
                texts.append(text)
            case ast.IfExp(body=body, orelse=orelse):
                texts += _texts([body, orelse])
    return texts
