"""Layers whose file gives northing or latitude first: exchange the axes, and notice who should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.crs import is_degrees, reaches
from gis.layers.extents import box_around, distance_km, extent_points, in_degrees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

    from gis.model.arrangement import FloatArray, GeometryArray

#: As stated a layer lies farther from the others than this, in kilometres …
_FAR_KM = 300.0
#: … and with its axes exchanged nearer than this.
_NEAR_KM = 100.0

_NORTH_POLE = 90.0


def exchanged(geometry: GeometryArray) -> GeometryArray:
    """Return geometries with the first two coordinates of every vertex exchanged."""
    return shapely.transform(geometry, lambda points: points[:, ::-1])


def fits_only_exchanged(bounds: FloatArray, crs: CRS) -> bool:
    """Tell whether a layer makes sense in its own coordinate system only if axes are exchanged.

    In degrees: most rows have a latitude beyond the pole. On a plane: the extent lies far outside
    the area that the system is made for, and within it once exchanged.

    Parameters
    ----------
    bounds
        West, south, east, north of each row in the units of ``crs``; shape (n, 4).
    crs
        Coordinate system as stated.
    """
    rows = bounds[np.isfinite(bounds).all(axis=1)]
    points = extent_points(rows)
    if points is None:
        return False
    if is_degrees(crs):
        lon, lat = np.abs(rows[:, [0, 2]]).max(axis=1), np.abs(rows[:, [1, 3]]).max(axis=1)
        beyond = (lon <= _NORTH_POLE) & (lat > _NORTH_POLE) & (lat <= 2 * _NORTH_POLE)
        return bool(2 * beyond.sum() > len(rows))
    middle = points[0]
    at_home = reaches(np.array([[*middle, *middle], [*middle[::-1], *middle[::-1]]]), crs, crs)
    return not at_home[0] and bool(at_home[1])


def fits_others_only_exchanged(bounds: FloatArray, crs: CRS, boxes: Sequence[FloatArray]) -> bool:
    """Tell whether a layer lies where other layers are only if its axes are exchanged.

    Parameters
    ----------
    bounds, crs
        As in :func:`fits_only_exchanged`.
    boxes
        Extents of the others: west, south, east, north in degrees; none tells nothing.
    """
    points = extent_points(bounds)
    if points is None or not boxes:
        return False
    as_stated, turned = in_degrees(points, crs), in_degrees(points[:, ::-1], crs)
    return (
        turned is not None
        and distance_km(turned, boxes) < _NEAR_KM
        and (as_stated is None or distance_km(as_stated, boxes) > _FAR_KM)
    )


def extent_in_degrees(bounds: FloatArray, crs: CRS) -> FloatArray | None:
    """Return west, south, east, north of a layer in degrees, or None if it lies nowhere.

    Parameters
    ----------
    bounds, crs
        As in :func:`fits_only_exchanged`.
    """
    points = extent_points(bounds)
    degrees = None if points is None else in_degrees(points, crs)
    return None if degrees is None else box_around(degrees)
