"""Which face lies on either side of each piece of border."""

from __future__ import annotations

import numpy as np
import shapely

from gis.model.arrangement import OUTSIDE, FloatArray, GeometryArray, IntArray


def face_borders(faces: GeometryArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Match the edges of faces that share their vertices exactly.

    Parameters
    ----------
    faces
        Polygons with disjoint interiors, shape (f,).

    Returns
    -------
    segments
        Each piece of border once, shape (s, 2, 2).
    left, right
        Face on either side, looking from the first end to the second, or ``OUTSIDE``.
    """
    # counter-clockwise shells and clockwise holes keep the face on the left of every edge
    rings, ring_face = shapely.get_rings(shapely.orient_polygons(faces), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) == 0:
        nobody = np.zeros(0, dtype=np.int64)
        return np.zeros((0, 2, 2)), nobody, nobody
    same = ring[1:] == ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    face = ring_face[ring[1:][same]]

    forward = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
    low = np.where(forward[:, None], start, end)
    high = np.where(forward[:, None], end, start)
    order = np.lexsort((high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    low, high, face, forward = low[order], high[order], face[order], forward[order]

    first = np.ones(len(low), dtype=bool)
    first[1:] = np.any(low[1:] != low[:-1], axis=1) | np.any(high[1:] != high[:-1], axis=1)
    piece = np.cumsum(first) - 1
    left = np.full(piece[-1] + 1, OUTSIDE, dtype=np.int64)
    right = left.copy()
    left[piece[forward]] = face[forward]
    right[piece[~forward]] = face[~forward]
    return np.stack([low[first], high[first]], axis=1), left, right
