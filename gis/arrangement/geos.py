"""Build an arrangement with GEOS: snap, node, polygonize, find owners.

Plain and exact to the grid; the yardstick for any faster way of doing the same.
Source of the noding: Hobby, J. D. (1999), Practical segment intersection with finite precision
output, Computational Geometry 13(4), 199-214 (snap rounding), as built into GEOS OverlayNG.
"""

from __future__ import annotations

import numpy as np
import shapely

from gis.arrangement.borders import face_borders
from gis.model.arrangement import Arrangement, GeometryArray, IntArray


def arrange(polygons: GeometryArray, *, grid_size: float) -> Arrangement:
    """Cut the plane along the boundaries of all polygons.

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in one planar or geographic CRS, shape (n,); position is
        the cover's number. They may overlap, repeat and leave gaps.
    grid_size
        Vertices are snapped to this grid, in CRS units; greater than zero.

    Returns
    -------
    arrangement
        Faces covered by at least one polygon, sorted by their lower left corner and size so that
        the order of the input does not matter.
    """
    polygons = np.asarray(polygons, dtype=object)
    snapped = shapely.set_precision(polygons, grid_size)
    empty = shapely.is_empty(snapped)
    lines = shapely.union_all(shapely.boundary(snapped[~empty]), grid_size=grid_size)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    face, cover = _owners(faces, snapped)
    owned = np.unique(face)
    faces = shapely.normalize(faces[owned])
    order = _reading_order(faces)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    faces = faces[order]
    face = position[np.searchsorted(owned, face)]
    offsets, owners = _rows(face, cover, len(faces))
    segments, left, right = face_borders(faces)
    return Arrangement(
        faces=faces,
        owner_offsets=offsets,
        owners=owners,
        segments=segments,
        left=left,
        right=right,
        lost=np.setdiff1d(np.arange(len(polygons)), owners),
        largest_move=_largest_move(polygons, grid_size),
        grid_size=grid_size,
    )


def _owners(faces: GeometryArray, covers: GeometryArray) -> tuple[IntArray, IntArray]:
    """Return all pairs (face, cover) with a point of the face's interior in the cover."""
    points = shapely.point_on_surface(faces)
    # asked this way round, GEOS prepares each cover once for all of its points
    cover, point = shapely.STRtree(points).query(covers, predicate="intersects")
    return point, cover


def _reading_order(faces: GeometryArray) -> IntArray:
    bounds = shapely.bounds(faces)
    return np.lexsort((shapely.area(faces), *bounds.T[::-1]))


def _rows(row: IntArray, value: IntArray, n_rows: int) -> tuple[IntArray, IntArray]:
    """Pack pairs into offsets and values, sorted by row and value."""
    order = np.lexsort((value, row))
    offsets = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=n_rows), out=offsets[1:])
    return offsets, value[order].astype(np.int64)


def _largest_move(polygons: GeometryArray, grid_size: float) -> float:
    points = shapely.get_coordinates(polygons)
    moves = points - np.round(points / grid_size) * grid_size
    return float(np.hypot(moves[:, 0], moves[:, 1]).max(initial=0.0))
