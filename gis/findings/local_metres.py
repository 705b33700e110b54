"""How many metres a unit of a working coordinate system is, and which way, anywhere in it.

Short shapes can be compared in metres on the ellipsoid without projecting them: near one place, a
working system is a slanted and stretched picture of the ground, in which its straight lines stay
straight. At 250 m from the place the picture is off by a few millimetres.

Source: Snyder, J. P. (1987), Map projections: a working manual, USGS Professional Paper 1395,
chapters 3 and 4 (radii of curvature of the ellipsoid, scale along the axes of a projection).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from gis.arrangement.compiled import compiled
from gis.measure import transformer

if TYPE_CHECKING:
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import BoolArray, FloatArray

#: Distance of the points of the table. Between them, scales are off by less than a part in 10⁷.
_SPACING_M = 2_000.0

#: Points of the table in each direction at most.
_MOST = 200

#: The scale at a place is taken over so much to all four sides of it.
_STEP_M = 100.0

#: Beyond this latitude in degrees there is no telling east from west.
_LAST_LATITUDE = 89.9


@dataclass(frozen=True, slots=True)
class LocalMetres:
    """Metres east and north that a unit of x, and a unit of y, makes at any point.

    Parameters
    ----------
    measure
        Measure of the working system.
    corner, per_unit
        South-western point of a table of scales, and how many of its points a unit has, along x and
        y; shape (2,).
    table
        What :meth:`at` returns, by row and column of the table; shape (rows, columns, 4).
    """

    measure: EllipsoidMeasure
    corner: FloatArray
    per_unit: FloatArray
    table: FloatArray

    @classmethod
    def around(cls, bounds: FloatArray, measure: EllipsoidMeasure) -> LocalMetres:
        """Return the scales of a system, with a table for a box: west, south, east, north."""
        low, high = bounds[:2], bounds[2:]
        extent = (high - low) * measure.metres_per_unit
        count = np.clip(np.ceil(extent / _SPACING_M), 1, _MOST).astype(np.int64)
        spacing = np.maximum((high - low) / count, _STEP_M / measure.metres_per_unit)
        columns, rows = (
            low[axis] + spacing[axis] * np.arange(count[axis] + 1) for axis in range(2)
        )
        across, up = np.meshgrid(columns, rows)
        table = scales_at(np.column_stack([across.ravel(), up.ravel()]), measure)
        return cls(measure, low, 1 / spacing, table.reshape(*across.shape, 4))

    @property
    def least(self) -> float:
        """How many metres a unit makes at least, in whatever direction, anywhere in the table."""
        return float(np.linalg.svd(self.table.reshape(-1, 2, 2), compute_uv=False).min())

    def at(self, points: FloatArray) -> FloatArray:
        """Return the scales at points in the working system, shape (p, 2).

        Returns
        -------
        scales
            Metres east and north that a unit of x makes, then those of a unit of y; shape (p, 4).
            Where the system does not reach, its unit is taken to be the same everywhere.
        """
        found, outside = _looked_up(points, self.corner, self.per_unit, self.table)
        if outside.any():
            found[outside] = scales_at(points[outside], self.measure)
        return found


def scales_at(points: FloatArray, measure: EllipsoidMeasure) -> FloatArray:
    """Return the scales at points, as :meth:`LocalMetres.at` does, each measured by itself."""
    step = _STEP_M / measure.metres_per_unit
    geodetic = measure.crs.geodetic_crs or measure.crs
    sides = points[:, None] + step * np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])
    to_own = transformer(measure.crs, geodetic)
    longitude, latitude = to_own.transform(sides[..., 0].ravel(), sides[..., 1].ravel())
    radians = geodetic.axis_info[0].unit_conversion_factor
    longitude = np.reshape(longitude, (-1, 4)) * radians
    latitude = np.reshape(latitude, (-1, 4)) * radians
    middle = latitude.mean(axis=1, keepdims=True)
    ellipsoid = measure.crs.get_geod() or Geod(ellps="WGS84")
    bent = 1 - ellipsoid.es * np.sin(middle) ** 2
    across = ellipsoid.a / np.sqrt(bent) * np.cos(middle)
    along = ellipsoid.a * (1 - ellipsoid.es) / bent**1.5
    with np.errstate(invalid="ignore"):
        east = np.remainder(longitude[:, 1::2] - longitude[:, ::2] + math.pi, 2 * math.pi) - math.pi
        north = latitude[:, 1::2] - latitude[:, ::2]
        east, north = east * across / (2 * step), north * along / (2 * step)
    scales = np.stack([east, north], axis=-1).reshape(-1, 4)
    beyond = ~np.isfinite(scales).all(axis=1) | ~(
        np.abs(middle[:, 0]) < math.radians(_LAST_LATITUDE)
    )
    scales[beyond] = measure.metres_per_unit * np.array([1.0, 0.0, 0.0, 1.0])
    return scales


@compiled
def _looked_up(
    points: FloatArray, corner: FloatArray, per_unit: FloatArray, table: FloatArray
) -> tuple[FloatArray, BoolArray]:
    found = np.empty((len(points), 4), dtype=np.float64)
    outside = np.zeros(len(points), dtype=np.bool_)
    for at in range(len(points)):
        a, b, c, d, within = interpolated(points[at, 0], points[at, 1], corner, per_unit, table)
        found[at, 0], found[at, 1], found[at, 2], found[at, 3] = a, b, c, d
        outside[at] = not within
    return found, outside


@compiled
def interpolated(
    x: float, y: float, corner: FloatArray, per_unit: FloatArray, table: FloatArray
) -> tuple[float, float, float, float, bool]:
    """Return the scales between the four points of a table around a point, and if it lies within.

    Outside the table they are those at its rim.
    """
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    across, up = (x - corner[0]) * per_unit[0], (y - corner[1]) * per_unit[1]
    within = 0.0 <= across <= columns and 0.0 <= up <= rows  # NaN is not
    across, up = min(max(across, 0.0), float(columns)), min(max(up, 0.0), float(rows))
    left, low = min(int(across), columns - 1), min(int(up), rows - 1)
    across, up = across - left, up - low
    a, b = (1 - across) * (1 - up), across * (1 - up)
    c, d = (1 - across) * up, across * up
    # number by number: rows of an array are objects that would have to be counted
    return (
        _mixed(0, low, left, a, b, c, d, table),
        _mixed(1, low, left, a, b, c, d, table),
        _mixed(2, low, left, a, b, c, d, table),
        _mixed(3, low, left, a, b, c, d, table),
        within,
    )


@compiled
def _mixed(
    part: int, low: int, left: int, a: float, b: float, c: float, d: float, table: FloatArray
) -> float:
    return float(
        a * table[low, left, part]
        + b * table[low, left + 1, part]
        + c * table[low + 1, left, part]
        + d * table[low + 1, left + 1, part]
    )
