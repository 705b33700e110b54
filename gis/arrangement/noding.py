"""Where edges have to be cut so that they meet at points of the grid only: snap rounding.

Every vertex, and every crossing rounded to the grid, is the centre of a *hot pixel*; an edge that
meets a hot pixel is led through its centre. What an edge becomes depends on the hot pixels along
it and on nothing else, so that places far apart can be done in any order, or at the same time.

The plane is halved until few edges are left in a box. Each hot pixel belongs to the one box that
holds its centre, and each box sees all edges that can meet its pixels.

Sources: Hobby, J. D. (1999), Practical segment intersection with finite precision output,
Computational Geometry 13(4), 199-214. Guibas, L. and Marimont, D. (1998), Rounding arrangements
dynamically, International Journal of Computational Geometry and Applications 8(2), 157-176.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.exact import crosses_properly, meets_pixel, rounded_crossing

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.arrangement.skeleton import ShortArray, Skeleton
    from gis.model.arrangement import IntArray

    Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where edges are led through the centres of hot pixels.

    Parameters
    ----------
    x, y
        The vertices given, followed by the crossings that are new; shape (v,).
    edge, vertex
        An edge and a vertex that it is led through, without its ends, in the order along the edge;
        shape (c,).
    """

    x: IntArray
    y: IntArray
    edge: IntArray
    vertex: IntArray


def cuts(skeleton: Skeleton, *, workers: int = 1) -> Cuts:
    """Find all cuts of a skeleton's edges.

    Parameters
    ----------
    skeleton
        Distinct edges between vertices on the grid.
    workers
        Number of threads; the result is the same for any.
    """
    x, y, low, high = skeleton.x, skeleton.y, skeleton.low, skeleton.high
    if len(low) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Cuts(x, y, none, none)
    boxes = _strips(x, y, workers)
    if len(boxes) == 1:
        parts = [_cuts_in_box(low, high, x, y, *boxes[0])]
    else:
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(lambda box: _cuts_in_box(low, high, x, y, *box), boxes))
    edge = np.concatenate([part[0] for part in parts])
    counts = np.array([len(part[2]) for part in parts])
    first_new = len(x) + np.cumsum(counts) - counts
    # a crossing is numbered -1, -2 … within its strip
    vertex = np.concatenate(
        [
            np.where(part[1] < 0, first - 1 - part[1], part[1])
            for part, first in zip(parts, first_new.tolist(), strict=True)
        ]
    )
    x = np.concatenate([x, *(part[2] for part in parts)])
    y = np.concatenate([y, *(part[3] for part in parts)])
    falling = y[high[edge]] < y[low[edge]]
    order = np.lexsort((np.where(falling, -y[vertex], y[vertex]), x[vertex], edge))
    return Cuts(x, y, edge[order], vertex[order])


