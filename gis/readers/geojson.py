"""Read GeoJSON (RFC 7946, and the named coordinate system of its 2008 forerunner)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.readers.cells import shown_whole
from gis.readers.encoding import known_encoding
from gis.readers.raw import WGS84_CODE, LayerFile, RawLayer

if TYPE_CHECKING:
    from gis.model.arrangement import GeometryArray
    from gis.readers.desk import Desk

#: The ways in which a coordinate system is named; anything else might be a link or a file.
_CRS_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?([A-Za-z0-9]+)", re.IGNORECASE)


class _RepeatedKeyError(ValueError):
    """An object holds one key twice, and the last would win unnoticed."""


def read_geojson(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a FeatureCollection or a single Feature.

    Raises
    ------
    InputError
        If the text is no GeoJSON, is not in UTF-8, repeats a key, or links to its
        coordinate system.
    """
    document = json_object(json_text(source), source)
    return features_as_layer(_features(document, source), document.get("crs"), source, desk)


def features_as_layer(
    features: list[Any], stated_crs: object, source: LayerFile, desk: Desk
) -> RawLayer:
    """Return Features as rows.

    Parameters
    ----------
    features
        As parsed; whatever is no Feature is refused.
    stated_crs
        The ``crs`` member of the older standard, or None.
    source, desk
        The file, and whom to tell how far the reader is.

    Raises
    ------
    InputError
        If something is no Feature, or the coordinate system is a link or not known.
    """
    crs = _stated_crs(stated_crs, source)
    columns: dict[str, list[object]] = {}
    geometry: GeometryArray = np.full(len(features), None, dtype=object)
    broken: dict[int, str] = {}
    unclosed: set[int] = set()
    names: list[object] = [None] * len(features)
    for at, feature in enumerate(features):
        if at % _ROWS_BETWEEN_WORDS == 0:
            desk.progress(at, len(features))
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise source.error("not_geojson", row=at + 1)
        _add_properties(columns, feature.get("properties"), at, source)
        names[at] = feature.get("id")
        shape = feature.get("geometry")
        if shape is None:
            continue
        try:
            # coordinates that are no numbers are refused later, by row
            with np.errstate(invalid="ignore"):
                geometry[at] = shapely.geometry.shape(shape)
            _refuse_other_kinds(shape)
            if _has_open_ring(shape):
                unclosed.add(at)
        except (*_SHAPE_ERRORS, shapely.errors.ShapelyError) as error:
            broken[at] = str(error)
    for values in columns.values():
        values.extend([None] * (len(features) - len(values)))
    if any(name is not None for name in names):
        columns.setdefault("id", names)
    return RawLayer(
        "",
        len(features),
        columns,
        geometry,
        crs,
        (source.path,),
        broken,
        unclosed=frozenset(unclosed),
    )


def _refuse_other_kinds(shape: dict[str, Any]) -> None:
    """Raise a ValueError for a kind that is spelt otherwise than the standard has it."""
    if shape.get("type") not in _KINDS:
        raise ValueError(f"type {shape.get('type')}")
    for part in shape.get("geometries", ()):
        _refuse_other_kinds(part)


#: RFC 7946, 1.4; shapely reads them in small letters too.
_KINDS = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip


def _has_open_ring(shape: dict[str, Any]) -> bool:
    """Tell whether a ring of a polygon ends elsewhere than it begins; shapely closes it unasked."""
    match shape.get("type"):
        case "Polygon":
            return any(ring[0] != ring[-1] for ring in shape["coordinates"] if ring)
        case "MultiPolygon":
            rings = (ring for part in shape["coordinates"] for ring in part)
            return any(ring[0] != ring[-1] for ring in rings if ring)
        case "GeometryCollection":
            return any(_has_open_ring(part) for part in shape["geometries"])
        case _:
            return False


_ROWS_BETWEEN_WORDS = 10_000

#: What shapely raises for coordinates that are no numbers, too long, too few, or nested wrongly.
_SHAPE_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def json_text(source: LayerFile) -> str:
    """Return the text of a file in the encoding stated, or in UTF-8 as the standard asks.

    Raises
    ------
    InputError
        If it is in another encoding.
    """
    encoding = known_encoding(source.encoding) if source.encoding else "utf-8"
    if encoding is None:
        raise source.error("encoding_unknown", encoding=source.encoding)
    try:
        return source.path.read_bytes().decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise source.error("wrong_encoding", encoding=error.encoding) from error


def json_object(text: str, source: LayerFile, row: int | None = None) -> dict[str, Any]:
    """Return the object that a text holds.

    Parameters
    ----------
    text
        JSON.
    source
        The file, for messages.
    row
        Where the text is one of several, which; by default the line is told.

    Raises
    ------
    InputError
        If the text is no object, repeats a key, or is nested too deeply.
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique_keys)
    except json.JSONDecodeError as error:
        raise source.error("json_damaged", row=row or error.lineno, reason=error.msg) from error
    except _RepeatedKeyError as error:
        raise source.error("duplicate_key", row=row, column=shown_whole(str(error))) from error
    except RecursionError as error:
        raise source.error("json_damaged", row=row, reason="nested too deeply") from error
    except ValueError as error:  # Python reads no whole number of thousands of digits
        raise source.error("json_damaged", row=row, reason="a number is too long") from error
    if not isinstance(document, dict):
        raise source.error("not_geojson", row=row)
    return document


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RepeatedKeyError(key)
            seen.add(key)
    return members


def _features(document: dict[str, Any], source: LayerFile) -> list[Any]:
    kind, features = document.get("type"), document.get("features")
    if kind == "Feature":
        return [document]
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise source.error("not_geojson")
    return features


def _stated_crs(member: object, source: LayerFile) -> str:
    if member is None:
        return WGS84_CODE
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    named = isinstance(member, dict) and member.get("type") == "name"
    match = _CRS_NAME.fullmatch(name) if named and isinstance(name, str) else None
    if match is None:
        raise source.error("crs_is_a_link")
    authority, code = match[1].upper(), match[2].upper()
    if authority == "OGC" and code == "CRS84":
        return WGS84_CODE
    return f"{authority}:{code}"


def _add_properties(
    columns: dict[str, list[object]], properties: object, at: int, source: LayerFile
) -> None:
    if properties is None:
        return
    if not isinstance(properties, dict):
        raise source.error("not_geojson", row=at + 1)
    for name, value in properties.items():
        values = columns.setdefault(name, [])
        values.extend([None] * (at - len(values)))
        values.append(value)
