"""Lanes without an owner, and lanes that run along a border of two owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gis.findings.intervals import common, joined, without
from gis.findings.lane_network import Straights, located, straights_of
from gis.labels import Labels
from gis.measure import moved, transformer
from gis.model.vocabulary import GAP_STANDINGS, LaneFindingClass
from gis.reasons import lane_reason

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.findings.lane_network import LaneNetwork
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray
    from gis.model.project import Project

#: A lane that merely crosses a border lies near it for about twice the tolerance; one that runs
#: along it, for longer. Six tolerances are reached by a crossing flatter than twenty degrees.
_RUN_IN_TOLERANCES = 6.0

#: Pieces of one lane that meet on a border may differ by rounding.
_ROUNDING_M = 1e-6

_COLUMNS = (
    "class",
    "lane_id",
    "name_zh",
    "name_en",
    "matter",
    "level",
    "as_of",
    "from_m",
    "to_m",
    "length_m",
    "lon",
    "lat",
    "left_bodies",
    "right_bodies",
    "bodies",
    "zones",
    "districts",
    "reason_zh",
    "reason_en",
    "geometry",
)

_NUMBERS = ("from_m", "to_m", "length_m", "lon", "lat")


def lane_findings(
    project: Project,
    partition: Partition,
    network: LaneNetwork,
    duties: Duties,
    answers: dict[Question, pd.DataFrame],
    measure: EllipsoidMeasure,
) -> gpd.GeoDataFrame:
    """Find lanes, or stretches of them, that one matter leaves without a clear owner.

    A stretch is unowned where every face it lies in or along is a gap and the register names no
    keeper; it is told once for all levels. It runs along a border where two different bodies lead
    on its two sides.

    Returns
    -------
    lane_findings
        Columns of ``lane_findings`` in docs/run-folder.md but for the id.
    """
    tracer = _Tracer(project, partition, network, duties, measure)
    rows: list[dict[str, Any]] = []
    for number, (question, answer) in enumerate(answers.items()):
        if number == 0:
            rows.extend(tracer.unowned(question, answer))
        rows.extend(tracer.along_borders(question, answer, several_levels=len(answers) > 1))
    # without rows pandas would take every column for text
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(_NUMBERS, "float64"))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=project.crs)


def _accuracy_of_leads(duties: Duties, project: Project) -> FloatArray:
    """Return the largest accuracy of the claims that lead each face; NaN where none does."""
    face, claim = duties.leading()
    accuracy = np.full(duties.register.n_faces, np.nan)
    of_claims = project.claims["accuracy_m"].to_numpy(dtype=np.float64)
    np.fmax.at(accuracy, face, of_claims[claim])
    return accuracy


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a lane that two answers part, or that nobody answers for."""

    lane: int
    from_m: float
    to_m: float
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


