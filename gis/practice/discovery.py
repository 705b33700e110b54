"""How many of the places found may be found by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray


def q_values(p: FloatArray) -> FloatArray:
    """Return the least false discovery rate at which each test is a discovery.

    Parameters
    ----------
    p
        p-values in [0, 1], one a test, of all tests that were made; shape (n,).

    Returns
    -------
    q
        Test i is a discovery at rate ``a`` if ``q[i] <= a``: the k least p-values are, for the
        largest k with p_(k) ≤ a·k/n. Shape (n,).

    Notes
    -----
    Benjamini & Hochberg (1995), *Controlling the false discovery rate*, J. R. Statist. Soc. B 57,
    289–300. It holds for independent tests and for those that depend on each other positively
    (Benjamini & Yekutieli 2001), as the measures of one place do.
    """
    n = len(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * n / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return q
