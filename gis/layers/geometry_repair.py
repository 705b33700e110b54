"""Bring shapes into the working coordinate system and mend what can be mended, never in silence.

Only what cannot change the meaning of a border is mended: heights go, collections lose what is of
another kind, a line that closes is taken for its ring, and invalid polygons are repaired where all
readings of them agree. Anything more is refused and named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.crs import WGS84, is_degrees, lies_where_crs_is_defined, reaches, transform
from gis.layers.datum import TO_WGS84, convert_geometries
from gis.layers.invalid_polygons import areas_m2, meaning, parts_of_dimension, wrong_place

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray

_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}

#: Whatever is done to the shape of a row, by the key of its remark.
REPAIRS = frozenset(
    {"heights_dropped", "ring_unclosed", "collection_reduced", "ring_closed", "polygon_repaired"}
)

#: For those who want their borders taken as they are, or not at all.
NO_REPAIRS: frozenset[str] = frozenset()

_HALF_THE_GLOBE = 180.0

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
    flattened
        Number of rows that lost a height or another measure of their points.
    """

    geometry: GeometryArray
    refused: tuple[RowNote, ...]
    repaired: tuple[RowNote, ...]
    flattened: int = 0


def prepare_geometry(
    geometry: GeometryArray,
    broken: dict[int, str],
    *,
    kind: str,
    datum: str,
    source: CRS,
    working: CRS,
    unclosed: frozenset[int] = frozenset(),
    repairs: frozenset[str] = REPAIRS,
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
    unclosed
        Rows of which the reader closed a ring.
    repairs
        Which of ``REPAIRS`` may be made; a row that needs another is refused.

    Returns
    -------
    prepared
        One geometry per row. A row without any is None and not reported: whether it may be
        empty is for the table to say.
    """
    given, came_from = np.asarray(geometry, dtype=object), source
    high = _have_heights(given)
    shapes = shapely.force_2d(given)
    refused = [RowNote(row, "geometry_damaged", {"reason": why}) for row, why in broken.items()]
    mended = [RowNote(int(row), "heights_dropped") for row in np.flatnonzero(high)]
    mended += [RowNote(row, "ring_unclosed") for row in sorted(unclosed)]
    shapes[shapely.is_empty(shapes)] = None
    mended += _reduce_collections(shapes, kind)
    mended += _close_rings(shapes, kind)
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
    # what was drawn, before anything about its border is mended
    drawn = shapes.copy()
    mended += _repair(shapes, kind, working, refused)
    _refuse_repairs(shapes, [note for note in mended if note.problem not in repairs], refused)
    mended = [note for note in mended if shapes[note.row] is not None]
    told = [note for note in mended if note.problem != "heights_dropped"]
    return Prepared(
        shapes,
        tuple(_with_place(note, given[note.row], came_from, datum) for note in refused),
        tuple(_with_areas(told, drawn, shapes, kind, working)),
        len(mended) - len(told),
    )


def _have_heights(shapes: GeometryArray) -> BoolArray:
    """Tell which shapes have a height or another measure that is neither 0 nor missing."""
    high: BoolArray = shapely.has_z(shapes) | shapely.has_m(shapes)
    drawn = np.flatnonzero(high)
    beyond, index = shapely.get_coordinates(
        shapes[drawn], include_z=True, include_m=True, return_index=True
    )
    told = ~np.isnan(beyond[:, 2:]) & (beyond[:, 2:] != 0)
    high[:] = False
    high[drawn[index[told.any(axis=1)]]] = True
    return high


def _refuse(
    shapes: GeometryArray,
    wrong: BoolArray,
    problem: str,
    refused: list[RowNote],
    **details: object,
) -> None:
    """Note the rows that are wrong and empty them."""
    for row in np.flatnonzero(wrong & ~shapely.is_missing(shapes)):
        found = shapes[row].geom_type
        refused.append(RowNote(int(row), problem, {"found": found, **details}))
        shapes[row] = None


def _finite(shapes: GeometryArray) -> BoolArray:
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[rows[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _reduce_collections(shapes: GeometryArray, kind: str) -> list[RowNote]:
    """Replace each collection by its parts of the dimension wanted, where it has some."""
    types = shapely.get_type_id(shapes)
    collections = types == shapely.GeometryType.GEOMETRYCOLLECTION
    if kind == "point":
        collections |= types == shapely.GeometryType.MULTIPOINT
    mended = []
    for row in np.flatnonzero(collections):
        parts = shapely.get_parts(shapes[row])
        kept = _of_kind(shapes[row], kind)
        if kept is None:
            continue
        shapes[row] = kept
        dropped = max(len(parts) - int(shapely.get_num_geometries(kept)), 0)
        mended.append(
            RowNote(int(row), "collection_reduced", {"parts": len(parts), "dropped": dropped})
        )
    return mended


def _close_rings(shapes: GeometryArray, kind: str) -> list[RowNote]:
    """Replace each line that ends where it begins by what it goes round, if areas are wanted."""
    if kind != "polygon":
        return []
    lines = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    # a triangle and the point that closes it
    lines &= shapely.is_closed(shapes) & (shapely.get_num_points(shapes) > 3)  # noqa: PLR2004
    rows = np.flatnonzero(lines)
    shapes[rows] = [shapely.Polygon(shapely.get_coordinates(shape)) for shape in shapes[rows]]
    return [RowNote(int(row), "ring_closed") for row in rows]


def _of_kind(shape: shapely.Geometry, kind: str) -> shapely.Geometry | None:
    """Return the parts of a shape that have the dimension wanted, as one shape, or None."""
    wanted = parts_of_dimension(shape, _DIMENSIONS[kind])
    if len(wanted) == 0:
        return None
    if len(wanted) == 1:
        only: shapely.Geometry = wanted[0]
        return only
    if kind == "point":
        return None  # of several points none is the one meant
    join = shapely.MultiPolygon if kind == "polygon" else shapely.MultiLineString
    joined: shapely.Geometry = join(list(wanted))
    return joined


def _refuse_out_of_domain(shapes: GeometryArray, crs: CRS, refused: list[RowNote]) -> None:
    bounds = shapely.bounds(shapes)
    if is_degrees(crs):
        lon = np.abs(bounds[:, [0, 2]]).max(axis=1)
        lat = np.abs(bounds[:, [1, 3]]).max(axis=1)
        turned = (lat > 90) & (lat <= 180) & (lon <= 90)  # noqa: PLR2004 - degrees of latitude
        # one row in which the two were mixed up says nothing about the layer
        most = 2 * turned.sum() > np.isfinite(lat).sum()
        problem = "coordinates_swapped" if most else "row_axes_exchanged"
        _refuse(shapes, turned, problem, refused)
        _refuse(shapes, (lon > 180) | (lat > 90), "coordinates_not_degrees", refused)  # noqa: PLR2004
        width = bounds[:, 2] - bounds[:, 0]
        _refuse(shapes, width > _HALF_THE_GLOBE, "geometry_too_wide", refused)
        return
    _refuse(shapes, ~lies_where_crs_is_defined(bounds, crs), "coordinates_out_of_domain", refused)


def _repair(shapes: GeometryArray, kind: str, crs: CRS, refused: list[RowNote]) -> list[RowNote]:
    """Replace each invalid polygon by the one that it means, where that is certain."""
    if kind != "polygon":
        # a line whose points are all one point has no length to answer for
        _refuse(shapes, ~shapely.is_valid(shapes), "geometry_without_extent", refused)
        return []
    rows = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    drawn = shapes[rows]
    means = meaning(drawn, crs)
    shapes[rows] = means.shapes
    shapes[rows[~means.certain]] = None
    mended = []
    for at, row in enumerate(rows.tolist()):
        if means.shapes[at] is None:
            refused.append(RowNote(row, "geometry_without_extent", {"found": "Polygon"}))
        elif means.certain[at]:
            mended.append(RowNote(row, "polygon_repaired", _where_invalid(drawn[at], crs)))
        else:
            refused.append(_ambiguous(row, drawn[at], means.areas[at], crs))
    return mended


def _ambiguous(row: int, drawn: shapely.Geometry, areas: FloatArray, crs: CRS) -> RowNote:
    """Return the refusal of a polygon whose readings differ: both areas, and where it is wrong."""
    return RowNote(
        row,
        "polygon_ambiguous",
        {
            **_where_invalid(drawn, crs),
            "area_m2": round(float(areas.min()), 2),
            "other_area_m2": round(float(areas.max()), 2),
        },
    )


def _where_invalid(drawn: shapely.Geometry, crs: CRS) -> dict[str, object]:
    """Return why a polygon is invalid and where, in the words of GEOS and in WGS 84 degrees."""
    place = place_in_degrees(wrong_place(drawn), crs)
    shown = ", ".join(str(part) for part in place.values()) or "-"
    return {"reason": shapely.is_valid_reason(drawn), "at": shown, **place}


#: Refusals of shapes that lie nowhere, or cannot be read.
_NOWHERE = frozenset(
    {
        "geometry_damaged",
        "coordinates_not_finite",
        "coordinates_out_of_domain",
        "coordinates_swapped",
        "row_axes_exchanged",
        "coordinates_not_degrees",
    }
)


def _with_place(note: RowNote, given: shapely.Geometry | None, crs: CRS, datum: str) -> RowNote:
    """Return a refusal with a point of the shape that was given, if none is told and it has one."""
    if given is None or "lon" in note.details or note.problem in _NOWHERE:
        return note
    first = shapely.Point(shapely.get_coordinates(given)[0])
    return RowNote(note.row, note.problem, {**note.details, **place_in_degrees(first, crs, datum)})


def place_in_degrees(point: shapely.Point, crs: CRS, datum: str = "") -> dict[str, object]:
    """Return the WGS 84 longitude and latitude of a point, to a centimetre; nothing if nowhere."""
    moved = transform(np.array([point], dtype=object), crs, WGS84)
    if datum in TO_WGS84:
        moved = convert_geometries(moved, datum)
    coordinates = shapely.get_coordinates(moved)
    if len(coordinates) == 0 or not np.isfinite(coordinates).all():
        return {}
    return {"lon": round(float(coordinates[0, 0]), 7), "lat": round(float(coordinates[0, 1]), 7)}


#: Begins the key of a refusal for want of a repair that may not be made.
_UNMENDED = "strict_"


def is_unmended(note: RowNote) -> bool:
    """Tell whether a row is refused only because it may not be mended."""
    return note.problem.startswith(_UNMENDED)


def _refuse_repairs(shapes: GeometryArray, unwanted: list[RowNote], refused: list[RowNote]) -> None:
    """Refuse the rows for which a repair is needed that may not be made."""
    usable = ~shapely.is_missing(shapes)
    refused += [
        RowNote(note.row, f"{_UNMENDED}{note.problem}", note.details)
        for note in unwanted
        if usable[note.row]
    ]
    shapes[[note.row for note in unwanted]] = None


def _with_areas(
    notes: list[RowNote], drawn: GeometryArray, shapes: GeometryArray, kind: str, crs: CRS
) -> list[RowNote]:
    """Return notes on repairs with the areas before and after, where shapes have areas."""
    if kind != "polygon" or not notes:
        return notes
    rows = [note.row for note in notes]
    before, after = areas_m2(drawn[rows], crs), areas_m2(shapes[rows], crs)
    return [
        RowNote(
            note.row,
            note.problem,
            {**note.details, "area_before_m2": round(was, 2), "area_m2": round(now, 2)},
        )
        for note, was, now in zip(notes, before.tolist(), after.tolist(), strict=True)
    ]
