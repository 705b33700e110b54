"""Connected parts of the borders, and the face that each part lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.arrangement.exact import turn
from gis.arrangement.sorting import ascending
from gis.arrangement.walks import direction, earlier, lowest_between
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement.walks import Walks
    from gis.model.arrangement import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Parts:
    """Connected parts, in the order of their first points.

    Parameters
    ----------
    of_border
        Part of each border, shape (b,).
    outer_walk
        Of each part, the walk around it from outside, shape (p,).
    facing
        The side of another part that each part faces due west, or -1; shape (p,). That part comes
        before.
    """

    of_border: IntArray
    outer_walk: IntArray
    facing: IntArray


def parts(offsets: IntArray, x: IntArray, y: IntArray, walked: Walks) -> Parts:
    """Find the connected parts of borders, and what lies west of each."""
    of_border, count = _connected(walked.node)
    lowest = _first_points(offsets, x, y, of_border, count)
    outer = walked.walk[_outward_sides(offsets, x, y, of_border, lowest)]
    order = np.lexsort((y[lowest], x[lowest]))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    lowest = lowest[order]
    # a single part has nothing to its west
    facing = (
        sides_to_the_west(offsets, x, y, x[lowest], y[lowest])
        if count > 1
        else np.full(count, -1, dtype=np.int64)
    )
    return Parts(rank[of_border], outer[order], facing)


@compiled
def _connected(node: IntArray) -> tuple[IntArray, int]:
    """Give borders that are connected by nodes one number."""
    parent = np.arange(node.max() + 1 if len(node) else 0)
    for border in range(len(node) // 2):
        a, b = _root(parent, node[2 * border]), _root(parent, node[2 * border + 1])
        if a != b:
            parent[max(a, b)] = min(a, b)
    number = np.full(len(parent), -1, dtype=np.int64)
    part = np.empty(len(node) // 2, dtype=np.int64)
    count = 0
    for border in range(len(part)):
        root = _root(parent, node[2 * border])
        if number[root] < 0:
            number[root] = count
            count += 1
        part[border] = number[root]
    return part, count


@compiled
def _root(parent: IntArray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@compiled
def _first_points(
    offsets: IntArray, x: IntArray, y: IntArray, part: IntArray, count: int
) -> IntArray:
    """Return the position of the first point of each part, in the order of x, then y."""
    lowest = np.full(count, -1, dtype=np.int64)
    for border in range(len(part)):
        at = lowest_between(x, y, offsets[border], offsets[border + 1])
        if lowest[part[border]] < 0 or earlier(at, lowest[part[border]], x, y):
            lowest[part[border]] = at
    return lowest


@compiled
def _outward_sides(
    offsets: IntArray, x: IntArray, y: IntArray, part: IntArray, lowest: IntArray
) -> IntArray:
    """Return a side of each part that looks outwards: at its first point, the west is on its left.

    Of the sides that leave that point, all of them eastwards, it is the one furthest to the left.
    """
    outward = np.full(len(lowest), -1, dtype=np.int64)
    for border in range(len(part)):
        at = lowest[part[border]]
        begin, end = offsets[border], offsets[border + 1] - 1
        for side in (2 * border, 2 * border + 1):
            start = end if side & 1 else begin
            if x[start] != x[at] or y[start] != y[at]:
                continue
            held = outward[part[border]]
            if held < 0 or _further_left(side, held, offsets, x, y):
                outward[part[border]] = side
    for number in range(len(lowest)):
        if outward[number] < 0:  # the first point lies within a border
            at = lowest[number]
            border = np.searchsorted(offsets, at, side="right") - 1
            left = turn(x[at - 1], y[at - 1], x[at], y[at], x[at + 1], y[at + 1]) > 0
            outward[number] = 2 * border + (1 if left else 0)
    return outward


@compiled
def _further_left(first: int, second: int, offsets: IntArray, x: IntArray, y: IntArray) -> bool:
    ax, ay = direction(first, offsets, x, y)
    bx, by = direction(second, offsets, x, y)
    return turn(0, 0, bx, by, ax, ay) > 0


@compiled
def sides_to_the_west(
    offsets: IntArray, x: IntArray, y: IntArray, at_x: IntArray, at_y: IntArray
) -> IntArray:
    """Return the side that looks at each point from the nearest border due west, or -1.

    Where a border ends at the height of a point, the one above that height counts.
    """
    found = np.full(len(at_x), -1, dtype=np.int64)
    order = ascending(at_y)
    heights = at_y[order]
    found_low = np.empty(len(at_x), dtype=np.int64)
    found_high = np.empty(len(at_x), dtype=np.int64)
    for border in range(len(offsets) - 1):
        begin, end = offsets[border], offsets[border + 1]
        bottom = top = y[begin]
        for at in range(begin + 1, end):
            bottom, top = min(bottom, y[at]), max(top, y[at])
        lowest = np.searchsorted(heights, bottom)
        if lowest == len(heights) or heights[lowest] >= top:
            continue
        for step in range(begin, end - 1):
            rising = y[step + 1] > y[step]
            low, high = (step, step + 1) if rising else (step + 1, step)
            position = np.searchsorted(heights, y[low])
            while position < len(heights) and heights[position] < y[high]:
                query = order[position]
                position += 1
                px, py = at_x[query], at_y[query]
                if turn(x[low], y[low], x[high], y[high], px, py) >= 0:
                    continue
                held = found[query]
                if held < 0 or _further_east(low, high, found_low[query], found_high[query], x, y):
                    # the face to the east of a rising side is on its right: on its twin's left
                    found[query] = 2 * border + (1 if rising else 0)
                    found_low[query], found_high[query] = low, high
    return found


@compiled
def _further_east(
    low: int, high: int, other_low: int, other_high: int, x: IntArray, y: IntArray
) -> bool:
    """Tell which of two rising edges that do not cross lies east where both are."""
    if y[low] >= y[other_low]:
        side = turn(x[other_low], y[other_low], x[other_high], y[other_high], x[low], y[low])
        if side != 0:
            return side < 0
    else:
        side = turn(x[low], y[low], x[high], y[high], x[other_low], y[other_low])
        if side != 0:
            return side > 0
    # they start from one point
    if y[high] <= y[other_high]:
        return turn(x[other_low], y[other_low], x[other_high], y[other_high], x[high], y[high]) < 0
    return turn(x[low], y[low], x[high], y[high], x[other_high], y[other_high]) > 0


@compiled
def faces_around(
    facing: IntArray,
    part_of_border: IntArray,
    walk: IntArray,
    face_of_walk: IntArray,
    is_outer: BoolArray,
) -> IntArray:
    """Return the face that each part lies in.

    Parameters
    ----------
    facing, part_of_border
        As in :class:`Parts`.
    walk
        Walk of each side.
    face_of_walk
        Face within each walk that goes round one from inside.
    is_outer
        Whether each walk goes round a part from outside.
    """
    around = np.full(len(facing), OUTSIDE, dtype=np.int64)
    for part in range(len(facing)):
        side = facing[part]
        if side >= 0:
            outer = is_outer[walk[side]]
            around[part] = around[part_of_border[side >> 1]] if outer else face_of_walk[walk[side]]
    return around
