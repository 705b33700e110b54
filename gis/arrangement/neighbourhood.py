"""The fragments and borders near some changed covers, as an arrangement of all would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.chains import Chains, chains
from gis.arrangement.compiled import compiled
from gis.arrangement.covers import meeting
from gis.arrangement.fragments import Fragments, fragments
from gis.arrangement.noding import cuts
from gis.arrangement.skeleton import distinct, skeleton

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.arrangement.covers import Covers
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import BoolArray, IntArray


def fragments_near(covers: Covers, windows: IntArray) -> Fragments:
    """Return the fragments that meet windows, exactly as all covers together would give them.

    Parameters
    ----------
    covers
        All covers.
    windows
        West, south, east and north of each window in steps of the grid, shape (k, 4).
    """
    edges = skeleton(covers.some(np.flatnonzero(covers.meeting(windows))))
    bounds = _bounds_of_edges(edges.x, edges.y, edges.low, edges.high)
    near = meeting(bounds, windows)
    # an edge is bent by whatever lies along it, also where it has left the window
    along = beside(covers.bounds, edges.x, edges.y, edges.low[near], edges.high[near])
    edges = skeleton(covers.some(np.flatnonzero(along)))
    pieces = fragments(edges, cuts(edges))
    return _some(
        pieces, meeting(_bounds_of_edges(pieces.x, pieces.y, pieces.low, pieces.high), windows)
    )


def beside(
    bounds: IntArray, x: IntArray, y: IntArray, low: ShortArray, high: ShortArray
) -> BoolArray:
    """Tell which bounds come near some edges: all that may touch one, and few others.

    Parameters
    ----------
    bounds
        West, south, east and north in steps of the grid, shape (n, 4).
    x, y, low, high
        Edges as in :class:`gis.arrangement.skeleton.Skeleton`.
    """
    # a few edges to a cell, however many there are
    cells = min(_MOST_CELLS, max(_LEAST_CELLS, int(len(low) ** 0.5)))
    return _beside(bounds, x, y, low, high, cells)


#: Cells across the raster in which the surroundings of edges are marked.
_LEAST_CELLS, _MOST_CELLS = 256, 2048


@compiled
def _bounds_of_edges(x: IntArray, y: IntArray, low: ShortArray, high: ShortArray) -> IntArray:
    bounds = np.empty((len(low), 4), dtype=np.int64)
    for edge in range(len(low)):
        a, b = low[edge], high[edge]
        bounds[edge, 0], bounds[edge, 2] = x[a], x[b]
        bounds[edge, 1], bounds[edge, 3] = min(y[a], y[b]), max(y[a], y[b])
    return bounds


@compiled
def _beside(
    bounds: IntArray, x: IntArray, y: IntArray, low: ShortArray, high: ShortArray, cells: int
) -> BoolArray:
    """Tell which bounds come near some edges: all that may touch one, and few others."""
    found = np.zeros(len(bounds), dtype=np.bool_)
    if len(low) == 0:
        return found
    west, east, south, north = x[low[0]], x[low[0]], y[low[0]], y[low[0]]
    for edge in range(len(low)):
        west, east = min(west, x[low[edge]]), max(east, x[high[edge]])
        south = min(south, y[low[edge]], y[high[edge]])
        north = max(north, y[low[edge]], y[high[edge]])
    width, height = (east - west) // cells + 1, (north - south) // cells + 1
    # sums over all cells to the south-west tell at once whether a box holds a marked one
    marks = np.zeros((cells + 1, cells + 1), dtype=np.int32)
    for edge in range(len(low)):
        ax, ay, bx, by = x[low[edge]], y[low[edge]], x[high[edge]], y[high[edge]]
        slope = float(by - ay) / float(bx - ax) if bx > ax else 0.0
        for column in range((ax - west) // width, (bx - west) // width + 1):
            left = float(max(ax, west + column * width) - ax)
            right = float(min(bx, west + (column + 1) * width) - ax)
            first, last = ay + slope * left, ay + slope * right
            if bx == ax:
                first, last = float(ay), float(by)
            # a pixel's width more covers what is lost in the slope, too
            bottom = max(0, int((min(first, last) - south - 2) / height))
            top = min(cells - 1, int((max(first, last) - south + 2) / height))
            for row in range(bottom, top + 1):
                marks[row + 1, column + 1] = 1
    for row in range(1, cells + 1):
        for column in range(1, cells + 1):
            marks[row, column] += (
                marks[row - 1, column] + marks[row, column - 1] - marks[row - 1, column - 1]
            )
    for at in range(len(bounds)):
        if bounds[at, 0] > east + 1 or bounds[at, 2] < west - 1:
            continue
        if bounds[at, 1] > north + 1 or bounds[at, 3] < south - 1:
            continue
        # one step further than the bounds reach
        left = max(0, (bounds[at, 0] - 1 - west) // width)
        right = min(cells - 1, (bounds[at, 2] + 1 - west) // width) + 1
        bottom = max(0, (bounds[at, 1] - 1 - south) // height)
        top = min(cells - 1, (bounds[at, 3] + 1 - south) // height) + 1
        found[at] = (
            marks[top, right] - marks[bottom, right] - marks[top, left] + marks[bottom, left] > 0
        )
    return found


def _some(pieces: Fragments, chosen: BoolArray) -> Fragments:
    lengths = np.diff(pieces.label_offsets)
    labels = np.repeat(chosen, lengths)
    return Fragments(
        pieces.x,
        pieces.y,
        pieces.low[chosen],
        pieces.high[chosen],
        np.concatenate([[0], np.cumsum(lengths[chosen])]).astype(np.int64),
        pieces.label_cover[labels],
        pieces.label_net[labels],
    )


def restrung(
    arrangement: Arrangement, open_borders: BoolArray, near: Fragments, windows: IntArray
) -> Chains:
    """Return the borders that take the place of the open ones.

    Parameters
    ----------
    arrangement
        As it was.
    open_borders
        Borders that meet a window, shape (b,).
    near
        All fragments that meet a window now.
    windows
        Shape (k, 4).
    """
    chosen = np.flatnonzero(open_borders)
    points, offsets = arrangement.border_path(chosen)
    ends, border = _away(points, offsets, windows)
    labels = arrangement.label_offsets
    border = chosen[border]
    first, count = labels[border], labels[border + 1] - labels[border]
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    nodes = _nodes(arrangement.border_points, arrangement.border_offsets, chosen)
    nodes = nodes[~meeting(np.hstack([nodes, nodes]), windows)]
    # fragments that go on outside the windows, those within, and nodes that stay nodes
    x = np.concatenate([ends[:, 0], ends[:, 2], near.x[near.low], near.x[near.high], nodes[:, 0]])
    y = np.concatenate([ends[:, 1], ends[:, 3], near.y[near.low], near.y[near.high], nodes[:, 1]])
    if len(x) == 0:
        return chains(near)
    vertex, x, y = distinct(x, y)
    m, n = len(ends), len(near.low)
    a = np.concatenate([vertex[:m], vertex[2 * m : 2 * m + n]])
    b = np.concatenate([vertex[m : 2 * m], vertex[2 * m + n : 2 * (m + n)]])
    backwards = (x[a] > x[b]) | ((x[a] == x[b]) & (y[a] > y[b]))
    turned = np.repeat(backwards[:m], count)
    net = arrangement.label_net[at]
    pinned = np.zeros(len(x), dtype=bool)
    pinned[vertex[2 * (m + n) :]] = True
    return chains(
        Fragments(
            x,
            y,
            np.where(backwards, b, a).astype(np.int32),
            np.where(backwards, a, b).astype(np.int32),
            np.concatenate([[0], np.cumsum(count), count.sum() + near.label_offsets[1:]]),
            np.concatenate([arrangement.label_cover[at], near.label_cover]),
            np.concatenate([np.where(turned, -net, net).astype(np.int8), near.label_net]),
        ),
        pinned,
    )


@compiled
def _away(points: IntArray, offsets: IntArray, windows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the straight pieces of paths that meet no window, shape (n, 4), and their paths."""
    ends = np.empty((len(points), 4), dtype=np.int64)
    path = np.empty(len(points), dtype=np.int64)
    found = 0
    for number in range(len(offsets) - 1):
        for at in range(offsets[number], offsets[number + 1] - 1):
            ax, ay = points[at, 0], points[at, 1]
            bx, by = points[at + 1, 0], points[at + 1, 1]
            met = False
            for window in range(len(windows)):
                met |= (
                    min(ax, bx) <= windows[window, 2]
                    and max(ax, bx) >= windows[window, 0]
                    and min(ay, by) <= windows[window, 3]
                    and max(ay, by) >= windows[window, 1]
                )
            if met:
                continue
            ends[found, 0], ends[found, 1], ends[found, 2], ends[found, 3] = ax, ay, bx, by
            path[found] = number
            found += 1
    return ends[:found].copy(), path[:found].copy()


@compiled
def _nodes(points: IntArray, offsets: IntArray, chosen: IntArray) -> IntArray:
    """Return the nodes at which some borders end; a ring that meets no other border has none."""
    nodes = np.empty((2 * len(chosen), 2), dtype=np.int64)
    found = 0
    for border in chosen:
        first, last = offsets[border], offsets[border + 1] - 1
        px, py = points[first, 0], points[first, 1]
        if px == points[last, 0] and py == points[last, 1]:
            alone = True
            for other in range(len(offsets) - 1):
                a, b = offsets[other], offsets[other + 1] - 1
                if other != border and (
                    (points[a, 0] == px and points[a, 1] == py)
                    or (points[b, 0] == px and points[b, 1] == py)
                ):
                    alone = False
                    break
            if alone:
                continue
        for at in (first, last):
            nodes[found, 0], nodes[found, 1] = points[at, 0], points[at, 1]
            found += 1
    return nodes[:found].copy()
