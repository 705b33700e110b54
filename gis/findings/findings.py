"""Turn places into findings: class, width, neighbours, zones, districts, why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.arrangement.partition import by_face
from gis.findings.places import Place, places
from gis.findings.surroundings import LIMIT, Surroundings, gap_position, surroundings
from gis.labels import Labels
from gis.model.vocabulary import (
    GAP_STANDINGS,
    FindingClass,
    SliverKind,
    Standing,
    ZoneKind,
)
from gis.reasons import finding_reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.arrangement.partition import Partition
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray
    from gis.model.project import Project, Settings


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings about one matter and day, and who is next to each.

    Parameters
    ----------
    table
        Columns of ``findings`` in docs/run-folder.md but for ``finding_id``.
    neighbours
        ``finding`` (position in the table), ``body``, ``shared_m``.
    """

    table: gpd.GeoDataFrame
    neighbours: pd.DataFrame


#: Columns of the table of findings before ids are given.
_COLUMNS = (
    "class",
    "kind_of_sliver",
    "standing",
    "matter",
    "level",
    "as_of",
    "area_m2",
    "width_m",
    "threshold_m",
    "position",
    "lon",
    "lat",
    "bodies",
    "neighbours",
    "zones",
    "zone_ids",
    "districts",
    "first_receiver",
    "law",
    "lapsed_on",
    "reason_zh",
    "reason_en",
    "geometry",
)

_NUMBERS = ("area_m2", "width_m", "threshold_m", "lon", "lat")


def findings(
    project: Project,
    partition: Partition,
    duties: Duties,
    answers: dict[Question, pd.DataFrame],
    measure: EllipsoidMeasure,
) -> Findings:
    """Find every place that one matter leaves wanting on one day.

    Parameters
    ----------
    project, partition, duties
        What was asked of.
    answers
        Standings by question, one matter and day, levels from the coarsest on.
    measure
        Measure of the working CRS.
    """
    found = places(partition, answers)
    evidence = _Evidence.of(project, partition, duties)
    rows: list[dict[str, Any]] = []
    borders: list[pd.DataFrame] = []
    for question, answer in answers.items():
        chosen = [place for place in found if place.question == question]
        around = surroundings(partition, chosen, answer["leads"])
        borders.append(
            around.neighbours.assign(finding=around.neighbours["place"] + len(rows)).drop(
                columns="place"
            )
        )
        rows.extend(_described(chosen, around, answer, evidence, measure))
    # without rows pandas would take every column for text
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(_NUMBERS, "float64"))
    table = gpd.GeoDataFrame(frame, geometry="geometry", crs=project.crs)
    return Findings(table, pd.concat(borders, ignore_index=True))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What is known of each face, looked up by face number; columns as plain lists for speed."""

    leading_claims: dict[int, list[int]]
    zones: dict[int, list[int]]
    districts: dict[int, list[int]]
    claim_body: list[str]
    claim_accuracy: list[float]
    claim_shape: GeometryArray
    zone_kind: list[str]
    zone_id: list[str]
    district_id: list[str]
    labels: tuple[Labels, Labels]
    settings: Settings
    reach: float
    area_m2: FloatArray
    perimeter_m: FloatArray

    @classmethod
    def of(cls, project: Project, partition: Partition, duties: Duties) -> _Evidence:
        return cls(
            leading_claims=by_face(*duties.leading()),
            zones=partition.rows_by_face("zones"),
            districts=partition.rows_by_face("jurisdiction"),
            claim_body=project.claims["body"].tolist(),
            claim_accuracy=project.claims["accuracy_m"].tolist(),
            claim_shape=project.claims.geometry.to_numpy(),
            zone_kind=project.zones["kind"].tolist(),
            zone_id=project.zones["zone_id"].tolist(),
            district_id=project.jurisdiction["district_id"].tolist(),
            labels=(Labels.of(project, "zh"), Labels.of(project, "en")),
            settings=project.settings,
            reach=4 * partition.arrangement.grid_size,
            area_m2=partition.area_m2,
            perimeter_m=partition.perimeter_m,
        )

    def claims(self, faces: Iterable[int]) -> list[int]:
        return _rows(self.leading_claims, faces)

    def lying_in(
        self, table: dict[int, list[int]], faces: tuple[int, ...], threshold_m: float
    ) -> list[int]:
        """Return the rows of a table that a place lies in by more than a border's inaccuracy.

        What the place shares with a row counts if it is at least as wide, on average, as half a
        sliver's threshold, or as half the place itself where that is narrower still.
        """
        shared: dict[int, list[int]] = {}
        for face in faces:
            for row in table.get(face, ()):
                shared.setdefault(row, []).append(face)
        least = min(threshold_m, self._mean_width(list(faces))) / 2
        return sorted(row for row, parts in shared.items() if self._mean_width(parts) >= least)

    def _mean_width(self, faces: list[int]) -> float:
        """Return twice area over perimeter, which of a long strip is its width."""
        return float(2 * self.area_m2[faces].sum() / self.perimeter_m[faces].sum())


def _rows(table: dict[int, list[int]], faces: Iterable[int]) -> list[int]:
    return sorted({row for face in faces for row in table.get(face, ())})


def _described(
    chosen: list[Place],
    around: Surroundings,
    answer: pd.DataFrame,
    evidence: _Evidence,
    measure: EllipsoidMeasure,
) -> list[dict[str, Any]]:
    """Return one row for each place."""
    if not chosen:
        return []
    shapes = np.array([place.geometry for place in chosen], dtype=object)
    areas, widths = measure.areas(shapes), measure.widths(shapes)
    degrees = measure.points_in_degrees(shapely.point_on_surface(shapes))
    neighbours = _grouped(around.neighbours, len(chosen), ["body", "shared_m"])
    across = _grouped(around.faces, len(chosen), ["face"])
    receivers = answer["first_receiver"].tolist()
    ends = answer["lapsed_on"].tolist()
    rows = []
    for number, place in enumerate(chosen):
        shared = [(str(body), float(metres)) for body, metres in neighbours[number]]
        facts = _Facts(
            place=place,
            area_m2=float(areas[number]),
            width_m=float(widths[number]),
            point=(float(degrees[number, 0]), float(degrees[number, 1])),
            shared=shared,
            claims_around=evidence.claims(face for (face,) in across[number]),
            first_receiver=_common({receivers[face] for face in place.faces}),
            lapsed_on=max(ends[face] for face in place.faces),
        )
        rows.append(_row(facts, evidence))
    return rows


def _grouped(table: pd.DataFrame, n: int, columns: list[str]) -> list[list[tuple[Any, ...]]]:
    groups: list[list[tuple[Any, ...]]] = [[] for _ in range(n)]
    values = zip(*(table[column].tolist() for column in columns), strict=True)
    for place, row in zip(table["place"].tolist(), values, strict=True):
        groups[place].append(row)
    return groups


def _common(values: set[str]) -> str:
    """Return the one value of all faces, or nothing where they differ."""
    return next(iter(values)) if len(values) == 1 else ""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was measured of one place."""

    place: Place
    area_m2: float
    width_m: float
    point: tuple[float, float]
    shared: list[tuple[str, float]]
    claims_around: list[int]
    first_receiver: str
    lapsed_on: str


