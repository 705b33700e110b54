"""Walks along borders around faces: which side of a border follows on which.

A border has two *sides*: ``2 * border`` is walked forwards, ``2 * border + 1`` backwards; the face
that a side bounds lies on its left. At a node, the walk around a face takes the next side in
clockwise order, so that the face stays on the left all the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.exact import turn

if TYPE_CHECKING:
    from gis.model.arrangement import IntArray


@dataclass(frozen=True, slots=True)
class Walks:
    """All closed walks that keep one face on the left.

    Parameters
    ----------
    following
        The side after each side, shape (2b,).
    node
        The node that each side leaves, shape (2b,).
    walk
        Walk of each side, shape (2b,).
    first_x, first_y
        First point of each walk, in the order of x, then y; shape (w,).
    next_x, next_y
        The point that follows it on the walk; of several, the one furthest clockwise, where a shell
        goes on.
    first_side
        The side on which that step is taken.
    """

    following: IntArray
    node: IntArray
    walk: IntArray
    first_side: IntArray
    first_x: IntArray
    first_y: IntArray
    next_x: IntArray
    next_y: IntArray


def walks(offsets: IntArray, x: IntArray, y: IntArray, node: IntArray) -> Walks:
    """Walk along all sides of borders (:class:`gis.arrangement.chains.Chains`)."""
    following = _following(offsets, x, y, node)
    return Walks(following, node, *_walked(offsets, x, y, following))


@compiled
def _following(offsets: IntArray, x: IntArray, y: IntArray, node: IntArray) -> IntArray:
    """Return the side after each side."""
    start = np.zeros(node.max() + 2 if len(node) else 1, dtype=np.int64)
    for side in range(len(node)):
        start[node[side] + 1] += 1
    for at in range(1, len(start)):
        start[at] += start[at - 1]
    fill = start[:-1].copy()
    leaving = np.empty(len(node), dtype=np.int64)
    for side in range(len(node)):
        leaving[fill[node[side]]] = side
        fill[node[side]] += 1
    following = np.empty(len(node), dtype=np.int64)
    for at in range(len(start) - 1):
        if start[at + 1] == start[at]:
            continue
        sides = leaving[start[at] : start[at + 1]]
        _sort_by_angle(sides, offsets, x, y)
        for position in range(len(sides)):
            # arriving by the twin of a side, the walk goes on with the next one clockwise
            following[sides[position] ^ 1] = sides[position - 1]
    return following


@compiled
def _sort_by_angle(sides: IntArray, offsets: IntArray, x: IntArray, y: IntArray) -> None:
    """Sort the sides that leave one point counter-clockwise, from due east on."""
    count = len(sides)
    if count <= FEW:
        for position in range(1, count):
            held = sides[position]
            hole = position
            while hole > 0 and _angle_less(held, sides[hole - 1], offsets, x, y):
                sides[hole] = sides[hole - 1]
                hole -= 1
            sides[hole] = held
        return
    _sort_many_by_angle(sides, offsets, x, y)


@compiled
def _sort_many_by_angle(sides: IntArray, offsets: IntArray, x: IntArray, y: IntArray) -> None:
    """Sort by merging runs of doubling length."""
    count = len(sides)
    source = sides.copy()
    target = np.empty(count, dtype=np.int64)
    length = 1
    while length < count:
        for begin in range(0, count, 2 * length):
            first, second = begin, min(begin + length, count)
            first_end, second_end = second, min(begin + 2 * length, count)
            for write in range(begin, second_end):
                if second >= second_end or (
                    first < first_end
                    and not _angle_less(source[second], source[first], offsets, x, y)
                ):
                    target[write] = source[first]
                    first += 1
                else:
                    target[write] = source[second]
                    second += 1
        source, target = target, source
        length *= 2
    sides[:] = source


@compiled
def _angle_less(first: int, second: int, offsets: IntArray, x: IntArray, y: IntArray) -> bool:
    ax, ay = direction(first, offsets, x, y)
    bx, by = direction(second, offsets, x, y)
    a_below = ay < 0 or (ay == 0 and ax < 0)
    b_below = by < 0 or (by == 0 and bx < 0)
    if a_below != b_below:
        return b_below
    return turn(0, 0, ax, ay, bx, by) > 0


@compiled
def direction(side: int, offsets: IntArray, x: IntArray, y: IntArray) -> tuple[int, int]:
    """Return the first step of a side as a difference of points."""
    border = side >> 1
    if side & 1:
        at = offsets[border + 1] - 1
        return x[at - 1] - x[at], y[at - 1] - y[at]
    at = offsets[border]
    return x[at + 1] - x[at], y[at + 1] - y[at]


@compiled
def _walked(
    offsets: IntArray, x: IntArray, y: IntArray, following: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Walk along all sides; the parts of :class:`Walks` but for the first two."""
    count = len(following)
    walk = np.full(count, -1, dtype=np.int64)
    first_side = np.empty(count, dtype=np.int64)
    first_x = np.empty(count, dtype=np.int64)
    first_y = np.empty(count, dtype=np.int64)
    next_x = np.empty(count, dtype=np.int64)
    next_y = np.empty(count, dtype=np.int64)
    ahead, back = _lowest_points(offsets, x, y)
    rings = 0
    for start in range(count):
        if walk[start] >= 0:
            continue
        side = start
        best, best_x, best_y, best_nx, best_ny = -1, 0, 0, 0, 0
        while walk[side] < 0:
            walk[side] = rings
            at = back[side >> 1] if side & 1 else ahead[side >> 1]
            step = at - 1 if side & 1 else at + 1
            px, py, qx, qy = x[at], y[at], x[step], y[step]
            if best < 0 or _before(px, py, qx, qy, best_x, best_y, best_nx, best_ny):
                best, best_x, best_y, best_nx, best_ny = side, px, py, qx, qy
            side = following[side]
        first_side[rings] = best
        first_x[rings], first_y[rings], next_x[rings], next_y[rings] = (
            best_x, best_y, best_nx, best_ny,
        )  # fmt: skip
        rings += 1
    return (
        walk,
        first_side[:rings].copy(),
        first_x[:rings].copy(),
        first_y[:rings].copy(),
        next_x[:rings].copy(),
        next_y[:rings].copy(),
    )


