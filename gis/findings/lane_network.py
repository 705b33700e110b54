"""Lanes laid over the faces of a partition, and where along each lane anything lies.

Lanes are cut segment by segment: on one straight segment, a position in metres names a point
without doubt, which it does not on a lane that crosses itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray
    from gis.model.project import Project

#: A border and a lane drawn along it may come to lie this many steps of the grid apart.
_REACH_IN_GRIDS = 2.0


@dataclass(frozen=True, slots=True)
class LaneNetwork:
    """The lanes of a project laid over the faces of one partition, in flat metres.

    Parameters
    ----------
    lines
        Lanes in the equal-area projection, shape (n,).
    borders
        Border segments in the same, shape (s,).
    crossings
        ``lane``, ``face``, ``from_m``, ``to_m``: where each lane lies in or along a face.
    half_width_m, accuracy_m
        Half the width of each lane (0 where unknown) and the accuracy of its line, shape (n,).
    sliver_k
        Factor of the joint accuracy of lane and border.
    """

    lines: GeometryArray
    borders: GeometryArray
    crossings: pd.DataFrame
    half_width_m: FloatArray
    accuracy_m: FloatArray
    sliver_k: float

    def tolerance_m(self, lane: int, border_accuracy_m: float) -> float:
        """Return how near a border of some accuracy a lane counts as running along it."""
        joint = self.sliver_k * math.hypot(self.accuracy_m[lane], border_accuracy_m)
        return max(float(self.half_width_m[lane]), joint)


def lane_network(project: Project, partition: Partition, measure: EllipsoidMeasure) -> LaneNetwork:
    """Cut the lanes of a project by the faces of a partition inside the jurisdiction."""
    drawn = project.lanes.geometry.to_numpy()
    lines = measure.flat(drawn)
    segments, _ = partition.arrangement.segments()
    borders = measure.flat(np.asarray(shapely.linestrings(segments), dtype=object))
    settings, lanes = project.settings, project.lanes
    return LaneNetwork(
        lines=lines,
        borders=borders,
        crossings=_crossings(drawn, lines, partition),
        half_width_m=lanes["width_m"].fillna(0.0).to_numpy(dtype=np.float64) / 2,
        accuracy_m=lanes["accuracy_m"].fillna(settings.accuracy_m).to_numpy(dtype=np.float64),
        sliver_k=settings.sliver_k,
    )


def straights_of(lines: GeometryArray) -> tuple[GeometryArray, IntArray, FloatArray]:
    """Return the straight pieces of lines, the line of each, and the metre it begins at."""
    parts, line_of_part = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    start, end = points[:-1][same], points[1:][same]
    line = line_of_part[part[1:][same]]
    length = np.hypot(*(end - start).T)
    begin = np.cumsum(length) - length
    first = np.ones(len(line), dtype=bool)
    first[1:] = line[1:] != line[:-1]
    begin -= np.repeat(begin[first], np.diff([*np.flatnonzero(first), len(line)]))
    straights = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
    return straights, line.astype(np.int64), begin


def _crossings(drawn: GeometryArray, lines: GeometryArray, partition: Partition) -> pd.DataFrame:
    """Return where lanes lie in or along faces, cut where both are straight: as they were drawn.

    A lane that was drawn along a border lies on both of its sides, though snapping has moved the
    border by a fraction of the grid and the lane not at all.
    """
    straights, _, _ = straights_of(drawn)
    flat, line, begin = straights_of(lines)
    reach = _REACH_IN_GRIDS * partition.arrangement.grid_size
    chosen = np.flatnonzero(partition.inside)
    faces = partition.arrangement.faces[chosen]
    straight, position = shapely.STRtree(faces).query(
        straights, predicate="dwithin", distance=reach
    )
    near, which = np.unique(position, return_inverse=True)
    widened = np.asarray(shapely.buffer(faces[near], reach, join_style="mitre"), dtype=object)
    pieces = shapely.intersection(straights[straight], widened[which])
    places = Straights(straights, line, begin, shapely.length(flat))
    found = located(places, straight, pieces)
    return found.assign(face=chosen[position[found["pair"]]])


@dataclass(frozen=True, slots=True)
class Straights:
    """Straight pieces of lines: shapes, the line of each, the metre it begins at, its length."""

    shapes: GeometryArray
    line: IntArray
    begin_m: FloatArray
    length_m: FloatArray


def located(straights: Straights, straight: IntArray, pieces: GeometryArray) -> pd.DataFrame:
    """Return where pieces of straights lie along their lines; mere points are left out."""
    parts, pair = shapely.get_parts(pieces, return_index=True)
    long = shapely.length(parts) > 0
    parts, pair = parts[long], pair[long]
    which = straight[pair]
    shares = [
        shapely.line_locate_point(
            straights.shapes[which], shapely.get_point(parts, end), normalized=True
        )
        for end in (0, -1)
    ]
    ends = [straights.begin_m[which] + share * straights.length_m[which] for share in shares]
    return pd.DataFrame(
        {
            "lane": straights.line[which],
            "pair": pair,
            "from_m": np.minimum(*ends),
            "to_m": np.maximum(*ends),
        }
    )
