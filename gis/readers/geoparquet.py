"""Read GeoParquet, and plain Parquet for tables without geometry."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import MissingPartError
from gis.readers.raw import WGS84_CODE, LayerFile, RawLayer, shapes_from_wkb, unique_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from gis.model.arrangement import GeometryArray
    from gis.readers.desk import Desk

_BATCH_ROWS = 65_536

#: A small file may unpack to far more than memory holds.
_MOST_BYTES_UNPACKED = 4 * 1024**3


def read_geoparquet(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a Parquet file and the geometry that its GeoParquet metadata declare.

    Raises
    ------
    MissingPartError
        If pyarrow is not installed.
    InputError
        If the file is damaged or unpacks to more than 4 GiB.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingPartError("parquet_missing")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as file:
            footer = file.metadata
            unpacked = sum(
                footer.row_group(at).total_byte_size for at in range(footer.num_row_groups)
            )
            if unpacked > _MOST_BYTES_UNPACKED:
                raise source.error("file_too_large", limit=_MOST_BYTES_UNPACKED)
            batches = []
            for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
                batches.append(batch)
                desk.progress(sum(part.num_rows for part in batches), footer.num_rows)
            table = pa.Table.from_batches(batches, file.schema_arrow)
            stated = (footer.metadata or {}).get(b"geo")
    except MemoryError:  # one of Arrow's own errors too
        raise
    except (pa.ArrowException, OSError) as error:
        raise source.error("file_damaged", reason=str(error)) from error
    if table.num_rows != footer.num_rows:
        raise source.error("rows_missing", expected=footer.num_rows, found=table.num_rows)
    unique_columns(table.column_names, source)
    geo = _geo_metadata(stated, source)
    primary = geo.get("primary_column")
    shapes = set(geo.get("columns", {}))
    columns = {
        name: table.column(name).to_pylist() for name in table.column_names if name not in shapes
    }
    if primary is None:
        return RawLayer("", table.num_rows, columns, None, None, (source.path,))
    if primary not in table.column_names:
        raise source.error("file_damaged", reason=f"no column {primary}")
    declared = geo["columns"].get(primary, {})
    geometry, broken = _geometries(table, primary, str(declared.get("encoding")), source)
    crs = _crs(declared)
    return RawLayer("", table.num_rows, columns, geometry, crs, (source.path,), broken)


def _geo_metadata(stated: bytes | None, source: LayerFile) -> dict[str, Any]:
    if stated is None:
        return {}
    try:
        geo = json.loads(stated)
    except ValueError as error:
        raise source.error("file_damaged", reason=str(error)) from error
    if not isinstance(geo, dict) or not isinstance(geo.get("columns"), dict):
        raise source.error("file_damaged", reason="geo")
    return geo


def _geometries(
    table: pa.Table, primary: str, encoding: str, source: LayerFile
) -> tuple[GeometryArray, dict[int, str]]:
    column = table.column(primary).combine_chunks()
    if encoding.upper() == "WKB":
        return shapes_from_wkb(column.to_pylist())
    kind = _NATIVE.get(encoding.lower())
    if kind is None:
        raise source.error("file_damaged", reason=encoding)
    return _native_shapes(column, kind, source), {}


#: Encodings in which the coordinates lie bare (GeoParquet 1.1, after GeoArrow), as lists in lists.
_NATIVE = {
    "point": shapely.GeometryType.POINT,
    "linestring": shapely.GeometryType.LINESTRING,
    "polygon": shapely.GeometryType.POLYGON,
    "multipoint": shapely.GeometryType.MULTIPOINT,
    "multilinestring": shapely.GeometryType.MULTILINESTRING,
    "multipolygon": shapely.GeometryType.MULTIPOLYGON,
}


def _native_shapes(
    column: pa.Array, kind: shapely.GeometryType, source: LayerFile
) -> GeometryArray:
    missing = column.is_null().to_numpy(zero_copy_only=False)
    offsets = []
    try:
        within = column
        while hasattr(within, "offsets"):
            starts = within.offsets.to_numpy()
            offsets.append(starts - starts[0])
            within = within.flatten()
        numbers = [within.field(at).to_numpy(zero_copy_only=False) for at in (0, 1)]
        points = np.column_stack(numbers).astype(float)
        # shapely counts from the innermost list
        shapes = shapely.from_ragged_array(kind, points, tuple(reversed(offsets)) or None)
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise source.error("file_damaged", reason=str(error)) from error
    shapes = np.asarray(shapes, dtype=object)
    shapes[missing] = None
    return shapes


def _crs(declared: dict[str, Any]) -> str | None:
    if "crs" not in declared:
        return WGS84_CODE  # the standard's default, OGC:CRS84
    if declared["crs"] is None:
        return None
    return json.dumps(declared["crs"])
