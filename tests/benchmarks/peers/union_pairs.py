"""Shapely as most analysts use it: a union for gaps, an STRtree and intersections for pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from tests.benchmarks.found import BlindSpots, Neighbours, summed

if TYPE_CHECKING:
    from tests.benchmarks.city import City
    from tests.benchmarks.found import GeometryArray, IntArray


def bare(city: City) -> BlindSpots:
    """Union all, query pairs, intersect them: nothing about neighbours, holes as they come."""
    union = shapely.union_all(city.polygons)
    gaps = holes(union)
    first, second = shapely.STRtree(city.polygons).query(city.polygons, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    overlaps = shapely.intersection(city.polygons[first], city.polygons[second])
    real = shapely.area(overlaps) > 0
    return _blind_spots(gaps, overlaps[real], first[real], second[real], None)


def whole(city: City) -> BlindSpots:
    """Do all of it: pairs are tried before they are cut, and gaps get their neighbours."""
    gaps = holes(shapely.union_all(city.polygons))
    tree = shapely.STRtree(city.polygons)
    overlaps, first, second = overlapping_pairs(city.polygons, tree)
    neighbours = bordering(gaps, city.polygons, tree, city.grid_size)
    return _blind_spots(gaps, overlaps, first, second, neighbours)


def bare_by_matter(city: City) -> list[BlindSpots]:
    """Union all and query pairs for each matter; gaps are what the outline has more."""
    found = []
    outline = shapely.union_all(city.outline)
    for polygons in _matters(city):
        gaps = _polygonal(shapely.difference(outline, shapely.union_all(polygons)))
        first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
        once = first < second
        first, second = first[once], second[once]
        overlaps = shapely.intersection(polygons[first], polygons[second])
        real = shapely.area(overlaps) > 0
        found.append(_blind_spots(gaps, overlaps[real], first[real], second[real], None))
    return found


def whole_by_matter(city: City) -> list[BlindSpots]:
    """Do all of it for each matter."""
    found = []
    outline = shapely.union_all(city.outline)
    for polygons in _matters(city):
        gaps = _polygonal(shapely.difference(outline, shapely.union_all(polygons)))
        tree = shapely.STRtree(polygons)
        overlaps, first, second = overlapping_pairs(polygons, tree)
        neighbours = bordering(gaps, polygons, tree, city.grid_size)
        found.append(_blind_spots(gaps, overlaps, first, second, neighbours))
    return found


def holes(union: shapely.Geometry) -> GeometryArray:
    """Return the holes of a union without the parts of it that lie in them."""
    parts = shapely.get_parts(union)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = part[1:] != part[:-1]
    holes = shapely.polygons(rings[~shell])
    island, hole = shapely.STRtree(holes).query(parts, predicate="within")
    for number in np.unique(hole):
        islands = shapely.union_all(parts[island[hole == number]])
        holes[number] = shapely.difference(holes[number], islands)
    return shapely.get_parts(holes)


def overlapping_pairs(
    polygons: GeometryArray, tree: shapely.STRtree
) -> tuple[GeometryArray, IntArray, IntArray]:
    """Return all overlaps of two polygons, and which two."""
    first, second = tree.query(polygons, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    # most pairs only touch; a prepared test is cheaper than an intersection
    shapely.prepare(polygons)
    real = shapely.relate_pattern(polygons[first], polygons[second], "2********")
    first, second = first[real], second[real]
    overlaps, pair = shapely.get_parts(
        shapely.intersection(polygons[first], polygons[second]), return_index=True
    )
    polygonal = shapely.get_dimensions(overlaps) == 2
    return overlaps[polygonal], first[pair[polygonal]], second[pair[polygonal]]


def bordering(
    places: GeometryArray, polygons: GeometryArray, tree: shapely.STRtree, grid_size: float
) -> Neighbours:
    """Measure the border that places share with polygons.

    Where borders cross, the union's vertices are not exactly on either of them; a grid makes the
    lines meet again.
    """
    place, body = tree.query(places, predicate="dwithin", distance=grid_size)
    lines = shapely.intersection(
        shapely.boundary(places[place]), shapely.boundary(polygons[body]), grid_size=grid_size
    )
    shared = shapely.length(lines)
    along = shared > 0
    return summed(place[along], body[along], shared[along])


def _matters(city: City) -> list[GeometryArray]:
    starts = np.flatnonzero(np.diff(city.matter)) + 1
    return np.split(city.polygons, starts)


def _polygonal(shape: shapely.Geometry) -> GeometryArray:
    parts = shapely.get_parts(shape)
    return parts[shapely.get_dimensions(parts) == 2]


def _blind_spots(
    gaps: GeometryArray,
    overlaps: GeometryArray,
    first: IntArray,
    second: IntArray,
    neighbours: Neighbours | None,
) -> BlindSpots:
    return BlindSpots(
        gaps=gaps,
        contested=overlaps,
        place=np.tile(np.arange(len(overlaps)), 2),
        body=np.concatenate([first, second]),
        neighbours=neighbours,
    )
