"""Turn places into findings: class, width, neighbours, zones, districts, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.duty.names import NO_NAME
from gis.findings.evidence import Evidence
from gis.findings.places import places, shapes
from gis.findings.positions import gap_positions
from gis.findings.surroundings import LIMIT, surroundings
from gis.labels import Labels
from gis.model.packed import Packed
from gis.model.vocabulary import FindingClass, SliverKind, Standing, ZoneKind
from gis.reasons import finding_reason
from gis.widths import widths

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.arrangement.partition import Partition
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.duty.standing import Standings
    from gis.findings.places import Places
    from gis.findings.surroundings import Surroundings
    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import BoolArray, IntArray
    from gis.model.project import Project


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

#: A claim and a gap beside it may come to lie so many steps of the grid apart.
_REACH_IN_GRIDS = 4


def findings(
    project: Project,
    partition: Partition,
    duties: Duties,
    answers: dict[Question, Standings],
    measure: EllipsoidMeasure,
    *,
    workers: int = 1,
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
    workers
        Number of threads; the result is the same for any.
    """
    evidence = Evidence.of(project, partition, duties)
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    borders: list[pd.DataFrame] = []
    for found in places(partition, answers):
        around = surroundings(partition, found)
        borders.append(_neighbours(around, found, len(columns["class"])))
        if len(found):
            described = _described(found, around, evidence, measure, workers)
            for name, values in described.items():
                columns[name].extend(values)
    # without rows pandas would take every column for text
    frame = pd.DataFrame(columns).astype(dict.fromkeys(_NUMBERS, "float64"))
    table = gpd.GeoDataFrame(frame, geometry="geometry", crs=project.crs)
    return Findings(table, pd.concat(borders, ignore_index=True))


def _neighbours(around: Surroundings, found: Places, before: int) -> pd.DataFrame:
    """Return who is next to each place; the limit of the jurisdiction is ``""``."""
    return pd.DataFrame(
        {
            "body": _named(found.answer, around.body),
            "shared_m": around.shared_m,
            "finding": before + around.place,
        }
    )


def _described(
    found: Places,
    around: Surroundings,
    evidence: Evidence,
    measure: EllipsoidMeasure,
    workers: int,
) -> dict[str, list[Any]]:
    """Return the columns of the table for the places of one question."""
    project, question, n = evidence.project, found.question, len(found)
    geometry = shapes(evidence.partition, found)
    degrees = measure.points_in_degrees(shapely.point_on_surface(geometry))
    width_m = widths(geometry, measure, workers=workers)
    claims_around = evidence.claims_around(around)
    thresholds = evidence.sliver_thresholds(found, claims_around)
    slivers = _sliver_kinds(found, width_m < thresholds)
    zones = evidence.lying_in(evidence.zones, found, thresholds)
    kinds = [tuple(sorted(set(each))) for each in zones.named(project.zones["kind"].tolist())]
    districts = evidence.lying_in(evidence.districts, found, thresholds)
    lies_in = districts.named(project.jurisdiction["district_id"].tolist()).tolist()
    beside = around.body != LIMIT
    neighbours = Packed.of_pairs(around.place[beside], around.body[beside], n)
    columns: dict[str, list[Any]] = {
        "class": [
            FindingClass.SLIVER.value if sliver else standing.value
            for standing, sliver in zip(found.standing, slivers, strict=True)
        ],
        "kind_of_sliver": slivers,
        "standing": [standing.value for standing in found.standing],
        "matter": [question.matter] * n,
        "level": found.levels,
        "as_of": [question.as_of.isoformat()] * n,
        "area_m2": found.summed(evidence.partition.area_m2).tolist(),
        "width_m": width_m.tolist(),
        "threshold_m": thresholds.tolist(),
        "position": gap_positions(
            geometry,
            found.gap,
            around,
            claims_around,
            (project.claims.geometry.to_numpy(), evidence.claim_body),
            _REACH_IN_GRIDS * evidence.partition.arrangement.grid_size,
        ),
        "lon": degrees[:, 0].tolist(),
        "lat": degrees[:, 1].tolist(),
        "bodies": found.bodies,
        "neighbours": neighbours.named(found.answer.sets.names).tolist(),
        "zones": kinds,
        "zone_ids": zones.named(project.zones["zone_id"].tolist()).tolist(),
        "districts": lies_in,
        "first_receiver": _first_receivers(found),
        "law": [
            "data" if sliver else _law(standing, *where)
            for sliver, standing, *where in zip(
                slivers, found.standing, kinds, lies_in, strict=True
            )
        ],
        "lapsed_on": _last_ends(found),
        "geometry": geometry.tolist(),
    }
    shared = _shared(around, found)
    for labels in (Labels.of(project, "zh"), Labels.of(project, "en")):
        columns[f"reason_{labels.texts.language}"] = _reasons(columns, shared, labels)
    return columns


