"""Open a layer with the one reader that its content, not its name, calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.readers.cells import as_text, is_nested_deeply, is_whole_text, shown_whole
from gis.readers.csv_table import read_csv
from gis.readers.geojson import read_geojson
from gis.readers.geopackage import read_geopackage
from gis.readers.geoparquet import read_geoparquet
from gis.readers.shapefile import read_shapefile

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.readers.raw import LayerFile, RawLayer

_UTF8_MARK = b"\xef\xbb\xbf"
_HEAD_BYTES = 4096

#: Text and indexes are held in memory while they are read.
_MOST_BYTES = 4 * 1024**3


def read_layer(source: LayerFile) -> RawLayer:
    """Read one layer of a GeoPackage, GeoJSON, GeoParquet, Shapefile or CSV file.

    Raises
    ------
    InputError
        If the file is missing, is none of these, or is damaged.
    MissingPartError
        If the format needs a part that is not installed.
    """
    try:
        if not source.path.is_file():
            raise source.error("file_missing")
        if source.path.stat().st_size > _MOST_BYTES:
            raise source.error("file_too_large", limit=_MOST_BYTES)
        with source.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        reader = _reader(head, source)
        raw = reader(source)
    except OSError as error:
        raise source.error("file_unreadable", reason=error.strerror or str(error)) from error
    if source.layer and raw.layer != source.layer:
        raise source.error("layers_not_in_format")
    _refuse_unwritable_values(raw, source)
    return raw


def _refuse_unwritable_values(raw: RawLayer, source: LayerFile) -> None:
    """Refuse text with halves of characters and bottomless lists, which no result could hold."""
    for name, values in raw.columns.items():
        if not is_whole_text(name):
            raise source.error("text_damaged", column=shown_whole(name))
        for row, value in enumerate(values, start=1):
            nests = isinstance(value, (dict, list))
            if nests and is_nested_deeply(value):
                raise source.error("list_wrong", row=row, column=name)
            if (nests or isinstance(value, str)) and not is_whole_text(as_text(value)):
                raise source.error("text_damaged", row=row, column=name)


def _reader(head: bytes, source: LayerFile) -> Callable[[LayerFile], RawLayer]:
    suffix = source.path.suffix.lower()
    if head.startswith(b"SQLite format 3\0"):
        return read_geopackage
    if head.startswith(b"PAR1"):
        return read_geoparquet
    if head.startswith(b"\x00\x00\x27\x0a") and suffix == ".shp":
        return read_shapefile
    if head.removeprefix(_UTF8_MARK).lstrip().startswith(b"{"):
        return read_geojson
    if suffix == ".csv":
        return read_csv
    raise source.error("format_unknown")
