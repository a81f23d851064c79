"""A simple baseline: an offline peak counter, which sees the whole set before it counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def count_peaks(rates: npt.NDArray[np.float64], rate_hz: float) -> int:
    """Count the peaks of rotation about its leading axis; `rates` are rows of three, rad/s.

    Rates are smoothed over a second. A peak is over four tenths of the 97th percentile; the next one needs a change of
    sign first. (These two constants are the best of twelve pairs on the recorded sets, which favours this baseline.)

    >>> t = np.arange(0, 30, 0.01)
    >>> count_peaks(np.column_stack((np.sin(2 * np.pi * t / 3), 0.1 * np.sin(9 * t), 0 * t)), 100.0)
    10
    """
    rates = rates - rates.mean(axis=0)
    leading = rates @ np.linalg.svd(rates, full_matrices=False)[2][0]
    width = round(_SMOOTHED_S * rate_hz)
    smooth = np.convolve(leading, np.full(width, 1.0 / width), "same")
    if -smooth.min() > smooth.max():
        smooth = -smooth
    level = _LEVEL * float(np.percentile(smooth, 97))
    count, armed = 0, True
    for value in smooth.tolist():
        if armed and value > level:
            count, armed = count + 1, False
        elif value < 0.0:
            armed = True
    return count


_SMOOTHED_S, _LEVEL = 1.0, 0.4
