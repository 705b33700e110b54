"""The planar partition that every question is asked of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from gis.arrangement.covers import Covers
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray


@dataclass(frozen=True)
class Arrangement:
    """Faces of the plane cut by the boundaries of n polygons ("covers").

    All coordinates are whole steps of a grid. Faces and borders are numbered by where they are.

    Parameters
    ----------
    grid_size
        Spacing of the grid, in CRS units.
    steps_per_unit
        Its inverse.
    border_offsets
        Points of border i: ``border_points[border_offsets[i]:border_offsets[i + 1]]``.
    border_points
        Points of all borders in steps of the grid, shape (p, 2). A border leads from one node,
        where three or more faces meet, to the next; or back to its first point.
    label_offsets, label_cover, label_net
        Covers with more on one side of border i than on the other:
        ``label_offsets[i]`` up to ``label_offsets[i + 1]``, ascending; ``label_net`` is how many
        times more on the left: 1 where the cover lies on the left only, -1 on the right only.
    left, right
        Face on either side of each border, looking from its first point on, or ``OUTSIDE``;
        shape (b,).
    ring_offsets, ring_borders
        Borders of ring i in order, the face on the left: k forwards, ~k backwards.
    face_rings
        Rings of face i: ``face_rings[i]`` up to ``face_rings[i + 1]``, its shell first, then holes.
    owner_offsets, owners
        Covers of face i: ``owners[owner_offsets[i]:owner_offsets[i + 1]]``, ascending. Faces that
        no cover owns, which covers enclose, are there with none.
    windings
        Of the few faces that a cover's rings, rounded, go round more than once or clockwise: its
        covers, and how many times each goes round.
    covers
        The covers themselves, on the grid.
    """

    grid_size: float
    steps_per_unit: float
    border_offsets: IntArray
    border_points: IntArray
    label_offsets: IntArray
    label_cover: npt.NDArray[np.int32]
    label_net: npt.NDArray[np.int8]
    left: IntArray
    right: IntArray
    ring_offsets: IntArray
    ring_borders: IntArray
    face_rings: IntArray
    owner_offsets: IntArray
    owners: IntArray
    windings: dict[int, tuple[IntArray, IntArray]]
    covers: Covers

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.face_rings) - 1

    @cached_property
    def lost(self) -> IntArray:
        """Covers that own no face because they collapse on the grid, ascending; shape (l,)."""
        return np.flatnonzero(np.bincount(self.owners, minlength=self.covers.count) == 0)

    @property
    def largest_move(self) -> float:
        """How far rounding moved a vertex at most, in CRS units."""
        return float(self.covers.moves.max(initial=0.0))

    @cached_property
    def border_bounds(self) -> IntArray:
        """West, south, east and north of each border in steps of the grid, shape (b, 4)."""
        return bounds_of_paths(self.border_offsets, self.border_points)

    @cached_property
    def faces(self) -> GeometryArray:
        """All faces as polygons, shells counter-clockwise; shape (f,)."""
        return self.polygons(np.arange(len(self)))

    @cached_property
    def multiplicity(self) -> IntArray:
        """Number of covers over each face, shape (f,)."""
        return np.diff(self.owner_offsets)

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Return every (face, cover) with the face inside the cover, as two arrays."""
        return np.repeat(np.arange(len(self)), self.multiplicity), self.owners

    def covered_by(self, covers: Iterable[int]) -> BoolArray:
        """Tell which faces lie in at least one of the covers; shape (f,)."""
        face, cover = self.pairs()
        inside = np.zeros(len(self), dtype=bool)
        inside[face[np.isin(cover, np.fromiter(covers, dtype=np.int64))]] = True
        return inside

    def coordinates(self, points: IntArray) -> FloatArray:
        """Return points of the grid in CRS units."""
        return points / self.steps_per_unit

    def polygons(self, faces: IntArray) -> GeometryArray:
        """Return some faces as polygons, in the order asked."""
        points, ring_offsets, face_offsets = _outlines(
            np.asarray(faces, dtype=np.int64),
            self.face_rings,
            self.ring_offsets,
            self.ring_borders,
            self.border_offsets,
            self.border_points,
        )
        return np.asarray(
            shapely.from_ragged_array(
                shapely.GeometryType.POLYGON,
                self.coordinates(points),
                (ring_offsets, face_offsets),
            ),
            dtype=object,
        )

    def border_lines(self, borders: IntArray) -> GeometryArray:
        """Return some borders as lines, in the order asked."""
        points, offsets = self.border_path(borders)
        return np.asarray(
            shapely.from_ragged_array(
                shapely.GeometryType.LINESTRING, self.coordinates(points), (offsets,)
            ),
            dtype=object,
        )

    def border_path(self, borders: IntArray) -> tuple[IntArray, IntArray]:
        """Return the points of some borders, packed, and where those of each begin."""
        return _paths(np.asarray(borders, dtype=np.int64), self.border_offsets, self.border_points)


