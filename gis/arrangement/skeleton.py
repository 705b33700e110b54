"""Distinct vertices and edges of rings on the grid, and which rings run along each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.sorting import ascending

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.arrangement.grid import Rings
    from gis.model.arrangement import IntArray

    ShortArray = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Straight edges between distinct vertices, each once.

    Parameters
    ----------
    x, y
        Vertices in steps of the grid, shape (v,).
    low, high
        Ends of each edge, the lower one in the order of x, then y, first; shape (e,). Where a ring
        has shrunk to a point, both ends are that vertex.
    label_offsets, label_cover, label_side
        Runs of rings along edge i: ``label_offsets[i]`` up to ``label_offsets[i + 1]``, each with
        its cover and 1 where the ring goes from low to high, else -1.
    """

    x: IntArray
    y: IntArray
    low: ShortArray
    high: ShortArray
    label_offsets: IntArray
    label_cover: ShortArray
    label_side: npt.NDArray[np.int8]


#: Points to a cell of the grid that finds equal ones: small enough to sort at one go.
_POINTS_PER_CELL = 6


def skeleton(rings: Rings) -> Skeleton:
    """Return the distinct vertices and edges of rings."""
    if len(rings.x) == 0:
        none = np.zeros(0, dtype=np.int64)
        short = none.astype(np.int32)
        return Skeleton(
            none, none, short, short, np.zeros(1, np.int64), short, none.astype(np.int8)
        )
    vertex, x, y = distinct(rings.x, rings.y)
    low, high, offsets, cover, side = _edges(vertex, x, y, rings.offsets, rings.cover)
    return Skeleton(x, y, low, high, offsets, cover, side)


def distinct(x: IntArray, y: IntArray) -> tuple[ShortArray, IntArray, IntArray]:
    """Return a number for each point, equal for equal points, and the points by number."""
    return _distinct(x, y, _POINTS_PER_CELL)


@compiled
def _distinct(x: IntArray, y: IntArray, per_cell: int) -> tuple[ShortArray, IntArray, IntArray]:
    """Give each distinct point a number, cell by cell, so that near ones have near numbers."""
    n = len(x)
    west, south = x.min(), y.min()
    width, height = float(x.max() - west + 1), float(y.max() - south + 1)
    cells = max(1.0, n / per_cell)
    size = max(1.0, np.sqrt(width * height / cells), width / cells, height / cells)
    across, up = int(width / size) + 1, int(height / size) + 1
    cell = np.empty(n, dtype=np.int32)
    start = np.zeros(across * up + 1, dtype=np.int32)
    for at in range(n):
        number = int((y[at] - south) / size) * across + int((x[at] - west) / size)
        cell[at] = number
        start[number + 1] += 1
    for number in range(across * up):
        start[number + 1] += start[number]
    order = np.empty(n, dtype=np.int32)
    fill = start[:-1].copy()
    for at in range(n):
        order[fill[cell[at]]] = at
        fill[cell[at]] += 1
    vertex = cell  # each point's cell is not needed any more
    distinct_x = np.empty(n, dtype=np.int64)
    distinct_y = np.empty(n, dtype=np.int64)
    found = 0
    for number in range(across * up):
        begin, end = start[number], start[number + 1]
        _sort_points(order, begin, end, x, y)
        for position in range(begin, end):
            at = order[position]
            if (
                position == begin
                or x[at] != distinct_x[found - 1]
                or y[at] != distinct_y[found - 1]
            ):
                distinct_x[found], distinct_y[found] = x[at], y[at]
                found += 1
            vertex[at] = found - 1
    return vertex, distinct_x[:found].copy(), distinct_y[:found].copy()


