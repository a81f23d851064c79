"""JSON of terms and profiles: complete members, numbers to nine digits, one half of a symmetric matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray


def members(written: Mapping[str, object], version: int, names: Sequence[str], *, what: str, by: str) -> None:
    """Check that a JSON object is of a version and lacks no member.

    Raises ValueError for another version, or a missing member; it names the member and, as `by`, what writes it.

    >>> members({"v": 1, "mean": []}, 1, ("mean", "cov"), what="a profile", by="profile_to_json")
    Traceback (most recent call last):
        ...
    ValueError: a profile lacks cov: write it with profile_to_json
    """
    if written.get("v") != version:
        raise ValueError(f"{what} of version {written.get('v')}: this program reads {version}")
    missing = [name for name in names if name not in written]
    if missing:
        raise ValueError(f"{what} lacks {missing[0]}: write it with {by}")


def numbers(value: object, count: int, name: str) -> tuple[float, ...]:
    """Read `count` numbers.

    >>> numbers([1, 2.5], 2, "two")
    (1.0, 2.5)
    """
    if not isinstance(value, list | tuple) or len(value) != count:
        raise ValueError(f"{name} must be {count} numbers, not {value!r}")
    return tuple(float(number) for number in value)


def significant(values: Iterable[float]) -> tuple[float, ...]:
    """Round to nine digits, so that a value equals its stored form.

    >>> significant([1 / 3])
    (0.333333333,)
    """
    return tuple(float(f"{value:.9g}") for value in values)


def upper_half(matrix: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the upper triangle of a symmetric matrix, row by row, to nine digits."""
    return significant(matrix[_upper(len(matrix))].tolist())


def symmetric(upper: Sequence[float] | Sequence[Sequence[float]], size: int) -> NDArray[np.float64]:
    """Return the matrix, or each of many, whose `upper_half` is given.

    >>> symmetric((1.0, 2.0, 3.0), 2).tolist()
    [[1.0, 2.0], [2.0, 3.0]]
    >>> symmetric([(1.0, 2.0, 3.0), (4.0, 5.0, 6.0)], 2).shape
    (2, 2, 2)
    """
    full: NDArray[np.float64] = np.array(upper, dtype=np.float64)[..., _full_indices(size)]
    return full


@cache
def _upper(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(size)


@cache
def _full_indices(size: int) -> NDArray[np.intp]:
    """Return the index in the upper triangle of each element of the full matrix."""
    places = np.zeros((size, size), dtype=np.intp)
    rows, columns = _upper(size)
    places[rows, columns] = places[columns, rows] = np.arange(len(rows))
    return places
