"""Where lanes lie in faces or along them: pieces of lanes, each with its face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.bands import touch
from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.arrangement.lines import LaidOver
    from gis.arrangement.partition import Partition
    from gis.findings.lane_courses import Courses
    from gis.model.arrangement import BoolArray, FloatArray, IntArray

#: A border and a lane drawn along it come to lie at most so many steps of the grid apart: the
#: border is moved by up to half the diagonal of a step when it is rounded, and as far again where
#: it is led through a vertex.
REACH_IN_STEPS = 1.5

#: Where a border bends, a lane along it is beside neither of its segments for a few steps.
BEND_IN_STEPS = 6.0


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where lanes lie in faces of the jurisdiction or along them, often in several at one place.

    Parameters
    ----------
    lane, face
        Which, shape (k,).
    from_m, to_m
        From which metre of the lane to which, shape (k,). They are sorted by lane and ``from_m``.
    """

    lane: IntArray
    face: IntArray
    from_m: FloatArray
    to_m: FloatArray


def pieces_in_faces(
    partition: Partition, courses: Courses, laid: LaidOver, border: IntArray
) -> Pieces:
    """Return where lanes lie in faces, and where they run so near a border that they lie in both.

    A lane that was drawn along a border lies on both of its sides, though rounding has moved the
    two apart by parts of the grid.
    """
    arrangement = partition.arrangement
    return Pieces(
        *_listed(
            courses.offsets, courses.lane, courses.at_m, courses.length_m, courses.points,
            laid.offsets, laid.face, laid.straight, laid.share,
            laid.near_straight, laid.near_segment,
            arrangement.border_points, arrangement.steps_per_unit,
            border, arrangement.left, arrangement.right,
            np.append(partition.inside, False),  # the last one is the outside
        )
    )  # fmt: skip


@compiled
def _listed(
    offsets: IntArray,
    lane_of: IntArray,
    at_m: FloatArray,
    length_m: FloatArray,
    points: FloatArray,
    piece_offsets: IntArray,
    piece_face: IntArray,
    piece_straight: IntArray,
    piece_share: FloatArray,
    near_straight: IntArray,
    near_segment: IntArray,
    borders: IntArray,
    steps_per_unit: float,
    border: IntArray,
    left: IntArray,
    right: IntArray,
    inside: BoolArray,
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """List the pieces that lie in faces inside, and those along their borders."""
    most = len(piece_face) + 2 * len(near_straight)
    lane = np.empty(most, dtype=np.int64)
    face = np.empty(most, dtype=np.int64)
    from_m = np.empty(most, dtype=np.float64)
    to_m = np.empty(most, dtype=np.float64)
    write = 0
    near = 0
    for part in range(len(lane_of)):
        piece, last_piece = piece_offsets[part], piece_offsets[part + 1] - 1
        first_of_part = write
        while piece <= last_piece or (
            near < len(near_straight) and near_straight[near] < offsets[part + 1]
        ):
            # by straight; on one straight the pieces in faces come first
            if piece <= last_piece and (
                near == len(near_straight) or piece_straight[piece] <= near_straight[near]
            ):
                straight = piece_straight[piece]
                begin = at_m[straight] + piece_share[piece] * length_m[straight]
                end = at_m[offsets[part + 1] - 1]
                if piece < last_piece:
                    straight = piece_straight[piece + 1]
                    end = at_m[straight] + piece_share[piece + 1] * length_m[straight]
                one = other = piece_face[piece]
                piece += 1
            else:
                straight, segment = near_straight[near], near_segment[near]
                first, last = touch(
                    points[straight, 0] * steps_per_unit, points[straight, 1] * steps_per_unit,
                    points[straight + 1, 0] * steps_per_unit,
                    points[straight + 1, 1] * steps_per_unit,
                    borders[segment, 0], borders[segment, 1],
                    borders[segment + 1, 0], borders[segment + 1, 1],
                    REACH_IN_STEPS,
                )  # fmt: skip
                begin = at_m[straight] + first * length_m[straight]
                end = at_m[straight] + last * length_m[straight]
                one, other = left[border[segment]], right[border[segment]]
                near += 1
            if begin >= end:
                continue
            for number in range(1 if one == other else 2):
                beside = other if number else one
                if not inside[beside]:
                    continue
                hole = write
                while hole > first_of_part and from_m[hole - 1] > begin:
                    face[hole], from_m[hole] = face[hole - 1], from_m[hole - 1]
                    to_m[hole] = to_m[hole - 1]
                    hole -= 1
                face[hole], from_m[hole], to_m[hole] = beside, begin, end
                lane[write] = lane_of[part]
                write += 1
    return lane[:write].copy(), face[:write].copy(), from_m[:write].copy(), to_m[:write].copy()
