"""The planar partition that every question is asked of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
GeometryArray = npt.NDArray[Any]  # of shapely geometries; NumPy has no dtype for them

#: The side of a border that lies in no polygon at all.
OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Faces of the plane cut by the boundaries of n polygons ("covers").

    Parameters
    ----------
    faces
        Polygons whose interiors are disjoint, each covered by at least one cover; shape (f,).
        Where two meet, they share their vertices exactly.
    owner_offsets, owners
        Covers of face i: ``owners[owner_offsets[i]:owner_offsets[i + 1]]``, ascending.
    segments
        Pieces of border, start and end point in CRS units; shape (s, 2, 2).
    left, right
        Face on either side of each segment, or ``OUTSIDE``; shape (s,).
    lost
        Covers that own no face because they collapse on the grid; shape (l,), ascending.
    largest_move
        How far snapping moved a vertex at most, in CRS units.
    grid_size
        Spacing of the grid, in CRS units.
    """

    faces: GeometryArray
    owner_offsets: IntArray
    owners: IntArray
    segments: FloatArray
    left: IntArray
    right: IntArray
    lost: IntArray
    largest_move: float
    grid_size: float

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Return every (face, cover) with the face inside the cover, as two arrays."""
        faces = np.repeat(np.arange(len(self.faces)), np.diff(self.owner_offsets))
        return faces, self.owners

    def covered_by(self, covers: Iterable[int]) -> BoolArray:
        """Tell which faces lie in at least one of the covers; shape (f,)."""
        face, cover = self.pairs()
        inside = np.zeros(len(self.faces), dtype=bool)
        inside[face[np.isin(cover, np.fromiter(covers, dtype=np.int64))]] = True
        return inside
