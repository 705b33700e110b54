"""Findings along lanes: stretches without an owner, and along a border of two owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.findings.lane_stretches import along_borders, unowned
from gis.labels import Labels
from gis.model.packed import Packed, distinct_pairs
from gis.model.vocabulary import NO_LEVEL, LaneFindingClass
from gis.reasons import lane_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.arrangement.partition import Partition
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.duty.standing import Standings
    from gis.findings.lane_network import LaneNetwork
    from gis.findings.lane_stretches import Stretches
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray
    from gis.model.project import Project

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
    network: LaneNetwork | None,
    duties: Duties,
    answers: dict[Question, Standings],
    measure: EllipsoidMeasure,
) -> gpd.GeoDataFrame:
    """Find lanes, or stretches of them, that one matter leaves without a clear owner.

    A stretch is unowned where every face it lies in or along is a gap and the register names no
    keeper; it is told once for all levels. It runs along a border where two different bodies lead
    on its two sides.

    Parameters
    ----------
    project, partition, network, duties
        What was asked of; no network where there are no lanes.
    answers
        Standings by question, one matter and day, levels from the coarsest on.
    measure
        Measure of the working CRS.

    Returns
    -------
    lane_findings
        Columns of ``lane_findings`` in docs/run-folder.md but for the id.
    """
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    if network is not None:
        for found in _all_found(project, partition, network, duties, answers):
            described = _described(found, project, partition, network, measure)
            for name, values in described.items():
                columns[name].extend(values)
    # without rows pandas would take every column for text
    frame = pd.DataFrame(columns).astype(dict.fromkeys(_NUMBERS, "float64"))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=project.crs)


def accuracy_of_leads(duties: Duties, project: Project) -> FloatArray:
    """Return the largest accuracy of the claims that lead each face; NaN where none does."""
    face, claim = duties.leading()
    accuracy = np.full(duties.register.n_faces, np.nan)
    of_claims = project.claims["accuracy_m"].to_numpy(dtype=np.float64)
    np.fmax.at(accuracy, face, of_claims[claim])
    return accuracy


@dataclass(frozen=True, slots=True)
class _Found:
    """Stretches of one class under one question, told of a level; ``bodies`` are its sets."""

    lane_class: LaneFindingClass
    stretches: Stretches
    question: Question
    level: str
    bodies: GeometryArray


def _all_found(
    project: Project,
    partition: Partition,
    network: LaneNetwork,
    duties: Duties,
    answers: dict[Question, Standings],
) -> Iterator[_Found]:
    """Find the stretches of both classes, question by question."""
    accuracy_m = accuracy_of_leads(duties, project)
    for number, (question, answer) in enumerate(answers.items()):
        bodies = answer.sets.tuples
        if number == 0:  # where a gap is, it is at every level; so it is told once
            stretches = unowned(network, answer, accuracy_m, project.settings.accuracy_m)
            yield _Found(LaneFindingClass.UNOWNED, stretches, question, NO_LEVEL, bodies)
        stretches = along_borders(network, partition, answer, accuracy_m)
        level = question.level if len(answers) > 1 else NO_LEVEL
        yield _Found(LaneFindingClass.BORDER, stretches, question, level, bodies)


def _described(
    found: _Found,
    project: Project,
    partition: Partition,
    network: LaneNetwork,
    measure: EllipsoidMeasure,
) -> dict[str, list[Any]]:
    """Return the columns of the table for stretches."""
    stretches, n = found.stretches, len(found.stretches)
    if n == 0:
        return {}
    courses = network.courses
    places = list(
        zip(
            stretches.lane.tolist(), stretches.from_m.tolist(), stretches.to_m.tolist(), strict=True
        )
    )
    middles = np.array([courses.middle(*at) for at in places])
    degrees = measure.points_in_degrees(np.asarray(shapely.points(middles), dtype=object))
    lanes = project.lanes
    left, right = (found.bodies[side].tolist() for side in (stretches.left, stretches.right))
    faces = stretches.faces(network)
    zones = _rows_on(faces, partition, "zones").named(project.zones["kind"].tolist())
    districts = _rows_on(faces, partition, "jurisdiction")
    columns: dict[str, list[Any]] = {
        "class": [found.lane_class.value] * n,
        **{
            name: lanes[name].to_numpy(dtype=object)[stretches.lane].tolist()
            for name in ("lane_id", "name_zh", "name_en")
        },
        "matter": [found.question.matter] * n,
        "level": [found.level] * n,
        "as_of": [found.question.as_of.isoformat()] * n,
        "from_m": stretches.from_m.tolist(),
        "to_m": stretches.to_m.tolist(),
        "length_m": (stretches.to_m - stretches.from_m).tolist(),
        "lon": degrees[:, 0].tolist(),
        "lat": degrees[:, 1].tolist(),
        "left_bodies": left,
        "right_bodies": right,
        "bodies": [tuple(sorted({*a, *b})) for a, b in zip(left, right, strict=True)],
        "zones": [tuple(sorted(set(kinds))) for kinds in zones],
        "districts": districts.named(project.jurisdiction["district_id"].tolist()).tolist(),
        "geometry": [courses.stretch(*at) for at in places],
    }
    for labels in (Labels.of(project, "zh"), Labels.of(project, "en")):
        columns[f"reason_{labels.texts.language}"] = _reasons(columns, labels)
    return columns


def _rows_on(faces: Packed, partition: Partition, table: str) -> Packed:
    """Return the rows of a table that cover any of the faces of each list, ascending."""
    by_face = Packed.of_pairs(*partition.rows_on_faces(table), len(partition.arrangement))
    item, row = by_face.listed(faces.items)
    of_item = np.repeat(np.arange(len(faces.counts)), faces.counts)
    pairs = distinct_pairs(of_item[item], row, int(row.max(initial=0)) + 1)
    return Packed.of_pairs(*pairs, len(faces.counts))


def _reasons(columns: dict[str, list[Any]], labels: Labels) -> list[str]:
    """Return why each stretch is a finding, in one language."""
    language = labels.texts.language
    first, second = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
    told = ("class", first, second, "lane_id", "matter", "level", "left_bodies", "right_bodies")
    rows = zip(*(columns[name] for name in (*told, "from_m", "to_m")), strict=True)
    return [
        lane_reason(
            lane_class=lane_class,
            lane=name or other_name or lane_id,
            matter=labels.matter(matter),
            level=labels.level(level),
            left=[labels.body(body) for body in left],
            right=[labels.body(body) for body in right],
            from_m=from_m,
            to_m=to_m,
            language=language,
        )
        for lane_class, name, other_name, lane_id, matter, level, left, right, from_m, to_m in rows
    ]
