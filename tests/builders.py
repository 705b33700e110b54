"""Small builders, so that a test of the core reads like the sentence it checks.

Shapes are given in metres from the corner (500 000, 4 500 000) of EPSG:4550. That corner lies on
the central meridian, where the map's scale is one: an area in the plane is the area on the
ellipsoid to better than a millionth.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.affinity import translate

from gis.arrangement.partition import make_partition
from gis.duty import Question, Register, ask, levels_asked, passes
from gis.layers.checking import blank_rows
from gis.measure import EllipsoidMeasure
from gis.model.project import Name, Project, Settings
from gis.model.tables import TABLES, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.model.run import Run

    Row = Mapping[str, Any]

PLANE = CRS.from_epsg(4550)
EAST, NORTH = 500_000.0, 4_500_000.0
DAY = date(2026, 8, 15)


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle in metres from the corner."""
    return shapely.box(west, south, east, north)


#: One kilometre by one.
COUNTY = square(0, 0, 1000, 1000)
WEST_HALF = square(0, 0, 500, 1000)
EAST_HALF = square(500, 0, 1000, 1000)


def placed(shape: Any) -> Any:
    """Move a shape from the corner of the tests to its coordinates."""
    return None if shape is None else translate(shape, EAST, NORTH)


def claim(body: str, shape: Any, matter: str = "", **columns: Any) -> Row:
    """Return a claim: by default one to lead, for ever, in every matter and at every level."""
    return {"body": body, "geometry": shape, "matter": matter, **columns}


def agreement(*parties: str, first: str, place: Any = None, **columns: Any) -> Row:
    """Return an agreement, which holds everywhere unless it is drawn over a place."""
    return {"parties": parties, "first_receiver": first, "geometry": place, **columns}


def zone(kind: str, shape: Any, **columns: Any) -> Row:
    """Return a zone of concern."""
    return {"kind": kind, "geometry": shape, **columns}


def lane(*points: tuple[float, float], **columns: Any) -> Row:
    """Return a lane along points."""
    return {"geometry": shapely.LineString(points), **columns}


def district(name: str, shape: Any) -> Row:
    """Return a row of the jurisdiction."""
    return {"district_id": name, "geometry": shape}


def table(name: str, rows: Sequence[Row], crs: CRS = PLANE, *, moved: bool = True) -> Any:
    """Return a table of a project from rows that state only what matters to a test."""
    schema = TABLES[name]
    frame = blank_rows(schema, len(rows))
    for column in schema.columns:
        given = [row.get(column.name) for row in rows]
        if all(value is None for value in given):
            continue
        blank = frame[column.name].tolist()
        values = [b if g is None else g for g, b in zip(given, blank, strict=True)]
        frame[column.name] = _series(values, column.kind)
    if not schema.geometry:
        return frame
    shapes = [row.get("geometry") for row in rows]
    geometry = [placed(shape) for shape in shapes] if moved else shapes
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=crs)


def _series(values: list[Any], kind: ColumnKind) -> pd.Series:
    match kind:
        case ColumnKind.DATE:
            days = ["NaT" if pd.isna(value) else str(value)[:10] for value in values]
            return pd.Series(np.array(days, dtype="datetime64[s]"))
        case ColumnKind.NUMBER:
            return pd.Series(values, dtype="float64")
        case ColumnKind.LIST:
            return pd.Series(values, dtype="object")
        case _:
            return pd.Series([str(value) for value in values], dtype="str")


