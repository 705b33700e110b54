"""A point of every shape, for tables that cannot show the shape itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.writers.columns import Field, Kind
from gis.writers.degrees import DECIMALS

if TYPE_CHECKING:
    from gis.model.arrangement import GeometryArray
    from gis.writers.columns import Layer

_LON, _LAT = "lon", "lat"


def with_places(layer: Layer, degrees: GeometryArray) -> Layer:
    """Return a layer with ``lon`` and ``lat`` of a point on each shape, if it has neither.

    Parameters
    ----------
    layer
        A layer with shapes.
    degrees
        The shapes in degrees of WGS 84.
    """
    if {_LON, _LAT} & {field.name.casefold() for field in layer.fields}:
        return layer
    points = shapely.get_coordinates(shapely.point_on_surface(_drawn(degrees)))
    there = ~(shapely.is_missing(degrees) | shapely.is_empty(degrees))
    places = np.full((layer.rows, 2), np.nan)
    places[there] = np.round(points, DECIMALS) + 0
    fields = (
        Field(name, Kind.NUMBER, [None if np.isnan(value) else value for value in values])
        for name, values in zip((_LON, _LAT), places.T.tolist(), strict=True)
    )
    return replace(layer, fields=(*layer.fields, *fields))


def _drawn(shapes: GeometryArray) -> GeometryArray:
    drawn: GeometryArray = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return drawn
