"""Regression with least absolute deviation."""

from __future__ import annotations

import numpy as np

from lab.accuracy.answers import Floats

_ROUNDS = 40
_SMALLEST = 1e-3


def least_absolute(columns: Floats, target: Floats) -> Floats:
    """Return the coefficients (c,) of columns (r, c) with the least absolute error, by reweighted least squares.

    >>> x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    >>> columns = np.column_stack((np.ones(5), x))
    >>> least_absolute(columns, np.array([1.0, 3.0, 5.0, 7.0, 90.0])).round(2).tolist()
    [1.0, 2.0]
    """
    coefficients = np.linalg.lstsq(columns, target, rcond=None)[0]
    for _ in range(_ROUNDS):
        weight = 1.0 / np.sqrt(np.maximum(np.abs(target - columns @ coefficients), _SMALLEST))
        coefficients = np.linalg.lstsq(columns * weight[:, None], target * weight, rcond=None)[0]
    return coefficients.astype(np.float64)
