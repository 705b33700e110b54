"""Shapes in degrees of WGS 84, rounded without being spoilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from gis.errors import OutputError
from gis.measure import WGS84

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, GeometryArray
    from gis.writers.columns import Layer
    from gis.writers.notes import Notes

#: Decimals of a degree; the ninth is a tenth of a millimetre, well below the grid of borders.
DECIMALS = 9

#: What a shape is given that fewer decimals would make invalid; after these it stays as it is.
_FINER = (11, 13)

_HALF_TURN = 180.0


def in_degrees(layer: Layer, notes: Notes) -> GeometryArray:
    """Return the shapes of a layer in WGS 84, rounded, polygons with the outer ring anticlockwise.

    Parameters
    ----------
    layer
        A layer with shapes in any coordinate system.
    notes
        Told of the change of system, of shapes that keep more decimals and of those that go
        around the globe because they cross the antimeridian.

    Raises
    ------
    OutputError
        If the layer's coordinate system is not known, or a shape lies outside its domain.
    """
    if layer.crs is None:
        raise OutputError("crs_not_stated", layer=layer.name)
    shapes = np.array(layer.shapes, dtype=object)
    if layer.crs != WGS84:
        shapes = gpd.GeoSeries(shapes, crs=layer.crs).to_crs(WGS84).to_numpy()
        notes.add("reprojected", layer=layer.name, source=layer.crs.name, working=WGS84.name)
    bounds = shapely.bounds(shapes)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    astray = np.flatnonzero(drawn & ~np.isfinite(bounds).all(axis=1))
    if len(astray):
        raise OutputError("shape_beyond_degrees", layer=layer.name, row=astray[0] + 1)
    across = np.flatnonzero(drawn & (bounds[:, 2] - bounds[:, 0] > _HALF_TURN))
    notes.add_for("antimeridian_crossed", across, layer=layer.name)
    result, finer = rounded(shapes)
    notes.add_for("finer_decimals", np.flatnonzero(finer), layer=layer.name, decimals=DECIMALS)
    return result


def rounded(shapes: GeometryArray) -> tuple[GeometryArray, BoolArray]:
    """Round coordinates to ``DECIMALS``, and outer rings anticlockwise.

    Parameters
    ----------
    shapes
        Shapes in degrees, or None; shape (n,).

    Returns
    -------
    rounded, finer
        Each valid shape is still valid; those that had to keep more decimals for it are told.
    """
    result = _at(shapes, DECIMALS)
    finer: BoolArray = shapely.is_valid(shapes) & ~shapely.is_valid(result)
    spoilt = finer.copy()
    for decimals in _FINER:
        if not spoilt.any():
            break
        result[spoilt] = _at(shapes[spoilt], decimals)
        spoilt &= ~shapely.is_valid(result)
    result[spoilt] = shapes[spoilt]
    return shapely.orient_polygons(result), finer


def box_around(shapes: GeometryArray) -> list[float] | None:
    """Return west, south, east and north of all shapes, or None where there is none."""
    drawn = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return shapely.total_bounds(drawn).tolist() if len(drawn) else None


def _at(shapes: GeometryArray, decimals: int) -> GeometryArray:
    # adding zero makes a zero of what was rounded to minus zero
    moved: GeometryArray = shapely.transform(shapes, lambda points: np.round(points, decimals) + 0)
    return moved
