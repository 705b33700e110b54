"""Make shapes of a table's columns: longitude and latitude, both in one, or a written shape.

Which columns they are is stated, or told by their names where a layer is to have a geometry; it is
remarked either way. A shape may be written as well-known text, with or without its SRID; as
GeoJSON; as well-known binary in hexadecimal; and, as Chinese web maps hand out borders, as
``lon,lat;lon,lat|lon,lat`` with a bar between parts.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.readers.cells import as_text, is_missing
from gis.readers.raw import FileNote, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gis.model.arrangement import GeometryArray
    from gis.readers.raw import LayerFile, RawLayer

#: What a column may hold, and the names in small letters that say so.
NAMES: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "lng", "long", "longitude", "经度", "东经", "经度坐标"),
    "lat": ("lat", "latitude", "纬度", "北纬", "纬度坐标"),
    "x": ("x", "x坐标", "横坐标", "东坐标", "easting", "point_x", "coord_x"),
    "y": ("y", "y坐标", "纵坐标", "北坐标", "northing", "point_y", "coord_y"),
    "lonlat": ("lonlat", "lnglat", "经纬度", "坐标", "坐标点", "location", "coordinates"),
    "wkt": ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "geometry_wkt", "图形", "几何",
            "polyline", "boundary", "边界坐标", "坐标串"),
}  # fmt: skip
_PAIRS = (("lon", "lat"), ("x", "y"))
_SINGLE = ("wkt", "lonlat")

_DEGREES = re.compile(
    r"(?P<sign>[-+]?)(?P<deg>\d{1,3}(?:\.\d+)?)\s*[°度]\s*"
    r"(?:(?P<min>\d{1,2}(?:\.\d+)?)\s*['′分]\s*)?"
    r"(?:(?P<sec>\d{1,2}(?:\.\d+)?)\s*(?:[\"″秒]|''|′′)\s*)?(?P<half>[NSEW东西南北]?)"
)
_BETWEEN = re.compile(r"\s*[,，\s]\s*")
_BETWEEN_POINTS = re.compile(r"\s*[;；\n]\s*")
_SRID = re.compile(r"SRID\s*=\s*(\d+)\s*;\s*", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){9,}")
_FEWEST_OF_RING = 4
_AREA = 2


def with_coordinates(raw: RawLayer, source: LayerFile) -> RawLayer:
    """Return a table with the geometry that its columns describe, or as it is where none do.

    Parameters
    ----------
    raw
        A table without geometry.
    source
        What is wanted of it, and which columns hold the coordinates, if stated.

    Returns
    -------
    layer
        The columns that became shapes are not among its others.

    Raises
    ------
    InputError
        If a column that is stated is not there.
    """
    columns = _stated(raw, source) if source.coordinates else _told_by_names(raw, source.wanted)
    if not columns:
        return raw
    parts = list(columns.values())
    if len(columns) > 1:
        geometry, broken = _points(raw.columns[parts[0]], raw.columns[parts[1]])
        crs, unclosed = None, frozenset[int]()
    else:
        shapes = [_stripped(value) for value in raw.columns[parts[0]]]
        crs = _stated_crs(shapes)
        geometry, broken = _shapes(shapes, source.wanted)
        drawn = shapely.get_dimensions(geometry) == _AREA
        unclosed = frozenset(at for at in np.flatnonzero(drawn).tolist() if _is_open(shapes[at]))
    kept = {name: values for name, values in raw.columns.items() if name not in parts}
    note = FileNote("coordinates_taken", {"columns": ", ".join(parts)})
    return replace(
        raw,
        columns=kept,
        geometry=geometry,
        crs=crs,
        broken=broken,
        unclosed=unclosed,
        notes=(*raw.notes, note),
    )


def _stated(raw: RawLayer, source: LayerFile) -> Mapping[str, str]:
    for name in source.coordinates.values():
        if name not in raw.columns:
            hint = suggestion(name, raw.columns) or "-"
            raise source.error("coordinate_column_missing", column=name, suggestion=hint)
    return source.coordinates


def _told_by_names(raw: RawLayer, wanted: str) -> Mapping[str, str]:
    by_lower = {name.strip().lower(): name for name in reversed(raw.columns)}
    found = {
        what: next((by_lower[name] for name in names if name in by_lower), None)
        for what, names in NAMES.items()
    }
    if not wanted:
        return {}
    for what in _SINGLE:
        name = found[what]
        if name is not None and _is_shapes(raw.columns[name]):
            return {what: name}
    if wanted == "point":
        for first, second in _PAIRS:
            pair = {what: name for what in (first, second) if (name := found[what]) is not None}
            if len(pair) == len(_PAIRS[0]):
                return pair
    return {}


def _is_shapes(values: list[object]) -> bool:
    """Tell whether a column whose name says little holds shapes, by its first filled cell."""
    first = next((value for value in values if not is_missing(value)), None)
    if first is None:
        return False
    shapes, broken = _shapes([_stripped(first)], "")
    return not broken and shapes[0] is not None


def _stripped(value: object) -> str:
    return unicodedata.normalize("NFKC", as_text(value))


def _points(first: list[object], second: list[object]) -> tuple[GeometryArray, dict[int, str]]:
    shapes: GeometryArray = np.full(len(first), None, dtype=object)
    broken: dict[int, str] = {}
    x, y = np.full(len(first), math.nan), np.full(len(first), math.nan)
    for at, (one, other) in enumerate(zip(first, second, strict=True)):
        if is_missing(one) and is_missing(other):
            continue
        try:
            x[at], y[at] = _coordinate(_stripped(one)), _coordinate(_stripped(other))
        except ValueError:
            broken[at] = f"{as_text(one)}, {as_text(other)}"
    good = np.isfinite(x) & np.isfinite(y)
    shapes[good] = shapely.points(x[good], y[good])
    return shapes, broken


def _coordinate(text: str) -> float:
    """Return a number, or degrees, minutes and seconds as degrees.

    Raises
    ------
    ValueError
        If it is neither, or not finite.
    """
    match = _DEGREES.fullmatch(text)
    if match is None:
        number = float(text.replace("_", "?"))
    else:
        minutes = float(match["min"] or 0) + float(match["sec"] or 0) / 60
        number = float(match["deg"]) + minutes / 60
        if match["sign"] == "-" or match["half"] in {"S", "W", "南", "西"}:
            number = -number
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _stated_crs(shapes: list[str]) -> str | None:
    codes = {match[1] for text in shapes if (match := _SRID.match(text))}
    return f"EPSG:{codes.pop()}" if len(codes) == 1 else None


def _shapes(texts: list[str], wanted: str) -> tuple[GeometryArray, dict[int, str]]:
    shapes: GeometryArray = np.full(len(texts), None, dtype=object)
    broken: dict[int, str] = {}
    for at, text in enumerate(texts):
        if not text:
            continue
        try:
            shapes[at] = _shape(_SRID.sub("", text, count=1), wanted)
        except (*_NO_SHAPE, shapely.errors.ShapelyError):
            broken[at] = text[:_SHOWN]
    return shapes, broken


#: So much of a text that is no shape is shown.
_SHOWN = 60
#: What the libraries raise of texts that are no shapes.
_NO_SHAPE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
    NotImplementedError,
)  # fmt: skip


def _shape(text: str, wanted: str) -> shapely.Geometry:
    if text[0] == "{":
        return shapely.geometry.shape(json.loads(text))
    if _HEX.fullmatch(text):
        return shapely.from_wkb(text)
    if text[0].isalpha():
        return shapely.from_wkt(text)
    parts = _parts(text)
    if len(parts) == 1 and len(parts[0]) == 1:
        return shapely.Point(parts[0][0])
    return _OF_POINTS[wanted if wanted in _OF_POINTS else _kind(parts)](parts)


def _parts(text: str) -> list[list[tuple[float, float]]]:
    return [
        [_pair(point) for point in _BETWEEN_POINTS.split(part.strip(" ;"))]
        for part in text.strip("|").split("|")
    ]


def _is_open(text: str) -> bool:
    """Tell whether the points of an area that is listed end elsewhere than they begin."""
    listed = text[0] != "{" and not text[0].isalpha() and not _HEX.fullmatch(text)
    return listed and any(part[0] != part[-1] for part in _parts(text))


def _pair(text: str) -> tuple[float, float]:
    numbers = [_coordinate(part) for part in _BETWEEN.split(text.strip())]
    x, y = numbers  # a ValueError where there are more or fewer
    return x, y


def _kind(parts: list[list[tuple[float, float]]]) -> str:
    closed = all(len(part) >= _FEWEST_OF_RING and part[0] == part[-1] for part in parts)
    return "polygon" if closed else "line"


_OF_POINTS: dict[str, Callable[[list[list[tuple[float, float]]]], shapely.Geometry]] = {
    "polygon": lambda parts: _joined(shapely.MultiPolygon, map(shapely.Polygon, parts)),
    "line": lambda parts: _joined(shapely.MultiLineString, map(shapely.LineString, parts)),
}


def _joined(
    join: Callable[..., shapely.Geometry], shapes: Iterable[shapely.Geometry]
) -> shapely.Geometry:
    parts = list(shapes)
    return parts[0] if len(parts) == 1 else join(parts)
