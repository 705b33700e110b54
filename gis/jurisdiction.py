"""A jurisdiction drawn from the claims themselves, where none is given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.measure import moved, transformer

if TYPE_CHECKING:
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import GeometryArray


def outline_of_claims(
    claims: GeometryArray, measure: EllipsoidMeasure, *, close_slits_m: float, grid_size: float
) -> Any:  # noqa: ANN401 - a polygon or a multipolygon
    """Return the claims' own outline with its holes filled.

    Slits narrower than ``close_slits_m`` are closed first, so a gap that leaks to the outside
    through one counts as a hole, and the slit itself lies within the outline. Nobody's border is
    moved, and the outline nowhere leaves the rim that closing the slits gives.

    Parameters
    ----------
    claims
        Valid polygons or multipolygons in the working CRS, shape (n,).
    measure
        Measure of the working CRS.
    close_slits_m
        Width in metres; zero closes nothing.
    grid_size
        Grid of the working CRS.
    """
    union = shapely.union_all(claims, grid_size=grid_size)
    closable = close_slits_m > 0 and not union.is_empty
    added = _closed_slits(union, measure, close_slits_m) if closable else []
    return shapely.union_all([_filled(union), *added], grid_size=grid_size)


#: What closing adds that is thinner than this, in metres, is rounding and no slit.
_ROUNDING_M = 0.002


def _closed_slits(union: Any, measure: EllipsoidMeasure, width_m: float) -> list[Any]:  # noqa: ANN401
    """Return what closing slits adds to the outline, in the working CRS."""
    if measure.crs.is_geographic:
        (flat,) = measure.flat(np.array([union], dtype=object))
        back = transformer(measure.equal_area, measure.crs)
        return list(moved(_added_by_closing(flat, width_m, _ROUNDING_M), back))
    # no way there and back: the projection's inverse may be off by most of a millimetre
    (area_m2,) = measure.areas(np.array([union], dtype=object))
    unit_m = math.sqrt(area_m2 / union.area)
    return list(_added_by_closing(union, width_m / unit_m, _ROUNDING_M / unit_m))


def _added_by_closing(shape: Any, width: float, rounding: float) -> GeometryArray:  # noqa: ANN401
    """Return the slits, and gaps behind them, that closing a plane shape adds to its outline."""
    closed = shape.buffer(width / 2, join_style="mitre").buffer(-width / 2, join_style="mitre")
    rim = _filled(closed.union(shape))
    added = shapely.get_parts(rim.difference(_filled(shape)))
    # eroding and growing again takes away the threads that rounding leaves along the rim
    cores = shapely.buffer(added, -rounding / 2, join_style="mitre")
    real = cores[~shapely.is_empty(cores)]
    # a hair wider than before, so that it meets the borders it ran along, but never past the rim
    overlapping = shapely.intersection(shapely.buffer(real, rounding, join_style="mitre"), rim)
    return np.asarray(overlapping, dtype=object)


def _filled(shape: Any) -> Any:  # noqa: ANN401
    """Return a shape without its holes."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
