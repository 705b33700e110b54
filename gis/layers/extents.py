"""Where on earth a layer lies, and how far from the others; a stray row does not sway it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.layers.crs import WGS84, transform_points
from gis.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

    from gis.model.arrangement import FloatArray

#: No system on earth counts to this, and it can be squared.
_MOST = 1e12

#: From so many rows on, one in a hundred and at least one may stray beyond each side.
_ENOUGH_ROWS = 10
_ONE_IN = 100

#: Of fewer rows, but at least so many, one that lies this many times farther from their middle
#: than half of them strays: exchanged coordinates do, the far end of a county does not.
_FEW_ROWS = 3
_FAR_TIMES = 20.0


def extent_points(bounds: FloatArray) -> FloatArray | None:
    """Return the middle and the four corners of a layer's extent.

    Parameters
    ----------
    bounds
        West, south, east, north of each row, in any units; shape (n, 4). Rows that are not
        finite, or beyond what any system counts to, do not count.

    Returns
    -------
    points
        The median of the rows' middles, then the corners; shape (5, 2). None if no row counts.
    """
    rows = bounds[(np.abs(bounds) < _MOST).all(axis=1)]  # false for NaN
    if len(rows) == 0:
        return None
    if _FEW_ROWS <= len(rows) < _ENOUGH_ROWS:
        rows = _together(rows)
    stray = -(-len(rows) // _ONE_IN) if len(rows) >= _ENOUGH_ROWS else 0
    west, south = np.partition(rows[:, :2], stray, axis=0)[stray]
    east, north = np.partition(rows[:, 2:], len(rows) - 1 - stray, axis=0)[-1 - stray]
    x, y = np.median((rows[:, :2] + rows[:, 2:]) / 2, axis=0)
    return np.array([[x, y], [west, south], [east, south], [east, north], [west, north]])


def _together(rows: FloatArray) -> FloatArray:
    """Return the rows that lie in the neighbourhood of the median one; shape (m, 4), m > n / 2."""
    middles = (rows[:, :2] + rows[:, 2:]) / 2
    away = np.hypot(*(middles - np.median(middles, axis=0)).T)
    half = np.hypot(*(rows[:, 2:] - rows[:, :2]).T) / 2
    near: FloatArray = rows[away <= _FAR_TIMES * (np.median(away) + np.median(half))]
    return near


def in_degrees(points: FloatArray, crs: CRS) -> FloatArray | None:
    """Return points in WGS 84 degrees, or None where one of them is no place on earth.

    Parameters
    ----------
    points
        In the units of ``crs``, x first; shape (n, 2).
    """
    degrees = transform_points(points, crs, WGS84)
    return degrees if are_degrees(degrees) else None


def are_degrees(points: FloatArray) -> bool:
    """Tell whether all points may be longitude and latitude; shape (n, 2)."""
    return bool((np.abs(points) <= (180.0, 90.0)).all())  # false for what is not finite


def box_around(points: FloatArray) -> FloatArray:
    """Return west, south, east, north of points; shape (4,)."""
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def distance_km(points: FloatArray, boxes: Sequence[FloatArray]) -> float:
    """Return how far points lie from the nearest of some boxes, on an average.

    Parameters
    ----------
    points
        Longitude and latitude in degrees; shape (n, 2).
    boxes
        West, south, east, north in degrees, at least one.

    Returns
    -------
    distance
        Kilometres, to about a hundredth; 0 where all points lie within one box.
    """
    west, south, east, north = np.array(boxes).T[:, :, None]
    lon, lat = points.T
    east_deg = np.maximum(np.maximum(west - lon, lon - east), 0.0) * np.cos(np.radians(lat))
    north_deg = np.maximum(np.maximum(south - lat, lat - north), 0.0)
    far = np.hypot(east_deg, north_deg) * METRES_PER_DEGREE / 1000
    return float(far.mean(axis=1).min())