@compiled
def _sort_points(order: ShortArray, begin: int, end: int, x: IntArray, y: IntArray) -> None:
    """Sort the numbers of some points by x, then y, in place."""
    if end - begin > FEW:
        by_y = order[begin:end][ascending(y[order[begin:end]])]
        order[begin:end] = by_y[ascending(x[by_y])]
        return
    for position in range(begin + 1, end):
        at = order[position]
        hole = position
        while hole > begin and (
            x[order[hole - 1]] > x[at]
            or (x[order[hole - 1]] == x[at] and y[order[hole - 1]] > y[at])
        ):
            order[hole] = order[hole - 1]
            hole -= 1
        order[hole] = at


@compiled
def _edges(
    vertex: ShortArray, x: IntArray, y: IntArray, offsets: IntArray, ring_cover: IntArray
) -> tuple[ShortArray, ShortArray, IntArray, ShortArray, npt.NDArray[np.int8]]:
    """Gather the runs of rings by the edge they follow."""
    n = len(vertex)
    # by the end with the smaller number; which end comes first in the plane is looked up later
    start = np.zeros(len(x) + 1, dtype=np.int32)
    for ring in range(len(ring_cover)):
        a = vertex[offsets[ring + 1] - 1]
        for at in range(offsets[ring], offsets[ring + 1]):
            b = vertex[at]
            start[min(a, b) + 1] += 1
            a = b
    for number in range(len(x)):
        start[number + 1] += start[number]
    fill = start[:-1].copy()
    run_end = np.empty(n, dtype=np.int32)
    run_cover = np.empty(n, dtype=np.int32)  # ~cover for runs towards the smaller number
    for ring in range(len(ring_cover)):
        a = vertex[offsets[ring + 1] - 1]
        for at in range(offsets[ring], offsets[ring + 1]):
            b = vertex[at]
            to = fill[min(a, b)]
            run_end[to] = max(a, b)
            run_cover[to] = ring_cover[ring] if a <= b else ~ring_cover[ring]
            fill[min(a, b)] += 1
            a = b
    low_of = np.empty(n, dtype=np.int32)
    high_of = np.empty(n, dtype=np.int32)
    label_offsets = np.zeros(n + 1, dtype=np.int64)
    label_side = np.empty(n, dtype=np.int8)
    edges = 0
    for one_end in range(len(x)):
        begin, end = start[one_end], start[one_end + 1]
        _sort_runs(run_end, run_cover, begin, end)
        for run in range(begin, end):
            other_end = run_end[run]
            forward = x[one_end] < x[other_end] or (
                x[one_end] == x[other_end] and y[one_end] <= y[other_end]
            )
            if run == begin or other_end != run_end[run - 1]:
                low_of[edges] = one_end if forward else other_end
                high_of[edges] = other_end if forward else one_end
                edges += 1
            label_offsets[edges] = run + 1
            upwards = run_cover[run] >= 0
            label_side[run] = 1 if upwards == forward else -1
            if not upwards:
                run_cover[run] = ~run_cover[run]
    return (
        low_of[:edges].copy(),
        high_of[:edges].copy(),
        label_offsets[: edges + 1].copy(),
        run_cover,
        label_side,
    )


@compiled
def _sort_runs(run_end: ShortArray, run_cover: ShortArray, begin: int, end: int) -> None:
    """Sort runs by where they end, then by what stands for their cover, in place."""
    if end - begin > FEW:
        keys = run_end[begin:end].astype(np.int64) * 2**32 + run_cover[begin:end] + 2**31
        order = ascending(keys)
        run_end[begin:end] = run_end[begin:end][order]
        run_cover[begin:end] = run_cover[begin:end][order]
        return
    for position in range(begin + 1, end):
        held_end, held_cover = run_end[position], run_cover[position]
        hole = position
        while hole > begin and (
            run_end[hole - 1] > held_end
            or (run_end[hole - 1] == held_end and run_cover[hole - 1] > held_cover)
        ):
            run_end[hole], run_cover[hole] = run_end[hole - 1], run_cover[hole - 1]
            hole -= 1
        run_end[hole], run_cover[hole] = held_end, held_cover
