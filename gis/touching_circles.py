"""The largest circle inside one polygon, however thin or ragged: circles that touch the border.

A largest circle touches an edge, or a corner that points inwards. Let it be led along: at every
place of an edge, and in every direction from such a corner, there is one circle, as large as the
other edges let it be. What a single one of them lets it be is a convex function of the place, so
between two places no circle is larger than the larger of what that one allows at both; where that
is no more than what has been found already, nothing between them need be looked at.

Source: Ma, J., Bae, S. W. and Choi, S. (2012), 3D medial axis point approximation using nearest
neighbors and the normal field, The Visual Computer 28, 7-19, for the circle that touches at a place
and is held by one other point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray, IntArray

#: Of an edge: its start, its end, its direction and its length.
_AX, _AY, _BX, _BY, _UX, _UY, _LENGTH = range(7)

#: Of a circle: where it touches, the direction of its middle, its radius, or less than zero if that
#: is not known yet, the edge that holds it, the point where, and whether that is within the edge.
_X, _Y, _NX, _NY, _RADIUS, _HOLDER, _HELD_X, _HELD_Y, _WITHIN = range(9)
_CIRCLE_PARTS = 9

#: So many edges, or boxes, lie in a box together.
_IN_A_BOX = 8


@compiled
def largest_radius(edges: FloatArray, following: IntArray, least: float, accuracy: float) -> float:
    """Return the radius of the largest circle inside.

    Parameters
    ----------
    edges
        Start, end, direction and length of each edge, ring by ring, the inside on the left; none is
        without length. Shape (e, 7).
    following
        The edge after each one on its ring, shape (e,).
    least
        A radius of which it is known that the largest is no smaller.
    accuracy
        Share of the radius by which the largest circle may be larger.
    """
    count = len(edges)
    boxes, levels = _boxes(edges)
    queue = np.empty(len(levels) * _IN_A_BOX, dtype=np.int64)
    longest = 0.0
    for edge in range(count):
        longest += edges[edge, _LENGTH]
    best = least
    middle = np.empty(_CIRCLE_PARTS)
    stack = np.empty((2 * _DEEPEST, _CIRCLE_PARTS))
    # a few first, so that there is something to measure the others by
    for edge in range(0, count, 1 + count // _FIRST_LOOKS):
        _place_on_edge(edges, edge, 0.5, stack[0])
        best = _grown(edges, boxes, levels, queue, edge, edge, longest, best, stack[0])
    for edge in range(count):
        after = following[edge]
        _place_on_edge(edges, edge, 0.5, middle)
        best = _grown(edges, boxes, levels, queue, edge, edge, longest, best, middle)
        for share in range(2):
            stack[0] = middle
            _place_on_edge(edges, edge, float(share), stack[1])
            best = _between(edges, boxes, levels, queue, edge, edge, stack, longest, best, accuracy)
        if _points_inwards(edges, edge, after):
            _place_at_corner(edges, edge, after, middle)
            best = _grown(edges, boxes, levels, queue, edge, after, longest, best, middle)
            for last in (edge, after):
                stack[0] = middle
                _place_on_edge(edges, last, 1.0 if last == edge else 0.0, stack[1])
                best = _between(
                    edges, boxes, levels, queue, edge, after, stack, longest, best, accuracy
                )
    return best


_FIRST_LOOKS = 64

#: Each step halves what is left: far more than there are digits.
_DEEPEST = 64


@compiled
def _boxes(edges: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return boxes around every few edges, every few boxes, and so on: an edge is near the next.

    Returns
    -------
    boxes
        West, south, east and north, from the smallest to the one around all.
    levels
        Where the boxes of each size begin.
    """
    levels = np.zeros(32, dtype=np.int64)
    size, level = len(edges), 0
    while True:
        size = -(-size // _IN_A_BOX)
        levels[level + 1] = levels[level] + size
        level += 1
        if size == 1:
            break
    boxes = np.empty((levels[level], 4))
    for box in range(len(boxes)):
        boxes[box, 0], boxes[box, 1], boxes[box, 2], boxes[box, 3] = (
            np.inf,
            np.inf,
            -np.inf,
            -np.inf,
        )
    for edge in range(len(edges)):
        box = edge // _IN_A_BOX
        for end in range(2):
            x, y = edges[edge, 2 * end], edges[edge, 2 * end + 1]
            boxes[box, 0], boxes[box, 1] = min(boxes[box, 0], x), min(boxes[box, 1], y)
            boxes[box, 2], boxes[box, 3] = max(boxes[box, 2], x), max(boxes[box, 3], y)
    for above in range(1, level):
        for inner in range(levels[above - 1], levels[above]):
            box = levels[above] + (inner - levels[above - 1]) // _IN_A_BOX
            for side in range(2):
                boxes[box, side] = min(boxes[box, side], boxes[inner, side])
                boxes[box, side + 2] = max(boxes[box, side + 2], boxes[inner, side + 2])
    return boxes, levels[: level + 1]


@compiled
def _points_inwards(edges: FloatArray, edge: int, after: int) -> bool:
    """Tell whether the corner between two edges is more than half a turn wide inside."""
    ux, uy, vx, vy = edges[edge, _UX], edges[edge, _UY], edges[after, _UX], edges[after, _UY]
    return bool(ux * vy - uy * vx < 0)


@compiled
def _place_on_edge(edges: FloatArray, edge: int, share: float, circle: FloatArray) -> None:
    """Let a circle of unknown radius touch an edge: at its start, its middle or its end."""
    ax, ay, bx, by = edges[edge, _AX], edges[edge, _AY], edges[edge, _BX], edges[edge, _BY]
    # at the ends, the coordinates are to be those of the corner to the last digit
    if share == 0:
        circle[_X], circle[_Y] = ax, ay
    elif share == 1:
        circle[_X], circle[_Y] = bx, by
    else:
        circle[_X], circle[_Y] = (ax + bx) / 2, (ay + by) / 2
    circle[_NX], circle[_NY], circle[_RADIUS] = -edges[edge, _UY], edges[edge, _UX], -1.0


@compiled
def _place_at_corner(edges: FloatArray, edge: int, after: int, circle: FloatArray) -> None:
    """Let a circle of unknown radius touch a corner, straight ahead of it."""
    ux, uy, vx, vy = edges[edge, _UX], edges[edge, _UY], edges[after, _UX], edges[after, _UY]
    circle[_X], circle[_Y], circle[_RADIUS] = edges[edge, _BX], edges[edge, _BY], -1.0
    _face(circle, -uy - vy, ux + vx, ux, uy)


@compiled
def _face(circle: FloatArray, nx: float, ny: float, ahead_x: float, ahead_y: float) -> None:
    """Turn a circle in the direction that two add up to, or straight ahead if they cancel out."""
    size = np.hypot(nx, ny)
    if size < _OPPOSITE:
        nx, ny, size = ahead_x, ahead_y, 1.0
    circle[_NX], circle[_NY] = nx / size, ny / size


#: Of two directions of length one that cancel out, the sum is shorter.
_OPPOSITE = 1e-9


@compiled
def _between(
    edges: FloatArray,
    boxes: FloatArray,
    levels: IntArray,
    queue: IntArray,
    edge: int,
    after: int,
    stack: FloatArray,
    longest: float,
    best: float,
    accuracy: float,
) -> float:
    """Return the largest radius between the two circles on the stack, at least the best one.

    They touch one edge, or the corner between two; the radius of the first is known.
    """
    held = 2
    while held > 0:
        first, last = stack[held - 2], stack[held - 1]
        if max(first[_RADIUS], last[_RADIUS]) > best:
            # one is not inside, and neither is any between them that no edge at the corner holds
            held -= 2
            continue
        if _allowed(edges, first, last) <= best * (1 + accuracy):
            held -= 2
            continue
        if last[_RADIUS] < 0:
            best = _grown(edges, boxes, levels, queue, edge, after, longest, best, last)
            continue
        if _allowed(edges, last, first) <= best * (1 + accuracy) or held + 2 > len(stack):
            held -= 2
            continue
        # go on with the last and the middle one, and with the middle one and the first
        middle, again = stack[held], stack[held + 1]
        middle[_X], middle[_Y] = (first[_X] + last[_X]) / 2, (first[_Y] + last[_Y]) / 2
        nx, ny = first[_NX] + last[_NX], first[_NY] + last[_NY]
        _face(middle, nx, ny, edges[edge, _UX], edges[edge, _UY])
        best = _grown(edges, boxes, levels, queue, edge, after, longest, best, middle)
        again[:] = first
        first[:] = middle
        held += 2
    return best


@compiled
def _grown(
    edges: FloatArray,
    boxes: FloatArray,
    levels: IntArray,
    queue: IntArray,
    edge: int,
    after: int,
    longest: float,
    best: float,
    circle: FloatArray,
) -> float:
    """Let a circle grow until an edge holds it; return the best radius so far.

    Of one that is held before it is as large as the best, the radius is not made out further. One
    that is not inside counts for nothing: where two rings touch, the corner of one may point into
    the hole of the other.
    """
    circle[_RADIUS], circle[_HOLDER], circle[_WITHIN] = longest, edge, 0.0
    circle[_HELD_X], circle[_HELD_Y] = circle[_X], circle[_Y]
    # most are held by what is nearby
    near = edge // _IN_A_BOX
    _hold(edges, near, edge, after, circle)
    queue[0] = levels[-1] - 1
    waiting = 1
    while waiting > 0 and circle[_RADIUS] > best:
        waiting -= 1
        box = queue[waiting]
        level = 0
        while box >= levels[level + 1]:
            level += 1
        if not _reaches(boxes, box, circle):
            continue
        if level == 0:
            if box != near:
                _hold(edges, box, edge, after, circle)
            continue
        first = levels[level - 1] + (box - levels[level]) * _IN_A_BOX
        for inner in range(first, min(first + _IN_A_BOX, levels[level])):
            queue[waiting] = inner
            waiting += 1
    if circle[_RADIUS] > best and (edge == after or _is_inside(edges, circle)):
        return float(circle[_RADIUS])
    return best


@compiled
def _is_inside(edges: FloatArray, circle: FloatArray) -> bool:
    """Tell whether the middle of a circle is inside, by the edges east of it."""
    x = circle[_X] + circle[_RADIUS] * circle[_NX]
    y = circle[_Y] + circle[_RADIUS] * circle[_NY]
    inside = False
    for edge in range(len(edges)):
        dx, dy = x - edges[edge, _AX], y - edges[edge, _AY]
        rising = edges[edge, _BY] > edges[edge, _AY]
        if (edges[edge, _AY] > y) != (edges[edge, _BY] > y) and rising == bool(
            edges[edge, _UX] * dy - edges[edge, _UY] * dx > 0
        ):
            inside = not inside
    return inside


@compiled
def _reaches(boxes: FloatArray, box: int, circle: FloatArray) -> bool:
    """Tell whether a circle meets a box."""
    x = circle[_X] + circle[_RADIUS] * circle[_NX]
    y = circle[_Y] + circle[_RADIUS] * circle[_NY]
    dx = max(boxes[box, 0] - x, x - boxes[box, 2], 0.0)
    dy = max(boxes[box, 1] - y, y - boxes[box, 3], 0.0)
    return bool(dx * dx + dy * dy < circle[_RADIUS] * circle[_RADIUS])


@compiled
def _hold(edges: FloatArray, box: int, edge: int, after: int, circle: FloatArray) -> None:
    """Shrink a circle to what the edges in a box allow."""
    x, y, nx, ny = circle[_X], circle[_Y], circle[_NX], circle[_NY]
    radius = circle[_RADIUS]
    middle_x, middle_y = x + radius * nx, y + radius * ny
    for other in range(box * _IN_A_BOX, min((box + 1) * _IN_A_BOX, len(edges))):
        if other in (edge, after):
            continue
        # most edges are out of reach
        ux, uy, length = edges[other, _UX], edges[other, _UY], edges[other, _LENGTH]
        dx, dy = middle_x - edges[other, _AX], middle_y - edges[other, _AY]
        foot = dx * ux + dy * uy
        if foot < 0 or foot > length:
            if foot > length:
                dx, dy = middle_x - edges[other, _BX], middle_y - edges[other, _BY]
            if dx * dx + dy * dy > radius * radius * _TOUCHING:
                continue
        elif abs(ux * dy - uy * dx) > radius * _TOUCHING:
            continue
        allowed, px, py, within = _allowed_by_edge(edges, other, x, y, nx, ny)
        if allowed < radius:
            radius = allowed
            middle_x, middle_y = x + radius * nx, y + radius * ny
            circle[_RADIUS], circle[_HOLDER] = radius, other
            circle[_HELD_X], circle[_HELD_Y] = px, py
            circle[_WITHIN] = 1.0 if within else 0.0


#: A little more than one: an edge on the other side of the place itself is in the way.
_TOUCHING = 1 + 1e-9


@compiled
def _allowed_by_edge(
    edges: FloatArray, other: int, x: float, y: float, nx: float, ny: float
) -> tuple[float, float, float, bool]:
    """Return the radius that an edge allows, the point where it holds the circle, if within it."""
    ux, uy, length = edges[other, _UX], edges[other, _UY], edges[other, _LENGTH]
    ax, ay, bx, by = edges[other, _AX], edges[other, _AY], edges[other, _BX], edges[other, _BY]
    dx, dy = x - ax, y - ay
    starts, ends = dx == 0 and dy == 0, x == bx and y == by
    if starts or ends:
        # an edge that leaves the place itself is in the way, or is not
        ahead = nx * ux + ny * uy
        return (0.0 if (ahead > 0 if starts else ahead < 0) else np.inf), x, y, True
    # the line's distance, and how much of what the circle grows it gives way
    distance, way = ux * dy - uy * dx, ux * ny - uy * nx
    if distance < 0:
        distance, way = -distance, -way
    if way < 1:
        radius = distance / (1 - way)
        foot = (dx + radius * nx) * ux + (dy + radius * ny) * uy
        if 0 <= foot <= length:
            return radius, ax + foot * ux, ay + foot * uy, True
    first = _allowed_by_point(x, y, nx, ny, ax, ay)
    second = _allowed_by_point(x, y, nx, ny, bx, by)
    if first <= second:
        return first, ax, ay, False
    return second, bx, by, False


@compiled
def _allowed_by_point(x: float, y: float, nx: float, ny: float, at_x: float, at_y: float) -> float:
    """Return the radius at which a circle that touches at a place reaches a point."""
    dx, dy = at_x - x, at_y - y
    ahead = nx * dx + ny * dy
    if ahead <= 0:
        return np.inf
    return float((dx * dx + dy * dy) / (2 * ahead))


@compiled
def _allowed(edges: FloatArray, circle: FloatArray, other: FloatArray) -> float:
    """Return a radius that no circle between two exceeds, from what holds the first."""
    x, y, nx, ny = other[_X], other[_Y], other[_NX], other[_NY]
    allowed = _allowed_by_point(x, y, nx, ny, circle[_HELD_X], circle[_HELD_Y])
    if circle[_WITHIN] > 0:
        by_edge, _, _, within = _allowed_by_edge(edges, int(circle[_HOLDER]), x, y, nx, ny)
        if within:
            allowed = min(allowed, by_edge)
    return float(max(allowed, circle[_RADIUS]))
