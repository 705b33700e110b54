"""A jurisdiction drawn from the claims themselves, where none is given."""

from __future__ import annotations

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

    A gap that leaks to the outside through a slit narrower than ``close_slits_m`` counts as a
    hole: the slit and the chamber behind it belong to the outline. A slit without a chamber does
    not, nor does a notch in the rim. Nobody's border is moved.

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
    chambers = _chambers(union, measure, close_slits_m) if close_slits_m > 0 else []
    return shapely.union_all([_filled(union), *chambers], grid_size=grid_size)


def _chambers(union: Any, measure: EllipsoidMeasure, width_m: float) -> list[Any]:  # noqa: ANN401
    """Return the gaps, slits included, that closing narrow slits encloses."""
    (flat,) = measure.flat(np.array([union], dtype=object))
    closed = flat.buffer(width_m / 2, join_style="mitre").buffer(-width_m / 2, join_style="mitre")
    enclosed = shapely.get_parts(_filled(closed.union(flat)).difference(_filled(flat)))
    wide = ~shapely.is_empty(shapely.buffer(enclosed, -0.51 * width_m))
    # rounding along the rim leaves threads thinner than any grid: they must not grow with the rest
    clean = shapely.buffer(enclosed[wide], -width_m / 10_000, join_style="mitre")
    # a hair wider than the slit, so that it meets the borders it ran along
    overlapping = shapely.buffer(clean, width_m / 100, join_style="mitre")
    back = transformer(measure.equal_area, measure.crs)
    return list(moved(overlapping, back))


def _filled(shape: Any) -> Any:  # noqa: ANN401
    """Return a shape without its holes."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
