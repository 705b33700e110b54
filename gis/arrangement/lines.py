"""Lines laid over an arrangement: the face that every piece lies in, and the borders near it.

Lines are rounded to the grid, as polygons are, so that every answer is exact and a line through a
vertex of a polygon still goes through it; but they cut no border and move none. Where a line
touches a border without crossing it, or runs along it, it lies on the one side of it that
:mod:`gis.arrangement.crossing` says, so that a point on a border lies in one face.

Faces are known from the borders crossed. Lines that cross none lie in the face of their first
point; a path from outside is led through all of these points, and crosses borders on its way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.arrangement.crossing import is_crossed_before
from gis.arrangement.exact import REACH
from gis.arrangement.meetings import meetings
from gis.arrangement.nested_cells import nested_cells
from gis.arrangement.tour import tour
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.arrangement.meetings import Meetings
    from gis.arrangement.nested_cells import NestedCells
    from gis.model.arrangement import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines on the grid.

    A *straight* leads from a point of a line to the next one, and is named by the first of them.

    Parameters
    ----------
    points
        Points of all lines in steps of the grid, shape (p, 2).
    offsets
        Points of line i: ``offsets[i]`` up to ``offsets[i + 1]``, one at least; shape (n + 1,).
    """

    points: IntArray
    offsets: IntArray


@dataclass(frozen=True, slots=True)
class LaidOver:
    """Lines in pieces, each in one face, and the borders near them.

    Parameters
    ----------
    offsets
        Pieces of line i in order: ``offsets[i]`` up to ``offsets[i + 1]``, one at least; (n + 1,).
    face
        Face of each piece, or ``OUTSIDE``; shape (k,).
    straight, share
        Where each piece begins: the straight, and the share of it that lies before. It ends where
        the next piece begins, or with its line.
    near_straight, near_segment
        Every straight and border segment within reach of each other, and some that are not quite;
        sorted by both. A segment leads from a point of a border to the next one, and is named by
        the position of the first in ``border_points``.
    """

    offsets: IntArray
    face: IntArray
    straight: IntArray
    share: FloatArray
    near_straight: IntArray
    near_segment: IntArray


def lines_on_grid(points: FloatArray, offsets: IntArray, steps_per_unit: float) -> Lines:
    """Round lines to the grid.

    Parameters
    ----------
    points
        Points of all lines in CRS units, one line after the other, shape (p, 2).
    offsets
        Points of line i: ``offsets[i]`` up to ``offsets[i + 1]``; shape (n + 1,).
    steps_per_unit
        Of the arrangement that the lines are to be laid over.

    Raises
    ------
    ValueError
        If a coordinate is no number or beyond the reach of the grid.
    """
    rounded, within = _rounded(points, steps_per_unit)
    if not within:
        raise ValueError("a coordinate is no number, or beyond the reach of the grid")
    return Lines(rounded, np.asarray(offsets, dtype=np.int64))


@compiled
def _rounded(points: FloatArray, steps_per_unit: float) -> tuple[IntArray, bool]:
    """Round points to the grid, and tell whether all lie within its reach."""
    rounded = np.empty(points.shape, dtype=np.int64)
    for at in range(len(points)):
        for axis in range(2):
            step = np.floor(points[at, axis] * steps_per_unit + 0.5)
            if not abs(step) < REACH:  # nor is NaN
                return rounded, False
            rounded[at, axis] = int(step)
    return rounded, True


def faces_at(arrangement: Arrangement, points: FloatArray) -> IntArray:
    """Return the face at each point, or ``OUTSIDE``.

    Points are rounded to the grid, as the vertices of polygons were. On a border, the face is the
    one to the east; where the border runs due east, the one to the north.

    Parameters
    ----------
    arrangement
        The faces.
    points
        Points in CRS units, shape (n, 2).

    Raises
    ------
    ValueError
        If a coordinate is no number or beyond the reach of the grid.
    """
    each = np.arange(len(points) + 1)
    found = lay_over(arrangement, lines_on_grid(points, each, arrangement.steps_per_unit))
    return found.face