class _Tracer:
    """Follow the lanes of one partition and describe the stretches that are wanting."""

    def __init__(
        self,
        project: Project,
        partition: Partition,
        network: LaneNetwork,
        duties: Duties,
        measure: EllipsoidMeasure,
    ) -> None:
        self.project = project
        self.partition = partition
        self.network = network
        self.zones = partition.rows_by_face("zones")
        self.districts = partition.rows_by_face("jurisdiction")
        self.labels = (Labels.of(project, "zh"), Labels.of(project, "en"))
        self.to_crs = transformer(measure.equal_area, project.crs)
        self.measure = measure
        self.face_accuracy = _accuracy_of_leads(duties, project)
        self.kept = set(np.flatnonzero(project.lanes["body"] != "").tolist())
        self.by_lane: dict[int, pd.DataFrame] = {
            cast("int", lane): rows for lane, rows in network.crossings.groupby("lane")
        }

    def unowned(self, question: Question, answer: pd.DataFrame) -> list[dict[str, Any]]:
        """Describe the stretches in or along gaps only."""
        gap = answer["standing"].isin(GAP_STANDINGS).to_numpy()
        rows: list[dict[str, Any]] = []
        for lane, crossings in self.by_lane.items():
            if lane in self.kept:
                continue
            at = list(zip(crossings["from_m"], crossings["to_m"], strict=True))
            led = ~gap[crossings["face"]]
            owned = joined(stretch for stretch, held in zip(at, led, strict=True) if held)
            beside = self.face_accuracy[crossings["face"]]
            stated = beside[~np.isnan(beside)]
            assumed = self.project.settings.accuracy_m
            tolerance = self.network.tolerance_m(
                lane, float(stated.max()) if len(stated) else assumed
            )
            rows.extend(
                self._row(LaneFindingClass.UNOWNED, _Stretch(lane, start, end), question, "")
                for start, end in without(joined(at, bridge=_ROUNDING_M), owned)
                if end - start >= tolerance
            )
        return rows

    def along_borders(
        self, question: Question, answer: pd.DataFrame, *, several_levels: bool
    ) -> list[dict[str, Any]]:
        """Describe the stretches that run along a border between different leads."""
        level = question.level if several_levels else ""
        return [
            self._row(LaneFindingClass.BORDER, stretch, question, level)
            for stretch in self._border_stretches(answer)
        ]

    def _border_stretches(self, answer: pd.DataFrame) -> list[_Stretch]:
        _, border = self.partition.arrangement.segments()
        left = self.partition.arrangement.left[border]
        right = self.partition.arrangement.right[border]
        inside = np.append(self.partition.inside, False)
        gap = np.append(answer["standing"].isin(GAP_STANDINGS).to_numpy(), True)
        leads = [*answer["leads"], ()]
        held = inside[left] & inside[right] & ~gap[left] & ~gap[right]
        parting: list[int] = [
            row for row in np.flatnonzero(held).tolist() if leads[left[row]] != leads[right[row]]
        ]
        if not parting:
            return []
        sides = {row: (leads[left[row]], leads[right[row]]) for row in parting}
        tree = shapely.STRtree(self.network.borders[parting])
        accuracy = np.fmax(self.face_accuracy[left[parting]], self.face_accuracy[right[parting]])
        reach = [
            self.network.tolerance_m(lane, float(accuracy.max()))
            for lane in range(len(self.network.lines))
        ]
        lanes, near = tree.query(self.network.lines, predicate="dwithin", distance=reach)
        groups: dict[tuple[int, frozenset[tuple[str, ...]]], list[int]] = {}
        for lane, position in zip(lanes.tolist(), near.tolist(), strict=True):
            if lane not in self.kept:
                row = parting[position]
                groups.setdefault((lane, frozenset(sides[row])), []).append(row)
        return [
            stretch
            for (lane, _), rows in sorted(groups.items(), key=lambda item: item[0][0])
            for stretch in self._run_along(
                lane, rows, sides, float(accuracy[np.searchsorted(parting, rows)].max())
            )
        ]

    def _run_along(
        self,
        lane: int,
        rows: list[int],
        sides: dict[int, tuple[tuple[str, ...], tuple[str, ...]]],
        border_accuracy_m: float,
    ) -> list[_Stretch]:
        tolerance = self.network.tolerance_m(lane, border_accuracy_m)
        borders = self.network.borders[rows]
        # flat ends: where the border ends, so does running along it
        band = shapely.union_all(shapely.buffer(borders, tolerance, cap_style="flat"))
        straights, line, begin = straights_of(self.network.lines[[lane]])
        every = np.arange(len(straights))
        places = Straights(straights, line, begin, shapely.length(straights))
        near = located(places, every, shapely.intersection(straights, band))
        at = joined(zip(near["from_m"], near["to_m"], strict=True), bridge=tolerance)
        inside = self.by_lane.get(lane)
        if inside is None:
            return []
        held = joined(zip(inside["from_m"], inside["to_m"], strict=True), bridge=_ROUNDING_M)
        stretches = []
        for start, end in common(at, held):
            if end - start < _RUN_IN_TOLERANCES * tolerance:
                continue
            middle, ahead = self._points(lane, start, end)
            nearest = int(np.argmin(shapely.distance(borders, middle)))
            first, second = shapely.get_coordinates(borders[nearest])
            left, right = sides[rows[nearest]]
            along = np.dot(
                second - first,
                shapely.get_coordinates(ahead)[0] - shapely.get_coordinates(middle)[0],
            )
            if along < 0:
                left, right = right, left
            stretches.append(_Stretch(lane, start, end, left, right))
        return stretches

    def _points(self, lane: int, start: float, end: float) -> tuple[Any, Any]:
        """Return the middle of a stretch and a point a little further along the lane."""
        geometry = self._geometry(lane, start, end)
        longest = max(shapely.get_parts(geometry), key=shapely.length)
        return (
            shapely.line_interpolate_point(longest, 0.5, normalized=True),
            shapely.line_interpolate_point(longest, 0.51, normalized=True),
        )

    def _geometry(self, lane: int, start: float, end: float) -> Any:  # noqa: ANN401
        """Return the stretch in flat metres."""
        pieces, begin = [], 0.0
        for part in shapely.get_parts(self.network.lines[lane]):
            if begin < end and start < begin + part.length:
                pieces.append(substring(part, max(start - begin, 0.0), end - begin))
            begin += part.length
        return pieces[0] if len(pieces) == 1 else shapely.multilinestrings(pieces)

    def _row(
        self, lane_class: LaneFindingClass, stretch: _Stretch, question: Question, level: str
    ) -> dict[str, Any]:
        lane = self.project.lanes.iloc[stretch.lane]
        crossings = self.by_lane[stretch.lane]
        touched = crossings[
            (crossings["to_m"] > stretch.from_m) & (crossings["from_m"] < stretch.to_m)
        ]["face"].unique()
        flat = self._geometry(stretch.lane, stretch.from_m, stretch.to_m)
        geometry = moved(flat, self.to_crs)
        middle, _ = self._points(stretch.lane, stretch.from_m, stretch.to_m)
        middle = moved(middle, self.to_crs)
        ((lon, lat),) = self.measure.points_in_degrees(np.array([middle]))
        zones = {row for face in touched for row in self.zones.get(int(face), ())}
        districts = {row for face in touched for row in self.districts.get(int(face), ())}
        row: dict[str, Any] = {
            "class": lane_class.value,
            "lane_id": lane["lane_id"],
            "name_zh": lane["name_zh"],
            "name_en": lane["name_en"],
            "matter": question.matter,
            "level": level,
            "as_of": question.as_of.isoformat(),
            "from_m": stretch.from_m,
            "to_m": stretch.to_m,
            "length_m": stretch.to_m - stretch.from_m,
            "lon": float(lon),
            "lat": float(lat),
            "left_bodies": stretch.left,
            "right_bodies": stretch.right,
            "bodies": tuple(sorted({*stretch.left, *stretch.right})),
            "zones": tuple(sorted(set(self.project.zones["kind"].iloc[sorted(zones)]))),
            "districts": tuple(self.project.jurisdiction["district_id"].iloc[sorted(districts)]),
            "geometry": geometry,
        }
        for labels in self.labels:
            row[f"reason_{labels.texts.language}"] = _reason(row, labels)
        return row


def _reason(row: dict[str, Any], labels: Labels) -> str:
    language = labels.texts.language
    first, second = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
    return lane_reason(
        lane_class=row["class"],
        lane=row[first] or row[second] or row["lane_id"],
        matter=labels.matter(row["matter"]),
        level=labels.level(row["level"]),
        left=[labels.body(body) for body in row["left_bodies"]],
        right=[labels.body(body) for body in row["right_bodies"]],
        from_m=row["from_m"],
        to_m=row["to_m"],
        language=language,
    )
