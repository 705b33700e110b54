"""The borders that lanes may run along, and how near them that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.bands import span
from gis.arrangement.compiled import compiled
from gis.findings.intervals import Intervals, runs
from gis.findings.local_metres import interpolated

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.arrangement.lines import LaidOver
    from gis.findings.lane_courses import Courses
    from gis.findings.local_metres import LocalMetres
    from gis.model.arrangement import FloatArray, IntArray

#: A lane runs along a border where it stays near it for so many times the distance that is near.
#: One that merely crosses it is near for twice that, and for six times only if it crosses it at
#: less than twenty degrees.
RUN_IN_TOLERANCES = 6.0


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How near a border a lane counts as running along it.

    Parameters
    ----------
    half_width_m, accuracy_m
        Half the width of each lane (0 where unknown), and the accuracy of its line; shape (n,).
    sliver_k
        Factor of the joint accuracy of lane and border.
    """

    half_width_m: FloatArray
    accuracy_m: FloatArray
    sliver_k: float

    def of(self, lane: IntArray, border_accuracy_m: FloatArray) -> FloatArray:
        """Return the tolerances of lanes beside borders of some accuracy, in metres."""
        joint = self.sliver_k * np.hypot(self.accuracy_m[lane], border_accuracy_m)
        return np.asarray(np.maximum(self.half_width_m[lane], joint))


@dataclass(frozen=True, slots=True)
class NearBorders:
    """Straights of lanes and segments of borders that they may run along.

    Parameters
    ----------
    straight, segment, border
        Which, shape (k,).
    lane
        Lane of the straight, shape (k,); ascending.
    scales
        Metres east and north that a unit of x makes at the straight, then those of a unit of y;
        shape (k, 4).
    """

    straight: IntArray
    segment: IntArray
    border: IntArray
    lane: IntArray
    scales: FloatArray

    def taken(self, which: IntArray) -> NearBorders:
        """Return some of them, in the order asked."""
        return NearBorders(
            self.straight[which],
            self.segment[which],
            self.border[which],
            self.lane[which],
            self.scales[which],
        )


def near_borders(
    arrangement: Arrangement,
    courses: Courses,
    laid: LaidOver,
    *,
    border: IntArray,
    accuracy_m: FloatArray,
    tolerances: Tolerances,
    scales: LocalMetres,
) -> NearBorders:
    """Find the borders that lanes may run along, whoever leads on their sides.

    Parameters
    ----------
    arrangement, courses, laid
        Faces, lanes, and the lanes laid over the faces.
    border
        Border of each segment; shape of ``border_points``.
    accuracy_m
        The largest accuracy of the claims on either side of each border, NaN where it cannot part
        two leads; shape (b,).
    tolerances
        How near is near.
    scales
        Scales of the working CRS.
    """
    pair, lane, from_m, to_m, tolerance = _bands(
        courses.offsets, courses.lane, courses.points, courses.at_m, courses.length_m,
        laid.near_straight, laid.near_segment,
        arrangement.border_points, arrangement.steps_per_unit, border, accuracy_m,
        tolerances.half_width_m, tolerances.accuracy_m, tolerances.sliver_k,
        scales.corner, scales.per_unit, scales.table,
    )  # fmt: skip
    # even with all borders taken together and the widest tolerances, most are passed too quickly
    first, joined, _ = runs(Intervals(lane, from_m, to_m), tolerance)
    least = tolerances.of(lane[first[:-1]], np.zeros(len(joined)))
    long = joined.end - joined.start >= RUN_IN_TOLERANCES * least
    kept = pair[np.repeat(long, np.diff(first))]
    straight, segment = laid.near_straight[kept], laid.near_segment[kept]
    middle = (courses.points[straight] + courses.points[straight + 1]) / 2
    return NearBorders(
        straight, segment, border[segment], courses.lane_at(straight), scales.at(middle)
    )


@compiled
def _bands(
    offsets: IntArray,
    lane_of: IntArray,
    points: FloatArray,
    at_m: FloatArray,
    length_m: FloatArray,
    near_straight: IntArray,
    near_segment: IntArray,
    borders: IntArray,
    steps_per_unit: float,
    border: IntArray,
    border_accuracy_m: FloatArray,
    half_width_m: FloatArray,
    accuracy_m: FloatArray,
    sliver_k: float,
    corner: FloatArray,
    per_unit: FloatArray,
    table: FloatArray,
) -> tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray]:
    """Find where straights run in the widest band along segments.

    Returns
    -------
    pair
        Those of the near pairs that do, in the order in which they begin along the lanes.
    lane
        The lane of each.
    from_m, to_m
        From which metre of the lane to which.
    tolerance
        Half the width of the band, in metres.
    """
    pair = np.empty(len(near_straight), dtype=np.int64)
    lane = np.empty(len(pair), dtype=np.int64)
    from_m = np.empty(len(pair), dtype=np.float64)
    to_m = np.empty(len(pair), dtype=np.float64)
    tolerance = np.empty(len(pair), dtype=np.float64)
    count = 0
    near = 0
    before = -1
    unit = 1.0 / steps_per_unit
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for part in range(len(lane_of)):
        wide, own = half_width_m[lane_of[part]], accuracy_m[lane_of[part]]
        accuracy, reach = -1.0, 0.0
        while near < len(pair) and near_straight[near] < offsets[part + 1]:
            at, straight, segment = near, near_straight[near], near_segment[near]
            near += 1
            other = border_accuracy_m[border[segment]]
            if np.isnan(other):
                continue
            if other != accuracy:
                accuracy = other
                reach = max(wide, sliver_k * np.sqrt(own * own + other * other))
            if straight != before:  # they are sorted by straight
                before = straight
                a, b, c, d, _ = interpolated(
                    (points[straight, 0] + points[straight + 1, 0]) / 2,
                    (points[straight, 1] + points[straight + 1, 1]) / 2,
                    corner, per_unit, table,
                )  # fmt: skip
            first, last = span(
                points[straight, 0], points[straight, 1],
                points[straight + 1, 0], points[straight + 1, 1],
                borders[segment, 0] * unit, borders[segment, 1] * unit,
                borders[segment + 1, 0] * unit, borders[segment + 1, 1] * unit,
                reach, a, b, c, d,
            )  # fmt: skip
            if first >= last:
                continue
            begin = at_m[straight] + first * length_m[straight]
            hole = count
            # the pairs are sorted by straight already, and each has few
            while (
                hole > 0 and from_m[hole - 1] > begin and near_straight[pair[hole - 1]] == straight
            ):
                pair[hole], tolerance[hole] = pair[hole - 1], tolerance[hole - 1]
                from_m[hole], to_m[hole] = from_m[hole - 1], to_m[hole - 1]
                hole -= 1
            pair[hole], tolerance[hole] = at, reach
            from_m[hole], to_m[hole] = begin, at_m[straight] + last * length_m[straight]
            lane[count] = lane_of[part]
            count += 1
    return pair[:count], lane[:count], from_m[:count], to_m[:count], tolerance[:count]
