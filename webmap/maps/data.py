"""What a map knows: a run as plain data, in WGS 84, for the page's script.

Every text out of the run stays a text in this data; nothing here is markup.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.duty.validity import in_force
from gis.model.vocabulary import FindingClass, LaneFindingClass
from webmap.counting import KINDS, counted_as

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    import geopandas as gpd

    from gis.model.arrangement import GeometryArray
    from gis.model.project import Name
    from gis.model.run import Run

#: Every class that a list or legend shows, the gravest first.
CLASSES: tuple[str, ...] = (
    FindingClass.VOID,
    FindingClass.LAPSED,
    FindingClass.LEADERLESS,
    LaneFindingClass.UNOWNED,
    FindingClass.FALLBACK_ONLY,
    FindingClass.CONTESTED,
    LaneFindingClass.BORDER,
    FindingClass.NOT_PASSED_DOWN,
    FindingClass.JOINT,
    FindingClass.SLIVER,
)

_OUTLINE_DIGITS = 6  # about 0.1 m
_FINDING_DIGITS = 7  # about 0.01 m: a sliver may be a few decimetres wide
_VERTEX_BUDGET = 80_000  # of all outlines together, as a browser draws them without a pause
_TOLERANCES_M = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_METRES_PER_DEGREE = 111_320.0

_Record = dict[str, Any]


def map_data(run: Run) -> _Record:
    """Return what the map of a run shows, ready for JSON.

    Findings keep every vertex. Outlines of claims, zones and the jurisdiction are simplified
    where they would be too heavy for a browser, neighbours alike along their common border;
    ``simplified_m`` says by how much, in metres (0: not at all).

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    data
        ``findings`` and ``lanes`` in one list sorted by gravity, then size; the outlines; the
        names of ``bodies``, ``matters`` and ``districts`` by id; ``questions`` with the areas of
        the certificate. Polygons are lists of polygons of rings of [longitude, latitude].
    """
    claims = run.claims[in_force(run.claims, run.bodies, run.settings.as_of)]
    outlines = {"jurisdiction": run.jurisdiction, "zones": run.zones, "claims": claims}
    tolerance = _display_tolerance(outlines.values())
    shapes = {name: _outlines(table, tolerance) for name, table in outlines.items()}
    return {
        "name": _both(run.settings.name),
        "notice": _both(run.settings.notice),
        "attribution": _both(run.settings.attribution),
        "as_of": run.settings.as_of.isoformat(),
        "simplified_m": tolerance,
        "classes": list(CLASSES),
        "kinds": list(KINDS),
        "bodies": _names(run.bodies, "body_id"),
        "matters": _matters(run.matters),
        "districts": _names(run.jurisdiction, "district_id"),
        "questions": [_question(question) for question in run.certificate.get("questions", [])],
        "jurisdiction": [
            {"id": row["district_id"], "at": at, "shape": shape}
            for row, at, shape in zip(
                _rows(run.jurisdiction),
                _middles(run.jurisdiction),
                shapes["jurisdiction"],
                strict=True,
            )
        ],
        "zones": [
            {
                "id": row["zone_id"],
                "kind": row["kind"],
                "name": _pair(row, "name"),
                "reason": _pair(row, "reason"),
                "confidence": _number(row.get("confidence"), 3),
                "shape": shape,
            }
            for row, shape in zip(_rows(run.zones), shapes["zones"], strict=True)
        ],
        "claims": [
            {
                "id": row["claim_id"],
                "body": row["body"],
                "role": row["role"],
                "matter": row["matter"],
                "level": row["level"],
                "basis": row.get("basis", ""),
                "basis_ref": row.get("basis_ref", ""),
                "shape": shape,
            }
            for row, shape in zip(_rows(claims), shapes["claims"], strict=True)
        ],
        "findings": sorted([*_findings(run), *_lane_findings(run)], key=_gravity),
    }


def _gravity(finding: _Record) -> tuple[int, float, str]:
    size = finding["area_m2"] if "area_m2" in finding else finding["length_m"]
    return CLASSES.index(finding["class"]), -(size or 0.0), finding["id"]


def _findings(run: Run) -> Iterator[_Record]:
    shapes = _shapes(_geometries(run.findings), _FINDING_DIGITS)
    neighbours = _neighbours(run.finding_neighbours)
    for row, shape in zip(_rows(run.findings), shapes, strict=True):
        yield {
            "id": row["finding_id"],
            "class": row["class"],
            "kind": counted_as(row["class"]),
            "sliver": row["kind_of_sliver"],
            "matter": row["matter"],
            "level": row["level"],
            "as_of": row["as_of"],
            "area_m2": _number(row["area_m2"], 3),
            "width_m": _number(row["width_m"], 3),
            "threshold_m": _number(row["threshold_m"], 3),
            "position": row["position"],
            "at": [_number(row["lon"], 7), _number(row["lat"], 7)],
            "bodies": list(row["bodies"]),
            "neighbours": neighbours.get(row["finding_id"], []),
            "zones": list(row["zones"]),
            "zone_ids": list(row["zone_ids"]),
            "districts": list(row["districts"]),
            "first_receiver": row["first_receiver"],
            "law": row["law"],
            "lapsed_on": row["lapsed_on"],
            "reason": _pair(row, "reason"),
            "shape": shape,
        }


def _lane_findings(run: Run) -> Iterator[_Record]:
    parts, owner = shapely.get_parts(_geometries(run.lane_findings), return_index=True)
    lines: list[list[Any]] = [[] for _ in range(len(run.lane_findings))]
    for part, row_number in zip(parts, owner.tolist(), strict=True):
        lines[row_number].append(_path(shapely.get_coordinates(part), _FINDING_DIGITS))
    for row, line in zip(_rows(run.lane_findings), lines, strict=True):
        yield {
            "id": row["lane_finding_id"],
            "class": row["class"],
            "kind": counted_as(row["class"]),
            "lane": row["lane_id"],
            "name": _pair(row, "name"),
            "matter": row["matter"],
            "level": row["level"],
            "as_of": row["as_of"],
            "from_m": _number(row["from_m"], 2),
            "to_m": _number(row["to_m"], 2),
            "length_m": _number(row["length_m"], 2),
            "at": [_number(row["lon"], 7), _number(row["lat"], 7)],
            "left": list(row["left_bodies"]),
            "right": list(row["right_bodies"]),
            "bodies": list(row["bodies"]),
            "zones": list(row["zones"]),
            "districts": list(row["districts"]),
            "reason": _pair(row, "reason"),
            "line": line,
        }


def _display_tolerance(outlines: Iterable[gpd.GeoDataFrame]) -> float:
    """Return the least tolerance in metres that keeps the budget of vertices."""
    tables = list(outlines)
    for tolerance in _TOLERANCES_M[:-1]:
        # the quicker way to simplify is near enough for an estimate
        vertices = sum(
            int(shapely.get_num_coordinates(shapely.simplify(shapes, step)).sum())
            for shapes, step in ((_array(table), _units(table, tolerance)) for table in tables)
        )
        if vertices <= _VERTEX_BUDGET:
            return tolerance
    return _TOLERANCES_M[-1]


def _simplified(table: gpd.GeoDataFrame, tolerance: float) -> GeometryArray:
    shapes = _array(table)
    if tolerance == 0:
        return shapes
    step = _units(table, tolerance)
    columns = [name for name in ("matter", "role", "level", "kind") if name in table.columns]
    groups = table.groupby(columns).indices.values() if columns else [np.arange(len(table))]
    for rows in groups:
        # unlike shape-by-shape simplification this keeps common borders common
        shapes[rows] = shapely.coverage_simplify(shapes[rows], step)
    return shapes


def _units(table: gpd.GeoDataFrame, metres: float) -> float:
    """Return a length in the units of a table's coordinate system."""
    if table.crs is None or table.crs.is_geographic:
        return metres / _METRES_PER_DEGREE
    return metres / float(table.crs.axis_info[0].unit_conversion_factor)


