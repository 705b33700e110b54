"""Widths of places: twice the radius of the largest circle inside."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.compiled import compiled
from gis.touching_circles import largest_radius

if TYPE_CHECKING:
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray

#: No circle inside is larger than the one found by more than this share of its radius.
ACCURACY = 0.01

#: Points of the polygons that a thread takes at a time.
_POINTS_AT_ONCE = 4_000


def widths(polygons: GeometryArray, measure: EllipsoidMeasure, *, workers: int = 1) -> FloatArray:
    """Return twice the radius of the largest circle inside each polygon, in metres; shape (n,).

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in the working CRS, shape (n,).
    measure
        Measure of the working CRS.
    workers
        Number of threads; the result is the same for any.
    """
    flat = measure.flat(np.asarray(polygons, dtype=object))
    return 2 * inscribed_radii(flat, workers=workers)


def inscribed_radii(polygons: GeometryArray, *, workers: int = 1) -> FloatArray:
    """Return the radii of the largest circles inside polygons, up to :data:`ACCURACY` too small.

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in a plane, shape (n,).
    workers
        Number of threads; the result is the same for any.

    Returns
    -------
    radii
        In the unit of the plane; 0 for an empty polygon. Shape (n,).
    """
    polygons = np.asarray(polygons, dtype=object)
    least = least_radii(polygons)
    parts, part_of = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    points = shapely.get_coordinates(rings)
    offsets = np.append(0, np.cumsum(shapely.get_num_coordinates(rings))).astype(np.int64)
    first_ring = np.searchsorted(part_of[ring_of], np.arange(len(polygons) + 1)).astype(np.int64)
    radii = np.zeros(len(polygons))

    def fill(begin: int, end: int) -> None:
        _fill(points, offsets, first_ring, least, ACCURACY, begin, end, radii)

    share = offsets[first_ring[:-1]] // _POINTS_AT_ONCE
    begins = np.flatnonzero(np.diff(share, prepend=-1))
    ends = np.append(begins[1:], len(polygons))
    with ThreadPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
        list(pool.map(fill, begins.tolist(), ends.tolist()))
    return radii


def least_radii(polygons: GeometryArray) -> FloatArray:
    """Return radii than which the largest circle inside each polygon is not smaller; shape (n,).

    A border that moves inwards by t grows by no more than 2 pi t for each hole, and shrinks by
    2 pi t for the shell; the area is what it sweeps until nothing is left.

    Source: Hartman, P. (1964), Geodesic parallel coordinates in the large, American Journal of
    Mathematics 86, 705-727.
    """
    area, length = shapely.area(polygons), shapely.length(polygons)
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    holes = np.bincount(
        part_of, weights=shapely.get_num_interior_rings(parts), minlength=len(polygons)
    )
    # of several parts, the one with all the holes may outlive the others
    one = np.bincount(part_of, minlength=len(polygons)) == 1
    root = np.sqrt(np.maximum(length**2 + 4 * np.pi * np.where(one, holes - 1, holes) * area, 0))
    longest = np.maximum(length + root, np.finfo(float).tiny)
    return np.asarray(2 * area / longest * (1 - _ROUNDING))


#: A circle's own radius is not to come out larger than it is.
_ROUNDING = 1e-9


#: Of the whole border; a shorter edge has no direction that can be told.
_SHORTEST = 1e-12


@compiled
def _fill(
    points: FloatArray,
    offsets: IntArray,
    first_ring: IntArray,
    least: FloatArray,
    accuracy: float,
    begin: int,
    end: int,
    radii: FloatArray,
) -> None:
    """Write the radii of some polygons.

    Parameters
    ----------
    points, offsets
        Points of ring i with its closing point: ``points[offsets[i]:offsets[i + 1]]``.
    first_ring
        Rings of polygon i: ``first_ring[i]`` up to ``first_ring[i + 1]``.
    """
    for polygon in range(begin, end):
        rings = range(first_ring[polygon], first_ring[polygon + 1])
        if len(rings) == 0:
            continue
        count = offsets[rings.stop] - offsets[rings.start] - len(rings)
        edges = np.empty((count, 7))
        following = np.empty(count, dtype=np.int64)
        # near the origin, more digits are left
        x0, y0 = points[offsets[rings.start]]
        around = 0.0
        for at in range(offsets[rings.start], offsets[rings.stop] - 1):
            around += np.hypot(points[at + 1, 0] - points[at, 0], points[at + 1, 1] - points[at, 1])
        write = 0
        for ring in rings:
            first = write
            ax, ay = points[offsets[ring], 0] - x0, points[offsets[ring], 1] - y0
            for at in range(offsets[ring] + 1, offsets[ring + 1]):
                bx, by = points[at, 0] - x0, points[at, 1] - y0
                length = np.hypot(bx - ax, by - ay)
                if length <= around * _SHORTEST:
                    continue
                edges[write, 0], edges[write, 1], edges[write, 2], edges[write, 3] = ax, ay, bx, by
                edges[write, 4], edges[write, 5] = (bx - ax) / length, (by - ay) / length
                edges[write, 6] = length
                following[write] = write + 1
                write += 1
                ax, ay = bx, by
            if write > first:
                following[write - 1] = first
                # the last edge ends where the first begins, whatever was passed over
                edges[write - 1, 2], edges[write - 1, 3] = edges[first, 0], edges[first, 1]
        if write > 0:
            radii[polygon] = largest_radius(
                edges[:write], following[:write], least[polygon], accuracy
            )
