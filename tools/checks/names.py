"""Rules of names: modules are nouns, a public class name exists once, a variable says what it holds.

A participle (taking, said) names a deed and hides what is inside. A class name that exists once tells in a traceback or a
search which class is meant. The banned variable names fit anything.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.checks.sources import Finding, Module, development_modules, product_modules

PARTICIPLE: Final = re.compile(
    r"(?:\w{2,}ing|\w+[^e\W]ed|begun|bought|done|drawn|felt|found|given|gone|heard|held|kept|known|laid|left|lost|made|met"
    r"|paid|put|read|said|seen|sent|shown|spent|taken|told|won|written)"
)
# Names that end like a participle and are none, each with its reason: a whole module name, or its last word.
NOUNS: Final = {
    "lifting": "what lifters do: the events of sets and reps",
    "formatting": "how numbers are written for people, in English a noun",
    "matching": "the matching of a text to a name in the catalogue",
    "planning": "the layer that plans a set's advice",
    "pricing": "the layer that prices a set in units of the weekly budget",
    "recording": "recorded training as data, in English a noun",
    "streaming": "event streaming: what the field calls the processing of a log of events",
    "timing": "when the phases of a rep begin and end; also the name of the model's mode",
    "training": "what lifters do",
    "tuning": "settings chosen for speed, in English a noun",
    "rep_counted": "handles the event of that name",
    "set_closed": "handles the event of that name",
    "set_opened": "handles the event of that name",
    "athlete_updated": "handles the event of that name",
    "wellness_reported": "handles the event of that name",
}


def check_modules(root: Path) -> list[Finding]:
    """Return a finding for each module or package, once, whose last word is a participle."""
    paths = {path for module in [*product_modules(root), *development_modules(root)] for path in module.paths}
    return [
        Finding(path, 1, f"`{path.stem}` is no noun: name it after what it holds, or give NOUNS a reason for it")
        for path in sorted(paths)
        if is_participle(path.stem)
    ]


def is_participle(name: str) -> bool:
    """Return whether a module's name ends in a participle; a test module is named after what it tests, so it never does.

    >>> [is_participle(name) for name in ("taking", "rep_taking", "failed_attempt", "streaming", "test_taking")]
    [True, True, False, False, False]
    """
    if name.startswith("test_") or name in NOUNS:
        return False
    word = name.rpartition("_")[2]
    return word not in NOUNS and PARTICIPLE.fullmatch(word) is not None


def check_classes(root: Path) -> list[Finding]:
    """Return a finding for each public top-level class whose name another module uses too."""
    definitions: dict[str, list[tuple[Module, int]]] = defaultdict(list)
    for module in product_modules(root):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                definitions[node.name].append((module, node.lineno))
    remedy = "too: say what differs in the name"
    return [
        Finding(module.file, line, f"class `{name}` exists in {_others(module, uses)} {remedy}")
        for name, uses in definitions.items()
        if len(uses) > 1
        for module, line in uses
    ]


def _others(module: Module, uses: list[tuple[Module, int]]) -> str:
    return ", ".join(sorted({other.name for other, _ in uses if other is not module})) or "the same module"


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


def check_variables(root: Path) -> list[Finding]:
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
