"""The incomplete beta function and its inverse, on arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray

#: Terms of the fraction: about the square root of the larger parameter is needed (DLMF 8.17(v)).
_MOST_TERMS = 3000
_CLOSE = 1e-14
#: Keeps a denominator of the fraction from vanishing (the method of Lentz, 1976).
_TINY = 1e-300
_HALVINGS = 40


def beta_cdf(x: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the regularised incomplete beta function I_x(a, b).

    Parameters
    ----------
    x
        In [0, 1].
    a, b
        Above 0, of the same shape as ``x``.

    Returns
    -------
    share
        Chance that a Beta(a, b) is at most ``x``; to about 1e-12 for parameters below 1e6.

    Notes
    -----
    The continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions, on the
    side of the mean where it converges fast.
    """
    swap = x > (a + 1) / (a + b + 2)
    first, second = np.where(swap, b, a), np.where(swap, a, b)
    at = np.where(swap, 1 - x, x)
    inside = (at > 0) & (at < 1)
    safe = np.where(inside, at, 0.5)
    log_front = (
        _log_gamma(a + b)
        - _log_gamma(a)
        - _log_gamma(b)
        + first * np.log(safe)
        + second * np.log1p(-safe)
    )
    share = np.exp(log_front) * _fraction(safe, first, second) / first
    share = np.where(inside, share, np.where(at <= 0, 0.0, 1.0))
    return np.clip(np.where(swap, 1 - share, share), 0.0, 1.0)


def beta_quantile(share: float, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return where the Beta(a, b) distributions reach a share, by halving; to 1e-12."""
    low, high = np.zeros(len(a)), np.ones(len(a))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = beta_cdf(middle, a, b) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _fraction(x: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    c = np.ones_like(x)
    d = 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _off_zero(1 + even * d)
        c = _off_zero(1 + even / c)
        value = value * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _off_zero(1 + odd * d)
        c = _off_zero(1 + odd / c)
        value = value * d * c
        if (np.abs(d * c - 1) < _CLOSE).all():
            break
    return value


def _off_zero(value: FloatArray) -> FloatArray:
    return np.where(np.abs(value) < _TINY, _TINY, value)


def _log_gamma(value: FloatArray) -> FloatArray:
    return np.array([math.lgamma(each) for each in value.tolist()])
