"""Where the borders of a layer lie: on one plane for all layers, and in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gis.layers.border_matching import Borders
from gis.layers.datum import TO_WGS84
from gis.measure import WGS84, transformer

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.arrangement import FloatArray, GeometryArray


@dataclass(frozen=True)
class Ground:
    """The borders of a layer, and the plane on which they lie.

    Parameters
    ----------
    borders
        On the plane: the working coordinate system where that is projected, else a Mercator
        projection in degrees, on which nearby shapes keep their form.
    crs
        Working coordinate system.
    stated
        Datum from which the layer was converted: ``wgs84``, ``gcj02`` or ``bd09``.
    accuracy_m
        Accuracy of its borders, one standard deviation in metres.
    """

    borders: Borders
    crs: CRS
    stated: str
    accuracy_m: float

    @classmethod
    def of(cls, geometry: GeometryArray, crs: CRS, *, stated: str, accuracy_m: float) -> Ground:
        """Return the ground of shapes in the working coordinate system.

        Parameters
        ----------
        stated
            Datum as the user states it; anything but a shifted one counts as WGS 84.
        """
        borders = Borders.of(geometry)
        if crs.is_geographic:
            borders = Borders(plane_of(borders.points, crs), borders.chain)
        return cls(borders, crs, stated if stated in TO_WGS84 else "wgs84", accuracy_m)

    @cached_property
    def extent(self) -> FloatArray:
        """West, south, east, north in degrees, from the corners and middles of the box's sides."""
        west, south, east, north = self.borders.bounds
        x, y = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
        degrees = degrees_of(np.column_stack([x.ravel(), y.ravel()]), self.crs)
        return np.concatenate([degrees.min(axis=0), degrees.max(axis=0)])


def degrees_of(points: FloatArray, crs: CRS) -> FloatArray:
    """Return WGS 84 longitude and latitude of points of the plane."""
    if crs.is_geographic:
        latitude = np.degrees(2 * np.arctan(np.exp(np.radians(points[:, 1]))) - np.pi / 2)
        return np.column_stack([points[:, 0], latitude])
    return np.column_stack(transformer(crs, WGS84).transform(points[:, 0], points[:, 1]))


def plane_of(degrees: FloatArray, crs: CRS) -> FloatArray:
    """Return the place of WGS 84 longitudes and latitudes on the plane."""
    if crs.is_geographic:
        latitude = np.radians(np.clip(degrees[:, 1], -89.0, 89.0))
        north = np.degrees(np.log(np.tan(np.pi / 4 + latitude / 2)))
        return np.column_stack([degrees[:, 0], north])
    return np.column_stack(transformer(WGS84, crs).transform(degrees[:, 0], degrees[:, 1]))
