"""Bring shapes into the working coordinate system and mend what can be mended, never in silence.

An invalid polygon has no single meaning: a bow-tie may be two triangles or their difference. The
repair keeps what lies inside by the structure of the rings, and the area under the other reading
is reported beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Geod

from gis.layers.crs import WGS84, is_degrees, lies_where_crs_is_defined, reaches, transform
from gis.layers.datum import TO_WGS84, convert_geometries

if TYPE_CHECKING:
    from gis.model.arrangement import GeometryArray

_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
_NESTING = (
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
    shapely.GeometryType.GEOMETRYCOLLECTION,
)
_GEOD = Geod(ellps="WGS84")

_TYPES = {
    "point": {shapely.GeometryType.POINT},
    "line": {shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING},
    "polygon": {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON},
}


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something about one row: which, what, and the figures that tell how much.

    Parameters
    ----------
    row
        Index of the row, from 0.
    problem
        Key in the catalogues.
    details
        Values that its sentence names.
    """

    row: int
    problem: str
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Shapes in the working coordinate system.

    Parameters
    ----------
    geometry
        Valid shapes in two dimensions, or None where a row has none or is refused.
    refused, repaired
        What could not be used, and what was mended.
    """

    geometry: GeometryArray
    refused: tuple[RowNote, ...]
    repaired: tuple[RowNote, ...]


def prepare_geometry(
    geometry: GeometryArray,
    broken: dict[int, str],
    *,
    kind: str,
    datum: str,
    source: CRS,
    working: CRS,
) -> Prepared:
    """Check, convert and mend the shapes of one layer.

    Parameters
    ----------
    geometry
        Shapely geometries or None; shape (n,).
    broken
        What was wrong, by index, where a shape could not be read.
    kind
        ``"polygon"``, ``"line"`` or ``"point"``: what the rows must hold.
    datum
        ``"gcj02"`` or ``"bd09"`` where the coordinates are shifted; anything else is not.
    source, working
        Coordinate systems to come from and to go to.

    Returns
    -------
    prepared
        One geometry per row. A row without any is None and not reported: whether it may be
        empty is for the table to say.
    """
    shapes = shapely.force_2d(np.asarray(geometry, dtype=object))
    refused = [RowNote(row, "geometry_damaged", {"reason": why}) for row, why in broken.items()]
    repaired: list[RowNote] = []
    shapes[shapely.is_empty(shapes)] = None
    _reduce_collections(shapes, kind, repaired)
    _refuse(shapes, ~np.isin(shapely.get_type_id(shapes), list(_TYPES[kind])),
            "geometry_wrong_type", refused, expected=kind)  # fmt: skip
    _refuse(shapes, ~_finite(shapes), "coordinates_not_finite", refused)
    _refuse_out_of_domain(shapes, source, refused)
    if datum in TO_WGS84:
        if not is_degrees(source):
            shapes = transform(shapes, source, WGS84)
        shapes, source = convert_geometries(shapes, datum), WGS84
    if not source.equals(working, ignore_axis_order=True):
        out_of_reach = ~reaches(shapely.bounds(shapes), source, working)
        _refuse(shapes, out_of_reach, "coordinates_out_of_domain", refused)
        shapes = transform(shapes, source, working)
    _refuse(shapes, ~_finite(shapes), "coordinates_out_of_domain", refused)
    _repair(shapes, kind, working, refused, repaired)
    return Prepared(shapes, tuple(refused), tuple(repaired))


def _refuse(
    shapes: GeometryArray,
    wrong: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    problem: str,
    refused: list[RowNote],
    **details: object,
) -> None:
    """Note the rows that are wrong and empty them."""
    for row in np.flatnonzero(wrong & ~shapely.is_missing(shapes)):
        found = shapes[row].geom_type
        refused.append(RowNote(int(row), problem, {"found": found, **details}))
        shapes[row] = None


def _finite(shapes: GeometryArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[rows[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _reduce_collections(shapes: GeometryArray, kind: str, repaired: list[RowNote]) -> None:
    """Replace each collection by its parts of the dimension wanted, where it has some."""
    collections = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    for row in np.flatnonzero(collections):
        parts = shapely.get_parts(shapes[row])
        kept = _of_kind(shapes[row], kind)
        if kept is None:
            continue
        shapes[row] = kept
        kept_parts = shapely.get_num_geometries(kept)
        repaired.append(
            RowNote(
                int(row),
                "collection_reduced",
                {"parts": len(parts), "dropped": max(len(parts) - int(kept_parts), 0)},
            )
        )


def _of_kind(shape: shapely.Geometry, kind: str) -> shapely.Geometry | None:
    """Return the parts of a shape that have the dimension wanted, as one shape, or None."""
    parts = shapely.get_parts(shape)
    while np.any(np.isin(shapely.get_type_id(parts), _NESTING)):
        parts = shapely.get_parts(parts)
    wanted = parts[(shapely.get_dimensions(parts) == _DIMENSIONS[kind]) & ~shapely.is_empty(parts)]
    if len(wanted) == 0:
        return None
    if len(wanted) == 1:
        only: shapely.Geometry = wanted[0]
        return only
    if kind == "point":
        return None  # of several points none is the one meant
    joined: shapely.Geometry = (
        shapely.multipolygons(wanted) if kind == "polygon" else shapely.multilinestrings(wanted)
    )
    return joined


def _refuse_out_of_domain(shapes: GeometryArray, crs: CRS, refused: list[RowNote]) -> None:
    bounds = shapely.bounds(shapes)
    if is_degrees(crs):
        lon = np.abs(bounds[:, [0, 2]]).max(axis=1)
        lat = np.abs(bounds[:, [1, 3]]).max(axis=1)
        _refuse(shapes, (lat > 90) & (lat <= 180) & (lon <= 90), "coordinates_swapped", refused)  # noqa: PLR2004 - degrees of latitude
        _refuse(shapes, (lon > 180) | (lat > 90), "coordinates_not_degrees", refused)  # noqa: PLR2004
        return
    _refuse(shapes, ~lies_where_crs_is_defined(bounds, crs), "coordinates_out_of_domain", refused)


def _repair(
    shapes: GeometryArray,
    kind: str,
    crs: CRS,
    refused: list[RowNote],
    repaired: list[RowNote],
) -> None:
    if kind != "polygon":
        # a line whose points are all one point has no length to answer for
        _refuse(shapes, ~shapely.is_valid(shapes), "geometry_without_extent", refused)
        return
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    for row in np.flatnonzero(invalid):
        before = shapes[row]
        by_structure = _of_kind(
            shapely.make_valid(before, method="structure", keep_collapsed=False), kind
        )
        if by_structure is None:
            refused.append(RowNote(int(row), "geometry_without_extent", {"found": "Polygon"}))
            shapes[row] = None
            continue
        by_linework = _of_kind(shapely.make_valid(before, method="linework"), kind)
        shapes[row] = by_structure
        repaired.append(
            RowNote(
                int(row),
                "polygon_repaired",
                {
                    "reason": shapely.is_valid_reason(before),
                    "area_m2": _area_m2(by_structure, crs),
                    "other_area_m2": 0.0 if by_linework is None else _area_m2(by_linework, crs),
                },
            )
        )


def _area_m2(shape: shapely.Geometry, crs: CRS) -> float:
    """Return the area between geodesics, rounded to a square decimetre; for messages only."""
    degrees = transform(np.array([shape], dtype=object), crs, WGS84)[0]
    oriented = shapely.orient_polygons(degrees)
    area, _ = _GEOD.geometry_area_perimeter(oriented)
    return round(abs(float(area)), 2)
