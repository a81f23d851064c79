"""One rep's velocity into the posteriors of many sets at once: the exact linear-Gaussian update, made robust.

In a cell the rep is y = v1 + f·drop + noise, noise variance R = sensor² + (cv·predicted)². The robust form treats it as
a mixture of .98 inlier and .02 outlier with 25·R: the cell's weight takes the mixture's likelihood, the state becomes
the one Gaussian with mean and covariance of both updates together (the Gaussian sum of Sorenson and Alspach 1971,
collapsed). An update with a noise between the two costs as much and is overconfident: of the reps that it gives a
probability of ¾ to be the last, two thirds are.

Every operation is elementwise, so that a set's figures do not depend on its neighbours in the batch.
"""

from __future__ import annotations

import numpy as np

from spotter_detector.model.grid import CELLS, CURVES, N_MAX, POSSIBLE, SHARE_USED, Floats, Indices

INLIER_SHARE = 0.98
OUTLIER_SPREAD = 25.0
_ODDS = INLIER_SHARE / (1.0 - INLIER_SHARE)
# Sensor variance of a rep without a velocity.
UNSEEN = 1e12
_BUFFERS = 9


class Workspace:
    """Buffers for the updates of at most `sets_max` sets; only the inlier weights outlive an update."""

    def __init__(self, sets_max: int) -> None:
        self._buffers: Floats = np.zeros((_BUFFERS, sets_max, CELLS))

    def buffers(self, sets: int) -> list[Floats]:
        """Return the buffers, each (sets, 180) and contiguous."""
        return list(self._buffers[:, :sets])

    def inlier(self, sets: int) -> Floats:
        """Return the probability by cell that the last rep of each set was no outlier: (sets, 180)."""
        inlier: Floats = self._buffers[0, :sets]
        return inlier


def update(
    planes: list[Floats],
    curves: Indices,
    progress: Indices,
    velocity: Floats,
    sensor_variance: Floats,
    cv_squared: Floats,
    work: Workspace,
) -> None:
    """Update the posteriors of n sets in place by one rep each.

    Parameters
    ----------
    planes : list of 6 arrays (n, 180), contiguous
        In the order of `grid`.
    curves : array (n, 3)
        Where in `grid.SHARE_USED` the exponents of each set's curve begin.
    progress : array (n,)
        Reps done in each set's curve, this one included: 1 … `PROGRESS_MAX`.
    velocity, sensor_variance, cv_squared : arrays (n, 1)
        Observed velocity, the sensor's variance, and the squared coefficient of variation of a rep, in one unit. A rep
        without a velocity has a sensor variance of `UNSEEN`: it only counts as done.
    work : Workspace
        Afterwards its `inlier` is each cell's probability that the rep was no outlier.

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import V1, curve_offsets, velocity_planes
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = [plane[None].copy() for plane in velocity_planes(prior)]
    >>> column = lambda value: np.array([[value]])
    >>> observation = column(0.40), column(0.03**2), column(0.035**2)
    >>> update(planes, curve_offsets(prior)[None], np.array([1]), *observation, Workspace(1))
    >>> [round(float(planes[V1][0, n - 1]), 3) for n in (4, 10, 20)]
    [0.389, 0.412, 0.44]
    """
    v1, drop, var_v1, cov, var_drop, log_weight = planes
    inlier, share, gain_v1, gain_drop, spread, noise, error, wide, squared = work.buffers(len(progress))

    # Prediction, its covariance with the state, and its variance.
    np.take(
        SHARE_USED, curves + progress[:, None], axis=0, out=share.reshape(len(progress), CURVES, N_MAX), mode="clip"
    )
    np.multiply(share, drop, out=error)
    error += v1
    np.multiply(share, cov, out=gain_v1)
    gain_v1 += var_v1
    np.multiply(share, var_drop, out=gain_drop)
    gain_drop += cov
    np.multiply(share, gain_drop, out=spread)
    spread += gain_v1
    # Noise of the rep as each cell sees it.
    np.multiply(error, error, out=noise)
    noise *= cv_squared
    noise += sensor_variance
    np.subtract(velocity, error, out=error)
    np.multiply(error, error, out=squared)

    # Precisions of the prediction: 1/S of the inlier, 1/W of the outlier; S = spread + R, W = spread + 25 R.
    np.multiply(noise, OUTLIER_SPREAD, out=wide)
    wide += spread
    np.reciprocal(wide, out=wide)
    noise += spread
    np.reciprocal(noise, out=noise)
    # Odds of inlier to outlier: share √(W/S) exp(½ e² (1/W − 1/S)).
    np.divide(noise, wide, out=share)
    np.sqrt(share, out=share)
    noise -= wide
    np.multiply(squared, noise, out=inlier)
    inlier *= -0.5
    np.exp(inlier, out=inlier)
    inlier *= share
    inlier *= _ODDS

    # Weight: the mixture's log density is log(1 + odds) − ½ (log W + e²/W), but for a constant.
    np.add(inlier, 1.0, out=share)
    inlier /= share
    share *= share
    share *= wide
    np.log(share, out=share)
    np.multiply(squared, wide, out=spread)
    share -= spread
    share *= 0.5
    log_weight += share
    np.take(POSSIBLE, progress, axis=0, out=share, mode="clip")
    log_weight += share

    # State: mean and covariance of the mixture of both updates. Gain: q = w/S + (1 − w)/W. Covariance: less c = q − the
    # spread between the two means, w (1 − w) e² (1/S − 1/W)².
    np.multiply(inlier, noise, out=share)
    wide += share
    squared *= share
    squared *= noise
    np.subtract(1.0, inlier, out=share)
    squared *= share
    np.subtract(wide, squared, out=squared)
    error *= wide
    np.multiply(error, gain_v1, out=share)
    v1 += share
    np.multiply(error, gain_drop, out=share)
    drop += share
    np.multiply(squared, gain_v1, out=share)
    np.multiply(share, gain_drop, out=spread)
    cov -= spread
    share *= gain_v1
    var_v1 -= share
    squared *= gain_drop
    squared *= gain_drop
    var_drop -= squared
