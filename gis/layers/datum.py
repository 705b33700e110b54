"""Undo and apply the Chinese map offsets GCJ-02 (火星坐标) and BD-09.

Web maps of mainland China shift WGS 84 by some hundred metres (GCJ-02); Baidu shifts once more
(BD-09). Neither shift has a closed inverse, so the inverses iterate the forward formula until it
returns the number asked for. The formulas are not published by their makers; the constants are
those that open-source converters agree on, against which the tests compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray

    Shift = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

#: Krasovsky 1940, on which the shift is reckoned although WGS 84 is another ellipsoid.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323

#: The rectangle outside which the shift is not applied: west, south, east, north in degrees.
_EXTENT = (72.004, 0.8293, 137.8347, 55.8271)

_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_BAIDU_WAVE = np.pi * 3000.0 / 180.0

#: Well below a millimetre, in degrees.
_TOLERANCE_DEG = 1e-11
_MOST_ROUNDS = 40


def wgs84_to_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shift WGS 84 to GCJ-02.

    Parameters
    ----------
    lon, lat
        Degrees, of one shape; points outside the Chinese rectangle are returned unchanged.

    Returns
    -------
    lon, lat
        Degrees in GCJ-02.
    """
    return _inside_only(lon, lat, _to_gcj02)


def gcj02_to_wgs84(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Undo the GCJ-02 shift to better than a millimetre.

    Parameters
    ----------
    lon, lat
        Degrees in GCJ-02, of one shape; points outside the Chinese rectangle are returned
        unchanged.

    Returns
    -------
    lon, lat
        Degrees in WGS 84.
    """
    return _inside_only(lon, lat, lambda x, y: _undo(_to_gcj02, x, y))


def gcj02_to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shift GCJ-02 to BD-09; degrees in and out, the world over."""
    return _to_bd09(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))


def bd09_to_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Undo the BD-09 shift back to GCJ-02; degrees in and out, the world over."""
    return _undo(_to_bd09, np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))


def wgs84_to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shift WGS 84 to BD-09; degrees in and out, unchanged outside the Chinese rectangle."""
    return _inside_only(lon, lat, lambda x, y: _to_bd09(*_to_gcj02(x, y)))


def bd09_to_wgs84(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Undo both shifts; degrees in and out, unchanged outside the Chinese rectangle."""
    return _inside_only(lon, lat, lambda x, y: _undo(_to_gcj02, *_undo(_to_bd09, x, y)))


#: How each shifted datum that a project file may state is brought to WGS 84.
TO_WGS84: dict[str, Shift] = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}

#: The way back.
FROM_WGS84: dict[str, Shift] = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}


def touches_the_extent(bounds: FloatArray) -> bool:
    """Tell whether a box of west, south, east, north in degrees meets the Chinese rectangle."""
    west, south, east, north = _EXTENT
    return bool(
        bounds[0] <= east and bounds[2] >= west and bounds[1] <= north and bounds[3] >= south
    )


def convert_geometries(geometries: GeometryArray, datum: str) -> GeometryArray:
    """Bring geometries in degrees from a shifted datum to WGS 84.

    Parameters
    ----------
    geometries
        Shapely geometries, longitude first, in degrees; None stays None.
    datum
        ``"gcj02"`` or ``"bd09"``.

    Returns
    -------
    geometries
        New geometries in WGS 84, vertices only moved.

    Raises
    ------
    KeyError
        If the datum is not a shifted one.
    """
    shift = TO_WGS84[datum]

    def moved(points: FloatArray) -> FloatArray:
        return np.column_stack(shift(points[:, 0], points[:, 1]))

    return shapely.transform(geometries, moved)


def _inside_only(lon: FloatArray, lat: FloatArray, shift: Shift) -> tuple[FloatArray, FloatArray]:
    lon = np.array(lon, dtype=float)
    lat = np.array(lat, dtype=float)
    inside = _in_extent(lon, lat)
    lon[inside], lat[inside] = shift(lon[inside], lat[inside])
    return lon, lat


def _in_extent(lon: FloatArray, lat: FloatArray) -> BoolArray:
    west, south, east, north = _EXTENT
    inside: BoolArray = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _undo(shift: Shift, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what a shift brings to the given point; the shift changes slowly, so this settles."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_MOST_ROUNDS):
        reached_lon, reached_lat = shift(guess_lon, guess_lat)
        off_lon, off_lat = reached_lon - lon, reached_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
        farthest = max(np.max(np.abs(off_lon), initial=0.0), np.max(np.abs(off_lat), initial=0.0))
        if farthest < _TOLERANCE_DEG:
            break
    return guess_lon, guess_lat


def _to_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    shared = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north_m = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + shared
        + (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
        + (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    )
    east_m = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + shared
        + (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
        + (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    )
    latitude = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(magic) * np.cos(latitude)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_WAVE)
    return radius * np.cos(angle) + _BAIDU_LON, radius * np.sin(angle) + _BAIDU_LAT