def _sliver_kinds(found: Places, narrow: BoolArray) -> list[str]:
    """Return what kind of sliver each place is, ``""`` where it is none."""
    kinds = {Standing.CONTESTED: SliverKind.OVERLAP.value, Standing.JOINT: ""}
    return [
        kinds.get(standing, SliverKind.GAP.value) if below else ""
        for standing, below in zip(found.standing, narrow.tolist(), strict=True)
    ]


def _law(standing: Standing, kinds: tuple[str, ...], districts: tuple[str, ...]) -> str:
    """Return the clause that speaks: an agreement, the common superior, the place, the rest."""
    if standing == Standing.JOINT:
        return "agreement"
    if len(districts) > 1:
        return "cross_border"
    spoken_of = (ZoneKind.BACK_LANE, ZoneKind.OIL_LOCAL, ZoneKind.UNIT_SURROUNDINGS)
    return next((kind.value for kind in spoken_of if kind in kinds), "unclear")


def _first_receivers(found: Places) -> list[str]:
    """Return the one first receiver of all faces of each place, or nothing where they differ."""
    receiver = found.answer.first_receiver[found.faces.items]
    starts = found.faces.offsets[:-1]
    least, most = (choice.reduceat(receiver, starts) for choice in (np.minimum, np.maximum))
    common = np.where(least == most, least, NO_NAME)
    return [str(name) for name in _named(found.answer, common).tolist()]


def _last_ends(found: Places) -> list[str]:
    """Return the last day on which a lead claim ended in each gap, ``""`` where that is unknown."""
    ends = found.answer.lapsed_on[found.faces.items]
    last = np.fmax.reduceat(ends, found.faces.offsets[:-1])
    told = found.gap & ~np.isnat(last)
    result = np.full(len(found), "", dtype=object)
    result[told] = np.datetime_as_string(last[told])
    return [str(day) for day in result.tolist()]


def _named(answer: Standings, bodies: IntArray) -> npt.NDArray[Any]:
    """Return the names of bodies; ``""`` for none, or for the limit of the jurisdiction."""
    return np.array([*answer.sets.names, ""], dtype=object)[bodies]


def _shared(around: Surroundings, found: Places) -> list[list[tuple[str, float]]]:
    """Return, by place, the bodies next to it with the metres shared."""
    beside = around.body != LIMIT
    shared: list[list[tuple[str, float]]] = [[] for _ in range(len(found))]
    for place, body, metres in zip(
        around.place[beside].tolist(),
        _named(found.answer, around.body[beside]).tolist(),
        around.shared_m[beside].tolist(),
        strict=True,
    ):
        shared[place].append((body, metres))
    return shared


def _reasons(
    columns: dict[str, list[Any]], shared: list[list[tuple[str, float]]], labels: Labels
) -> list[str]:
    """Return why each place is a finding, in one language."""
    told = ("standing", "width_m", "threshold_m", "area_m2", "position", "lapsed_on")
    rows = zip(
        zip(*(columns[name] for name in told), strict=True),
        columns["kind_of_sliver"],
        columns["matter"],
        columns["level"],
        columns["bodies"],
        columns["districts"],
        shared,
        strict=True,
    )
    return [
        finding_reason(
            **dict(zip(told, facts, strict=True)),
            sliver=sliver,
            matter=labels.matter(matter),
            level=labels.level(level),
            bodies=[labels.body(body) for body in bodies],
            districts=[labels.district(district) for district in districts],
            neighbours=[(labels.body(body), metres) for body, metres in beside],
            language=labels.texts.language,
        )
        for facts, sliver, matter, level, bodies, districts, beside in rows
    ]
