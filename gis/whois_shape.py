"""Who answers within a drawn shape: how much of it each lead has, and which findings lie in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gis.errors import InputError
from gis.layers import read_one_layer, transformed
from gis.measure import WGS84, EllipsoidMeasure

if TYPE_CHECKING:
    import pandas as pd
    from pyproj import CRS

    from gis.model.run import Run

#: Standing of the ground beyond the jurisdiction.
OUTSIDE = "outside"

_WKT = ("POLYGON", "MULTIPOLYGON")


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a shape that stands alike for one matter at one level.

    Parameters
    ----------
    matter, level
        What was asked.
    standing
        How it stands, or ``outside`` for what lies beyond the jurisdiction.
    leads
        Leading bodies.
    first_receiver
        Whom an agreement or claim names, else the one lead, else ``""``.
    area_m2
        Area on the ellipsoid.
    share
        Of the shape, from 0 to 1.
    finding_ids
        Findings that it has ground of, sorted.
    """

    matter: str
    level: str
    standing: str
    leads: tuple[str, ...]
    first_receiver: str
    area_m2: float
    share: float
    finding_ids: tuple[str, ...]


def drawn_shape(text: str, crs: CRS) -> shapely.Geometry:
    """Return a shape that is written as well-known text in WGS 84 degrees, or lies in a file.

    Parameters
    ----------
    text
        ``POLYGON …``, ``MULTIPOLYGON …``, or a file whose polygons are taken together, as
        ``path`` or ``path:layer``.
    crs
        Coordinate system in which it is returned.

    Raises
    ------
    InputError, InputErrors
        If it is no valid polygon, or the file cannot be read.
    """
    if not text.lstrip().upper().startswith(_WKT):
        return shapely.union_all(read_one_layer(text).frame_in(crs).geometry.to_numpy())
    try:
        shape = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise InputError("shape_not_drawn", value=text, reason=str(error)) from error
    west, south, east, north = shape.bounds
    # an empty shape has no bounds, and NaN fails every comparison
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
        raise InputError("not_on_the_globe", value=text)
    if not shape.is_valid or shape.area == 0:
        raise InputError("shape_not_drawn", value=text, reason=shapely.is_valid_reason(shape))
    moved: shapely.Geometry = transformed(
        gpd.GeoDataFrame(geometry=[shape], crs=WGS84), crs
    ).geometry.iloc[0]
    return moved


def who_answers_within(
    run: Run, shape: shapely.Geometry, *, matter: str | None = None
) -> list[Share]:
    """Return how a shape is shared out, matter by matter and level by level.

    Parameters
    ----------
    run
        The run to ask.
    shape
        Polygons in its coordinate system.
    matter
        One matter; all by default.

    Returns
    -------
    shares
        Of each question the largest first; its shares add up to one.

    Raises
    ------
    InputError
        If the matter is not one that the run asked about.
    """
    asked = run.standings
    if matter is not None:
        if matter not in set(asked["matter"]):
            raise InputError("unknown_matter", column="matter", value=matter)
        asked = asked[asked["matter"] == matter]
    measure = EllipsoidMeasure.around(run.jurisdiction.geometry.to_numpy(), run.atoms.crs)
    whole = float(measure.areas(np.array([shape], dtype=object))[0])
    atoms, areas = _cut(run.atoms, shape, measure)
    of_atom = dict(zip(atoms["atom_id"].tolist(), areas.tolist(), strict=True))
    findings = run.findings[_cut_mask(run.findings, shape)]
    shares: list[Share] = []
    for (name, level), rows in asked.groupby(["matter", "level"], sort=False):
        there = rows[rows["atom_id"].isin(of_atom)]
        alike: dict[tuple[Any, ...], float] = {}
        for row in there.itertuples():
            key = (row.standing, row.leads, row.first_receiver)
            alike[key] = alike.get(key, 0.0) + of_atom[row.atom_id]
        left = whole - sum(alike.values())
        # sums of pieces differ from the whole in the last digits
        if left > _ROUNDING * whole:
            alike[(OUTSIDE, (), "")] = left
        numbers = findings[(findings["matter"] == name) & findings["level"].isin([level, ""])]
        shares += [
            Share(
                matter=str(name),
                level=str(level),
                standing=standing,
                leads=leads,
                first_receiver=receiver or (leads[0] if len(leads) == 1 else ""),
                area_m2=area,
                share=area / whole,
                finding_ids=_numbers(numbers, standing, leads),
            )
            for (standing, leads, receiver), area in sorted(
                alike.items(), key=lambda item: (-item[1], item[0])
            )
        ]
    return shares


_ROUNDING = 1e-9


def _cut(
    table: gpd.GeoDataFrame, shape: shapely.Geometry, measure: EllipsoidMeasure
) -> tuple[gpd.GeoDataFrame, Any]:
    """Return the rows that share ground with a shape, and how many m² each does."""
    near = table.iloc[np.sort(table.sindex.query(shape, predicate="intersects"))]
    areas = measure.areas(shapely.intersection(near.geometry.to_numpy(), shape))
    return near[areas > 0], areas[areas > 0]


def _cut_mask(table: gpd.GeoDataFrame, shape: shapely.Geometry) -> Any:  # noqa: ANN401
    return shapely.area(shapely.intersection(table.geometry.to_numpy(), shape)) > 0


def _numbers(findings: pd.DataFrame, standing: str, leads: tuple[str, ...]) -> tuple[str, ...]:
    """Return the findings of a standing; where bodies lead, of those bodies alone."""
    same = findings[findings["standing"] == standing]
    return tuple(
        sorted(
            finding_id
            for finding_id, bodies in zip(same["finding_id"], same["bodies"], strict=True)
            if not leads or set(bodies) == set(leads)
        )
    )
