"""A short tour of many points, along the curve of Hilbert.

Source: Hilbert, D. (1891), Ueber die stetige Abbildung einer Linie auf ein Flaechenstueck,
Mathematische Annalen 38, 459-460.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import IntArray

#: Bits of a coordinate that count.
_BITS = 31


def tour(x: IntArray, y: IntArray) -> IntArray:
    """Return an order of points in which those that follow each other lie near each other."""
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    across, up = x - x.min(), y - y.min()
    too_many = max(0, int(max(across.max(), up.max())).bit_length() - _BITS)
    return np.argsort(_positions(across >> too_many, up >> too_many), kind="stable")


@compiled
def _positions(x: IntArray, y: IntArray) -> IntArray:
    """Return how far along the curve each point lies."""
    position = np.zeros(len(x), dtype=np.int64)
    for at in range(len(x)):
        px, py = x[at], y[at]
        for bit in range(_BITS - 1, -1, -1):
            right, upper = (px >> bit) & 1, (py >> bit) & 1
            position[at] = 4 * position[at] + ((3 * right) ^ upper)
            # the quarters below are turned, so that one ends where the next one begins
            px, py = px & ((1 << bit) - 1), py & ((1 << bit) - 1)
            if upper == 0:
                if right == 1:
                    px, py = (1 << bit) - 1 - px, (1 << bit) - 1 - py
                px, py = py, px
    return position
