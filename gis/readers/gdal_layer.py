"""Read a layer with GDAL, which is shown one file under a name of ours and allowed one driver."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from gis.readers.encoding import text_encoding
from gis.readers.limits import MOST_COLUMNS, MOST_ROWS
from gis.readers.raw import (
    FileNote,
    LayerFile,
    RawLayer,
    chosen_layer,
    shapes_from_wkb,
    unique_columns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gis.readers.desk import Desk

#: Rows read at once, between two words on how far the reader is.
BATCH_ROWS = 100_000

#: What GDAL's readers raise of a file that they cannot take.
REFUSED_BY_GDAL = (DataSourceError, DataLayerError, FeatureError, GeometryError)

#: Each byte stands for one character, so that nothing is lost before the encoding is known.
_BYTES = "ISO-8859-1"
_UTF8 = "UTF-8"


def layers_of(path: Path, driver: str, source: LayerFile, **options: str) -> dict[str, int]:
    """Return the number of rows of each layer that GDAL finds in a file, by name.

    Raises
    ------
    InputError
        If another driver takes the file, it is damaged, or two layers have one name.
    """
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        rows = {}
        for name in names:
            if name in rows:
                raise source.error("layer_name_repeated", layers=name)
            info = _about(path, name, options)
            if info["driver"] != driver:
                raise source.error("format_unknown")
            rows[name] = int(info["features"])
    except REFUSED_BY_GDAL as error:
        raise source.error("file_damaged", reason=_said(error, path)) from error
    if not rows:
        raise source.error("layer_missing")
    return rows


def _about(path: Path, layer: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Return what GDAL says of a layer, the names of its columns byte by byte unless in UTF-8."""
    stated: dict[str, Any] = {"layer": layer, "force_feature_count": True, **options}
    try:
        about: dict[str, Any] = pyogrio.read_info(path, **stated)
    except UnicodeDecodeError:
        about = pyogrio.read_info(path, encoding=_BYTES, **stated)
    return about


def read_gdal_layer(
    path: Path, driver: str, source: LayerFile, desk: Desk, **options: str
) -> RawLayer:
    """Read the layer that is meant, or the only one.

    Parameters
    ----------
    path
        What GDAL is shown: a file or folder that nothing of a user's stands beside.
    driver
        The one driver that may take it.
    source
        The file as the user knows it.
    desk
        Told how far the reader is.
    **options
        Open options of the driver.

    Raises
    ------
    InputError
        If the file is damaged, holds several layers and none is named, or gives fewer rows than
        it says it has.
    """
    there = layers_of(path, driver, source, **options)
    name = chosen_layer(there, source)
    source = replace(source, layer=name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            info = _about(path, name, options)
            raw = _read(path, info, there[name], source, desk, options)
        except REFUSED_BY_GDAL as error:
            raise source.error("file_damaged", reason=_said(error, path)) from error
        except UnicodeDecodeError as error:
            raise source.error("wrong_encoding", encoding=error.encoding) from error
    notes = [
        FileNote("reader_warning", {"message": message.replace(str(path), source.shown)})
        for message in sorted({str(warning.message) for warning in caught} - {""})
    ]
    return replace(raw, notes=(*raw.notes, *notes))


def _read(
    path: Path,
    info: Mapping[str, Any],
    rows: int,
    source: LayerFile,
    desk: Desk,
    options: Mapping[str, str],
) -> RawLayer:
    if rows > MOST_ROWS:
        raise source.error("too_many_rows", limit=MOST_ROWS)
    names = [str(name) for name in info["fields"]]
    if len(names) > MOST_COLUMNS:
        raise source.error("too_many_columns", limit=MOST_COLUMNS)
    unique_columns(names, source)
    labelled = info["encoding"] == _UTF8
    blobs: list[bytes | None] = []
    columns: dict[str, list[object]] = {name: [] for name in names}
    drawn = False
    for first in range(0, max(rows, 1), BATCH_ROWS):
        meta, _, shapes, cells = pyogrio.raw.read(
            path,
            layer=source.layer,
            encoding=_UTF8 if labelled else _BYTES,
            skip_features=first,
            max_features=BATCH_ROWS,
            datetime_as_string=True,
            **options,
        )
        drawn = shapes is not None
        blobs += [None] * len(cells[0]) if shapes is None and cells else list(shapes)
        for name, values in zip((str(name) for name in meta["fields"]), cells, strict=True):
            columns[name] += _plain(values)
        desk.progress(len(blobs), rows)
    if len(blobs) != rows:
        raise source.error("rows_missing", expected=rows, found=len(blobs))
    for name, kind in zip(names, info["dtypes"], strict=True):
        if str(kind) == "int64" and any(_is_inexact(value) for value in columns[name]):
            columns[name] = _whole(path, name, columns[name], source, options)
    columns, notes = (columns, []) if labelled else _decoded(columns, source)
    geometry, broken = shapes_from_wkb(blobs) if drawn else (None, {})
    return RawLayer(
        layer=source.layer,
        rows=rows,
        columns=columns,
        geometry=geometry,
        crs=_stated_crs(info["crs"]),
        files=(source.path,),
        broken=broken,
        notes=tuple(notes),
    )


def _stated_crs(stated: object) -> str | None:
    """Return the coordinate system that GDAL tells, unless it is one of no known datum."""
    text = str(stated or "")
    return None if not text or _NO_DATUM.search(text) else text


#: What GDAL writes for a MapInfo table in degrees of nobody knows which datum.
_NO_DATUM = re.compile(r'DATUM\["(?:unknown|unnamed|not specified|MIF 0")', re.IGNORECASE)


def _is_inexact(value: object) -> bool:
    return isinstance(value, float) and abs(value) >= _FIRST_INEXACT


#: From here on not every whole number is one of those that a double can hold.
_FIRST_INEXACT = 2**53


def _whole(
    path: Path, name: str, values: list[object], source: LayerFile, options: Mapping[str, str]
) -> list[object]:
    """Return whole numbers that stand beside nulls, for which they had been made doubles."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    filled = f'"{quoted}" IS NOT NULL'
    _, _, _, (cells,) = pyogrio.raw.read(
        path, layer=source.layer, columns=[name], read_geometry=False, where=filled, **options
    )
    exact = iter(cells.tolist())
    return [None if value is None else next(exact) for value in values]


def _plain(values: np.ndarray[Any, Any]) -> list[object]:
    """Return cells as Python's own values; what is no number is None."""
    if values.dtype.kind == "f":
        return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN
    if values.dtype.kind == "M":
        return [None if value is None else str(value) for value in values.tolist()]
    return [
        value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
        for value in values.tolist()
    ]


def _decoded(
    columns: dict[str, list[object]], source: LayerFile
) -> tuple[dict[str, list[object]], list[FileNote]]:
    """Return columns whose texts GDAL gave byte by byte in the encoding that they are in."""
    texts = [
        value.encode(_BYTES) for values in columns.values() for value in values
        if isinstance(value, str)
    ]  # fmt: skip
    encoding, notes = text_encoding([*texts, *(name.encode(_BYTES) for name in columns)], source)

    def read(value: object) -> object:
        return value.encode(_BYTES).decode(encoding) if isinstance(value, str) else value

    decoded = {
        str(read(name)): [read(value) for value in values] for name, values in columns.items()
    }
    return decoded, notes


def _said(error: Exception, path: Path) -> str:
    """Return what GDAL says of a file, without the place where it was shown it."""
    return str(error).replace(str(path), path.name)
