"""GeoJSON as RFC 7946 wants it: WGS 84, the right-hand rule, a bounding box, no ``crs``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.writers.columns import text_of
from gis.writers.degrees import box_around, in_degrees
from gis.writers.fitting import without_infinities

if TYPE_CHECKING:
    from pathlib import Path

    from gis.model.arrangement import GeometryArray
    from gis.writers.columns import Layer
    from gis.writers.notes import Notes


def write_geojson(layer: Layer, path: Path, notes: Notes) -> None:
    """Write a layer as a collection of features, one a line.

    Lists are arrays, days ISO texts, missing values null. A column whose name ends in ``_id``
    and that comes first is also the feature's ``id``, if its values are distinct.

    Parameters
    ----------
    layer
        A layer; one without geometry gives features whose geometry is null.
    path
        The file, which must not be there.
    notes
        Told of what is converted or left out.

    Raises
    ------
    OutputError
        If the coordinate system is not known.
    """
    layer = without_infinities(layer, notes)
    names = [field.name for field in layer.fields]
    shapes = np.full(layer.rows, None) if layer.shapes is None else in_degrees(layer, notes)
    head: dict[str, Any] = {"type": "FeatureCollection", "name": layer.name}
    box = box_around(shapes)
    if box is not None:
        head["bbox"] = box
    geometries = geometry_texts(shapes)
    ids = _ids(layer)
    rows = zip(*(field.cells for field in layer.fields), strict=True) if names else iter(())
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_json(head)[:-1] + ', "features": [')
        for at in range(layer.rows):
            identity = f'"id": {_json(ids[at])}, ' if ids else ""
            properties = _json(dict(zip(names, next(rows, ()), strict=True)))
            file.write(
                f'{"," if at else ""}\n{{"type": "Feature", {identity}'
                f'"properties": {properties}, "geometry": {geometries[at]}}}'
            )
        file.write("\n]}\n")


def geometry_texts(shapes: GeometryArray) -> list[str]:
    """Return shapes in degrees as the JSON of their GeoJSON objects; ``null`` for none."""
    return ["null" if text is None else text for text in shapely.to_geojson(shapes).tolist()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=text_of)


def _ids(layer: Layer) -> list[Any]:
    if not layer.fields or not layer.fields[0].name.endswith("_id"):
        return []
    values = layer.fields[0].cells
    return values if None not in values and len(set(values)) == len(values) else []
