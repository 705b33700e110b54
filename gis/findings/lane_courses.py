"""The course of lanes: where along each lane, in metres from its first vertex, anything lies.

Metres are those of the ellipsoid, taken straight by straight as the lane was drawn. On one straight
a share names a point without doubt, which a position does not on a lane that crosses itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.compiled import compiled
from gis.findings.local_metres import LocalMetres, interpolated, scales_at

if TYPE_CHECKING:
    from typing import Any

    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray

#: A longer straight is told in several, between which its scale may change. In a geographic system
#: what is straight there bends on the ground, by 2 m in 10 km but by 5 mm in so many metres.
_LONGEST_M = 500.0

#: A vertex that is no further from the end of a stretch is its end.
_ROUNDING_M = 1e-6

#: Straights that one is told in at most: one that leads far away is not our business out there.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Courses:
    """Lanes in parts, each a line of straights; a lane's metres run on from part to part.

    A straight leads from a point to the next one of its part, and is named by the first of them.

    Parameters
    ----------
    points
        Points of all parts in CRS units, shape (p, 2).
    drawn
        Whether each point was drawn, and not put in between; shape (p,).
    offsets
        Points of part i: ``offsets[i]`` up to ``offsets[i + 1]``; shape (n + 1,).
    lane
        Lane of each part, ascending; shape (n,).
    at_m
        Where each point lies along its lane, in metres; shape (p,).
    length_m
        Length of the straight from each point on, 0 from the last one of a part; shape (p,).
    """

    points: FloatArray
    drawn: BoolArray
    offsets: IntArray
    lane: IntArray
    at_m: FloatArray
    length_m: FloatArray

    @classmethod
    def of(cls, lanes: GeometryArray, chosen: IntArray, scales: LocalMetres) -> Courses:
        """Measure some of the lanes of a project."""
        parts, lane = lanes[chosen], chosen
        if (shapely.get_num_geometries(parts) > 1).any():
            parts, part_of = shapely.get_parts(parts, return_index=True)
            lane = chosen[part_of]
        counts = shapely.get_num_coordinates(parts)
        points, drawn, offsets = _with_more_points(
            shapely.get_coordinates(parts),
            counts[counts > 0].astype(np.int64),
            _LONGEST_M / scales.measure.metres_per_unit,
        )
        lane = lane[counts > 0]
        length_m = _measured(points, offsets, scales)
        return cls(points, drawn, offsets, lane, _run_on(length_m, offsets, lane), length_m)

    @property
    def last(self) -> IntArray:
        """The last point of each part."""
        return self.offsets[1:] - 1

    def lane_at(self, points: IntArray) -> IntArray:
        """Return the lanes that points belong to."""
        return self.lane[np.searchsorted(self.offsets, points, side="right") - 1]

    def metres(self, straight: IntArray, share: FloatArray) -> FloatArray:
        """Return where along their lanes shares of straights lie."""
        return self.at_m[straight] + share * self.length_m[straight]

    def stretch(self, lane: int, from_m: float, to_m: float) -> Any:  # noqa: ANN401
        """Return a stretch of a lane as it was drawn, a line or several, in the working CRS."""
        lines = [
            shapely.LineString(self._between(part, from_m, to_m))
            for part in self._touched(lane, from_m, to_m)
        ]
        return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)

    def middle(self, lane: int, from_m: float, to_m: float) -> FloatArray:
        """Return the middle of a stretch, in its longest part, as a point in the working CRS."""
        parts = self._touched(lane, from_m, to_m)
        start = np.maximum(self.at_m[self.offsets[parts]], from_m)
        end = np.minimum(self.at_m[self.last[parts]], to_m)
        longest = int(np.argmax(end - start))
        return self._at(parts[longest], (start[longest] + end[longest]) / 2)

    def _touched(self, lane: int, from_m: float, to_m: float) -> list[int]:
        """Return the parts of a lane that a stretch goes over."""
        first, end = np.searchsorted(self.lane, [lane, lane + 1]).tolist()
        begin_m = self.at_m[self.offsets[first:end]]
        end_m = self.at_m[self.last[first:end]]
        low = np.searchsorted(end_m, from_m, side="right")
        high = np.searchsorted(begin_m, to_m)
        return list(range(first + int(low), first + int(high)))

    def _between(self, part: int, from_m: float, to_m: float) -> FloatArray:
        begin, end = self.offsets[part], self.offsets[part + 1]
        at_m = self.at_m[begin:end]
        from_m, to_m = max(from_m, float(at_m[0])), min(to_m, float(at_m[-1]))
        inner = slice(
            begin + np.searchsorted(at_m, from_m + _ROUNDING_M, side="right"),
            begin + np.searchsorted(at_m, to_m - _ROUNDING_M),
        )
        kept = self.points[inner][self.drawn[inner]]
        return np.vstack([self._at(part, from_m), kept, self._at(part, to_m)])

    def _at(self, part: int, at_m: float) -> FloatArray:
        begin, end = self.offsets[part], self.offsets[part + 1]
        after = np.searchsorted(self.at_m[begin:end], at_m, side="right")
        straight = begin + np.clip(after - 1, 0, max(end - begin - 2, 0))
        length = self.length_m[straight]
        if length == 0:
            return np.asarray(self.points[straight])
        share = np.clip((at_m - self.at_m[straight]) / length, 0.0, 1.0)
        return np.asarray(self.points[straight] * (1 - share) + self.points[straight + 1] * share)


def _with_more_points(
    points: FloatArray, counts: IntArray, longest: float
) -> tuple[FloatArray, BoolArray, IntArray]:
    """Put points in between, equally far from each other, where straights are long."""
    offsets = np.append(0, np.cumsum(counts))
    if _longest(points, offsets) <= longest:
        return points, np.ones(len(points), dtype=bool), offsets
    copies = _copies(points, offsets, longest)
    first = np.cumsum(copies) - copies
    offsets = np.append(first[offsets[:-1]], copies.sum())
    point = np.repeat(np.arange(len(points)), copies)
    number = np.arange(len(point)) - first[point]
    share = (number / copies[point])[:, None]
    after = points[np.minimum(point + 1, len(points) - 1)]
    return points[point] * (1 - share) + after * share, number == 0, offsets


@compiled
def _longest(points: FloatArray, offsets: IntArray) -> float:
    """Return the length of the longest straight in CRS units."""
    longest = 0.0
    for part in range(len(offsets) - 1):
        for at in range(offsets[part], offsets[part + 1] - 1):
            dx, dy = points[at + 1, 0] - points[at, 0], points[at + 1, 1] - points[at, 1]
            longest = max(longest, dx * dx + dy * dy)
    return float(np.sqrt(longest))


@compiled
def _copies(points: FloatArray, offsets: IntArray, longest: float) -> IntArray:
    """Return in how many pieces the straight from each point on is told; 1 for a last point."""
    copies = np.ones(len(points), dtype=np.int64)
    for part in range(len(offsets) - 1):
        for at in range(offsets[part], offsets[part + 1] - 1):
            length = np.hypot(points[at + 1, 0] - points[at, 0], points[at + 1, 1] - points[at, 1])
            copies[at] = max(1, int(min(np.ceil(length / longest), _MOST)))
    return copies


def _measured(points: FloatArray, offsets: IntArray, scales: LocalMetres) -> FloatArray:
    """Return the length of the straight from each point on."""
    length, outside = _looked_up(points, offsets, scales.corner, scales.per_unit, scales.table)
    if outside.any():
        at = np.flatnonzero(outside)
        step = points[at + 1] - points[at]
        scale = scales_at(points[at] + step / 2, scales.measure)
        east = scale[:, 0] * step[:, 0] + scale[:, 2] * step[:, 1]
        north = scale[:, 1] * step[:, 0] + scale[:, 3] * step[:, 1]
        length[at] = np.hypot(east, north)
    return length


@compiled
def _looked_up(
    points: FloatArray,
    offsets: IntArray,
    corner: FloatArray,
    per_unit: FloatArray,
    table: FloatArray,
) -> tuple[FloatArray, BoolArray]:
    """Measure straights by a table of scales, and tell which lie outside it."""
    length = np.zeros(len(points), dtype=np.float64)
    outside = np.zeros(len(points), dtype=np.bool_)
    for part in range(len(offsets) - 1):
        for at in range(offsets[part], offsets[part + 1] - 1):
            dx, dy = points[at + 1, 0] - points[at, 0], points[at + 1, 1] - points[at, 1]
            a, b, c, d, within = interpolated(
                points[at, 0] + dx / 2, points[at, 1] + dy / 2, corner, per_unit, table
            )
            length[at] = np.sqrt((a * dx + c * dy) ** 2 + (b * dx + d * dy) ** 2)
            outside[at] = not within
    return length, outside


@compiled
def _run_on(length: FloatArray, offsets: IntArray, lane: IntArray) -> FloatArray:
    """Add up lengths along each lane, part after part."""
    at = np.zeros(len(length), dtype=np.float64)
    metre = 0.0
    for part in range(len(lane)):
        if part == 0 or lane[part] != lane[part - 1]:
            metre = 0.0
        for point in range(offsets[part], offsets[part + 1]):
            at[point] = metre
            metre += length[point]
    return at