def lay_over(
    arrangement: Arrangement,
    lines: Lines,
    *,
    reach: IntArray | None = None,
    border_reach: IntArray | None = None,
) -> LaidOver:
    """Part lines by the faces that they lie in, and find the borders near them.

    Parameters
    ----------
    arrangement
        The faces.
    lines
        Lines on its grid.
    reach
        How far, in steps of the grid, the borders near each straight may be; shape (p,).
    border_reach
        How much further, for each segment; shape of ``border_points``.
    """
    points, offsets = lines.points, lines.offsets
    if len(points) == 0 or len(arrangement.border_points) == 0:
        return _all_outside(lines)
    if reach is None:
        reach = np.zeros(len(points), dtype=np.int64)
    if border_reach is None:
        border_reach = np.zeros(len(arrangement.border_points), dtype=np.int64)
    cells = nested_cells(arrangement.border_points, arrangement.border_offsets, border_reach)
    begin = points[offsets[:-1]]
    order = tour(*begin.T)
    met = meetings(points, offsets, reach, order, arrangement.border_points, border_reach, cells)
    crossings = _crossings(met, arrangement)
    face = np.empty(len(order), dtype=np.int64)
    crossing = crossings.first[offsets[1:]] > crossings.first[offsets[:-1]]
    face[crossing] = crossings.behind[crossings.first[offsets[:-1]][crossing]]
    lost = order[~crossing[order]]
    face[lost] = _faces_along(begin[lost], arrangement, border_reach, cells)
    pieces = _pieces(offsets, face, crossings.first, crossings.ahead, crossings.share)
    return LaidOver(*pieces, np.repeat(np.arange(len(points)), np.diff(met.start)), met.segment)


def _all_outside(lines: Lines) -> LaidOver:
    """Return what becomes of lines where there are no borders."""
    count = len(lines.offsets) - 1
    none = np.zeros(0, dtype=np.int64)
    return LaidOver(
        offsets=np.arange(count + 1),
        face=np.full(count, OUTSIDE),
        straight=lines.offsets[:-1],
        share=np.zeros(count),
        near_straight=none,
        near_segment=none,
    )


def _faces_along(
    tour_points: IntArray, arrangement: Arrangement, border_reach: IntArray, cells: NestedCells
) -> IntArray:
    """Return the faces at points, by leading a path from outside through all of them."""
    borders = arrangement.border_points
    outside = np.array([[along.min() - 1 for along in borders.T]])
    path = np.concatenate([outside, tour_points])
    met = meetings(
        path, np.array([0, len(path)]), np.zeros(len(path), dtype=np.int64), np.zeros(1, np.int64),
        borders, border_reach, cells,
    )  # fmt: skip
    crossings = _crossings(met, arrangement)
    return _faces_met(crossings.first, crossings.ahead)


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Where straights cross borders.

    Parameters
    ----------
    first
        Crossings of straight i in order: ``first[i]`` up to ``first[i + 1]``; shape (p + 1,).
    behind, ahead
        Face on this side of each border, and beyond it.
    share
        The share of the straight that lies before; it does not fall.
    """

    first: IntArray
    behind: IntArray
    ahead: IntArray
    share: FloatArray


def _crossings(met: Meetings, arrangement: Arrangement) -> _Crossings:
    first, crossed, side, share = _in_order(
        met.start, met.segment, met.side, met.share, arrangement.border_points
    )
    border = np.repeat(np.arange(len(arrangement.left)), np.diff(arrangement.border_offsets))
    left, right = arrangement.left[border[crossed]], arrangement.right[border[crossed]]
    forwards = side > 0
    return _Crossings(
        first, np.where(forwards, left, right), np.where(forwards, right, left), share
    )


@compiled
def _in_order(
    start: IntArray, segment: IntArray, side: IntArray, share: FloatArray, borders: IntArray
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Pick the meetings at which straights cross segments, in the order of crossing.

    Returns
    -------
    first
        Crossings of straight i: ``first[i]`` up to ``first[i + 1]``; shape (p + 1,).
    crossed, side, share
        As in :class:`gis.arrangement.meetings.Meetings`; shares do not fall.
    """
    first = np.zeros(len(start), dtype=np.int64)
    kept = np.empty(len(segment), dtype=np.int64)
    write = 0
    for at in range(len(start) - 1):
        begin = write
        for position in range(start[at], start[at + 1]):
            if side[position] != 0:
                kept[write] = position
                write += 1
        if write > begin + 1:
            _sort(kept[begin:write], segment, side, borders)
            for position in range(begin + 1, write):
                share[kept[position]] = max(share[kept[position]], share[kept[position - 1]])
        first[at + 1] = write
    crossed = np.empty(write, dtype=np.int64)
    from_side = np.empty(write, dtype=np.int64)
    before = np.empty(write, dtype=np.float64)
    for at in range(write):
        crossed[at], from_side[at], before[at] = segment[kept[at]], side[kept[at]], share[kept[at]]
    return first, crossed, from_side, before


