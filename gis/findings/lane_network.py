"""Lanes laid over the faces of a partition: the faces they lie in or along, and the borders near.

This is found once for all questions that the partition is asked; which pieces are wanting is read
off afterwards (:mod:`gis.findings.lane_stretches`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.grid import beyond_reach
from gis.arrangement.lines import lay_over, lines_on_grid
from gis.errors import InputError, InputErrors
from gis.findings.lane_courses import Courses
from gis.findings.lane_pieces import BEND_IN_STEPS, REACH_IN_STEPS, Pieces, pieces_in_faces
from gis.findings.local_metres import LocalMetres
from gis.findings.near_borders import RUN_IN_TOLERANCES, NearBorders, Tolerances, near_borders

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray
    from gis.model.project import Project

#: Steps that a reach may have at most: more than there are on the whole grid.
_FARTHEST = 2.0**42


@dataclass(frozen=True, slots=True)
class LaneNetwork:
    """The lanes of a project that nobody is registered to keep, laid over one partition.

    Parameters
    ----------
    courses
        Where the lanes lead.
    pieces
        Where they lie in or along faces.
    near
        The borders inside the jurisdiction that they may run along.
    tolerances
        How near that is.
    bend_m
        Pieces that follow each other at no greater distance, in metres, are not apart.
    """

    courses: Courses
    pieces: Pieces
    near: NearBorders
    tolerances: Tolerances
    bend_m: float


def lane_network(
    project: Project, partition: Partition, measure: EllipsoidMeasure
) -> LaneNetwork | None:
    """Lay the lanes of a project that nobody is registered to keep over the faces of a partition.

    Returns
    -------
    network
        None where there are no such lanes.

    Raises
    ------
    InputErrors
        If lanes lie too far out for the grid.
    """
    lanes, settings, arrangement = project.lanes, project.settings, partition.arrangement
    drawn = lanes.geometry.to_numpy()
    unkept = np.flatnonzero((lanes["body"] == "").to_numpy())
    if len(unkept) == 0:
        return None
    _refuse_distant(drawn, unkept, arrangement.grid_size, settings.precision_m)
    tolerances = Tolerances(
        half_width_m=lanes["width_m"].fillna(0.0).to_numpy(dtype=np.float64) / 2,
        accuracy_m=lanes["accuracy_m"].fillna(settings.accuracy_m).to_numpy(dtype=np.float64),
        sliver_k=settings.sliver_k,
    )
    x, y = arrangement.border_points.T
    corners = np.array([[x.min(), y.min()], [x.max(), y.max()]])
    scales = LocalMetres.around(arrangement.coordinates(corners).ravel(), measure)
    courses = Courses.of(drawn, unkept, scales)
    lines = lines_on_grid(courses.points, courses.offsets, arrangement.steps_per_unit)
    border = np.repeat(np.arange(len(arrangement.left)), np.diff(arrangement.border_offsets))
    accuracy_m = _largest_accuracy(project, partition)
    # a tenth less than the shortest step inside the jurisdiction, for lanes that lead out of it
    step_m = 0.9 * scales.least / arrangement.steps_per_unit
    laid = lay_over(
        arrangement,
        lines,
        reach=_reach(courses, tolerances, step_m),
        border_reach=_steps(settings.sliver_k * np.nan_to_num(accuracy_m), step_m)[border],
    )
    return LaneNetwork(
        courses=courses,
        pieces=pieces_in_faces(partition, courses, laid, border),
        near=near_borders(
            arrangement,
            courses,
            laid,
            border=border,
            accuracy_m=accuracy_m,
            tolerances=tolerances,
            scales=scales,
        ),
        tolerances=tolerances,
        bend_m=BEND_IN_STEPS * arrangement.grid_size * measure.metres_per_unit,
    )


def _refuse_distant(
    lanes: GeometryArray, chosen: IntArray, grid_size: float, precision_m: float
) -> None:
    errors = [
        InputError("beyond_the_grid", layer="lanes", row=row + 1, precision=precision_m)
        for row in chosen[beyond_reach(lanes[chosen], grid_size)].tolist()
    ]
    if errors:
        raise InputErrors(errors)


def _largest_accuracy(project: Project, partition: Partition) -> FloatArray:
    """Return the largest accuracy of all claims on either side of each border.

    It is NaN where a side has no claim or lies outside the jurisdiction: nothing there parts two
    leads.
    """
    face, claim = partition.rows_on_faces("claims")
    of_face = np.full(len(partition.arrangement) + 1, np.nan)  # the last one is the outside
    accuracy_m = project.claims["accuracy_m"].to_numpy(dtype=np.float64)
    np.fmax.at(of_face, face, accuracy_m[claim])
    of_face[:-1][~partition.inside] = np.nan
    left, right = of_face[partition.arrangement.left], of_face[partition.arrangement.right]
    return np.asarray(np.maximum(left, right))


def _reach(courses: Courses, tolerances: Tolerances, step_m: float) -> IntArray:
    """Return how far from each straight the borders that it may run along lie, in steps."""
    by_itself = tolerances.of(courses.lane, np.zeros(len(courses.lane)))
    # a lane that is too short to run along anything at such a distance need not look so far
    lane_m = np.zeros(len(tolerances.accuracy_m))
    np.maximum.at(lane_m, courses.lane, courses.at_m[courses.last])
    by_itself[by_itself * RUN_IN_TOLERANCES > lane_m[courses.lane]] = 0.0
    reach = _steps(by_itself, step_m) + int(np.ceil(REACH_IN_STEPS))
    return np.repeat(reach, np.diff(courses.offsets))


def _steps(metres: FloatArray, step_m: float) -> IntArray:
    """Return lengths in whole steps, rounded up."""
    return np.minimum(np.ceil(metres / step_m), _FARTHEST).astype(np.int64)
