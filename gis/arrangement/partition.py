"""An arrangement together with what its covers are: the partition that a set of matters shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.geos import arrange
from gis.errors import InputError
from gis.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import Arrangement, BoolArray, FloatArray, IntArray
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
    area_m2
        Area of each face on the ellipsoid, shape (f,).
    cover_area_m2, cover_perimeter_m
        Area and perimeter of each cover as drawn, vertices on the grid, shape (n,).
    segment_m
        Length of each border segment, shape (s,).
    """

    number: int
    matters: tuple[str, ...]
    arrangement: Arrangement
    cover_table: IntArray
    cover_row: IntArray
    area_m2: FloatArray
    cover_area_m2: FloatArray
    cover_perimeter_m: FloatArray
    segment_m: FloatArray

    def rows_on_faces(self, table: str) -> tuple[IntArray, IntArray]:
        """Return every pair (face, row of the table) with the face inside the row's shape."""
        face, cover = self.arrangement.pairs()
        chosen = self.cover_table[cover] == CUTTING_TABLES.index(table)
        return face[chosen], self.cover_row[cover[chosen]]

    def rows_by_face(self, table: str) -> dict[int, list[int]]:
        """Return the rows of a table by the faces they cover; faces without any are left out."""
        return by_face(*self.rows_on_faces(table))

    @cached_property
    def perimeter_m(self) -> FloatArray:
        """Perimeter of each face in metres, shape (f,)."""
        total = np.zeros(len(self.arrangement.faces))
        for side in (self.arrangement.left, self.arrangement.right):
            bordering = side >= 0
            np.add.at(total, side[bordering], self.segment_m[bordering])
        return total

    @cached_property
    def inside(self) -> BoolArray:
        """Tell which faces lie in the jurisdiction, shape (f,)."""
        inside = np.zeros(len(self.arrangement.faces), dtype=bool)
        inside[self.rows_on_faces("jurisdiction")[0]] = True
        return inside


def by_face(faces: IntArray, rows: IntArray) -> dict[int, list[int]]:
    """Return rows by face from pairs of both."""
    table: dict[int, list[int]] = {}
    for face, row in zip(faces.tolist(), rows.tolist(), strict=True):
        table.setdefault(face, []).append(row)
    return table


def make_partition(
    project: Project,
    matters: tuple[str, ...],
    claim_rows: IntArray,
    *,
    number: int,
    measure: EllipsoidMeasure,
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

    Raises
    ------
    InputError
        If nothing is left of the jurisdiction on the grid.
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
    arrangement = arrange(polygons, grid_size=grid)
    drawn = shapely.set_precision(polygons, grid)
    counts = [len(rows[name]) for name in CUTTING_TABLES]
    partition = Partition(
        number=number,
        matters=matters,
        arrangement=arrangement,
        cover_table=np.repeat(np.arange(len(CUTTING_TABLES)), counts),
        cover_row=np.concatenate([rows[name] for name in CUTTING_TABLES]).astype(np.int64),
        area_m2=measure.areas(arrangement.faces),
        cover_area_m2=measure.areas(drawn),
        cover_perimeter_m=measure.lengths(shapely.boundary(drawn)),
        segment_m=measure.segment_lengths(arrangement.segments),
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
