"""Straight pieces of borders, listed by square cells; crowded cells have cells of their own.

Long slanted pieces are listed in the cells along them and not in their whole bounding box.

Source: Franklin, W. R. et al. (1989), Uniform grids: a technique for intersection detection on
serial and parallel machines, Proceedings of Auto-Carto 9, 100-109; nested here, as real layers are
not uniform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class NestedCells:
    """Grids of cells, the first over everything, each other one over a cell of an earlier one.

    Parameters
    ----------
    grids
        Of each grid: west and south of its corner, the size of its cells, how many there are
        across and upwards, and the number of its first cell; shape (g, 6).
    start
        Pieces of cell i: ``listed[start[i]:start[i + 1]]``.
    inner
        The grid over cell i, or -1; its pieces are listed there, too.
    listed
        Pieces.
    """

    grids: FloatArray
    start: IntArray
    inner: IntArray
    listed: IntArray


def nested_cells(points: IntArray, offsets: IntArray, reach: IntArray) -> NestedCells:
    """List the straight pieces of lines by cells; pieces without length are left out.

    Parameters
    ----------
    points
        Points in steps of the grid, shape (p, 2).
    offsets
        Points of line i: ``offsets[i]`` up to ``offsets[i + 1]``. A piece leads from a point to the
        next one of its line and is named by the first.
    reach
        By how much the box around the piece from each point on is widened, in steps; shape (p,).
    """
    return NestedCells(*_nested(points, offsets, reach))


#: Pieces to a cell, about.
_PER_CELL = 4

#: Cells with more pieces have cells of their own,
_CROWDED = 24

#: unless they are no more than so many steps across,
_SMALL = 4

#: or so many grids in a row have left most of the pieces in one cell.
_IDLE = 3


@compiled
def _nested(
    points: IntArray, offsets: IntArray, reach: IntArray
) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Return the parts of :class:`NestedCells`."""
    grids = np.empty((16, 6), dtype=np.float64)
    start = np.empty(16, dtype=np.int64)
    inner = np.empty(16, dtype=np.int64)
    listed = _pieces(points, offsets)
    used = len(listed)
    count, cells = 0, 0
    # the cell to be parted, its pieces, its box, and how many grids in a row have not helped
    stack = [(-1, 0, used, -np.inf, np.inf, -np.inf, np.inf, 0)]
    while len(stack) > 0:
        cell, first, last, west, east, south, north, idle = stack.pop()
        members = listed[first:last]
        west, east, south, north, extent = _extent(members, points, reach, west, east, south, north)
        if west > east:
            west, east, south, north = 0.0, 0.0, 0.0, 0.0
        if cell >= 0:
            inner[cell] = count
        size, across, up = _cells(west, east, south, north, extent, last - first)
        offset, parted = _listed(members, points, reach, west, south, size, across, up)
        if count == len(grids):
            longer = np.empty((2 * count, 6), dtype=np.float64)
            longer[:count] = grids
            grids = longer
        grids[count, 0], grids[count, 1], grids[count, 2] = west, south, size
        grids[count, 3], grids[count, 4], grids[count, 5] = across, up, cells
        count += 1
        start, inner = with_room(start, cells, len(offset)), with_room(inner, cells, len(offset))
        listed = with_room(listed, used, len(parted))
        listed[used : used + len(parted)] = parted
        for at in range(len(offset)):
            start[cells + at], inner[cells + at] = used + offset[at], -1
        for at in range(across * up):
            held = offset[at + 1] - offset[at]
            still = idle + 1 if 2 * held > last - first else 0
            if held > _CROWDED and size > _SMALL and still < _IDLE:
                # a step more on all sides, for what was rounded on the way into the cells
                left, low = west + at % across * size - 1.0, south + at // across * size - 1.0
                stack.append(
                    (
                        cells + at, used + offset[at], used + offset[at + 1],
                        left, left + size + 2.0, low, low + size + 2.0, still,
                    )
                )  # fmt: skip
        cells += len(offset)
        used += len(parted)
    return grids[:count], start[:cells], inner[:cells], listed[:used]


@compiled
def _pieces(points: IntArray, offsets: IntArray) -> IntArray:
    """Return the points that are followed by another one, elsewhere, on the same line."""
    followed = np.empty(len(points), dtype=np.int64)
    count = 0
    for line in range(len(offsets) - 1):
        for at in range(offsets[line], offsets[line + 1] - 1):
            if points[at, 0] != points[at + 1, 0] or points[at, 1] != points[at + 1, 1]:
                followed[count] = at
                count += 1
    return followed[:count]


