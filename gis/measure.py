"""Areas on the ellipsoid that add up, and lengths in metres.

A polygon's edges are straight in the working coordinate system. Its area on the ellipsoid is
taken in an equal-area projection, in which those edges are slightly bent; each is replaced by the
parabola through its ends and its middle. Cutting an edge in two changes that parabola only in the
fourth order of its length, so the areas of the pieces of a partition add up to the whole far
below a millionth of a square metre per hectare, which plain vertex-to-vertex areas do not do.

Source: Snyder, J. P. (1987), Map projections: a working manual, USGS Professional Paper 1395,
chapter 24 (Lambert azimuthal equal-area on the ellipsoid); the area between a parabola and its
chord is two thirds of the triangle of its control points (Archimedes).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

from gis.errors import InputError

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray

WGS84 = CRS.from_epsg(4326)

#: On the equator, rounded down; the grid in degrees is chosen from it.
METRES_PER_DEGREE = 111_320.0


@lru_cache(maxsize=64)
def transformer(source: CRS, target: CRS) -> Transformer:
    """Return the transformer between two systems, x before y; made once, as that takes long."""
    return Transformer.from_crs(source, target, always_xy=True)


def moved(geometry: Any, by: Transformer) -> Any:  # noqa: ANN401 - one shape or an array
    """Return a shape, or an array of shapes, with every vertex put through a transformer."""
    return shapely.transform(geometry, by.transform, interleaved=False)  # type: ignore[arg-type]


#: In degrees; a shape that spans more is nearly always one that crosses the antimeridian.
_HALF_THE_GLOBE = 180.0

#: A longer edge is bent by more than one parabola can follow.
_LONGEST_M = 50_000.0


def _pieces(
    start: FloatArray, end: FloatArray, longest: float
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Cut edges into equal pieces no longer than a length, and tell how many each became."""
    length = np.hypot(*(end - start).T)
    copies = np.maximum(1, np.ceil(length / longest)).astype(np.int64)
    if copies.max(initial=1) == 1:
        return start, end, copies
    edge = np.repeat(np.arange(len(start)), copies)
    position = np.arange(len(edge)) - np.repeat(np.cumsum(copies) - copies, copies)
    step = ((end - start) / copies[:, None])[edge]
    begin = start[edge] + step * position[:, None]
    return begin, begin + step, copies


def _swept(start: FloatArray, middle: FloatArray, end: FloatArray) -> FloatArray:
    """Return twice the area that parabolas through three points sweep, seen from the origin."""
    (x0, y0), (xm, ym), (x1, y1) = start.T, middle.T, end.T
    # differences first: products of small numbers keep the digits that the sums need
    chord = (x0 - x1) * (y0 + y1) / 2 - (y0 - y1) * (x0 + x1) / 2
    control_x, control_y = 2 * xm - (x0 + x1) / 2, 2 * ym - (y0 + y1) / 2
    triangle = (control_x - x0) * (y1 - y0) - (control_y - y0) * (x1 - x0)
    return np.asarray(chord + triangle * (2 / 3), dtype=np.float64)


