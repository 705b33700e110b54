"""What the working coordinate system does to lengths and areas, and which would do less."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj

from gis.layers.crs import crs_label, is_degrees
from gis.layers.known_systems import china
from gis.layers.project_file import PROJECT_FILE
from gis.model.project import Remark

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray

#: The three-degree zones without zone numbers: EPSG:4534 has its central meridian at 75° E.
_FIRST_ZONE_EPSG, _FIRST_MERIDIAN, _LAST_MERIDIAN, _ZONE_WIDTH = 4534, 75, 135, 3

#: Before the number of the zone, north and south of the equator.
_UTM_NORTH, _UTM_SOUTH, _UTM_WIDTH = 32600, 32700, 6

#: A system that stretches lengths by more than this, in millionths, is worth leaving.
_MUCH_PPM = 1000

#: About ten metres, over which no scale changes noticeably.
_STEP_DEG = 1e-4

#: Along each side of the jurisdiction's box the scale is taken at so many places.
_PLACES = 5


@dataclass(frozen=True, slots=True)
class Distortion:
    """How a projected system misrepresents a box.

    Parameters
    ----------
    length_ppm
        Greatest error of any short length in any direction, in millionths.
    least_area, greatest_area
        An area in the system divided by that on its ellipsoid.
    """

    length_ppm: int
    least_area: float
    greatest_area: float


def working_crs_remarks(bounds: FloatArray, crs: CRS, *, chosen: bool) -> list[Remark]:
    """Return what a person should know about the working coordinate system.

    Parameters
    ----------
    bounds
        West, south, east, north of the jurisdiction in the units of ``crs``; shape (4,).
    crs
        Working coordinate system.
    chosen
        Whether the project states it; then no other is recommended.

    Returns
    -------
    remarks
        One, and another that names a better system where the working one is poor.
    """
    name = crs_label(crs)
    if is_degrees(crs):
        return [_remark("working_crs_degrees", working=name)]
    degrees = _degrees_in(bounds, crs)
    found = distortion(degrees, crs)
    if found is None:
        return [_remark("working_crs_unknown", working=name)]
    remarks = [
        _remark(
            "working_crs",
            working=name,
            length_ppm=found.length_ppm,
            least_area=f"{found.least_area:.6f}",
            greatest_area=f"{found.greatest_area:.6f}",
        )
    ]
    if chosen or (found.length_ppm <= _MUCH_PPM and _made_for(degrees, crs)):
        return remarks
    better = recommended_crs(degrees)
    less = distortion(degrees, better)
    if less is not None and less.length_ppm < found.length_ppm:
        remarks.append(
            _remark("working_crs_poor", better=crs_label(better), better_ppm=less.length_ppm)
        )
    return remarks


def distortion(degrees: FloatArray, crs: CRS) -> Distortion | None:
    """Return how a projected system misrepresents some places, or None where it has none.

    Parameters
    ----------
    degrees
        Longitude and latitude of the places; shape (n, 2).
    crs
        Projected coordinate system.
    """
    scales = _principal_scales(degrees, crs)
    if scales is None:
        return None
    areas = scales.prod(axis=1)
    return Distortion(
        length_ppm=math.ceil(float(np.abs(scales - 1).max()) * 1e6),
        least_area=round(float(areas.min()), 6),
        greatest_area=round(float(areas.max()), 6),
    )


def _principal_scales(degrees: FloatArray, crs: CRS) -> FloatArray | None:
    """Return the greatest and the least scale at places, the axes of Tissot's indicatrix.

    Taken on the ellipsoid from small steps east and north. PROJ's own factors take Web Mercator
    for a projection of the sphere, which hides a third of a hundredth.

    Source: Snyder (1987), Map projections: a working manual, chapter 4.
    """
    projection = Proj(crs)
    ellipsoid = crs.ellipsoid
    if ellipsoid is None or not np.isfinite(degrees).all():
        return None
    steps = []
    for step in (_STEP_DEG, 0.0), (0.0, _STEP_DEG):
        ahead, behind = projection(*(degrees + step).T), projection(*(degrees - step).T)
        if not (np.isfinite(ahead).all() and np.isfinite(behind).all()):
            return None
        steps.append(np.subtract(ahead, behind))
    metres = np.moveaxis(np.array(steps), -1, 0) * crs.axis_info[0].unit_conversion_factor
    semi_major, semi_minor = ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre
    latitude = np.radians(degrees[:, 1])
    squared = 1 - (semi_minor / semi_major) ** 2
    bulge = 1 - squared * np.sin(latitude) ** 2
    along_parallel = semi_major / np.sqrt(bulge) * np.cos(latitude)
    along_meridian = semi_major * (1 - squared) / bulge**1.5
    true = np.column_stack([along_parallel, along_meridian]) * np.radians(2 * _STEP_DEG)
    return np.asarray(np.linalg.svd(metres / true[:, :, None], compute_uv=False))


def recommended_crs(degrees: FloatArray) -> CRS:
    """Return the CGCS2000 three-degree zone, or outside China the UTM zone, around some places.

    Parameters
    ----------
    degrees
        Longitude and latitude; shape (n, 2).
    """
    west, south = degrees.min(axis=0)
    east, north = degrees.max(axis=0)
    lon, lat = float(west + east) / 2, float(south + north) / 2
    least_lon, least_lat, most_lon, most_lat = china()
    if least_lon <= lon <= most_lon and least_lat <= lat <= most_lat:
        return three_degree_zone_at(lon)
    zone = min(int((lon + 180) // _UTM_WIDTH) + 1, 60)
    return CRS.from_epsg((_UTM_NORTH if lat >= 0 else _UTM_SOUTH) + zone)


def three_degree_zone_at(longitude: float) -> CRS:
    """Return the CGCS2000 three-degree zone, without zone number, nearest to a longitude."""
    meridian = _ZONE_WIDTH * round(longitude / _ZONE_WIDTH)
    meridian = min(max(meridian, _FIRST_MERIDIAN), _LAST_MERIDIAN)
    return CRS.from_epsg(_FIRST_ZONE_EPSG + (meridian - _FIRST_MERIDIAN) // _ZONE_WIDTH)


def _degrees_in(bounds: FloatArray, crs: CRS) -> FloatArray:
    """Return places all over a box, in degrees on the system's own datum; shape (n, 2)."""
    west, south, east, north = bounds
    x, y = np.meshgrid(np.linspace(west, east, _PLACES), np.linspace(south, north, _PLACES))
    return np.column_stack(Proj(crs)(x.ravel(), y.ravel(), inverse=True))


def _made_for(degrees: FloatArray, crs: CRS) -> bool:
    """Tell whether the middle of some places lies in the area that a system is made for."""
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return True
    lon, lat = (degrees.min(axis=0) + degrees.max(axis=0)) / 2
    return bool(area.west <= lon <= area.east and area.south <= lat <= area.north)


def _remark(problem: str, **details: object) -> Remark:
    return Remark("stated", problem, "jurisdiction", PROJECT_FILE, "", 0, details)
