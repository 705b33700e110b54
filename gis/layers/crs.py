"""Which coordinate system a layer is in, which one the project works in, and the way between."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from gis.layers.datum import TO_WGS84

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray
    from gis.readers.raw import LayerFile

WGS84 = CRS.from_epsg(4326)

#: A round trip farther off than this, in metres, tells of coordinates of another system.
_ROUND_TRIP_M = 1.0

#: How far beyond its area of use a system may serve, in degrees.
_MARGIN_DEG = 10.0

#: Datums that agree within a metre; going between these needs no transformation worth a remark.
_AGREEING_DATUMS = ("World Geodetic System 1984", "China 2000", "China Geodetic Coordinate")


def named_crs(code: str) -> CRS | None:
    """Return the coordinate system of an authority code such as ``EPSG:4490``, or None."""
    authority, _, number = code.strip().partition(":")
    if authority.upper() != "EPSG" or not number.isascii() or not number.isdigit():
        return None
    try:
        return CRS.from_epsg(int(number))
    except CRSError:
        return None


def crs_label(crs: CRS) -> str:
    """Return the authority code of a coordinate system, or its name where it has none."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name


def stated_crs(text: str | None, source: LayerFile) -> CRS | None:
    """Return the coordinate system that a file states, or None where it states none.

    Parameters
    ----------
    text
        An authority's code, well-known text or PROJJSON.
    source
        The layer, for messages.

    Raises
    ------
    InputError
        If it makes no coordinate system.
    """
    if text is None:
        return None
    try:
        if text.startswith("{"):
            return CRS.from_json(text)
        if _CODE.fullmatch(text):
            return CRS.from_authority(*text.split(":"))
        return CRS.from_wkt(text)
    except (CRSError, RecursionError, ValueError) as error:  # the latter of JSON without an end
        raise source.error("crs_unreadable", crs=text[:_SHOWN_CHARACTERS]) from error


#: Of what is no coordinate system so much is shown.
_SHOWN_CHARACTERS = 60
_CODE = re.compile(r"[A-Za-z]+:\w+", re.ASCII)


def source_crs(found: CRS | None, stated: str, datum: str, source: LayerFile) -> CRS | None:
    """Return the coordinate system of a layer, or None where nothing states it.

    Parameters
    ----------
    found
        What the file says, or None.
    stated
        Authority code that the user states, or ``""``.
    datum
        Datum that the user states, or ``""``.
    source
        The layer, for messages.

    Raises
    ------
    InputError
        If the file and the user contradict each other, or it is neither geographic nor
        projected.
    """
    told = named_crs(stated) if stated else None
    if stated and told is None:
        raise source.error("crs_unreadable", crs=stated)
    known = None if found is None else usable_crs(found, source)
    if known is None and told is None and datum in TO_WGS84:
        return WGS84  # these datums exist in degrees only
    if known is None:
        return None if told is None else usable_crs(told, source)
    if told is not None and not known.equals(told, ignore_axis_order=True):
        raise source.error("crs_contradicts", stated=crs_label(told), found=crs_label(known))
    return known


def usable_crs(crs: CRS, source: LayerFile) -> CRS:
    """Return the horizontal part of a coordinate system, under its authority's code if it has one.

    Raises
    ------
    InputError
        If it is neither geographic nor projected, or of another planet.
    """
    flat = crs.sub_crs_list[0] if crs.is_compound and crs.sub_crs_list else crs
    if len(flat.axis_info) > 2:  # noqa: PLR2004 - heights are dropped from the shapes too
        flat = flat.to_2d()
    if not (flat.is_geographic or flat.is_projected):
        raise source.error("crs_unusable", crs=flat.name)
    # a .prj spells names in a way of its own; the registry's entry knows the same system better
    code = flat.to_epsg()
    usable = CRS.from_epsg(code) if code else flat
    try:
        _transformer(usable, WGS84)
    except ProjError as error:
        raise source.error("crs_unrelated", crs=flat.name) from error
    return usable


