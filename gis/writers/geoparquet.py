"""GeoParquet 1.1: one layer in its own coordinate system, with a bounding box for every row."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import MissingPartError
from gis.writers.columns import Kind, in_utc
from gis.writers.degrees import box_around
from gis.writers.fitting import json_text, long_integers_as_text, unique_names, whole_name
from gis.writers.geopackage import GREATEST_INTEGER, LEAST_INTEGER

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from gis.model.arrangement import GeometryArray
    from gis.writers.columns import Field, Layer
    from gis.writers.notes import Notes

_GEOMETRY, _BOX = "geometry", "bbox"
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def write_geoparquet(layer: Layer, path: Path, notes: Notes) -> None:
    """Write a layer, or a plain Parquet table where it has no geometry.

    Lists of texts are lists, other lists texts that hold a JSON array; days are days. The
    format is that of https://geoparquet.org/releases/v1.1.0/.

    Parameters
    ----------
    layer
        A layer.
    path
        The file, which must not be there.
    notes
        Told of columns that are renamed or become texts.

    Raises
    ------
    MissingPartError
        If pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise MissingPartError("parquet_writer_missing")
    import pyarrow as pa
    from pyarrow import parquet

    reserved = () if layer.shapes is None else (_GEOMETRY, _BOX)
    fit = unique_names(layer, whole_name, reserved, notes)
    fit = long_integers_as_text(fit, LEAST_INTEGER, GREATEST_INTEGER, notes)
    columns = {field.name: _column(field) for field in fit.fields}
    if fit.shapes is None:
        parquet.write_table(pa.table(columns), path)
        return
    shapes = np.array(fit.shapes, dtype=object)
    columns[_GEOMETRY] = pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())
    columns[_BOX] = _boxes(shapes)
    geo = json.dumps(_geo(fit, shapes), ensure_ascii=False)
    parquet.write_table(pa.table(columns).replace_schema_metadata({"geo": geo}), path)


def _geo(layer: Layer, shapes: GeometryArray) -> dict[str, Any]:
    """Return what GeoParquet says of the column of shapes."""
    box = box_around(shapes)
    described: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({_type_name(shape) for shape in shapes if shape is not None}),
        # without the member a reader would take the coordinates for degrees
        "crs": None if layer.crs is None else layer.crs.to_json_dict(),
        "covering": {_BOX: {side: [_BOX, side] for side in _SIDES}},
    }
    if box is not None:
        described["bbox"] = box
    return {"version": "1.1.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: described}}


def _type_name(shape: Any) -> str:  # noqa: ANN401 - any shape
    name = "LineString" if shape.geom_type == "LinearRing" else shape.geom_type
    return f"{name} Z" if shape.has_z else name


def _boxes(shapes: GeometryArray) -> pa.Array:
    import pyarrow as pa

    bounds = shapely.bounds(shapes)
    sides = [pa.array(bounds[:, at], pa.float64()) for at in range(len(_SIDES))]
    bare = pa.array(np.isnan(bounds[:, 0]))
    return pa.StructArray.from_arrays(sides, names=_SIDES, mask=bare)


def _column(field: Field) -> pa.Array:
    import pyarrow as pa

    kind, cells = field.kind, field.cells
    if kind == Kind.LIST and not all(_holds_texts(items) for items in cells):
        kind, cells = Kind.TEXT, field.as_text(json_text).cells
    zone = None
    if kind == Kind.MOMENT:
        zone = (
            "UTC" if any(cell is not None and cell.tzinfo is not None for cell in cells) else None
        )
        cells = [None if cell is None else in_utc(cell) for cell in cells]
    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DAY: pa.date32(),
        Kind.MOMENT: pa.timestamp("us"),
        Kind.LIST: pa.list_(pa.string()),
    }
    stored = pa.array(cells, types[kind])
    return stored if zone is None else stored.cast(pa.timestamp("us", tz=zone))


def _holds_texts(items: tuple[object, ...] | None) -> bool:
    return items is None or all(item is None or isinstance(item, str) for item in items)
