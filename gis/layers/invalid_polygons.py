"""What an invalid polygon means, where that is certain.

An invalid polygon has no single meaning: a bow-tie may be two triangles or their difference. Three
readings are held against each other: by the structure of the rings (GEOS), by even and odd
crossings of the lines, and by the areas that the rings go round. Where they agree but for a few
square metres, the polygon is what its structure says; where not, nobody but its author knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.crs import WGS84, transform
from gis.measure import EllipsoidMeasure

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray

#: By so much the readings of a repaired polygon may differ: a thousandth of its area, and never
#: more than a thousandth of a unit grid (GB/T 30428.1: about a hectare). Nobody answers for less.
MOST_CHANGE_SHARE = 0.001
MOST_CHANGE_M2 = 10.0

_NESTING = (
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
    shapely.GeometryType.GEOMETRYCOLLECTION,
)
_PLACE_OF_REASON = re.compile(r"\[(\S+) (\S+)\]")
_AREA = 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """What invalid polygons mean.

    Parameters
    ----------
    shapes
        Each polygon by its structure, None where it has no area at all; shape (n,).
    areas
        Areas by structure, by crossings, and as the rings go round it, square metres; shape (n, 3).
    certain
        Whether the readings agree; shape (n,).
    """

    shapes: GeometryArray
    areas: FloatArray
    certain: BoolArray


def meaning(polygons: GeometryArray, crs: CRS) -> Meaning:
    """Return what invalid polygons mean, and whether that is certain.

    Parameters
    ----------
    polygons
        Polygons or multipolygons with finite coordinates; shape (n,).
    crs
        Their coordinate system.
    """
    structure = _polygonal(shapely.make_valid(polygons, method="structure", keep_collapsed=False))
    crossings = _polygonal(shapely.make_valid(polygons, method="linework"))
    # GEOS fills a hole that shares an edge with its shell; ring by ring it does not
    disputed = ~(_apart(structure, crossings, crs) <= _most_change(areas_m2(structure, crs)))
    for row in np.flatnonzero(disputed & ~shapely.is_missing(structure)):
        crossings[row] = _even_odd(polygons[row])
    areas = np.column_stack([areas_m2(each, crs) for each in (structure, crossings, polygons)])
    apart = np.maximum(
        _apart(structure, crossings, crs),
        np.abs(areas[:, 0] - areas[:, 2]),
    )
    return Meaning(structure, areas, apart <= _most_change(areas.min(axis=1)))


def _most_change(areas: FloatArray) -> FloatArray:
    return np.minimum(MOST_CHANGE_SHARE * areas, MOST_CHANGE_M2)


def parts_of_dimension(shape: shapely.Geometry, dimension: int) -> GeometryArray:
    """Return the parts of a shape, however nested, that are points (0), lines (1) or areas (2)."""
    parts = shapely.get_parts(shape)
    while np.any(np.isin(shapely.get_type_id(parts), _NESTING)):
        parts = shapely.get_parts(parts)
    kept: GeometryArray = parts[
        (shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)
    ]
    return kept


def areas_m2(polygons: GeometryArray, crs: CRS) -> FloatArray:
    """Return the areas that the rings of polygons go round, valid or not, in square metres."""
    if len(polygons) == 0 or shapely.is_missing(polygons).all():
        return np.zeros(len(polygons))
    west, south, east, north = shapely.total_bounds(polygons)
    middle = np.array([shapely.Point((west + east) / 2, (south + north) / 2)], dtype=object)
    ((longitude, latitude),) = shapely.get_coordinates(transform(middle, crs, WGS84))
    # equal areas stay equal wherever the centre is
    return EllipsoidMeasure(crs, (round(longitude, 1), round(latitude, 1))).areas(polygons)


def wrong_place(polygon: shapely.Geometry) -> shapely.Point:
    """Return the point at which a polygon is invalid, as GEOS names it."""
    named = _PLACE_OF_REASON.search(shapely.is_valid_reason(polygon))
    if named is None:
        return shapely.Point(shapely.get_coordinates(polygon)[0])
    return shapely.Point(float(named[1]), float(named[2]))


def _polygonal(shapes: GeometryArray) -> GeometryArray:
    """Return the areas among the parts of each shape, or None."""
    kept: GeometryArray = np.full(len(shapes), None, dtype=object)
    for at, shape in enumerate(shapes):
        parts = parts_of_dimension(shape, _AREA)
        if len(parts):
            kept[at] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return kept


def _even_odd(polygon: shapely.Geometry) -> shapely.Geometry | None:
    """Return the ground that an odd number of rings goes round, or None."""
    rings = shapely.get_rings(shapely.get_parts(polygon))
    areas = np.asarray(shapely.make_valid(shapely.polygons(rings), method="linework"), object)
    # an odd number of odd numbers is odd: pairs of pairs, so that no shape is gone over often
    odd = _polygonal(areas)
    while len(odd) > 1:
        half = len(odd) // 2
        paired = _polygonal(_between(odd[:half], odd[half : 2 * half]))
        odd = np.concatenate([paired, odd[2 * half :]])
    only: shapely.Geometry | None = odd[0]
    return only


def _apart(one: GeometryArray, other: GeometryArray, crs: CRS) -> FloatArray:
    """Return the ground that is in one shape and not in the other, in square metres.

    Where one of them has no ground at all, it is all that the other has.
    """
    return areas_m2(_polygonal(_between(one, other)), crs)


def _between(one: GeometryArray, other: GeometryArray) -> GeometryArray:
    """Return what is in one shape and not in the other; None stands for no ground."""
    one, other = one.copy(), other.copy()
    for shapes in (one, other):
        shapes[shapely.is_missing(shapes)] = shapely.MultiPolygon()
    return np.asarray(shapely.symmetric_difference(one, other), dtype=object)