def _row(facts: _Facts, evidence: _Evidence) -> dict[str, Any]:
    place = facts.place
    threshold = _sliver_threshold(facts, evidence)
    zones = evidence.lying_in(evidence.zones, place.faces, threshold)
    kinds = tuple(sorted({evidence.zone_kind[zone] for zone in zones}))
    districts = tuple(
        evidence.district_id[row]
        for row in evidence.lying_in(evidence.districts, place.faces, threshold)
    )
    sliver = _sliver_kind(place.standing, facts.width_m, threshold)
    gap = place.standing in GAP_STANDINGS
    position = _position(facts, evidence) if gap else ""
    row: dict[str, Any] = {
        "class": FindingClass.SLIVER.value if sliver else place.standing.value,
        "kind_of_sliver": sliver,
        "standing": place.standing.value,
        "matter": place.question.matter,
        "level": place.level,
        "as_of": place.question.as_of.isoformat(),
        "area_m2": facts.area_m2,
        "width_m": facts.width_m,
        "threshold_m": threshold,
        "position": position,
        "lon": facts.point[0],
        "lat": facts.point[1],
        "bodies": place.bodies,
        "neighbours": tuple(body for body, _ in facts.shared if body != LIMIT),
        "zones": kinds,
        "zone_ids": tuple(evidence.zone_id[zone] for zone in zones),
        "districts": districts,
        "first_receiver": facts.first_receiver,
        "law": "data" if sliver else _law(place.standing, kinds, districts),
        "lapsed_on": facts.lapsed_on if gap else "",
        "geometry": place.geometry,
    }
    for labels in evidence.labels:
        row[f"reason_{labels.texts.language}"] = _reason(row, facts.shared, labels)
    return row


def _sliver_threshold(facts: _Facts, evidence: _Evidence) -> float:
    """Return k·√(σ₁²+σ₂²) of the two least accurate borders around or across a place."""
    settings = evidence.settings
    rows = {*facts.claims_around, *evidence.claims(facts.place.faces)}
    accuracies = [evidence.claim_accuracy[row] for row in rows]
    accuracies += [settings.accuracy_m] * max(0, 2 - len(accuracies))
    second, largest = sorted(accuracies)[-2:]
    return settings.sliver_k * math.hypot(second, largest)


def _sliver_kind(standing: Standing, width_m: float, threshold_m: float) -> str:
    if width_m >= threshold_m or standing == Standing.JOINT:
        return ""
    return SliverKind.OVERLAP.value if standing == Standing.CONTESTED else SliverKind.GAP.value


def _position(facts: _Facts, evidence: _Evidence) -> str:
    main = next((body for body, _ in facts.shared if body != LIMIT), "")
    claims = [row for row in facts.claims_around if evidence.claim_body[row] == main]
    shapes = evidence.claim_shape[claims]
    return gap_position(facts.place.geometry, facts.shared, shapes, evidence.reach).value


def _law(standing: Standing, kinds: tuple[str, ...], districts: tuple[str, ...]) -> str:
    """Return the clause that speaks: an agreement, the common superior, the place, the rest."""
    if standing == Standing.JOINT:
        return "agreement"
    if len(districts) > 1:
        return "cross_border"
    spoken_of = (ZoneKind.BACK_LANE, ZoneKind.OIL_LOCAL, ZoneKind.UNIT_SURROUNDINGS)
    return next((kind.value for kind in spoken_of if kind in kinds), "unclear")


def _reason(row: dict[str, Any], shared: list[tuple[str, float]], labels: Labels) -> str:
    return finding_reason(
        standing=row["standing"],
        sliver=row["kind_of_sliver"],
        matter=labels.matter(row["matter"]),
        level=labels.level(row["level"]),
        bodies=[labels.body(body) for body in row["bodies"]],
        neighbours=[(labels.body(body), metres) for body, metres in shared if body != LIMIT],
        districts=[labels.district(district) for district in row["districts"]],
        lapsed_on=row["lapsed_on"],
        width_m=row["width_m"],
        threshold_m=row["threshold_m"],
        area_m2=row["area_m2"],
        position=row["position"],
        language=labels.texts.language,
    )
