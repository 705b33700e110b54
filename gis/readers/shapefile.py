"""Read a Shapefile: shapes by GDAL, attributes by our own reader, and count both."""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from gis.readers.dbf import read_dbf
from gis.readers.parts import siblings as siblings_of
from gis.readers.raw import FileNote, LayerFile, RawLayer, shapes_from_wkb

if TYPE_CHECKING:
    from pathlib import Path

    from gis.model.arrangement import GeometryArray
    from gis.readers.desk import Desk

_HEADER_BYTES = 100
_INDEX_ENTRY_BYTES = 8
#: No text is read by GDAL, but it must not stumble over one.
_ANY_ENCODING = "ISO-8859-1"
_SHOWN_TO_GDAL = (".shp", ".shx", ".dbf")


def read_shapefile(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a Shapefile with its siblings.

    Raises
    ------
    InputError
        If a sibling is missing, the files disagree on how many rows there are, or one ends
        early.
    """
    siblings = {".shp": source.path, **siblings_of(source.path)}
    for part in (".shx", ".dbf"):
        if part not in siblings:
            raise source.error("shapefile_part_missing", part=part)
    shapes = _indexed_shapes(siblings[".shp"], siblings[".shx"].read_bytes(), source)
    label = siblings[".cpg"].read_text("latin-1").strip() if ".cpg" in siblings else ""
    table = read_dbf(siblings[".dbf"].read_bytes(), label, source)
    if table.records != shapes:
        raise source.error("rows_missing", expected=shapes, found=table.records)
    rows = table.records - int(table.deleted.sum())
    crs = _crs(siblings.get(".prj"))
    geometry, broken, notes = _geometries(siblings, source, desk)
    if len(geometry) != rows:
        raise source.error("rows_missing", expected=rows, found=len(geometry))
    return RawLayer(
        layer="",
        rows=rows,
        columns=table.columns,
        geometry=geometry,
        crs=crs,
        files=tuple(siblings.values()),
        broken=broken,
        notes=(*table.notes, *notes),
    )


def _indexed_shapes(shp: Path, index: bytes, source: LayerFile) -> int:
    """Return how many shapes the index lists, after checking that each lies in the file."""
    entries, rest = divmod(len(index) - _HEADER_BYTES, _INDEX_ENTRY_BYTES)
    if entries < 0 or rest:
        raise source.error("file_truncated", part=".shx")
    with shp.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    size = shp.stat().st_size
    if len(header) < _HEADER_BYTES or struct.unpack(">i", header[24:28])[0] * 2 > size:
        raise source.error("file_truncated", part=".shp")
    words = np.frombuffer(index[_HEADER_BYTES:], dtype=">i4").astype(np.int64).reshape(-1, 2)
    if entries and int((words.sum(axis=1) * 2 + _INDEX_ENTRY_BYTES).max()) > size:
        raise source.error("file_truncated", part=".shp")
    return entries


def _geometries(
    siblings: dict[str, Path], source: LayerFile, desk: Desk
) -> tuple[GeometryArray, dict[int, str], list[FileNote]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # shown no other file than these, GDAL can stumble over or act upon no other
        for ending in _SHOWN_TO_GDAL:
            (desk.folder / f"layer{ending}").symlink_to(siblings[ending].resolve())
        path = str(desk.folder / "layer.shp")
        try:
            driver = pyogrio.read_info(path, encoding=_ANY_ENCODING)["driver"]
            if driver != "ESRI Shapefile":
                raise source.error("format_unknown")
            _, _, blobs, _ = pyogrio.raw.read(path, columns=[], encoding=_ANY_ENCODING)
        except (DataSourceError, DataLayerError, FeatureError, GeometryError) as error:
            raise source.error("file_damaged", reason=str(error)) from error
    said = sorted({str(warning.message) for warning in caught} - {""})
    notes = [
        FileNote("reader_warning", {"message": each.replace(str(desk.folder), "")}) for each in said
    ]
    shapes, broken = shapes_from_wkb(blobs)
    return shapes, broken, notes


def _crs(path: Path | None) -> str | None:
    if path is None:
        return None
    return path.read_text("utf-8", errors="replace").strip() or None