@compiled
def with_room(values: IntArray, used: int, more: int) -> IntArray:
    """Return the values used with room for more."""
    if used + more <= len(values):
        return values
    longer = np.empty(2 * (used + more), dtype=np.int64)
    for at in range(used):
        longer[at] = values[at]
    return longer


@compiled
def _extent(
    pieces: IntArray,
    points: IntArray,
    reach: IntArray,
    west: float,
    east: float,
    south: float,
    north: float,
) -> tuple[float, float, float, float, float]:
    """Return the part of a box that pieces and their reach fill, and their mean size in it.

    It begins after its end where none of them meets the box.
    """
    first, last, lowest, highest, total = np.inf, -np.inf, np.inf, -np.inf, 0.0
    for at in pieces:
        left, right, low, high = bounds_of(
            points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1], reach[at]
        )
        if left > east or right < west or low > north or high < south:
            continue
        left_in, right_in = max(float(left), west), min(float(right), east)
        low_in, high_in = max(float(low), south), min(float(high), north)
        first, last = min(first, left_in), max(last, right_in)
        lowest, highest = min(lowest, low_in), max(highest, high_in)
        total += max(right_in - left_in, high_in - low_in)
    return first, last, lowest, highest, total / max(len(pieces), 1)


@compiled
def bounds_of(ax: int, ay: int, bx: int, by: int, reach: int) -> tuple[int, int, int, int]:
    """Return the box around a piece and its reach: west, east, south, north."""
    return min(ax, bx) - reach, max(ax, bx) + reach, min(ay, by) - reach, max(ay, by) + reach


@compiled
def _cells(
    west: float, east: float, south: float, north: float, extent: float, count: int
) -> tuple[float, int, int]:
    """Return the size of the cells of a box, and how many there are across and upwards.

    They are no smaller than a piece on average.
    """
    wide, high = east - west + 1.0, north - south + 1.0
    cells = max(count / _PER_CELL, 1.0)
    size = max(1.0, np.sqrt(wide * high / cells), wide / cells, high / cells, extent)
    return size, int(wide / size) + 1, int(high / size) + 1


@compiled
def _listed(
    pieces: IntArray,
    points: IntArray,
    reach: IntArray,
    west: float,
    south: float,
    size: float,
    across: int,
    up: int,
) -> tuple[IntArray, IntArray]:
    """List pieces by the cells that they pass, cell i from ``start[i]`` up to ``start[i + 1]``."""
    start = np.zeros(across * up + 1, dtype=np.int64)
    listed = np.empty(0, dtype=np.int64)
    fill = start[1:]  # counting first, then listing
    for listing in range(2):
        if listing:
            for cell in range(across * up):
                start[cell + 1] += start[cell]
            listed = np.empty(start[across * up], dtype=np.int64)
            fill = start[:-1].copy()
        for at in pieces:
            ax, ay, bx, by = points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1]
            box = bounds_of(ax, ay, bx, by, reach[at])
            left, right, low, high = passed(*box, west, south, size, across, up)
            for row in range(low, high + 1):
                first, last = columns(
                    row, left, right, low, high, ax, ay, bx, by, reach[at], west, south, size
                )
                for cell in range(row * across + first, row * across + last + 1):
                    if listing:
                        listed[fill[cell]] = at
                    fill[cell] += 1
    return start, listed


@compiled
def passed(
    first: int, last: int, lowest: int, highest: int,
    west: float, south: float, size: float, across: int, up: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Return the columns, from first to last, and the rows of cells that a box passes.

    Like :func:`columns` it takes plain numbers, as handing over arrays takes longer.
    """
    per_step = 1.0 / size
    # what is cut off to a whole number lies, below zero, one cell too far in, and misses nothing
    return (
        max(0, int((first - west) * per_step)),
        min(across - 1, int((last - west) * per_step)),
        max(0, int((lowest - south) * per_step)),
        min(up - 1, int((highest - south) * per_step)),
    )


@compiled
def columns(
    row: int, left: int, right: int, low: int, high: int,
    ax: int, ay: int, bx: int, by: int, reach: int,
    west: float, south: float, size: float,
) -> tuple[int, int]:  # fmt: skip
    """Return the columns, of those from left to right, that the piece from a to b passes in a row.

    From low to high are the rows that it passes at all.
    """
    if high == low or right <= left + 1 or ay == by:
        return left, right
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    more = reach + 1.0
    bottom = max(float(ay), south + row * size - more)
    top = min(float(by), south + (row + 1) * size + more)
    slope = float(bx - ax) / float(by - ay)
    first, last = ax + (bottom - ay) * slope, ax + (top - ay) * slope
    return (
        max(left, int((min(first, last) - more - west) / size)),
        min(right, int((max(first, last) + more - west) / size)),
    )
