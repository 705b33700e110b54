"""An arrangement by GEOS: snap, node, polygonize, find owners. A plain yardstick.

Source of the noding: Hobby, J. D. (1999), Practical segment intersection with finite precision
output, Computational Geometry 13(4), 199-214 (snap rounding), as built into GEOS OverlayNG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class GeosArrangement:
    """Faces of the plane cut by polygons, also those without owners; nothing unbounded.

    Parameters
    ----------
    faces
        Polygons with disjoint interiors, shape (f,).
    owners
        Positions of the polygons that cover each face.
    segments
        Each piece of border once, its smaller end first; shape (s, 2, 2).
    left, right
        Position of the face on either side of each segment, or -1; shape (s,).
    """

    faces: np.ndarray
    owners: list[frozenset[int]]
    segments: np.ndarray
    left: np.ndarray
    right: np.ndarray


def geos_arrangement(polygons: Iterable[shapely.Geometry], grid_size: float) -> GeosArrangement:
    """Cut the plane along the boundaries of all polygons."""
    snapped = shapely.set_precision(np.asarray(polygons, dtype=object), grid_size)
    rings = shapely.boundary(snapped[~shapely.is_empty(snapped)])
    lines = shapely.union_all(rings, grid_size=grid_size)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return GeosArrangement(faces, owners_of(faces, snapped), *face_borders(faces))


def owners_of(faces: np.ndarray, covers: np.ndarray) -> list[frozenset[int]]:
    """Return the covers that hold a point of each face's interior."""
    points = shapely.point_on_surface(faces)
    found: list[set[int]] = [set() for _ in faces]
    # asked this way round, GEOS prepares each cover once for all of its points
    pairs = shapely.STRtree(points).query(covers, predicate="intersects")
    for cover, point in pairs.T.tolist():
        found[point].add(cover)
    return [frozenset(each) for each in found]


def face_borders(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match the edges of faces that share their vertices exactly."""
    # counter-clockwise shells and clockwise holes keep the face on the left of every edge
    rings, ring_face = shapely.get_rings(shapely.orient_polygons(faces), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    face = ring_face[ring[1:][same]]
    forward = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
    low = np.where(forward[:, None], start, end)
    high = np.where(forward[:, None], end, start)
    edges = np.hstack([low, high]).reshape(-1, 4)
    segments, piece = np.unique(edges, axis=0, return_inverse=True)
    left, right = np.full((2, len(segments)), -1)
    left[piece[forward]] = face[forward]
    right[piece[~forward]] = face[~forward]
    return segments.reshape(-1, 2, 2), left, right