@compiled
def _before(px: int, py: int, qx: int, qy: int, rx: int, ry: int, sx: int, sy: int) -> bool:
    """Tell whether p comes before r; or, if they are one, whether q lies clockwise of s."""
    if px != rx:
        return px < rx
    if py != ry:
        return py < ry
    return turn(px, py, qx, qy, sx, sy) > 0


@compiled
def _lowest_points(offsets: IntArray, x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first point, in the order of x, then y, of the two sides of each border.

    A side's last point belongs to the side after it.
    """
    ahead = np.empty(len(offsets) - 1, dtype=np.int64)
    back = np.empty(len(offsets) - 1, dtype=np.int64)
    for border in range(len(offsets) - 1):
        begin, end = offsets[border], offsets[border + 1] - 1
        inner = lowest_between(x, y, begin + 1, end) if end > begin + 1 else end
        ahead[border] = begin if end == begin + 1 or not earlier(inner, begin, x, y) else inner
        back[border] = end if end == begin + 1 or not earlier(inner, end, x, y) else inner
    return ahead, back


@compiled
def earlier(a: int, b: int, x: IntArray, y: IntArray) -> bool:
    """Tell whether one point comes before another in the order of x, then y."""
    return bool(x[a] < x[b] or (x[a] == x[b] and y[a] < y[b]))


@compiled
def lowest_between(x: IntArray, y: IntArray, begin: int, end: int) -> int:
    """Return the position of the first point, in the order of x, then y, from begin up to end."""
    best = begin
    for at in range(begin + 1, end):
        if earlier(at, best, x, y):
            best = at
    return best
