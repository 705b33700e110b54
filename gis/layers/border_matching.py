"""How much of one layer's borders runs along another's, as they lie and after a shift.

Borders are compared piece by piece: a short stretch of border, a few tolerances long, matches where
its middle and both its ends lie within the tolerance of the other layer's borders. A border that is
merely crossed matches nowhere, so that even a dense layer gives few matches by chance.

The best rigid shift is the fullest cell of a histogram of displacements between the corners of the
two layers, the Hough transform for translations.

Source: Ballard, D. H. (1981), Generalizing the Hough transform to detect arbitrary shapes, Pattern
Recognition 13(2), 111–122; Goodchild, M. F. and Hunter, G. J. (1997), A simple positional accuracy
measure for linear features, IJGIS 11(3), 299–306 (share of a line within a tolerance of another).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray

#: Edges that are put into the index as one line; longer lines are slow to measure to.
_EDGES_A_LINE = 16

#: Corners of either layer that vote for a shift; pairs grow with the product.
_MOST_VOTERS, _MOST_CORNERS = 400, 40_000

#: Stretches that run across their common direction by less than this mean square are parallel.
_PARALLEL = 0.01

#: Pairs of corners that are counted.
_MOST_PAIRS = 2_000_000


@dataclass(frozen=True)
class Borders:
    """The borders of a layer: rings of its polygons, or its lines; points have none.

    Parameters
    ----------
    points
        Vertices of all chains, one chain after the other, on a plane; shape (p, 2).
    chain
        Chain of each vertex, rising; shape (p,).
    """

    points: FloatArray
    chain: IntArray

    @classmethod
    def of(cls, geometries: GeometryArray) -> Borders:
        """Return the borders of polygons and lines; None and points are passed over."""
        parts = shapely.get_parts(geometries[~shapely.is_missing(geometries)])
        dimension = shapely.get_dimensions(parts)
        chains = np.concatenate([shapely.get_rings(parts[dimension == 2]), parts[dimension == 1]])  # noqa: PLR2004 - polygons
        points, chain = shapely.get_coordinates(chains, return_index=True)
        return cls(points, chain.astype(np.int64))

    @cached_property
    def bounds(self) -> FloatArray:
        """West, south, east, north; NaN where there is no border."""
        if len(self.points) == 0:
            return np.full(4, np.nan)
        return np.concatenate([self.points.min(axis=0), self.points.max(axis=0)])

    @cached_property
    def _edges(self) -> IntArray:
        """Index of the first vertex of each edge."""
        return np.flatnonzero(self.chain[1:] == self.chain[:-1])

    @cached_property
    def _index(self) -> shapely.STRtree:
        edges = self._edges
        if len(edges) == 0:
            return shapely.STRtree([])
        first = np.ones(len(edges), dtype=bool)
        first[1:] = edges[1:] != edges[:-1] + 1
        number = np.arange(len(edges))
        since = number - np.maximum.accumulate(np.where(first, number, 0))
        first |= since % _EDGES_A_LINE == 0
        last = np.append(first[1:], True)
        line = np.cumsum(first) - 1
        vertices = np.concatenate([edges, edges[last] + 1])
        lines = np.concatenate([line, line[last]])
        # each line is its edges' first vertices in order, then the end of its last edge
        order = np.lexsort((vertices, lines))
        shapes = shapely.linestrings(self.points[vertices[order]], indices=lines[order])
        return shapely.STRtree(np.asarray(shapes).reshape(-1))

    def pieces(self, window: FloatArray, *, most: int, length: float) -> FloatArray:
        """Cut stretches of border at equal distances, the same ones every time.

        Parameters
        ----------
        window
            West, south, east, north: only edges whose box meets it count.
        most
            Number of stretches at most.
        length
            Of each stretch, and the least distance between two middles.

        Returns
        -------
        pieces
            Beginning, middle and end; shape (n, 3, 2).
        """
        edges = self._edges
        start, end = self.points[edges], self.points[edges + 1]
        low, high = np.minimum(start, end), np.maximum(start, end)
        meets = ((high >= window[:2]) & (low <= window[2:])).all(axis=1)
        edges, start, end = edges[meets], start[meets], end[meets]
        lengths = np.hypot(*(end - start).T)
        total = float(lengths.sum())
        count = min(most, int(total / length))
        if count == 0:
            return np.empty((0, 3, 2))
        upto = np.cumsum(lengths)
        middles = (np.arange(count) + 0.5) * (total / count)
        edge = np.minimum(np.searchsorted(upto, middles), len(edges) - 1)
        return self._stretches(edges[edge], middles - upto[edge] + lengths[edge], length)

    def _stretches(self, edge: IntArray, along: FloatArray, length: float) -> FloatArray:
        """Return stretches around points ``along`` edges, following the chain around corners."""
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        steps[self.chain[1:] != self.chain[:-1]] = 0
        way = np.concatenate([[0.0], np.cumsum(steps)])
        begins = np.searchsorted(self.chain, self.chain[edge], side="left")
        ends = np.searchsorted(self.chain, self.chain[edge], side="right") - 1
        middle = way[edge] + along
        stops = np.clip(
            middle[:, None] + length * np.array([-0.5, 0.0, 0.5]),
            way[begins][:, None],
            way[ends][:, None],
        )
        at = np.searchsorted(way, stops, side="right") - 1
        at = np.clip(at, begins[:, None], np.maximum(ends - 1, begins)[:, None])
        span = np.where(steps[at] > 0, steps[at], 1.0)
        part = np.clip((stops - way[at]) / span, 0.0, 1.0)[..., None]
        return np.asarray(self.points[at] * (1 - part) + self.points[at + 1] * part)

    def run_along(self, pieces: FloatArray, tolerance: float) -> BoolArray:
        """Tell which stretches lie along these borders: middle, beginning and end within reach."""
        found = np.ones(len(pieces), dtype=bool)
        for stop in (1, 0, 2):
            asked = np.flatnonzero(found)
            points = shapely.points(pieces[asked, stop])
            near = self._index.query(points, predicate="dwithin", distance=tolerance)[0]
            found[asked] = np.isin(np.arange(len(asked)), near)
        return found

    def corners(self, window: FloatArray, most: int) -> FloatArray:
        """Return vertices within a window, evenly thinned out to a number; shape (n, 2)."""
        inside = ((self.points >= window[:2]) & (self.points <= window[2:])).all(axis=1)
        return evenly(np.unique(self.points[inside], axis=0), most)


def evenly(rows: FloatArray, most: int) -> FloatArray:
    """Return at most a number of rows, evenly spread over all."""
    if len(rows) <= most:
        return rows
    return rows[(np.arange(most) * (len(rows) / most)).astype(np.int64)]


def pinned_share(pieces: FloatArray, matching: BoolArray) -> float:
    """Return the share of stretches that match, in the direction in which they hold a shift least.

    Parallel borders do not notice a shift along themselves: streets of a chequerboard that meet by
    chance after a shift are half of all, and yet pin nothing down in one direction.

    Parameters
    ----------
    pieces
        All stretches, shape (n, 3, 2).
    matching
        Which of them match; shape (n,).

    Returns
    -------
    share
        0 to 1: the smaller eigenvalue of the sum over matching stretches of unit directions times
        themselves, as a part of that over all; 0 where all stretches are parallel.
    """
    way = pieces[:, 2] - pieces[:, 0]
    length = np.hypot(*way.T)
    unit = way / np.where(length > 0, length, 1.0)[:, None]
    held, all_of = (float(np.linalg.eigvalsh(each.T @ each)[0]) for each in (unit[matching], unit))
    if all_of <= _PARALLEL * len(pieces):
        return 0.0
    return min(held / all_of, 1.0)


def likeliest_shifts(
    borders: Borders, others: Borders, *, window: FloatArray, reach: float, cell: float, most: int
) -> FloatArray:
    """Find the shifts that bring most corners of some borders onto corners of others.

    Parameters
    ----------
    borders, others
        What is shifted, and onto what.
    window
        West, south, east, north: where corners are taken.
    reach
        Longest shift looked for.
    cell
        Width of the cells in which shifts are counted, in the unit of the plane.
    most
        Number of shifts at most.

    Returns
    -------
    shifts
        Means of the fullest cells' displacements, fullest first; shape (n, 2).
    """
    mine = borders.corners(window, _MOST_VOTERS)
    theirs = others.corners(window, _MOST_CORNERS)
    if len(mine) == 0 or len(theirs) == 0:
        return np.empty((0, 2))
    tree = shapely.STRtree(np.asarray(shapely.points(theirs)).reshape(-1))
    voter, corner = tree.query(shapely.points(mine), predicate="dwithin", distance=reach)
    votes = evenly(theirs[corner] - mine[voter], _MOST_PAIRS)
    if len(votes) == 0:
        return np.empty((0, 2))
    across = int(np.ceil(2 * reach / cell)) + 1
    cells = np.floor((votes + reach) / cell).astype(np.int64)
    code = cells[:, 0] * across + cells[:, 1]
    count = np.bincount(code, minlength=across * across)
    fullest = np.argsort(-count, kind="stable")[:most]
    fullest = fullest[count[fullest] > 1]
    return np.array([votes[code == each].mean(axis=0) for each in fullest]).reshape(-1, 2)
