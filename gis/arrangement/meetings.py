"""Which straight pieces of lines come near which straight pieces of borders, or cross them.

The pieces of borders are listed by cells of the plane; lines are led through these cells, one after
the other, and find what is near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.crossing import FAR, meeting
from gis.arrangement.nested_cells import bounds_of, columns, passed, with_room
from gis.arrangement.sorting import ascending

if TYPE_CHECKING:
    from gis.arrangement.nested_cells import NestedCells
    from gis.model.arrangement import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Meetings:
    """Straights of lines and segments of borders that come near each other.

    Parameters
    ----------
    start
        Meetings of straight i: ``start[i]`` up to ``start[i + 1]``; shape (p + 1,).
    segment
        The segments, ascending for each straight.
    side, share
        Whether the straight crosses the segment from its left to its right (1), from right to left
        (-1) or not at all (0); and the share of the straight that lies before, where it does.
    """

    start: IntArray
    segment: IntArray
    side: IntArray
    share: FloatArray


def meetings(
    points: IntArray,
    offsets: IntArray,
    reach: IntArray,
    order: IntArray,
    borders: IntArray,
    border_reach: IntArray,
    cells: NestedCells,
) -> Meetings:
    """Find every straight that comes near a segment.

    Parameters
    ----------
    points
        Points of lines in steps of the grid, shape (p, 2).
    offsets
        Points of line i: ``offsets[i]`` up to ``offsets[i + 1]``.
    reach
        How near the straight from each point on has to come, in steps, shape (p,).
    order
        The lines in an order in which those that follow each other are near each other: the same
        is found in any order, but sooner in this one.
    borders, border_reach
        The same of borders. The two reaches are added up.
    cells
        The segments of the borders, listed with their reach.

    Returns
    -------
    meetings
        All pairs that are as near as asked, and some that are not quite.
    """
    return Meetings(
        *_met(
            points, offsets, reach, order, borders, border_reach,
            cells.grids, cells.start, cells.inner, cells.listed,
        )
    )  # fmt: skip


@compiled
def _met(
    points: IntArray,
    offsets: IntArray,
    reach: IntArray,
    order: IntArray,
    borders: IntArray,
    border_reach: IntArray,
    grids: FloatArray,
    begin: IntArray,
    inner: IntArray,
    listed: IntArray,
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Lead lines through nested cells: the parts of :class:`Meetings`."""
    where = np.zeros(len(points), dtype=np.int64)
    start = np.zeros(len(points) + 1, dtype=np.int64)
    segment = np.empty(1024, dtype=np.int64)
    side = np.empty(1024, dtype=np.int64)
    share = np.empty(1024, dtype=np.float64)
    held = np.empty(len(listed) + 1, dtype=np.int64)  # no cell is passed twice
    ahead = np.empty(len(grids), dtype=np.int64)  # grids still to be passed
    count = 0
    for line in order:
        for at in range(offsets[line], offsets[line + 1] - 1):
            ax, ay, bx, by = points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1]
            if ax == bx and ay == by:
                continue
            west, east, south, north = bounds_of(ax, ay, bx, by, reach[at])
            more, found = 1, 0
            ahead[0] = 0
            # all in one function: a call for each cell would cost more than what is done there
            while more > 0:
                more -= 1
                grid = ahead[more]
                west_most, south_most, size = grids[grid, 0], grids[grid, 1], grids[grid, 2]
                across, up, first_cell = grids[grid, 3], grids[grid, 4], grids[grid, 5]
                left, right, low, high = passed(
                    west, east, south, north,
                    west_most, south_most, size, int(across), int(up),
                )  # fmt: skip
                for row in range(low, high + 1):
                    first, last = columns(
                        row, left, right, low, high, ax, ay, bx, by, reach[at],
                        west_most, south_most, size,
                    )  # fmt: skip
                    row_begin = int(first_cell) + row * int(across)
                    for cell in range(row_begin + first, row_begin + last + 1):
                        if inner[cell] >= 0:
                            ahead[more] = inner[cell]
                            more += 1
                            continue
                        for position in range(begin[cell], begin[cell + 1]):
                            other = listed[position]
                            box = bounds_of(
                                borders[other, 0], borders[other, 1],
                                borders[other + 1, 0], borders[other + 1, 1],
                                border_reach[other],
                            )  # fmt: skip
                            # written anyway and kept if it is one: a branch would cost more
                            held[found] = other
                            found += (
                                (box[0] <= east)
                                & (box[1] >= west)
                                & (box[2] <= north)
                                & (box[3] >= south)
                            )
            if count + found > len(segment):
                segment, side = with_room(segment, count, found), with_room(side, count, found)
                longer = np.empty(len(segment), dtype=np.float64)
                for position in range(count):
                    longer[position] = share[position]
                share = longer
            if found > 1:
                _sort(held[:found])
            where[at] = count
            for position in range(found):
                other = held[position]
                if position > 0 and other == held[position - 1]:
                    continue  # both pass another cell, too
                how, before = meeting(
                    ax, ay, bx, by,
                    borders[other, 0], borders[other, 1],
                    borders[other + 1, 0], borders[other + 1, 1],
                    reach[at] + border_reach[other],
                )  # fmt: skip
                if how != FAR:
                    segment[count], side[count], share[count] = other, how, before
                    count += 1
            start[at + 1] = count - where[at]
    return _by_straight(where, start, segment, side, share)


@compiled
def _by_straight(
    where: IntArray, start: IntArray, segment: IntArray, side: IntArray, share: FloatArray
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Bring meetings into the order of their straights, of which each has its own together.

    Parameters
    ----------
    where
        Where the meetings of each straight begin.
    start
        How many straight i has: ``start[i + 1]``.
    """
    for at in range(len(where)):
        start[at + 1] += start[at]
    count = start[len(where)]
    to_segment = np.empty(count, dtype=np.int64)
    to_side = np.empty(count, dtype=np.int64)
    to_share = np.empty(count, dtype=np.float64)
    for at in range(len(where)):
        for position in range(start[at + 1] - start[at]):
            to, of = start[at] + position, where[at] + position
            to_segment[to], to_side[to], to_share[to] = segment[of], side[of], share[of]
    return start, to_segment, to_side, to_share


@compiled
def _sort(values: IntArray) -> None:
    """Sort integers in place."""
    if len(values) > FEW:
        values[:] = values[ascending(values)]
        return
    for position in range(1, len(values)):
        held = values[position]
        hole = position
        while hole > 0 and values[hole - 1] > held:
            values[hole] = values[hole - 1]
            hole -= 1
        values[hole] = held
