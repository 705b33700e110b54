"""Slits: narrow strips of outside between borders that face each other, bridged by quadrilaterals.

Closing a shape by growing and shrinking it all would touch every vertex to find a few strips. Here
pairs of straight borders are sought that face each other across less than a width, nearly parallel,
and the ground between them, where both are, is a *bridge*. What bridges and borders then enclose
is no longer outside: bends and forks of slits need no care of their own.

Source: the closing of mathematical morphology (Serra, J. (1982), Image analysis and mathematical
morphology), of which this is the part between facing borders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, FloatArray, IntArray

#: Cosine of the angle up to which two borders count as facing each other: about 25 degrees. Wider
#: notches are part of the outline's shape.
_FACING = -0.906


def bridges(start: FloatArray, end: FloatArray, width: float) -> tuple[IntArray, FloatArray]:
    """Find the strips between straight borders that face each other across the outside.

    Parameters
    ----------
    start, end
        Ends of straight borders with the outside on the left, in a plane in which lengths are true;
        shape (s, 2).
    width
        Strips that are at least so wide are no slits; same unit.

    Returns
    -------
    pair
        The two borders of each strip, shape (n, 2).
    shares
        Where the strip begins and ends on the first border, and on the second one, as shares of
        their lengths; the first of each two face each other. Shape (n, 4).
    """
    if len(start) == 0:
        return np.zeros((0, 2), dtype=np.int64), np.zeros((0, 4))
    west, south = np.minimum(start, end).min(axis=0)
    east, north = np.maximum(start, end).max(axis=0)
    # cells of about the size of a border hold few of them
    size = max(
        width,
        float(np.abs(end - start).max(axis=1).mean()),
        (east - west) / _MOST_CELLS,
        (north - south) / _MOST_CELLS,
    )
    across, up = int((east - west) / size) + 1, int((north - south) / size) + 1
    offsets, members = _dealt(start, end, width / 2, west, south, size, across, up)
    pair, strips = _facing(start, end, width, west, south, size, across, offsets, members)
    # what lies behind a nearer border is parted from this one by ground that somebody holds
    first = _nearest(len(start), pair[:, 0].copy(), strips[:, 0], strips[:, 1], strips[:, 4])
    second = _nearest(len(start), pair[:, 1].copy(), strips[:, 3], strips[:, 2], strips[:, 4])
    return pair[first & second], strips[first & second, :4]


_MOST_CELLS = 4096


@compiled
def _dealt(
    start: FloatArray,
    end: FloatArray,
    reach: float,
    west: float,
    south: float,
    size: float,
    across: int,
    up: int,
) -> tuple[IntArray, IntArray]:
    """List each border in the cells that its bounding box, widened, meets."""
    offsets = np.zeros(across * up + 1, dtype=np.int64)
    for border in range(len(start)):
        left, right, bottom, top = _cells_of(
            start, end, border, reach, west, south, size, across, up
        )
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                offsets[row * across + column + 1] += 1
    for cell in range(across * up):
        offsets[cell + 1] += offsets[cell]
    members = np.empty(offsets[-1], dtype=np.int64)
    fill = offsets[:-1].copy()
    for border in range(len(start)):
        left, right, bottom, top = _cells_of(
            start, end, border, reach, west, south, size, across, up
        )
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                members[fill[row * across + column]] = border
                fill[row * across + column] += 1
    return offsets, members


@compiled
def _cells_of(
    start: FloatArray,
    end: FloatArray,
    border: int,
    reach: float,
    west: float,
    south: float,
    size: float,
    across: int,
    up: int,
) -> tuple[int, int, int, int]:
    """Return the first and last column and row of cells near a border."""
    ax, ay, bx, by = start[border, 0], start[border, 1], end[border, 0], end[border, 1]
    left = max(0, int((min(ax, bx) - reach - west) / size))
    right = min(across - 1, int((max(ax, bx) + reach - west) / size))
    bottom = max(0, int((min(ay, by) - reach - south) / size))
    top = min(up - 1, int((max(ay, by) + reach - south) / size))
    return left, right, bottom, top


@compiled
def _facing(
    start: FloatArray,
    end: FloatArray,
    width: float,
    west: float,
    south: float,
    size: float,
    across: int,
    offsets: IntArray,
    members: IntArray,
) -> tuple[IntArray, FloatArray]:
    pair = np.empty((256, 2), dtype=np.int64)
    shares = np.empty((256, 5))
    found = 0
    for cell in range(len(offsets) - 1):
        cell_west, cell_south = west + cell % across * size, south + cell // across * size
        for one in range(offsets[cell], offsets[cell + 1]):
            i = members[one]
            for other in range(one + 1, offsets[cell + 1]):
                j = members[other]
                # two borders may meet in several cells: the one with the corner of what their
                # bounding boxes share tells of them
                corner_x = max(min(start[i, 0], end[i, 0]), min(start[j, 0], end[j, 0])) - width / 2
                corner_y = max(min(start[i, 1], end[i, 1]), min(start[j, 1], end[j, 1])) - width / 2
                if not (
                    (corner_x < cell_west + size or cell % across == across - 1)
                    and (corner_x >= cell_west or cell % across == 0)
                    and (corner_y < cell_south + size or cell + across >= len(offsets) - 1)
                    and (corner_y >= cell_south or cell < across)
                ):
                    continue
                strip = _strip(start, end, i, j, width)
                if strip[0] >= strip[1]:
                    continue
                if found == len(pair):
                    pair, shares = _doubled_pairs(pair), _doubled_shares(shares)
                pair[found, 0], pair[found, 1] = i, j
                for at in range(5):
                    shares[found, at] = strip[at]
                found += 1
    return pair[:found].copy(), shares[:found].copy()


@compiled
def _strip(
    start: FloatArray, end: FloatArray, i: int, j: int, width: float
) -> tuple[float, float, float, float, float]:
    """Return the shares of two borders between which they face each other, and how far apart.

    Equal shares stand for borders that do not.
    """
    ax, ay = end[i, 0] - start[i, 0], end[i, 1] - start[i, 1]
    bx, by = end[j, 0] - start[j, 0], end[j, 1] - start[j, 1]
    lengths = np.hypot(ax, ay) * np.hypot(bx, by)
    if ax * bx + ay * by > _FACING * lengths or lengths == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    # along the middle direction, seen from where the first border starts
    ux, uy = ax - bx, ay - by
    length = np.hypot(ux, uy)
    ux, uy = ux / length, uy / length
    first_end = ax * ux + ay * uy
    sx, sy = start[j, 0] - start[i, 0], start[j, 1] - start[i, 1]
    second_start, second_end = sx * ux + sy * uy, (sx + bx) * ux + (sy + by) * uy
    low, high = max(0.0, second_end), min(first_end, second_start)
    if low >= high:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    # how far the second lies to the left of the first is linear between
    slope_first = (ay * ux - ax * uy) / first_end
    slope_second = (by * ux - bx * uy) / (second_end - second_start)
    base = (sy * ux - sx * uy) - slope_second * second_start
    slope = slope_second - slope_first
    at_low, at_high = base + slope * low, base + slope * high
    if (at_low < 0 and at_high < 0) or (at_low >= width and at_high >= width):
        return 0.0, 0.0, 0.0, 0.0, 0.0
    if at_low < 0 or at_high < 0:
        zero = -base / slope
        low, high = (zero, high) if at_low < 0 else (low, zero)
    if max(at_low, at_high) >= width:
        limit = (width - base) / slope
        low, high = (limit, high) if at_low >= width else (low, limit)
    return (
        low / first_end,
        high / first_end,
        (low - second_start) / (second_end - second_start),
        (high - second_start) / (second_end - second_start),
        base + slope * (low + high) / 2,
    )


@compiled
def _nearest(
    borders: int, border: IntArray, begin: FloatArray, end: FloatArray, apart: FloatArray
) -> BoolArray:
    """Tell which strips are not wholly behind nearer ones, as seen from one of their borders.

    Parameters
    ----------
    borders
        Number of borders.
    border, begin, end
        Border of each strip, and from where to where on it, as shares of its length.
    apart
        How far away the other border is.
    """
    seen = np.zeros(len(border), dtype=np.bool_)
    start = np.zeros(borders + 1, dtype=np.int64)
    for strip in range(len(border)):
        start[border[strip] + 1] += 1
    for at in range(borders):
        start[at + 1] += start[at]
    fill = start[:-1].copy()
    strips = np.empty(len(border), dtype=np.int64)
    for strip in range(len(border)):
        strips[fill[border[strip]]] = strip
        fill[border[strip]] += 1
    for at in range(borders):
        own = strips[start[at] : start[at + 1]]
        for position in range(1, len(own)):
            held = own[position]
            hole = position
            while hole > 0 and apart[own[hole - 1]] > apart[held]:
                own[hole] = own[hole - 1]
                hole -= 1
            own[hole] = held
        for position in range(len(own)):
            strip = own[position]
            # what nearer strips leave of it, from its beginning on
            reached = begin[strip]
            again = True
            while again and reached < end[strip] - _HAIR:
                again = False
                for nearer in own[:position]:
                    if seen[nearer] and begin[nearer] <= reached + _HAIR < end[nearer]:
                        reached = end[nearer]
                        again = True
            seen[strip] = reached < end[strip] - _HAIR
    return seen


#: Share of a border's length that rounding may leave between two strips.
_HAIR = 1e-9


@compiled
def _doubled_pairs(values: IntArray) -> IntArray:
    longer = np.empty((2 * len(values), 2), dtype=np.int64)
    longer[: len(values)] = values
    return longer


@compiled
def _doubled_shares(values: FloatArray) -> FloatArray:
    longer = np.empty((2 * len(values), 5))
    longer[: len(values)] = values
    return longer