def project_of(
    *claims: Row,
    within: Any = COUNTY,
    agreements: Sequence[Row] = (),
    zones: Sequence[Row] = (),
    lanes: Sequence[Row] = (),
    tree: Mapping[str, str] | None = None,
    bodies: Sequence[Row] = (),
    crs: CRS = PLANE,
    moved: bool = True,
    **settings: Any,
) -> Project:
    """Return a project in memory.

    Parameters
    ----------
    *claims
        Rows made by :func:`claim`.
    within
        The jurisdiction: a shape, or rows made by :func:`district`.
    agreements, zones, lanes, bodies
        Further rows; bodies are made up from the claims where none are given.
    tree
        Parent by matter, ``""`` for a root; by default the matters of the claims, all roots.
    crs
        Coordinate system of the shapes.
    moved
        Whether shapes are given from the corner of the tests.
    **settings
        Fields of :class:`gis.model.project.Settings`; ``matters`` are those asked about.
    """
    districts = within if isinstance(within, list) else [{"geometry": within}]
    parents = tree or dict.fromkeys(sorted({row["matter"] for row in claims} - {""}), "")
    named = bodies or [{"body_id": name} for name in _bodies_named(claims, agreements, lanes)]
    head = Settings(**{"name": Name("试验县", "Test county"), "as_of": DAY, **settings})
    drawn = {
        name: table(name, list(rows), crs, moved=moved)
        for name, rows in {
            "jurisdiction": districts,
            "claims": claims,
            "agreements": agreements,
            "zones": zones,
            "lanes": lanes,
            "cases": (),
        }.items()
    }
    drawn["claims"]["accuracy_m"] = drawn["claims"]["accuracy_m"].fillna(head.accuracy_m)
    return Project(
        folder=Path(),
        settings=head,
        crs=crs,
        bodies=table("bodies", named),
        matters=table(
            "matters",
            [{"matter_id": name, "parent_id": parent} for name, parent in parents.items()],
        ),
        case_events=table("case_events", []),
        **drawn,
    )


def _bodies_named(*tables: Iterable[Row]) -> list[str]:
    rows = [row for rows in tables for row in rows]
    named = {str(row.get("body", "")) for row in rows}
    named |= {str(party) for row in rows for party in row.get("parties", ())}
    return sorted(named - {""})


def answers(project: Project, *, level: str | None = None, **asked: Any) -> gpd.GeoDataFrame:
    """Return the faces of the jurisdiction with their answers, in a project with one question.

    ``asked`` are further fields of the question, in place of those that the project asks.
    """
    (only,) = passes(project)
    (matter,) = only.matters
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    partition = make_partition(project, only.matters, only.claim_rows, number=0, measure=measure)
    fields = {
        "matter": matter,
        "level": level if level is not None else levels_asked(project.claims)[0],
        "as_of": project.settings.as_of,
    }
    answer = ask(Register.of(partition, project), Question(**{**fields, **asked})).frame
    faces = gpd.GeoDataFrame(answer, geometry=partition.arrangement.faces, crs=project.crs)
    return faces[partition.inside]


def areas_by_standing(project: Project, *, level: str | None = None) -> dict[str, float]:
    """Return area in the plane by standing, in a project with one question."""
    faces = answers(project, level=level)
    sums = pd.Series(shapely.area(faces.geometry.to_numpy())).groupby(faces["standing"].tolist())
    # the grid is a millimetre, so a square metre is far above any rounding of a square's corner
    return {str(name): round(float(area), 3) for name, area in sums.sum().items()}


def leads_by_face(
    project: Project, *, level: str | None = None
) -> tuple[list[Any], list[tuple[str, ...]]]:
    """Return the faces of the jurisdiction, and the bodies that lead each."""
    faces = answers(project, level=level)
    return list(faces.geometry), faces["leads"].tolist()


def question_of(run: Run, matter: str = "", level: str | None = None) -> dict[str, Any]:
    """Return the account of one question from a run's certificate."""
    (entry,) = [
        entry
        for entry in run.certificate["questions"]
        if entry["matter"] == matter and level in (None, entry["level"])
    ]
    return entry


def found(run: Run, *columns: str) -> list[Any]:
    """Return a run's findings, in their order, as tuples of columns (or values of one column)."""
    chosen = run.findings[list(columns)]
    if len(columns) == 1:
        return chosen[columns[0]].tolist()
    return list(chosen.itertuples(index=False, name=None))


def neighbours_of(run: Run, position: int = 0) -> dict[str, float]:
    """Return shared metres by body of the finding at a position of the table."""
    identity = run.findings["finding_id"].iloc[position]
    rows = run.finding_neighbours[run.finding_neighbours["finding_id"] == identity]
    return dict(zip(rows["body"], rows["shared_m"], strict=True))
