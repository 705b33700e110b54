"""The integer grid on which an arrangement is made, and polygons brought onto it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.compiled import compiled
from gis.arrangement.exact import REACH, _sign, _sum, _wide_cross
from gis.errors import InputError

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray


@dataclass(frozen=True, slots=True)
class Rings:
    """Rings of polygons on the grid, without their closing points.

    Parameters
    ----------
    x, y
        Points in steps of the grid, shape (p,); neighbours on a ring differ, unless a ring has
        shrunk to a single point.
    offsets
        Points of ring i: ``offsets[i]`` up to ``offsets[i + 1]``; shape (r + 1,).
    cover
        Polygon that each ring belongs to, ascending; shape (r,).
    moves
        How far a point of each ring was moved at most, in CRS units; shape (r,).
    """

    x: IntArray
    y: IntArray
    offsets: IntArray
    cover: IntArray
    moves: FloatArray


def steps_per_unit(grid_size: float) -> float:
    """Return the whole number of steps to a unit where there is one, else the plain quotient."""
    scale = 1.0 / grid_size
    whole = round(scale)
    return float(whole) if whole > 0 and abs(scale - whole) < _WHOLE * scale else scale


#: A millimetre's inverse differs from 1000 by less than this share.
_WHOLE = 1e-12


def to_units(points: IntArray, grid_size: float) -> FloatArray:
    """Return points of the grid in CRS units; decimal grids give the nearest decimal numbers."""
    return np.asarray(points / steps_per_unit(grid_size))


def beyond_reach(polygons: GeometryArray, grid_size: float) -> IntArray:
    """Return the polygons with a coordinate that is no number or beyond the integers' reach."""
    bounds = shapely.bounds(polygons)
    # NaN fails the comparison; an empty polygon has bounds of NaN only
    within = np.abs(bounds) < (REACH - 1) * grid_size
    return np.flatnonzero(~within.all(axis=1) & ~shapely.is_empty(polygons))


def rings_on_grid(polygons: GeometryArray, grid_size: float) -> Rings:
    """Round polygons to the grid, shells counter-clockwise and holes clockwise.

    Parameters
    ----------
    polygons
        Polygons or multipolygons, shape (n,); empty ones have no rings.
    grid_size
        Spacing of the grid in CRS units.

    Raises
    ------
    InputError
        If a row is missing or no polygon, or a coordinate is no number or too far out for the grid;
        ``row`` counts from 1.
    ValueError
        If the spacing is no finite number greater than zero, or the polygons are no plain array.
    """
    if not 0 < grid_size < np.inf:
        raise ValueError(f"the grid's spacing is greater than zero and finite, not {grid_size}")
    if polygons.ndim != 1:
        raise ValueError(f"polygons come as an array of shape (n,), not {polygons.shape}")
    _refuse_unless_polygons(polygons)
    coordinates = shapely.get_coordinates(polygons)
    lengths, covers, holes = _ring_lengths(polygons)
    if len(coordinates) and not np.isfinite(coordinates).all():
        at = int(np.searchsorted(np.cumsum(lengths), _first_not_finite(coordinates), side="right"))
        raise InputError("coordinates_not_finite", row=int(covers[at]) + 1, found="Polygon")
    too_far = beyond_reach(polygons, grid_size)
    if len(too_far):
        at = int(too_far[0])
        raise InputError("beyond_the_grid", row=at + 1, grid=grid_size, reach=REACH * grid_size)
    x, y, offsets, moves = _rounded(coordinates, lengths, holes, steps_per_unit(grid_size))
    return Rings(x, y, offsets, covers, moves)


def _refuse_unless_polygons(polygons: GeometryArray) -> None:
    kinds = shapely.get_type_id(polygons)
    wrong = np.flatnonzero(~np.isin(kinds, _POLYGONS))
    if len(wrong) and kinds[wrong[0]] < 0:
        raise InputError("geometry_missing", row=int(wrong[0]) + 1)
    if len(wrong):
        found = polygons[wrong[0]].geom_type
        raise InputError(
            "geometry_wrong_type", row=int(wrong[0]) + 1, found=found, expected="polygon"
        )


_POLYGONS = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


def _first_not_finite(coordinates: FloatArray) -> int:
    return int(np.flatnonzero(~np.isfinite(coordinates).all(axis=1))[0])


def _ring_lengths(polygons: GeometryArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the points of each ring with its closing point, its polygon, and if it is a hole."""
    lengths = shapely.get_num_coordinates(polygons)
    covers = np.arange(len(polygons), dtype=np.int64)
    parts = shapely.get_num_geometries(polygons)
    plain = (parts == 1) & (shapely.get_num_interior_rings(polygons) == 0)
    plain &= shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    if plain.all():
        return lengths.astype(np.int64), covers, np.zeros(len(polygons), dtype=np.int64)
    others = np.flatnonzero(~plain & (lengths > 0))
    singles, single_of = shapely.get_parts(polygons[others], return_index=True)
    rings, ring_of = shapely.get_rings(singles, return_index=True)
    cover = np.concatenate([covers[plain], others[single_of[ring_of]]])
    length = np.concatenate([lengths[plain], shapely.get_num_coordinates(rings)])
    inner = np.concatenate([[False], ring_of[1:] == ring_of[:-1]]) if len(rings) else ring_of > 0
    hole = np.concatenate([np.zeros(int(plain.sum())), inner])
    order = np.argsort(cover, kind="stable")
    return length[order].astype(np.int64), cover[order], hole[order].astype(np.int64)


@compiled
def _rounded(
    coordinates: FloatArray, lengths: IntArray, holes: IntArray, scale: float
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    x = np.empty(len(coordinates), dtype=np.int64)
    y = np.empty(len(coordinates), dtype=np.int64)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    moves = np.zeros(len(lengths))
    read = 0
    write = 0
    for ring in range(len(lengths)):
        begin = write
        largest = 0.0
        for at in range(read, read + lengths[ring] - 1):
            px, py = coordinates[at, 0] * scale, coordinates[at, 1] * scale
            ix, iy = np.floor(px + 0.5), np.floor(py + 0.5)
            largest = max(largest, (px - ix) ** 2 + (py - iy) ** 2)
            if write == begin or x[write - 1] != ix or y[write - 1] != iy:
                x[write], y[write] = int(ix), int(iy)
                write += 1
        read += lengths[ring]
        moves[ring] = np.sqrt(largest) / scale
        while write > begin + 1 and x[write - 1] == x[begin] and y[write - 1] == y[begin]:
            write -= 1
        clockwise = _winding(x[begin:write], y[begin:write]) < 0
        if clockwise != (holes[ring] == 1):
            x[begin:write] = x[begin:write][::-1].copy()
            y[begin:write] = y[begin:write][::-1].copy()
        offsets[ring + 1] = write
    return x[:write].copy(), y[:write].copy(), offsets, moves


@compiled
def _winding(x: IntArray, y: IntArray) -> int:
    """Return the exact sign of a ring's area."""
    total = 0.0
    size = 0.0
    for at in range(1, len(x) - 1):
        first = float(x[at] - x[0]) * float(y[at + 1] - y[0])
        second = float(y[at] - y[0]) * float(x[at + 1] - x[0])
        total += first - second
        size += abs(first) + abs(second)
    if abs(total) > size * len(x) * 2.0**-50:
        return 1 if total > 0 else -1
    high, low = 0, 0
    for at in range(1, len(x) - 1):
        more = _wide_cross(x[at] - x[0], y[at] - y[0], x[at + 1] - x[0], y[at + 1] - y[0])
        high, low = _sum(high, low, more[0], more[1])
    return _sign(high, low)