def _array(table: gpd.GeoDataFrame) -> GeometryArray:
    return np.array(table.geometry, dtype=object)


def _outlines(table: gpd.GeoDataFrame, tolerance: float) -> list[list[Any]]:
    return _shapes(
        _geometries(table.set_geometry(_simplified(table, tolerance), crs=table.crs)),
        _OUTLINE_DIGITS,
    )


def _middles(table: gpd.GeoDataFrame) -> list[list[float]]:
    """Return the point farthest from the border of each polygon: where its name stands best."""
    shapes = _array(table)
    tolerance = np.sqrt(shapely.area(shapes)) / 50
    coarse = shapely.simplify(shapes, tolerance / 4)
    radii = shapely.maximum_inscribed_circle(coarse, tolerance=tolerance)
    centres = table.set_geometry(shapely.get_point(radii, 0), crs=table.crs)
    return _path(shapely.get_coordinates(_geometries(centres)), _OUTLINE_DIGITS)


def _geometries(table: gpd.GeoDataFrame) -> GeometryArray:
    """Return a table's shapes in WGS 84 longitude and latitude."""
    if len(table) == 0:
        return np.zeros(0, dtype=object)
    return np.asarray(table.geometry.to_crs("EPSG:4326"), dtype=object)


def _shapes(geometries: GeometryArray, digits: int) -> list[list[Any]]:
    """Return polygons as nested lists of coordinates, one list of polygons per row."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    shapes: list[list[Any]] = [[] for _ in range(len(geometries))]
    for part, row in zip(parts, owner.tolist(), strict=True):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = [part.exterior, *part.interiors]
            shapes[row].append([_path(shapely.get_coordinates(ring), digits) for ring in rings])
    return shapes


def _path(coordinates: Any, digits: int) -> list[list[float]]:  # noqa: ANN401 - numpy floats, any layout
    path: list[list[float]] = np.round(coordinates, digits).tolist()
    return path


def _neighbours(table: pd.DataFrame) -> dict[str, list[list[Any]]]:
    neighbours: dict[str, list[list[Any]]] = {}
    ordered = table.sort_values(["shared_m", "body"], ascending=[False, True])
    for row in _rows(ordered):
        shared = _number(row["shared_m"], 2)
        neighbours.setdefault(row["finding_id"], []).append([row["body"], shared])
    return neighbours


def _question(question: _Record) -> _Record:
    areas = ("jurisdiction_m2", "covered_m2", "gap_m2", "contested_m2", "residual_m2")
    return {
        "matter": question["matter"],
        "level": question["level"],
        **{area: _number(question[area], 6) for area in areas},
    }


def _matters(table: pd.DataFrame) -> dict[str, _Record]:
    return {
        row["matter_id"]: {**_pair(row, "name"), "parent": row.get("parent_id", "")}
        for row in _rows(table)
    }


def _names(table: pd.DataFrame, key: str) -> dict[str, _Record]:
    return {row[key]: _pair(row, "name") for row in _rows(table)}


def _rows(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    columns = [name for name in table.columns if name != "geometry"]
    return pd.DataFrame(table[columns]).to_dict("records")


def _pair(row: dict[Hashable, Any], stem: str) -> dict[str, str]:
    return {"zh": row.get(f"{stem}_zh", ""), "en": row.get(f"{stem}_en", "")}


def _both(name: Name) -> dict[str, str]:
    return {"zh": name.text("zh"), "en": name.text("en")}


def _number(value: float | None, digits: int) -> float | None:
    """Return a rounded number, or None where there is none."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)