def _strips(x: IntArray, y: IntArray, count: int) -> list[Box]:
    """Part the plane into upright strips with about as many vertices each."""
    west, south = int(x.min()), int(y.min())
    east, north = int(x.max()) + 1, int(y.max()) + 1
    sample = np.sort(x[:: max(1, len(x) // 10_000)])
    inner = {int(sample[len(sample) * part // count]) for part in range(1, count)}
    lines = [west, *sorted(line for line in inner if west < line < east), east]
    return [(a, b, south, north) for a, b in pairwise(lines)]


#: Boxes with no more edges are not divided.
_FEW = 20

#: Nor are boxes of no more steps across.
_SMALL = 4

#: A division that leaves the two halves with more than this many times the members is idle: the
#: edges run through both.
_THINNED = 1.7


@compiled
def _cuts_in_box(
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Find the cuts whose pixels have their centres in a half-open box.

    Returns
    -------
    edge, vertex
        Vertices that are new are numbered -1, -2 …
    new_x, new_y
        New vertices.
    """
    cut_edge = np.empty(1024, dtype=np.int64)
    cut_vertex = np.empty(1024, dtype=np.int64)
    new_x = np.empty(1024, dtype=np.int64)
    new_y = np.empty(1024, dtype=np.int64)
    cuts_found, found = 0, 0
    everything = np.arange(len(low)).astype(np.int32)
    members = np.empty(2 * len(low) + 1024, dtype=np.int32)
    held = _chosen(everything, 0, len(low), members, 0, low, high, x, y, west, east, south, north)
    # box, its members, and how many divisions in a row have not thinned them out
    stack = [(west, east, south, north, 0, held, 0)]
    while len(stack) > 0:
        west, east, south, north, begin, end, idle = stack.pop()
        count = end - begin
        small = east - west <= _SMALL and north - south <= _SMALL
        if count <= _FEW or small or 2**idle > max(4, count // 16):
            edge, vertex, more_x, more_y = _cuts_of_few(
                members[begin:end], low, high, x, y, west, east, south, north
            )
            if len(edge) == 0:
                continue
            for at in range(len(vertex)):
                if vertex[at] < 0:
                    vertex[at] -= found
            cut_edge = _appended(cut_edge, cuts_found, edge)
            cut_vertex = _appended(cut_vertex, cuts_found, vertex)
            new_x, new_y = _appended(new_x, found, more_x), _appended(new_y, found, more_y)
            cuts_found += len(edge)
            found += len(more_x)
            continue
        if end + 2 * count > len(members):
            members = _appended(members, end, np.empty(2 * count, dtype=np.int32))
        upright = east - west >= north - south
        line = west + (east - west) // 2 if upright else south + (north - south) // 2
        first = (west, line, south, north) if upright else (west, east, south, line)
        second = (line, east, south, north) if upright else (west, east, line, north)
        middle = _chosen(members, begin, end, members, end, low, high, x, y, *first)
        last = _chosen(members, begin, end, members, middle, low, high, x, y, *second)
        idle = idle + 1 if last - end > _THINNED * count else 0
        # the parent's members are done with: the children move down into their place
        members[begin : begin + last - end] = members[end:last].copy()
        stack.append((*first, begin, begin + middle - end, idle))
        stack.append((*second, begin + middle - end, begin + last - end, idle))
    return (
        cut_edge[:cuts_found].copy(),
        cut_vertex[:cuts_found].copy(),
        new_x[:found].copy(),
        new_y[:found].copy(),
    )


@compiled
def _chosen(
    members: ShortArray,
    begin: int,
    end: int,
    target: ShortArray,
    write: int,
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
) -> int:
    """Copy the members that may meet pixels of a box; return where they end."""
    for position in range(begin, end):
        a, b = low[members[position]], high[members[position]]
        if _may_meet(x[a], y[a], x[b], y[b], west, east, south, north):
            target[write] = members[position]
            write += 1
    return write


@compiled
def _appended(values: npt.NDArray[Any], used: int, more: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Write more values behind those used, into a longer array where there is no room."""
    if used + len(more) > len(values):
        longer = np.empty(2 * (used + len(more)), dtype=values.dtype)
        longer[:used] = values[:used]
        values = longer
    values[used : used + len(more)] = more
    return values


@compiled
def _may_meet(
    ax: int, ay: int, bx: int, by: int, west: int, east: int, south: int, north: int
) -> bool:
    """Tell whether an edge may meet a pixel of a half-open box; "no" is never wrong."""
    if bx < west or ax >= east:
        return False
    bottom, top = (ay, by) if ay <= by else (by, ay)
    if top < south or bottom >= north:
        return False
    if bx - ax <= east - west or top - bottom <= north - south:
        return True
    # long and slanted: does its line pass the box, widened by a pixel?
    dx, dy = float(bx - ax), float(by - ay)
    ex, ey = 0.5 * (float(west - ax) + (east - ax)), 0.5 * (float(south - ay) + (north - ay))
    first, second = dx * ey, dy * ex
    reach = dx * (0.5 * (north - south) + 1.0) + abs(dy) * (0.5 * (east - west) + 1.0)
    return abs(first - second) <= reach * 1.000001 + (abs(first) + abs(second)) * 1e-14


@compiled
def _cuts_of_few(
    members: ShortArray,
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Find the cuts among few edges by trying them all."""
    count = len(members)
    ends = np.empty((count, 4), dtype=np.int64)
    pixels = np.empty(2 * count, dtype=np.int64)
    held = 0
    for position in range(count):
        for at, vertex in enumerate((low[members[position]], high[members[position]])):
            ends[position, 2 * at], ends[position, 2 * at + 1] = x[vertex], y[vertex]
            if west <= x[vertex] < east and south <= y[vertex] < north:
                pixels[held] = vertex
                held += 1
    pixels = pixels[: _distinct_numbers(pixels, held)]
    new_x, new_y = _new_crossings(ends, pixels, x, y, west, east, south, north)
    at_x = np.concatenate((x[pixels], new_x))
    at_y = np.concatenate((y[pixels], new_y))
    cut_edge = np.empty(16, dtype=np.int64)
    cut_vertex = np.empty(16, dtype=np.int64)
    found = 0
    for pixel in range(len(at_x)):
        px, py = at_x[pixel], at_y[pixel]
        for position in range(count):
            ax, ay, bx, by = ends[position]
            if px < ax or px > bx or (px == ax and py == ay) or (px == bx and py == by):
                continue
            if not meets_pixel(ax, ay, bx, by, px, py):
                continue
            if found == len(cut_edge):
                cut_edge = _appended(cut_edge, found, cut_edge)
                cut_vertex = _appended(cut_vertex, found, cut_vertex)
            cut_edge[found] = members[position]
            cut_vertex[found] = pixels[pixel] if pixel < len(pixels) else len(pixels) - pixel - 1
            found += 1
    return cut_edge[:found], cut_vertex[:found], new_x, new_y


@compiled
def _new_crossings(
    ends: IntArray,
    pixels: IntArray,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
) -> tuple[IntArray, IntArray]:
    """Return the rounded crossings within a box that are no vertices yet."""
    new_x = np.empty(8, dtype=np.int64)
    new_y = np.empty(8, dtype=np.int64)
    found = 0
    for i in range(len(ends)):
        ax, ay, bx, by = ends[i]
        for j in range(i + 1, len(ends)):
            cx, cy, dx, dy = ends[j]
            if cx > bx or ax > dx or min(cy, dy) > max(ay, by) or min(ay, by) > max(cy, dy):
                continue
            if not crosses_properly(ax, ay, bx, by, cx, cy, dx, dy):
                continue
            px, py = rounded_crossing(ax, ay, bx, by, cx, cy, dx, dy)
            if not (west <= px < east and south <= py < north):
                continue
            if _is_among(px, py, x[pixels], y[pixels]):
                continue
            if _is_among(px, py, new_x[:found], new_y[:found]):
                continue
            if found == len(new_x):
                new_x, new_y = _appended(new_x, found, new_x), _appended(new_y, found, new_y)
            new_x[found], new_y[found] = px, py
            found += 1
    return new_x[:found].copy(), new_y[:found].copy()


@compiled
def _is_among(px: int, py: int, x: IntArray, y: IntArray) -> bool:
    for at in range(len(x)):  # noqa: SIM110 - Numba compiles no generator expressions
        if x[at] == px and y[at] == py:
            return True
    return False


@compiled
def _distinct_numbers(numbers: IntArray, count: int) -> int:
    """Move each of the first numbers to the front once, and return how many there are."""
    if count > FEW:
        numbers[:count] = np.sort(numbers[:count])
        kept = 0
        for at in range(count):
            if at == 0 or numbers[at] != numbers[kept - 1]:
                numbers[kept] = numbers[at]
                kept += 1
        return kept
    kept = 0
    for at in range(count):
        known = False
        for earlier in range(kept):
            if numbers[earlier] == numbers[at]:
                known = True
                break
        if not known:
            numbers[kept] = numbers[at]
            kept += 1
    return kept
