"""Gaps and contested places alone: where borders fit together, nothing is noded.

An edge along which exactly one cover ends and exactly one begins bounds neither a gap nor a
contested place. Covers with no other edges, and none near, are *settled*: they are taken together
as one cover, the *rest*, whose inner edges cancel. Only the others are cut, which in a clean layer
are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.arrangement.covers import Covers
from gis.arrangement.grid import rings_on_grid
from gis.arrangement.kernel import assembled, refuse_unless_threads
from gis.arrangement.neighbourhood import beside
from gis.arrangement.skeleton import Skeleton, skeleton

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.arrangement.fragments import TinyArray
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import BoolArray, GeometryArray, IntArray


@dataclass(frozen=True, slots=True)
class Residue:
    """An arrangement in which settled covers are one.

    Parameters
    ----------
    arrangement
        Its covers are the polygons by position; those that are settled own nothing, and ``rest``
        owns what they cover. Not to be changed by :func:`gis.arrangement.update`.
    rest
        Number of the cover that stands for all settled ones.
    gaps, contested
        Faces that no polygon covers, and faces that two or more do; the latter are never covered by
        the rest.
    """

    arrangement: Arrangement
    rest: int
    gaps: IntArray
    contested: IntArray


def residue(polygons: GeometryArray, *, grid_size: float, workers: int = 1) -> Residue:
    """Find the gaps that polygons enclose and the places that several cover.

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in one planar or geographic CRS, shape (n,).
    grid_size
        Vertices are rounded to this grid, in CRS units; greater than zero.
    workers
        Number of threads; the result is the same for any.

    Returns
    -------
    residue
        Its gaps and contested faces, their owners and neighbours are those of
        :func:`gis.arrangement.arrange`, but for borders that two settled covers would bend by a
        step of the grid.

    Raises
    ------
    InputError
        If a coordinate is no number, or too far out for the grid; ``row`` counts from 1.
    ValueError, TypeError
        As :func:`gis.arrangement.arrange` does.
    """
    refuse_unless_threads(workers)
    polygons = np.asarray(polygons, dtype=object)
    rings = rings_on_grid(polygons, grid_size)
    covers = Covers(rings, len(polygons))
    edges = skeleton(rings)
    loose = _loose(edges.label_offsets, edges.label_cover, edges.label_side)
    near = beside(covers.bounds, edges.x, edges.y, edges.low[loose], edges.high[loose])
    while True:
        rest = len(polygons)
        found = assembled(
            _without_settled(edges, near, rest), Covers(rings, rest + 1), grid_size, workers
        )
        times = _times(found)
        contested = np.flatnonzero(times >= _SEVERAL)
        settled = _meeting_rest(found, covers, contested, rest, near)
        if not settled.any():
            return Residue(found, rest, np.flatnonzero(times == 0), contested)
        near = near | settled


#: Covers over a face from which on it is contested.
_SEVERAL = 2


def _times(found: Arrangement) -> IntArray:
    """Return how many polygons cover each face, the settled ones counted."""
    times = found.multiplicity.copy()
    for face, (_, windings) in found.windings.items():
        times[face] = windings[windings > 0].sum()
    return times


def _meeting_rest(
    found: Arrangement, covers: Covers, contested: IntArray, rest: int, near: BoolArray
) -> BoolArray:
    """Tell which settled covers may lie over faces that are contested after all."""
    face, cover = found.pairs()
    mixed = contested[np.isin(contested, face[cover == rest])]
    if len(mixed) == 0:
        return np.zeros(len(near), dtype=bool)
    border = np.isin(found.left, mixed) | np.isin(found.right, mixed)
    settled: BoolArray = covers.meeting(found.border_bounds[border]) & ~near
    # a border deep in one settled cover tells of it, too; else all are asked
    return settled if settled.any() else ~near


@compiled
def _loose(offsets: IntArray, cover: ShortArray, side: TinyArray) -> BoolArray:
    """Tell which edges do not have exactly one cover on either side."""
    loose = np.ones(len(offsets) - 1, dtype=np.bool_)
    for edge in range(len(loose)):
        at = offsets[edge]
        if offsets[edge + 1] - at == 2 and side[at] != side[at + 1] and cover[at] != cover[at + 1]:  # noqa: PLR2004
            loose[edge] = False
    return loose


def _without_settled(edges: Skeleton, near: BoolArray, rest: int) -> Skeleton:
    """Return the edges of covers that are not settled, the others taken together as one."""
    low, high, offsets, cover, side = _kept(
        edges.low, edges.high, edges.label_offsets, edges.label_cover, edges.label_side, near, rest
    )
    number, x, y = _used(low, high, edges.x, edges.y)
    return Skeleton(x, y, number[low], number[high], offsets, cover, side)


@compiled
def _kept(
    low: ShortArray,
    high: ShortArray,
    offsets: IntArray,
    cover: ShortArray,
    side: TinyArray,
    near: BoolArray,
    rest: int,
) -> tuple[ShortArray, ShortArray, IntArray, ShortArray, TinyArray]:
    kept = np.zeros(len(low), dtype=np.bool_)
    edges, labels = 0, 0
    for edge in range(len(low)):
        for at in range(offsets[edge], offsets[edge + 1]):
            kept[edge] |= near[cover[at]]
        if kept[edge]:
            edges += 1
            labels += offsets[edge + 1] - offsets[edge]
    new_low = np.empty(edges, dtype=np.int32)
    new_high = np.empty(edges, dtype=np.int32)
    new_offsets = np.zeros(edges + 1, dtype=np.int64)
    new_cover = np.empty(labels, dtype=np.int32)
    new_side = np.empty(labels, dtype=np.int8)
    edges, labels = 0, 0
    for edge in range(len(low)):
        if not kept[edge]:
            continue
        for at in range(offsets[edge], offsets[edge + 1]):
            new_cover[labels] = cover[at] if near[cover[at]] else rest
            new_side[labels] = side[at]
            labels += 1
        new_low[edges], new_high[edges] = low[edge], high[edge]
        edges += 1
        new_offsets[edges] = labels
    return new_low, new_high, new_offsets, new_cover, new_side


@compiled
def _used(
    low: ShortArray, high: ShortArray, x: IntArray, y: IntArray
) -> tuple[ShortArray, IntArray, IntArray]:
    """Give the vertices of some edges numbers without holes, in the order they had."""
    number = np.full(len(x), -1, dtype=np.int32)
    for edge in range(len(low)):
        number[low[edge]] = 0
        number[high[edge]] = 0
    count = 0
    for vertex in range(len(x)):
        if number[vertex] == 0:
            number[vertex] = count
            count += 1
    new_x = np.empty(count, dtype=np.int64)
    new_y = np.empty(count, dtype=np.int64)
    for vertex in range(len(x)):
        if number[vertex] >= 0:
            new_x[number[vertex]], new_y[number[vertex]] = x[vertex], y[vertex]
    return number, new_x, new_y
