"""One check for every part of the model, whatever it is called with: what all of them keep to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

import numpy as np

Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Part(Generic[Given, Found]):
    """A part of the model and what is to be true of it.

    Attributes
    ----------
    run : function
        The part.
    cases : sequence
        What it is called with, each in an order in which `measure` of what is found may not fall.
    figures : function
        All numbers in what is found.
    measure : function or None
        A number that may not fall from case to case.
    reordered : function or None
        The same case in another order, which may change nothing.
    written, read : function or None
        What is found as JSON, and back.
    """

    run: Callable[[Given], Found]
    cases: Sequence[Given]
    figures: Callable[[Found], Sequence[float]]
    measure: Callable[[Found], float] | None = None
    reordered: Callable[[Given], Given] | None = None
    written: Callable[[Found], Mapping[str, object]] | None = None
    read: Callable[[Mapping[str, object]], Found] | None = None


def check_model(part: Part[Given, Found]) -> None:
    """Finite, monotone where it must be, insensitive to order, serialisable, deterministic."""
    found = [part.run(case) for case in part.cases]
    for one in found:
        assert all(isfinite(value) for value in part.figures(one))
    again = [part.run(case) for case in part.cases]
    assert all(
        np.array_equal(np.array(part.figures(one)), np.array(part.figures(other)))
        for one, other in zip(found, again, strict=True)
    )
    if part.measure is not None:
        measured = [part.measure(one) for one in found]
        assert measured == sorted(measured)
    if part.reordered is not None:
        for case, one in zip(part.cases, found, strict=True):
            assert list(part.figures(one)) == list(part.figures(part.run(part.reordered(case))))
    if part.written is not None and part.read is not None:
        for one in found:
            assert one == part.read(json.loads(json.dumps(part.written(one))))