@compiled
def _outlines(
    faces: IntArray,
    face_rings: IntArray,
    ring_offsets: IntArray,
    ring_borders: IntArray,
    border_offsets: IntArray,
    border_points: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the closed rings of some faces: points, offsets of rings, offsets of faces."""
    rings = 0
    size = 0
    for face in faces:
        for ring in range(face_rings[face], face_rings[face + 1]):
            rings += 1
            size += 1
            for at in range(ring_offsets[ring], ring_offsets[ring + 1]):
                border = ring_borders[at] if ring_borders[at] >= 0 else ~ring_borders[at]
                size += border_offsets[border + 1] - border_offsets[border] - 1
    points = np.empty((size, 2), dtype=np.int64)
    offsets = np.zeros(rings + 1, dtype=np.int64)
    offsets_of_faces = np.zeros(len(faces) + 1, dtype=np.int64)
    write = 0
    rings = 0
    for position in range(len(faces)):
        face = faces[position]
        for ring in range(face_rings[face], face_rings[face + 1]):
            first = write
            for at in range(ring_offsets[ring], ring_offsets[ring + 1]):
                border = ring_borders[at]
                if border >= 0:
                    for step in range(border_offsets[border], border_offsets[border + 1] - 1):
                        points[write, 0] = border_points[step, 0]
                        points[write, 1] = border_points[step, 1]
                        write += 1
                else:
                    border = ~border
                    for step in range(border_offsets[border + 1] - 1, border_offsets[border], -1):
                        points[write, 0] = border_points[step, 0]
                        points[write, 1] = border_points[step, 1]
                        write += 1
            points[write, 0], points[write, 1] = points[first, 0], points[first, 1]
            write += 1
            rings += 1
            offsets[rings] = write
        offsets_of_faces[position + 1] = rings
    return points, offsets, offsets_of_faces


@compiled
def bounds_of_paths(offsets: IntArray, points: IntArray) -> IntArray:
    """Return west, south, east and north of packed paths, shape (n, 4)."""
    bounds = np.empty((len(offsets) - 1, 4), dtype=np.int64)
    for path in range(len(offsets) - 1):
        west, south = points[offsets[path], 0], points[offsets[path], 1]
        east, north = west, south
        for at in range(offsets[path] + 1, offsets[path + 1]):
            west, east = min(west, points[at, 0]), max(east, points[at, 0])
            south, north = min(south, points[at, 1]), max(north, points[at, 1])
        bounds[path, 0], bounds[path, 1], bounds[path, 2], bounds[path, 3] = (
            west,
            south,
            east,
            north,
        )
    return bounds


@compiled
def _paths(
    borders: IntArray, border_offsets: IntArray, border_points: IntArray
) -> tuple[IntArray, IntArray]:
    size = 0
    for border in borders:
        size += border_offsets[border + 1] - border_offsets[border]
    points = np.empty((size, 2), dtype=np.int64)
    offsets = np.zeros(len(borders) + 1, dtype=np.int64)
    write = 0
    for position in range(len(borders)):
        border = borders[position]
        for step in range(border_offsets[border], border_offsets[border + 1]):
            points[write, 0] = border_points[step, 0]
            points[write, 1] = border_points[step, 1]
            write += 1
        offsets[position + 1] = write
    return points, offsets
