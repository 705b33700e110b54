"""Read GeoParquet, and plain Parquet for tables without geometry."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import MissingPartError
from gis.readers.raw import LayerFile, RawLayer, shapes_from_wkb, unique_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from gis.model.arrangement import GeometryArray

#: A small file may unpack to far more than memory holds.
_MOST_BYTES_UNPACKED = 4 * 1024**3


def read_geoparquet(source: LayerFile) -> RawLayer:
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
            table = file.read()
            stated = (footer.metadata or {}).get(b"geo")
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
    crs = _crs(declared, source)
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
    if encoding.upper() != "WKB":
        try:
            frame = gpd.read_parquet(source.path, columns=[primary])
        except (ValueError, NotImplementedError) as error:
            raise source.error("file_damaged", reason=str(error)) from error
        return np.asarray(frame.geometry.array, dtype=object), {}
    return shapes_from_wkb(table.column(primary).to_pylist())


def _crs(declared: dict[str, Any], source: LayerFile) -> CRS | None:
    if "crs" not in declared:
        return CRS.from_epsg(4326)  # the standard's default, OGC:CRS84
    if declared["crs"] is None:
        return None
    try:
        return CRS.from_json_dict(declared["crs"])
    except (CRSError, TypeError) as error:
        raise source.error("crs_unreadable", crs="PROJJSON") from error
