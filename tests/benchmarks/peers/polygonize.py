"""The full partition with Shapely: node all borders, polygonize, label parts by points in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from tests.benchmarks.found import Neighbours, Parts, summed

if TYPE_CHECKING:
    from tests.benchmarks.city import City
    from tests.benchmarks.found import GeometryArray


def bare(city: City) -> Parts:
    """Cut cells and zones into parts with their owners; nothing about neighbours."""
    covers = np.concatenate([city.polygons, city.zones])
    # noding by a union of lines: faster than shapely.node, with the same result
    lines = shapely.union_all(shapely.boundary(covers))
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(parts)
    # asked this way round, GEOS prepares each cover once for all of its points
    cover, part = shapely.STRtree(points).query(covers, predicate="intersects")
    return Parts(parts, part, cover, None)


def whole(city: City) -> Parts:
    """Do all of it: also which parts are next to each other, and along how much."""
    found = bare(city)
    return Parts(found.polygons, found.part, found.cover, _next_to_each_other(found.polygons))


def _next_to_each_other(parts: GeometryArray) -> Neighbours:
    """Match the edges of parts; those of a polygonization are the same to the last bit."""
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end, part = points[:-1][same], points[1:][same], ring_part[ring[1:][same]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    order = np.lexsort((high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    edges = np.concatenate([low, high], axis=1)[order]
    twins = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    one, other = part[order[twins]], part[order[twins + 1]]
    length = np.hypot(*(edges[twins, 2:] - edges[twins, :2]).T)
    return summed(np.minimum(one, other), np.maximum(one, other), length)
