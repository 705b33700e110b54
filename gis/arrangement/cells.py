"""Edges dealt out to square cells of the plane, so that each cell can be worked on by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import IntArray


@dataclass(frozen=True, slots=True)
class Cells:
    """Square cells over the plane, row by row, and the edges that may meet pixels of each.

    Parameters
    ----------
    across, size, west, south
        Cells in a row, steps along the side of a cell, and the corner of the first one.
    offsets, members
        Edges of cell i: ``members[offsets[i]:offsets[i + 1]]``.
    """

    across: int
    size: int
    west: int
    south: int
    offsets: IntArray
    members: ShortArray


def deal(low: ShortArray, high: ShortArray, x: IntArray, y: IntArray) -> Cells:
    """Deal edges out to cells; to a single one if they are so long that cells would not help."""
    west, south = int(x.min()), int(y.min())
    width, height = int(x.max()) - west + 1, int(y.max()) - south + 1
    cells = max(1, len(low) // _EDGES_PER_CELL)
    size = max(int((width / cells * height) ** 0.5), width // cells, height // cells) + 1
    across, up = -(-width // size), -(-height // size)
    offsets = _counted(low, high, x, y, west, south, size, across, up)
    if offsets[-1] > _MOST_COPIES * len(low):
        size, across, up = max(width, height), 1, 1
        offsets = np.array([0, len(low)])
    members = _dealt(low, high, x, y, west, south, size, across, offsets)
    return Cells(across, size, west, south, offsets, members)


#: Cells this full are divided further by halves.
_EDGES_PER_CELL = 200

#: Edges that lie in more cells than this, on average, are halved from the whole plane on.
_MOST_COPIES = 3


@compiled
def _reached(
    ax: int, ay: int, bx: int, by: int, west: int, south: int, size: int
) -> tuple[int, int, int, int]:
    """Return the first and last column and row of cells that an edge's bounding box meets."""
    bottom, top = min(ay, by), max(ay, by)
    return (
        (ax - west) // size,
        (bx - west) // size,
        (bottom - south) // size,
        (top - south) // size,
    )


@compiled
def _counted(
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    south: int,
    size: int,
    across: int,
    up: int,
) -> IntArray:
    """Return the offsets of cells whose members are those with bounding boxes that meet them."""
    offsets = np.zeros(across * up + 1, dtype=np.int64)
    total = 0
    for edge in range(len(low)):
        a, b = low[edge], high[edge]
        left, right, bottom, top = _reached(x[a], y[a], x[b], y[b], west, south, size)
        total += (right - left + 1) * (top - bottom + 1)
        if total > _MOST_COPIES * len(low):
            offsets[-1] = total
            return offsets
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                offsets[row * across + column + 1] += 1
    for cell in range(across * up):
        offsets[cell + 1] += offsets[cell]
    return offsets


@compiled
def _dealt(
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    south: int,
    size: int,
    across: int,
    offsets: IntArray,
) -> ShortArray:
    """Return the members of all cells."""
    members = np.empty(offsets[-1], dtype=np.int32)
    fill = offsets[:-1].copy()
    for edge in range(len(low)):
        a, b = low[edge], high[edge]
        left, right, bottom, top = _reached(x[a], y[a], x[b], y[b], west, south, size)
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                members[fill[row * across + column]] = edge
                fill[row * across + column] += 1
    return members