@compiled
def _sort(positions: IntArray, segment: IntArray, side: IntArray, borders: IntArray) -> None:
    """Sort the meetings at which one straight crosses, merging runs of doubling length."""
    count = len(positions)
    held = np.empty(count, dtype=np.int64)
    length = 1
    while length < count:
        for at in range(count):
            held[at] = positions[at]
        for begin in range(0, count, 2 * length):
            one, other = begin, min(begin + length, count)
            one_end, other_end = other, min(begin + 2 * length, count)
            for write in range(begin, other_end):
                if other >= other_end or (
                    one < one_end and not _is_before(held[other], held[one], segment, side, borders)
                ):
                    positions[write] = held[one]
                    one += 1
                else:
                    positions[write] = held[other]
                    other += 1
        length *= 2


@compiled
def _is_before(one: int, other: int, segment: IntArray, side: IntArray, borders: IntArray) -> bool:
    a, c = segment[one], segment[other]
    return is_crossed_before(
        side[one], borders[a, 0], borders[a, 1], borders[a + 1, 0], borders[a + 1, 1],
        side[other], borders[c, 0], borders[c, 1], borders[c + 1, 0], borders[c + 1, 1],
    )  # fmt: skip


@compiled
def _faces_met(first: IntArray, ahead: IntArray) -> IntArray:
    """Return the face at every point but the first of a path that begins outside."""
    met = np.empty(len(first) - 2, dtype=np.int64)
    face = OUTSIDE
    for at in range(len(met)):
        if first[at + 1] > first[at]:
            face = ahead[first[at + 1] - 1]
        met[at] = face
    return met


@compiled
def _pieces(
    offsets: IntArray, first_face: IntArray, first: IntArray, ahead: IntArray, share: FloatArray
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Part lines where they cross borders: the first four parts of :class:`LaidOver`."""
    lines = len(offsets) - 1
    most = lines + first[offsets[lines]]
    piece_offsets = np.zeros(lines + 1, dtype=np.int64)
    face = np.empty(most, dtype=np.int64)
    straight = np.empty(most, dtype=np.int64)
    before = np.empty(most, dtype=np.float64)
    write = 0
    for line in range(lines):
        begin, last = write, offsets[line + 1] - 2  # the last straight
        face[write], straight[write], before[write] = first_face[line], offsets[line], 0.0
        write += 1
        for at in range(offsets[line], last + 1):
            for crossing in range(first[at], first[at + 1]):
                where, part = at, share[crossing]
                if part >= 1.0 and at < last:
                    where, part = at + 1, 0.0
                if straight[write - 1] == where and before[write - 1] == part:
                    write -= 1  # the piece before is a mere point
                if write > begin and face[write - 1] == ahead[crossing]:
                    continue
                face[write], straight[write], before[write] = ahead[crossing], where, part
                write += 1
        if write > begin + 1 and before[write - 1] >= 1.0:
            write -= 1
        piece_offsets[line + 1] = write
    return piece_offsets, face[:write].copy(), straight[:write].copy(), before[:write].copy()