@dataclass(frozen=True)
class EllipsoidMeasure:
    """Measure shapes of a working coordinate system on its ellipsoid.

    Parameters
    ----------
    crs
        Working coordinate system, geographic or projected.
    centre
        Longitude and latitude in degrees near the middle of the data; the equal-area projection
        is laid there so that lengths in it, too, are true to about 1 : 100 000 in a county.
    """

    crs: CRS
    centre: tuple[float, float]

    @classmethod
    def around(cls, geometries: GeometryArray, crs: CRS) -> EllipsoidMeasure:
        """Return a measure laid around the geometries' bounding box.

        Raises
        ------
        InputError
            If they span more than half the globe.
        ValueError
            If there is no geometry, or none with a coordinate.
        """
        if shapely.is_empty(geometries).all():
            raise ValueError("a measure is laid around one geometry at least")
        west, south, east, north = shapely.total_bounds(geometries)
        if crs.is_geographic and east - west > _HALF_THE_GLOBE:
            raise InputError("extent_too_wide", degrees=f"{east - west:.0f}")
        to_degrees = transformer(crs, WGS84)
        # a tenth of a degree is near enough, and keeps the choice stable between runs
        longitude, latitude = to_degrees.transform((west + east) / 2, (south + north) / 2)
        return cls(crs, (round(longitude, 1), round(latitude, 1)))

    @property
    def metres_per_unit(self) -> float:
        """Return the length of the working system's unit; about that of a degree, if in degrees."""
        if self.crs.is_geographic:
            return METRES_PER_DEGREE
        return float(self.crs.axis_info[0].unit_conversion_factor)

    @cached_property
    def equal_area(self) -> CRS:
        """The equal-area coordinate system, in metres, on the working system's ellipsoid."""
        ellipsoid = self.crs.ellipsoid
        axes = (
            f"+a={ellipsoid.semi_major_metre} +b={ellipsoid.semi_minor_metre}"
            if ellipsoid is not None
            else "+ellps=WGS84"
        )
        longitude, latitude = self.centre
        return CRS.from_proj4(
            f"+proj=laea +lon_0={longitude} +lat_0={latitude} {axes} +units=m +no_defs"
        )

    @cached_property
    def _flatten(self) -> Transformer:
        # the target names an ellipsoid and no datum, so no datum shift can creep in
        return transformer(self.crs, self.equal_area)

    @cached_property
    def _to_degrees(self) -> Transformer:
        return transformer(self.crs, WGS84)

    def flat(self, geometries: GeometryArray) -> GeometryArray:
        """Return the geometries in the equal-area projection, metres; vertices only are moved."""
        return np.asarray(moved(geometries, self._flatten), dtype=object)

    def flat_points(self, points: FloatArray) -> FloatArray:
        """Return points of the working CRS, shape (n, 2), in the equal-area projection, metres."""
        return np.column_stack(self._flatten.transform(points[:, 0], points[:, 1]))

    def points_in_degrees(self, points: GeometryArray) -> FloatArray:
        """Return WGS 84 longitude and latitude of points; shape (n, 2)."""
        x, y = shapely.get_x(points), shapely.get_y(points)
        return np.column_stack(self._to_degrees.transform(x, y))

    def areas(self, polygons: GeometryArray) -> FloatArray:
        """Return the areas of polygons or multipolygons in square metres on the ellipsoid.

        Shells count positive and holes negative whatever their winding; shape (n,).
        """
        polygons = np.asarray(polygons, dtype=object)
        parts, part_of = shapely.get_parts(polygons, return_index=True)
        rings, ring_of = shapely.get_rings(parts, return_index=True)
        is_shell = np.ones(len(rings), dtype=bool)
        is_shell[1:] = ring_of[1:] != ring_of[:-1]
        signed = np.abs(self._ring_areas(rings)) * np.where(is_shell, 1.0, -1.0)
        totals = np.bincount(part_of[ring_of], weights=signed, minlength=len(polygons))
        return totals.astype(np.float64)

    def _ring_areas(self, rings: GeometryArray) -> FloatArray:
        points, ring = shapely.get_coordinates(rings, return_index=True)
        if len(points) == 0:
            return np.zeros(len(rings))
        same = ring[1:] == ring[:-1]
        start, end, edge_ring = points[:-1][same], points[1:][same], ring[1:][same]
        doubled = self.doubled_swept_areas(start, end)
        totals = np.bincount(edge_ring, weights=doubled, minlength=len(rings))
        return totals.astype(np.float64) / 2

    def doubled_swept_areas(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """Return twice the area swept by each edge's parabola as seen from one point.

        Parameters
        ----------
        start, end
            Ends of the edges in the working CRS, shape (s, 2).

        Returns
        -------
        swept
            Square metres on the ellipsoid, positive where the point is on the left; shape (s,).
            Their sum along a closed chain is twice the area on its left.
        """
        start, end, copies = _pieces(start, end, _LONGEST_M / self.metres_per_unit)
        stacked = self.flat_points(np.concatenate([start, (start + end) / 2, end]))
        swept = _swept(*np.split(stacked, 3))
        return np.add.reduceat(swept, np.cumsum(copies) - copies) if len(copies) else swept

    def doubled_swept_along(
        self, points: FloatArray, flat: FloatArray, offsets: IntArray
    ) -> FloatArray:
        """Return twice the area swept by packed paths, as :meth:`doubled_swept_areas` does.

        Parameters
        ----------
        points, flat
            Points of all paths, one after the other, in the working CRS and in the equal-area
            projection; shape (p, 2).
        offsets
            Points of path i: ``offsets[i]`` up to ``offsets[i + 1]``, two at least; shape (n + 1,).

        Returns
        -------
        swept
            Square metres on the ellipsoid, shape (n,).
        """
        if len(offsets) == 1:
            return np.zeros(0)
        within = np.ones(len(points) - 1, dtype=bool)
        within[offsets[1:-1] - 1] = False
        start, end = points[:-1], points[1:]
        long = within & (np.hypot(*(end - start).T) > _LONGEST_M / self.metres_per_unit)
        # an end is shared by two edges, and need not be projected twice
        swept = _swept(flat[:-1], self.flat_points((start + end) / 2), flat[1:])
        swept[long] = self.doubled_swept_areas(start[long], end[long])
        swept[~within] = 0
        return np.asarray(np.add.reduceat(swept, offsets[:-1]))

    def segment_lengths(self, segments: FloatArray) -> FloatArray:
        """Return the geodesic lengths of segments of shape (s, 2, 2) in metres; shape (s,)."""
        if len(segments) == 0:
            return np.zeros(0)
        ends = segments.reshape(-1, 2)
        # geodesics on the system's own ellipsoid: undo the projection, shift no datum
        longitude, latitude = self._to_own_degrees.transform(ends[:, 0], ends[:, 1])
        _, _, metres = self._geod.inv(
            longitude[0::2], latitude[0::2], longitude[1::2], latitude[1::2]
        )
        return np.asarray(metres)

    @cached_property
    def _to_own_degrees(self) -> Transformer:
        return transformer(self.crs, self.crs.geodetic_crs or self.crs)

    @cached_property
    def _geod(self) -> Geod:
        geod = self.crs.get_geod()
        return geod if geod is not None else Geod(ellps="WGS84")
