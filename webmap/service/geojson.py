"""Rows of a run as GeoJSON (RFC 7946) on WGS 84."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis.writers.degrees import rounded
from gis.writers.geojson import geometry_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from webmap.service.served import IntArray


def features(frame: gpd.GeoDataFrame, positions: IntArray, key: str) -> list[dict[str, Any]]:
    """Return rows as features whose properties are the columns of the table.

    Parameters
    ----------
    frame
        Table on WGS 84.
    positions
        Rows wanted, in the order wanted.
    key
        Column that becomes the feature's ``id``.
    """
    rows = frame.iloc[positions]
    geometries = geometry_objects(rows.geometry)
    properties = rows.drop(columns=rows.geometry.name).to_dict("records")
    return [
        {"type": "Feature", "id": str(row[key]), "geometry": geometry, "properties": plain(row)}
        for row, geometry in zip(properties, geometries, strict=True)
    ]


def geometry_objects(geometries: Iterable[Any]) -> list[dict[str, Any] | None]:
    """Return geometries on WGS 84 as GeoJSON; outer rings turn anticlockwise."""
    array = np.asarray(list(geometries), dtype=object)
    if not len(array):
        return []
    shapes, _ = rounded(array)
    return [json.loads(text) for text in geometry_texts(shapes)]


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a table
    """Return a value as JSON knows it: no NaN, no NumPy, dates as ISO text."""
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    simple = value.item() if isinstance(value, np.generic) else value
    if isinstance(simple, float) and not math.isfinite(simple):
        return None
    if simple is None or isinstance(simple, (str, bool, int, float)):
        return simple
    return None if simple is pd.NaT else str(simple)
