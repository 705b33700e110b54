"""An arrangement together with what its covers are: the partition that a set of matters shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.grid import beyond_reach
from gis.arrangement.kernel import arrange
from gis.errors import InputError, InputErrors
from gis.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.arrangement.arrangement import Arrangement
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray
    from gis.model.project import Project

#: Tables that cut the plane, in the order in which their rows become covers.
CUTTING_TABLES = ("jurisdiction", "claims", "zones", "agreements")


@dataclass(frozen=True)
class Partition:
    """The faces that a set of matters shares, and which rows cover each.

    Parameters
    ----------
    number
        Number of the partition within the run.
    matters
        Matters that see exactly the same claims.
    arrangement
        The faces; its covers are rows of the tables in :data:`CUTTING_TABLES`.
    cover_table, cover_row
        Table (position in :data:`CUTTING_TABLES`) and row of each cover, shape (n,).
    drawn
        The covers themselves, shape (n,).
    measure
        Measure of the working CRS.
    """

    number: int
    matters: tuple[str, ...]
    arrangement: Arrangement
    cover_table: IntArray
    cover_row: IntArray
    drawn: GeometryArray
    measure: EllipsoidMeasure

    @cached_property
    def _flat_points(self) -> FloatArray:
        """The points of all borders in the measure's equal-area plane, metres; shape (p, 2)."""
        return self.measure.flat_points(
            self.arrangement.coordinates(self.arrangement.border_points)
        )

    @cached_property
    def swept_m2(self) -> FloatArray:
        """Twice the area that each border sweeps as seen from one point, shape (b,).

        Added up around a face they are twice its area; an area is measured once for the faces on
        both sides.
        """
        points = self.arrangement.coordinates(self.arrangement.border_points)
        return self.measure.doubled_swept_along(
            points, self._flat_points, self.arrangement.border_offsets
        )

    @cached_property
    def area_m2(self) -> FloatArray:
        """Area of each face on the ellipsoid, shape (f,)."""
        # a border adds to the face on its left and takes from the one on its right; holes with it
        left, right = self.arrangement.left, self.arrangement.right
        n = len(self.arrangement) + 1
        doubled = _summed(left + 1, self.swept_m2, n) - _summed(right + 1, self.swept_m2, n)
        return doubled[1:] / 2

    def rows_on_faces(self, table: str) -> tuple[IntArray, IntArray]:
        """Return every pair (face, row of the table) with the face inside the row's shape."""
        face, cover = self.arrangement.pairs()
        chosen = self.cover_table[cover] == CUTTING_TABLES.index(table)
        return face[chosen], self.cover_row[cover[chosen]]

    def lengths_m(self, borders: IntArray) -> FloatArray:
        """Return the geodesic lengths of some borders in metres, shape (n,)."""
        points, offsets = self.arrangement.border_path(borders)
        if len(borders) == 0:
            return np.zeros(0)
        units = self.arrangement.coordinates(points)
        metres = self.measure.segment_lengths(np.stack([units[:-1], units[1:]], axis=1))
        # the step from one border's end to the next one's beginning is none
        metres[offsets[1:-1] - 1] = 0
        return np.asarray(np.add.reduceat(metres, offsets[:-1]))

    @cached_property
    def perimeter_m(self) -> FloatArray:
        """Perimeter of each face in metres, in an equal-area plane; shape (f,)."""
        steps = np.hypot(*np.diff(self._flat_points, axis=0).T)
        steps[self.arrangement.border_offsets[1:-1] - 1] = 0
        length = np.add.reduceat(steps, self.arrangement.border_offsets[:-1])
        n = len(self.arrangement) + 1
        left, right = self.arrangement.left, self.arrangement.right
        return (_summed(left + 1, length, n) + _summed(right + 1, length, n))[1:]

    @cached_property
    def inside(self) -> BoolArray:
        """Tell which faces lie in the jurisdiction, shape (f,)."""
        inside = np.zeros(len(self.arrangement), dtype=bool)
        inside[self.rows_on_faces("jurisdiction")[0]] = True
        return inside


def _summed(group: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """Return the sum of the values of each group, shape (groups,)."""
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64)


def make_partition(
    project: Project,
    matters: tuple[str, ...],
    claim_rows: IntArray,
    *,
    number: int,
    measure: EllipsoidMeasure,
    workers: int = 1,
) -> Partition:
    """Arrange the claims that some matters see, with jurisdiction, zones and agreements.

    Parameters
    ----------
    project
        Tables in one CRS.
    matters
        Matters that see exactly these claims.
    claim_rows
        Rows of ``project.claims``.
    number
        Number for the partition.
    measure
        Measure of the working CRS.
    workers
        Number of threads; the result is the same for any.

    Raises
    ------
    InputError
        If nothing is left of the jurisdiction on the grid.
    InputErrors
        If rows lie too far out for the grid.
    """
    drawn_agreements = np.flatnonzero(project.agreements.geometry.notna())
    rows = {
        "jurisdiction": np.arange(len(project.jurisdiction)),
        "claims": claim_rows,
        "zones": np.arange(len(project.zones)),
        "agreements": drawn_agreements,
    }
    polygons = np.concatenate(
        [np.asarray(getattr(project, name).geometry)[rows[name]] for name in CUTTING_TABLES]
    )
    grid = grid_spacing(project.crs, project.settings.precision_m)
    counts = [len(rows[name]) for name in CUTTING_TABLES]
    cover_table = np.repeat(np.arange(len(CUTTING_TABLES)), counts)
    cover_row = np.concatenate([rows[name] for name in CUTTING_TABLES]).astype(np.int64)
    errors = [
        InputError(
            "beyond_the_grid",
            layer=CUTTING_TABLES[cover_table[cover]],
            row=int(cover_row[cover]) + 1,
            precision=project.settings.precision_m,
        )
        for cover in beyond_reach(polygons, grid)
    ]
    if errors:
        raise InputErrors(errors)
    partition = Partition(
        number=number,
        matters=matters,
        arrangement=arrange(polygons, grid_size=grid, workers=workers),
        cover_table=cover_table,
        cover_row=cover_row,
        drawn=polygons,
        measure=measure,
    )
    if not partition.inside.any():
        raise InputError("jurisdiction_too_small", precision=project.settings.precision_m)
    return partition


def grid_spacing(crs: CRS, precision_m: float) -> float:
    """Return the grid's spacing in units of the working CRS.

    A projected system takes the precision in its own unit. A geographic one takes the power of
    ten at or below it in degrees (1 mm becomes 1e-9 degrees, about a tenth of a millimetre), so
    that decimal coordinates stay on the grid.
    """
    if crs.is_geographic:
        return float(10.0 ** np.floor(np.log10(precision_m / METRES_PER_DEGREE)))
    return float(precision_m / crs.axis_info[0].unit_conversion_factor)
