"""A jurisdiction drawn from the claims themselves, where none is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.arrangement import residue
from gis.arrangement.slits import bridges
from gis.measure import transformer
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement import Arrangement
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import GeometryArray, IntArray


def outline_of_claims(
    claims: GeometryArray,
    measure: EllipsoidMeasure,
    *,
    close_slits_m: float,
    grid_size: float,
    workers: int = 1,
) -> Any:  # noqa: ANN401 - a polygon or a multipolygon
    """Return the claims' own outline with its holes filled.

    Slits narrower than ``close_slits_m`` are bridged first, so a gap that leaks to the outside
    through one counts as a hole, and the slit itself lies within the outline. Nobody's border is
    moved.

    Parameters
    ----------
    claims
        Valid polygons or multipolygons in the working CRS, shape (n,).
    measure
        Measure of the working CRS.
    close_slits_m
        Width in metres; zero bridges nothing.
    grid_size
        Grid of the working CRS.
    workers
        Number of threads; the result is the same for any.

    Raises
    ------
    InputError
        If a coordinate is no number, or too far out for the grid.
    ValueError
        If the width is negative or no finite number.
    """
    if not 0 <= close_slits_m < np.inf:
        raise ValueError(f"slits are closed up to a width of 0 m or more, not {close_slits_m}")
    arrangement = residue(claims, grid_size=grid_size, workers=workers).arrangement
    outline = _filled(arrangement)
    if close_slits_m == 0 or len(outline) == 0:
        return _as_one(outline)
    bridging = _bridges(arrangement, measure, close_slits_m)
    if len(bridging) == 0:
        return _as_one(outline)
    covers = np.concatenate([outline, bridging])
    return _as_one(_filled(residue(covers, grid_size=grid_size, workers=workers).arrangement))


def _as_one(parts: GeometryArray) -> Any:  # noqa: ANN401
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _filled(arrangement: Arrangement) -> GeometryArray:
    """Return the ground that is not outside: polygons without holes."""
    rim = np.flatnonzero((arrangement.left == OUTSIDE) | (arrangement.right == OUTSIDE))
    polygonized: Any = shapely.polygonize(arrangement.border_lines(rim))
    return np.asarray(shapely.get_parts(polygonized), dtype=object)


def _bridges(arrangement: Arrangement, measure: EllipsoidMeasure, width_m: float) -> GeometryArray:
    """Return quadrilaterals over the slits between borders that face each other outside."""
    start, end = _rim(arrangement)
    units = arrangement.coordinates(np.concatenate([start, end]))
    flat = np.column_stack(
        transformer(measure.crs, measure.equal_area).transform(units[:, 0], units[:, 1])
    )
    step_m = measure.metres_per_unit * arrangement.grid_size
    # a slit exactly as wide as asked, give or take rounding, is not narrower
    pair, shares = bridges(flat[: len(start)], flat[len(start) :], width_m - step_m / 2)
    corners = np.empty((len(pair), 5, 2))
    for corner, (which, share) in enumerate(((0, 0), (0, 1), (1, 3), (1, 2))):
        a, b = start[pair[:, which]], end[pair[:, which]]
        along = b - a
        # rounded, a corner lies in a pixel that the border meets: the border is led through it
        corners[:, corner] = a + along * shares[:, share, None]
    corners[:, 4] = corners[:, 0]
    made: Any = shapely.polygons(arrangement.coordinates(np.floor(corners + 0.5)))
    return np.asarray(made[shapely.is_valid(made)], dtype=object)


def _rim(arrangement: Arrangement) -> tuple[IntArray, IntArray]:
    """Return the straight borders of the outside, which is on their left, in steps of the grid."""
    forwards = arrangement.left == OUTSIDE
    rim = np.flatnonzero(forwards | (arrangement.right == OUTSIDE))
    points, offsets = arrangement.border_path(rim)
    border = np.repeat(np.arange(len(rim)), np.diff(offsets))
    same = border[1:] == border[:-1]
    start, end = points[:-1][same], points[1:][same]
    turned = ~forwards[rim][border[1:][same]]
    start[turned], end[turned] = end[turned], start[turned].copy()
    return start, end
