"""One check for every part of the model, whatever it is called with: what all of them keep to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

import numpy as np

Given = TypeVar("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Part(Generic[Given, Result]):
    """A part of the model and what is to be true of it.

    Attributes
    ----------
    run : function
        The part.
    cases : sequence
        What it is called with, each in an order in which `measure` of the results may not fall.
    figures : function
        All numbers in a result.
    measure : function or None
        A number that may not fall from case to case.
    reordered : function or None
        The same case in another order, which may change nothing.
    written, read : function or None
        A result as JSON, and back.
    """

    run: Callable[[Given], Result]
    cases: Sequence[Given]
    figures: Callable[[Result], Sequence[float]]
    measure: Callable[[Result], float] | None = None
    reordered: Callable[[Given], Given] | None = None
    written: Callable[[Result], Mapping[str, object]] | None = None
    read: Callable[[Mapping[str, object]], Result] | None = None


def check_model(part: Part[Given, Result]) -> None:
    """Finite, monotone where it must be, insensitive to order, serialisable, deterministic."""
    results = [part.run(case) for case in part.cases]
    for result in results:
        assert all(isfinite(value) for value in part.figures(result))
    again = [part.run(case) for case in part.cases]
    assert all(
        np.array_equal(np.array(part.figures(result)), np.array(part.figures(other)))
        for result, other in zip(results, again, strict=True)
    )
    if part.measure is not None:
        measured = [part.measure(result) for result in results]
        assert measured == sorted(measured)
    if part.reordered is not None:
        for case, result in zip(part.cases, results, strict=True):
            assert list(part.figures(result)) == list(part.figures(part.run(part.reordered(case))))
    if part.written is not None and part.read is not None:
        for result in results:
            assert result == part.read(json.loads(json.dumps(part.written(result))))
