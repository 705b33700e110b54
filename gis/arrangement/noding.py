"""Where edges have to be cut so that they meet at points of the grid only: snap rounding.

Every vertex, and every crossing rounded to the grid, is the centre of a *hot pixel*; an edge that
meets a hot pixel is led through its centre. What an edge becomes depends on the hot pixels along
it and on nothing else, so that places far apart can be done in any order, or at the same time.

The plane is dealt out to cells, and these are halved until few edges are left in a box. Each hot
pixel belongs to the one box that holds its centre, and each box sees all edges that can meet its
pixels.

Sources: Hobby, J. D. (1999), Practical segment intersection with finite precision output,
Computational Geometry 13(4), 199-214. Guibas, L. and Marimont, D. (1998), Rounding arrangements
dynamically, International Journal of Computational Geometry and Applications 8(2), 157-176.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.cells import deal
from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.exact import crosses_properly, meets_pixel, rounded_crossing
from gis.arrangement.sorting import ascending

if TYPE_CHECKING:
    from gis.arrangement.skeleton import ShortArray, Skeleton
    from gis.model.arrangement import IntArray


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
    cells = deal(low, high, x, y)
    shares = np.linspace(0, cells.offsets[-1], workers + 1)[1:-1]
    lines = [0, *np.searchsorted(cells.offsets, shares).tolist(), len(cells.offsets) - 1]

    def of_cells(first: int, last: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        return cuts_in_cells(
            first, last, cells.across, cells.size, cells.west, cells.south,
            cells.offsets, cells.members, low, high, x, y,
        )  # fmt: skip

    if workers == 1:
        parts = [of_cells(*lines)]
    else:
        with ThreadPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
            parts = list(pool.map(of_cells, lines[:-1], lines[1:]))
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


#: Boxes with no more edges are not divided.
_FEW = 20

#: Nor are boxes of no more steps across.
_SMALL = 4

#: A division that leaves the two halves with more than this many times the members is idle: the
#: edges run through both.
_THINNED = 1.7


@compiled
def cuts_in_cells(
    first_cell: int,
    last_cell: int,
    across: int,
    size: int,
    first_west: int,
    first_south: int,
    offsets: IntArray,
    dealt: ShortArray,
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Find the cuts whose pixels have their centres in some cells.

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
    members = np.empty(1024, dtype=np.int32)
    ends = np.empty((_FEW, 4), dtype=np.int64)
    pixels = np.empty(2 * _FEW, dtype=np.int64)
    # box, its members, and how many divisions in a row have not thinned them out
    stack = [(0, 0, 0, 0, 0, 0, 0)]
    stack.pop()
    cell = first_cell
    while cell < last_cell or len(stack) > 0:
        if len(stack) == 0:
            held = offsets[cell + 1] - offsets[cell]
            if held > len(members):
                members = np.empty(4 * held, dtype=np.int32)
            members[:held] = dealt[offsets[cell] : offsets[cell + 1]]
            west, south = first_west + cell % across * size, first_south + cell // across * size
            stack.append((west, west + size, south, south + size, 0, held, 0))
            cell += 1
        west, east, south, north, begin, end, idle = stack.pop()
        count = end - begin
        small = east - west <= _SMALL and north - south <= _SMALL
        if count <= _FEW or small or 2**idle > max(4, count // 16):
            if count > len(ends):
                ends = np.empty((count, 4), dtype=np.int64)
                pixels = np.empty(2 * count, dtype=np.int64)
            vertices = _gathered(
                members, begin, end, low, high, x, y, west, east, south, north, ends, pixels
            )
            before = found
            new_x, new_y, found = _with_crossings(
                ends, count, pixels, vertices, x, y, west, east, south, north, new_x, new_y, found
            )
            cut_edge, cut_vertex, cuts_found = _with_cuts(
                members, begin, ends, count, pixels, vertices, x, y,
                new_x, new_y, before, found, cut_edge, cut_vertex, cuts_found,
            )  # fmt: skip
            continue
        if end + 2 * count > len(members):
            longer = np.empty(2 * (end + 2 * count), dtype=np.int32)
            longer[:end] = members[:end]
            members = longer
        upright = east - west >= north - south
        for attempt in range(3):
            line = west + (east - west) // 2 if upright else south + (north - south) // 2
            first = (west, line, south, north) if upright else (west, east, south, line)
            second = (line, east, south, north) if upright else (west, east, line, north)
            middle = _chosen(members, begin, end, members, end, low, high, x, y, *first)
            last = _chosen(members, begin, end, members, middle, low, high, x, y, *second)
            thinned = last - end <= _THINNED * count
            breadth = north - south if upright else east - west
            # edges that run through both halves may be parted the other way; else it is as it was
            if thinned or (attempt == 0 and breadth <= 1) or attempt == 2:  # noqa: PLR2004
                break
            upright = not upright
        if not thinned:
            idle += 1
        elif middle > end and last > middle:
            # a half that nothing meets only narrows the box: the bundle in it is as thick as before
            idle = 0
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
def _doubled(values: IntArray) -> IntArray:
    """Return a copy with room for as many again."""
    longer = np.empty(2 * len(values), dtype=np.int64)
    longer[: len(values)] = values
    return longer


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
def _gathered(
    members: ShortArray,
    begin: int,
    end: int,
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
    ends: IntArray,
    pixels: IntArray,
) -> int:
    """Write down the ends of members, and the vertices in a box; return how many those are."""
    held = 0
    for position in range(end - begin):
        edge = members[begin + position]
        a, b = low[edge], high[edge]
        ends[position, 0], ends[position, 1] = x[a], y[a]
        ends[position, 2], ends[position, 3] = x[b], y[b]
        if west <= x[a] < east and south <= y[a] < north:
            pixels[held] = a
            held += 1
        if west <= x[b] < east and south <= y[b] < north:
            pixels[held] = b
            held += 1
    return _distinct_numbers(pixels, held)


@compiled
def _with_cuts(
    members: ShortArray,
    begin: int,
    ends: IntArray,
    count: int,
    pixels: IntArray,
    vertices: int,
    x: IntArray,
    y: IntArray,
    new_x: IntArray,
    new_y: IntArray,
    before: int,
    found: int,
    cut_edge: IntArray,
    cut_vertex: IntArray,
    cuts_found: int,
) -> tuple[IntArray, IntArray, int]:
    """Add the members that are led through the vertices and crossings of a box."""
    for pixel in range(vertices + found - before):
        if pixel < vertices:
            vertex = pixels[pixel]
            px, py = x[vertex], y[vertex]
        else:
            at = before + pixel - vertices
            vertex, px, py = -1 - at, new_x[at], new_y[at]
        for position in range(count):
            if not _is_led_through(ends, position, px, py):
                continue
            if cuts_found == len(cut_edge):
                cut_edge, cut_vertex = _doubled(cut_edge), _doubled(cut_vertex)
            cut_edge[cuts_found] = members[begin + position]
            cut_vertex[cuts_found] = vertex
            cuts_found += 1
    return cut_edge, cut_vertex, cuts_found


@compiled
def _is_led_through(ends: IntArray, position: int, px: int, py: int) -> bool:
    """Tell whether an edge meets a pixel that is not one of its ends."""
    ax, ay, bx, by = ends[position, 0], ends[position, 1], ends[position, 2], ends[position, 3]
    if px < ax or px > bx or py < min(ay, by) or py > max(ay, by):
        return False
    if (px == ax and py == ay) or (px == bx and py == by):
        return False
    return meets_pixel(ax, ay, bx, by, px, py)


@compiled
def _with_crossings(
    ends: IntArray,
    count: int,
    pixels: IntArray,
    vertices: int,
    x: IntArray,
    y: IntArray,
    west: int,
    east: int,
    south: int,
    north: int,
    new_x: IntArray,
    new_y: IntArray,
    found: int,
) -> tuple[IntArray, IntArray, int]:
    """Add the rounded crossings within a box that are no vertices yet, and count them."""
    before = found
    for i in range(count):
        ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
        bottom, top = min(ay, by), max(ay, by)
        for j in range(i + 1, count):
            cx, cy, dx, dy = ends[j, 0], ends[j, 1], ends[j, 2], ends[j, 3]
            if cx > bx or ax > dx or (cy > top and dy > top) or (cy < bottom and dy < bottom):
                continue
            if not crosses_properly(ax, ay, bx, by, cx, cy, dx, dy):
                continue
            px, py = rounded_crossing(ax, ay, bx, by, cx, cy, dx, dy)
            if not (west <= px < east and south <= py < north):
                continue
            if _is_among(px, py, x[pixels[:vertices]], y[pixels[:vertices]]):
                continue
            if _is_among(px, py, new_x[before:found], new_y[before:found]):
                continue
            if found == len(new_x):
                new_x, new_y = _doubled(new_x), _doubled(new_y)
            new_x[found], new_y[found] = px, py
            found += 1
    return new_x, new_y, found


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
        numbers[:count] = numbers[:count][ascending(numbers[:count])]
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
