"""No variable has a name that fits anything: `one`, `found`, `said`, `told`, `known`, `place`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.checks.finding import Finding
from tools.checks.sources import Module, development_modules, product_modules

REMEDIES: Final = {
    "one": "the thing itself: rep, event, record, estimate, client",
    "found": "what was looked for: matches, errors, existing, row",
    "said": "what kind of words: text, message, verdict, output",
    "told": "what was sent: notified, announced, notices",
    "known": "what is known: existing, by_id, names",
    "place": "which: index, offset, position, path, cursor",
}
# Fields whose name is a stored or published key, as `Class.field`: to rename one would change what is read back.
WIRE_FIELDS: Final = {
    "AdvisedSet.told": "stored in the advisor's state",
    "Block.said": "stored in the advisor's state",
    "Session.said": "stored in the advisor's state",
    "StallState.told": "stored in the segmenter's state",
    "ReportStops.said": "published in a week's report",
    "ReportTrend.known": "published in a week's report",
}


def check(root: Path) -> list[Finding]:
    """Return a finding for each binding of a banned name, in product code, tests and tools."""
    return [
        Finding(module.file, line, f"variable `{name}` says nothing: name {REMEDIES[name]}")
        for module in [*product_modules(root), *development_modules(root)]
        for line, name in sorted(set(_bindings(module)))
    ]


def fields(module: Module) -> Iterator[tuple[str, ast.Name]]:
    """Yield the annotated fields of a module's classes, each as `Class.field` with its node."""
    for definition in ast.walk(module.tree):
        if isinstance(definition, ast.ClassDef):
            for node in definition.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    yield f"{definition.name}.{node.target.id}", node.target


def _bindings(module: Module) -> Iterator[tuple[int, str]]:
    allowed = {id(field) for name, field in fields(module) if name in WIRE_FIELDS}
    for node in ast.walk(module.tree):
        if (name := _bound(node)) in REMEDIES and id(node) not in allowed:
            yield getattr(node, "lineno", 1), name


def _bound(node: ast.AST) -> str:
    """Return the name that a node binds, or an empty text."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
            return name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return name
        case ast.MatchMapping(rest=str(name)) | ast.alias(asname=str(name)):
            return name
        case ast.FunctionDef(name=name, decorator_list=decorators):
            return name if any("property" in ast.unparse(decorator) for decorator in decorators) else ""
    return ""
