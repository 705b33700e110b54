"""Distinct vertices and edges of rings on the grid, and which rings run along each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import FEW, compiled

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
    vertex, x, y = _distinct(rings.x, rings.y, _POINTS_PER_CELL)
    low, high, offsets, cover, side = _edges(vertex, x, y, rings.offsets, rings.cover)
    return Skeleton(x, y, low, high, offsets, cover, side)


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
        group = order[start[number] : start[number + 1]]
        _sort_points(group, x, y)
        for position in range(len(group)):
            at = group[position]
            if position == 0 or x[at] != distinct_x[found - 1] or y[at] != distinct_y[found - 1]:
                distinct_x[found], distinct_y[found] = x[at], y[at]
                found += 1
            vertex[at] = found - 1
    return vertex, distinct_x[:found].copy(), distinct_y[:found].copy()


@compiled
def _sort_points(group: ShortArray, x: IntArray, y: IntArray) -> None:
    """Sort numbers of points by x, then y."""
    if len(group) <= FEW:
        for position in range(1, len(group)):
            at = group[position]
            hole = position
            while hole > 0 and (
                x[group[hole - 1]] > x[at]
                or (x[group[hole - 1]] == x[at] and y[group[hole - 1]] > y[at])
            ):
                group[hole] = group[hole - 1]
                hole -= 1
            group[hole] = at
        return
    by_y = group[np.argsort(y[group], kind="mergesort")]
    group[:] = by_y[np.argsort(x[by_y], kind="mergesort")]


@compiled
def _edges(
    vertex: ShortArray, x: IntArray, y: IntArray, offsets: IntArray, ring_cover: IntArray
) -> tuple[ShortArray, ShortArray, IntArray, ShortArray, npt.NDArray[np.int8]]:
    """Gather the runs of rings by the edge they follow."""
    n = len(vertex)
    start = np.zeros(len(x) + 1, dtype=np.int32)
    for ring in range(len(ring_cover)):
        for at in range(offsets[ring], offsets[ring + 1]):
            a = vertex[at]
            b = vertex[at + 1 if at + 1 < offsets[ring + 1] else offsets[ring]]
            start[(a if _before(a, b, x, y) else b) + 1] += 1
    for number in range(len(x)):
        start[number + 1] += start[number]
    fill = start[:-1].copy()
    run_end = np.empty(n, dtype=np.int32)
    run_cover = np.empty(n, dtype=np.int32)
    run_side = np.empty(n, dtype=np.int8)
    for ring in range(len(ring_cover)):
        for at in range(offsets[ring], offsets[ring + 1]):
            a = vertex[at]
            b = vertex[at + 1 if at + 1 < offsets[ring + 1] else offsets[ring]]
            forward = _before(a, b, x, y)
            low = a if forward else b
            run_end[fill[low]] = b if forward else a
            run_cover[fill[low]] = ring_cover[ring]
            run_side[fill[low]] = 1 if forward else -1
            fill[low] += 1
    low_of = np.empty(n, dtype=np.int32)
    high_of = np.empty(n, dtype=np.int32)
    label_offsets = np.zeros(n + 1, dtype=np.int64)
    edges = 0
    for low in range(len(x)):
        begin, end = start[low], start[low + 1]
        _sort_runs(run_end[begin:end], run_cover[begin:end], run_side[begin:end])
        for run in range(begin, end):
            if run == begin or run_end[run] != run_end[run - 1]:
                low_of[edges], high_of[edges] = low, run_end[run]
                edges += 1
            label_offsets[edges] = run + 1
    return (
        low_of[:edges].copy(),
        high_of[:edges].copy(),
        label_offsets[: edges + 1].copy(),
        run_cover,
        run_side,
    )


@compiled
def _before(a: int, b: int, x: IntArray, y: IntArray) -> bool:
    return bool(x[a] < x[b] or (x[a] == x[b] and y[a] <= y[b]))


@compiled
def _sort_runs(end: ShortArray, cover: ShortArray, side: npt.NDArray[np.int8]) -> None:
    """Sort runs from one vertex by where they end, then by cover."""
    if len(end) <= FEW:
        for position in range(1, len(end)):
            held_end, held_cover, held_side = end[position], cover[position], side[position]
            hole = position
            while hole > 0 and (
                end[hole - 1] > held_end
                or (end[hole - 1] == held_end and cover[hole - 1] > held_cover)
            ):
                end[hole], cover[hole], side[hole] = end[hole - 1], cover[hole - 1], side[hole - 1]
                hole -= 1
            end[hole], cover[hole], side[hole] = held_end, held_cover, held_side
        return
    order = np.argsort(end.astype(np.int64) * 2**31 + cover, kind="mergesort")
    end[:], cover[:], side[:] = end[order], cover[order], side[order]