def is_degrees(crs: CRS) -> bool:
    """Tell whether a coordinate system counts in degrees rather than on a plane."""
    return bool(crs.is_geographic)


def transform(geometry: GeometryArray, source: CRS, target: CRS) -> GeometryArray:
    """Move geometries from one coordinate system to another, vertices only.

    Parameters
    ----------
    geometry
        Shapely geometries or None, longitude or easting first.

    Returns
    -------
    geometry
        New geometries; coordinates outside the systems' domain become infinite.
    """
    if source.equals(target, ignore_axis_order=True):
        return geometry
    return shapely.transform(geometry, lambda points: transform_points(points, source, target))


def transform_points(points: FloatArray, source: CRS, target: CRS) -> FloatArray:
    """Move points, shape (n, 2), as :func:`transform` moves geometries."""
    return np.column_stack(_transformer(source, target).transform(points[:, 0], points[:, 1]))


def is_rough(source: CRS, target: CRS) -> bool:
    """Tell whether nothing exact leads from one datum to the other, so that 100 m may be lost."""
    if source.geodetic_crs is None or target.geodetic_crs is None:
        return False
    datums = [
        crs.geodetic_crs.datum.name if crs.geodetic_crs and crs.geodetic_crs.datum else ""
        for crs in (source, target)
    ]
    if datums[0] == datums[1] or all(name.startswith(_AGREEING_DATUMS) for name in datums):
        return False
    with warnings.catch_warnings():
        # better grids exist somewhere on the network, which is never asked
        warnings.simplefilter("ignore", UserWarning)
        ways = TransformerGroup(source, target, always_xy=True).transformers
    return not ways or "Ballpark" in ways[0].description


def lies_where_crs_is_defined(bounds: FloatArray, crs: CRS) -> BoolArray:
    """Tell which boxes a projected system can hold: there and back again, to within a metre.

    Parameters
    ----------
    bounds
        West, south, east, north in the system's units; shape (n, 4). NaN counts as held.

    Returns
    -------
    held
        Shape (n,).
    """
    x = bounds[:, [0, 2, 0, 2]].ravel()
    y = bounds[:, [1, 1, 3, 3]].ravel()
    to_degrees = _transformer(crs, WGS84)
    lon, lat = to_degrees.transform(x, y)
    back_x, back_y = to_degrees.transform(lon, lat, direction="INVERSE")
    off = np.hypot(back_x - x, back_y - y) * crs.axis_info[0].unit_conversion_factor
    good = (np.isfinite(lon) & np.isfinite(lat) & (off < _ROUND_TRIP_M)) | np.isnan(x)
    held: BoolArray = good.reshape(-1, 4).all(axis=1)
    return held


def reaches(bounds: FloatArray, source: CRS, target: CRS) -> BoolArray:
    """Tell which boxes lie in or near the area that a coordinate system is made for.

    Far from it a projection still returns numbers, only not useful ones.

    Parameters
    ----------
    bounds
        West, south, east, north in the units of ``source``; shape (n, 4). NaN counts as near.
    source, target
        Coordinate systems to come from and to go to.

    Returns
    -------
    near
        Shape (n,).
    """
    area = target.area_of_use
    if is_degrees(target) or area is None or area.west > area.east:
        return np.ones(len(bounds), dtype=bool)
    to_degrees = _transformer(source, WGS84)
    west, south = to_degrees.transform(bounds[:, 0], bounds[:, 1])
    east, north = to_degrees.transform(bounds[:, 2], bounds[:, 3])
    near: BoolArray = (
        (np.minimum(west, east) >= area.west - _MARGIN_DEG)
        & (np.maximum(west, east) <= area.east + _MARGIN_DEG)
        & (np.minimum(south, north) >= area.south - _MARGIN_DEG)
        & (np.maximum(south, north) <= area.north + _MARGIN_DEG)
    )
    return near | np.isnan(bounds[:, 0])


@cache
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
