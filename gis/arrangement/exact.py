"""Exact answers about straight edges between points of an integer grid.

Coordinates are integers below :data:`REACH` in size. Where the differences are below 2**30, all
products fit into 64 bits; else they are kept as pairs ``(high, low)`` that stand for
``high * 2**42 + low`` with ``0 <= low < 2**42``.
"""

from __future__ import annotations

from gis.arrangement.compiled import compiled

#: Largest coordinate in steps of the grid: with steps of a millimetre, a million kilometres.
REACH = 2**40

_SHORT = 2**30
_HALF_BITS = 21
_HALF = 2**21 - 1
_LOW_BITS = 42
_LOW = 2**42 - 1


@compiled
def turn(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """Return 1 if ``c`` lies left of the line from ``a`` to ``b``, -1 if right, 0 if on it."""
    dx, dy = bx - ax, by - ay
    ex, ey = cx - ax, cy - ay
    if max(abs(dx), abs(dy), abs(ex), abs(ey)) < _SHORT:
        cross = dx * ey - dy * ex
        return 1 if cross > 0 else (-1 if cross < 0 else 0)
    high, low = _wide_cross(dx, dy, ex, ey)
    return _sign(high, low)


@compiled
def crosses_properly(
    ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int
) -> bool:
    """Tell whether the interiors of two edges meet in one point."""
    first = turn(ax, ay, bx, by, cx, cy)
    if first == 0 or turn(ax, ay, bx, by, dx, dy) != -first:
        return False
    second = turn(cx, cy, dx, dy, ax, ay)
    return second != 0 and turn(cx, cy, dx, dy, bx, by) == -second


@compiled
def rounded_crossing(
    ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int
) -> tuple[int, int]:
    """Return the point of the grid nearest to where two edges cross properly; halves go up."""
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    acx, acy = cx - ax, cy - ay
    if max(abs(abx), abs(aby), abs(cdx), abs(cdy), abs(acx), abs(acy)) < _SHORT:
        whole = abx * cdy - aby * cdx
        part = acx * cdy - acy * cdx
        if whole < 0:
            whole, part = -whole, -part
        return ax + _share(part, whole, abx), ay + _share(part, whole, aby)
    whole_high, whole_low = _wide_cross(abx, aby, cdx, cdy)
    part_high, part_low = _wide_cross(acx, acy, cdx, cdy)
    if whole_high < 0:
        whole_high, whole_low = _negated(whole_high, whole_low)
        part_high, part_low = _negated(part_high, part_low)
    return (
        ax + _wide_share(part_high, part_low, whole_high, whole_low, abx),
        ay + _wide_share(part_high, part_low, whole_high, whole_low, aby),
    )


@compiled
def meets_pixel(ax: int, ay: int, bx: int, by: int, px: int, py: int) -> bool:
    """Tell whether the edge from ``a`` to ``b`` meets the half-open pixel around ``p``.

    The pixel reaches from half a step before ``p`` up to, but not including, half a step beyond.
    ``a`` comes before ``b`` in the order of x, then y, and neither of them is ``p``.
    """
    if px < ax or px > bx:
        return False
    if (py < ay or py > by) if ay <= by else (py > ay or py < by):
        return False
    dx, dy = bx - ax, by - ay
    if dx == 0 or dy == 0:
        return True
    ex, ey = px - ax, py - ay
    if max(dx, abs(dy)) < _SHORT:
        doubled = 2 * (dx * ey - dy * ex)
        upper_left = 0 if doubled == -(dx + dy) else (1 if doubled > -(dx + dy) else -1)
        upper_right = 0 if doubled == dy - dx else (1 if doubled > dy - dx else -1)
        lower_left = 0 if doubled == dx - dy else (1 if doubled > dx - dy else -1)
        lower_right = 0 if doubled == dx + dy else (1 if doubled > dx + dy else -1)
    else:
        high, low = _wide_cross(dx, dy, ex, ey)
        upper_left = _sign_doubled(high, low, dx + dy)
        upper_right = _sign_doubled(high, low, dx - dy)
        lower_left = _sign_doubled(high, low, dy - dx)
        lower_right = _sign_doubled(high, low, -dx - dy)
    return _meets(upper_left, upper_right, lower_left, lower_right, dy > 0)


@compiled
def _meets(
    upper_left: int, upper_right: int, lower_left: int, lower_right: int, rising: bool
) -> bool:
    """Tell from the sides on which its corners lie whether a line meets a half-open pixel.

    Of the corners only the lower left one belongs to the pixel: a line through another one meets
    the pixel exactly if it goes on into the inside.
    """
    if upper_left == 0:
        return not rising
    if upper_right == 0:
        return rising
    if upper_left != upper_right or lower_left == 0 or lower_left != upper_left:
        return True
    if lower_right == 0:
        return not rising
    return lower_right != lower_left


@compiled
def _share(part: int, whole: int, length: int) -> int:
    """Return ``part / whole * length`` rounded, halves up; part is between 0 and whole."""
    size = abs(length)
    quotient, rest = 0, 0
    for bit in range(30, -1, -1):
        rest = 2 * rest + (part if (size >> bit) & 1 else 0)
        quotient *= 2
        while rest >= whole:
            rest -= whole
            quotient += 1
    if length >= 0:
        return quotient + (1 if 2 * rest >= whole else 0)
    return -quotient - (1 if 2 * rest > whole else 0)


@compiled
def _wide_share(part_high: int, part_low: int, whole_high: int, whole_low: int, length: int) -> int:
    size = abs(length)
    quotient, high, low = 0, 0, 0
    for bit in range(_LOW_BITS, -1, -1):
        high, low = _sum(high, low, high, low)
        if (size >> bit) & 1:
            high, low = _sum(high, low, part_high, part_low)
        quotient *= 2
        while high > whole_high or (high == whole_high and low >= whole_low):
            high, low = _sum(high, low, *_negated(whole_high, whole_low))
            quotient += 1
    high, low = _sum(high, low, high, low)
    more = high > whole_high or (high == whole_high and low > whole_low)
    half = high == whole_high and low == whole_low
    if length >= 0:
        return quotient + (1 if more or half else 0)
    return -quotient - (1 if more else 0)


@compiled
def _wide_cross(ax: int, ay: int, bx: int, by: int) -> tuple[int, int]:
    """Return ``ax * by - ay * bx`` as a pair; factors below 2**42 in size."""
    ax1, ax0, ay1, ay0 = ax >> _HALF_BITS, ax & _HALF, ay >> _HALF_BITS, ay & _HALF
    bx1, bx0, by1, by0 = bx >> _HALF_BITS, bx & _HALF, by >> _HALF_BITS, by & _HALF
    high = ax1 * by1 - ay1 * bx1
    middle = ax1 * by0 + ax0 * by1 - ay1 * bx0 - ay0 * bx1
    low = ax0 * by0 - ay0 * bx0
    middle += low >> _HALF_BITS
    high += middle >> _HALF_BITS
    return high, ((middle & _HALF) << _HALF_BITS) | (low & _HALF)


@compiled
def _sum(a_high: int, a_low: int, b_high: int, b_low: int) -> tuple[int, int]:
    low = a_low + b_low
    return a_high + b_high + (low >> _LOW_BITS), low & _LOW


@compiled
def _negated(high: int, low: int) -> tuple[int, int]:
    return (-high, 0) if low == 0 else (-high - 1, _LOW + 1 - low)


@compiled
def _sign(high: int, low: int) -> int:
    if high < 0:
        return -1
    return 1 if high > 0 or low > 0 else 0


@compiled
def _sign_doubled(high: int, low: int, more: int) -> int:
    """Return the sign of twice a pair plus a number below 2**43 in size."""
    low = 2 * low + more
    return _sign(2 * high + (low >> _LOW_BITS), low & _LOW)
