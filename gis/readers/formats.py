"""Open a layer with the one reader that its content, not its name, calls for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.readers.archive import read_archive
from gis.readers.cells import as_text, is_nested_deeply, is_whole_text, shown_whole
from gis.readers.csv_table import read_csv
from gis.readers.dxf import read_dxf
from gis.readers.file_geodatabase import read_file_geodatabase
from gis.readers.flatgeobuf import read_flatgeobuf
from gis.readers.geojson import read_geojson
from gis.readers.geojson_sequence import is_sequence, read_geojson_sequence
from gis.readers.geopackage import read_geopackage
from gis.readers.geoparquet import read_geoparquet
from gis.readers.limits import MOST_COLUMNS, MOST_ROWS, MOST_VERTICES
from gis.readers.mapinfo import read_mif, read_tab
from gis.readers.parts import FOLDER_SUFFIX
from gis.readers.shapefile import read_shapefile
from gis.readers.spreadsheet import read_spreadsheet
from gis.readers.xml_layers import read_gml, read_kml, root_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

    Reader = Callable[[LayerFile, Desk], RawLayer]

_UTF8_MARK = b"\xef\xbb\xbf"
_HEAD_BYTES = 64 * 1024
_SEQUENCES = (".geojsonl", ".geojsons", ".ndjson")

#: What begins so is read so, whatever it is called.
_BY_BEGINNING: tuple[tuple[bytes, Reader], ...] = (
    (b"SQLite format 3\0", read_geopackage),
    (b"PAR1", read_geoparquet),
    (b"fgb\x03", read_flatgeobuf),
    (b"PK\x03\x04", read_archive),
    (b"PK\x05\x06", read_archive),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", read_spreadsheet),
)
#: Formats whose beginning tells too little by itself.
_BY_BEGINNING_AND_ENDING: dict[str, tuple[bytes, Reader]] = {
    ".shp": (b"\x00\x00\x27\x0a", read_shapefile),
    ".tab": (b"!table", read_tab),
    ".mif": (b"version", read_mif),
}
#: What people have and no reader takes, with the error that says what to do.
_KNOWN_TO_BE_REFUSED = (
    (b"AC10", "dwg_not_read"),
    (b"Rar!", "archive_of_other_kind"),
    (b"7z\xbc\xaf\x27\x1c", "archive_of_other_kind"),
    (b"\x1f\x8b", "archive_of_other_kind"),
    (b"AutoCAD Binary DXF", "dxf_binary"),
)
_TABLES = (".csv", ".tsv", ".txt")


def read_file(source: LayerFile, desk: Desk) -> RawLayer:
    """Read one layer of a file in any of the formats of docs/layers.md.

    Raises
    ------
    InputError
        If the file is missing, is none of these, or is damaged.
    MissingPartError
        If the format needs a part that is not installed.
    """
    try:
        raw = _reader(source)(source, desk)
    except OSError as error:
        raise source.error("file_unreadable", reason=error.strerror or str(error)) from error
    if source.layer and not raw.layer:
        raise source.error("layers_not_in_format")
    _refuse_beyond_limits(raw, source)
    _refuse_unwritable_values(raw, source)
    return _without_large_shapes(raw)


def _reader(source: LayerFile) -> Reader:
    suffix = source.path.suffix.lower()
    if source.path.is_dir():
        if suffix != FOLDER_SUFFIX:
            raise source.error("file_missing")
        return read_file_geodatabase
    if not source.path.is_file():
        raise source.error("file_missing")
    with source.path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for beginning, reader in _BY_BEGINNING:
        if head.startswith(beginning):
            return reader
    for beginning, problem in _KNOWN_TO_BE_REFUSED:
        if head.startswith(beginning):
            raise source.error(problem)
    if suffix in _BY_BEGINNING_AND_ENDING:
        beginning, reader = _BY_BEGINNING_AND_ENDING[suffix]
        if head[: len(beginning)].lower() == beginning:
            return reader
    return _text_reader(head, suffix, source)


def _text_reader(head: bytes, suffix: str, source: LayerFile) -> Reader:
    text = head.removeprefix(_UTF8_MARK).lstrip()
    # the end of a long first line, which tells a sequence, may lie beyond the head
    cut_short = suffix in _SEQUENCES and b"\n" not in head.strip() and b'"Feature"' in head
    if text.startswith(b"\x1e") or (text.startswith(b"{") and (cut_short or is_sequence(head))):
        return read_geojson_sequence
    if text.startswith(b"{"):
        return read_geojson
    if text.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").startswith((b"<", b"\0<")):
        reader = {"kml": read_kml, "gml": read_gml}.get(root_of(head))
        if reader is None:
            raise source.error("xml_of_other_kind")
        return reader
    if suffix == ".dxf" and text.split(maxsplit=1)[:1] in ([b"0"], [b"999"]):
        return read_dxf
    if suffix in _TABLES:
        return read_csv
    raise source.error("format_unknown")


def _refuse_beyond_limits(raw: RawLayer, source: LayerFile) -> None:
    if raw.rows > MOST_ROWS:
        raise source.error("too_many_rows", limit=MOST_ROWS)
    if len(raw.columns) > MOST_COLUMNS:
        raise source.error("too_many_columns", limit=MOST_COLUMNS)


def _refuse_unwritable_values(raw: RawLayer, source: LayerFile) -> None:
    """Refuse text with halves of characters and bottomless lists, which no result could hold."""
    for name, values in raw.columns.items():
        if not is_whole_text(name):
            raise source.error("text_damaged", column=shown_whole(name))
        for row, value in enumerate(values, start=1):
            if isinstance(value, str) and "\0" in value:
                raise source.error("nul_in_text", row=row, column=name)
            nests = isinstance(value, (dict, list))
            if nests and is_nested_deeply(value):
                raise source.error("list_wrong", row=row, column=name)
            if (nests or isinstance(value, str)) and not is_whole_text(as_text(value)):
                raise source.error("text_damaged", row=row, column=name)


def _without_large_shapes(raw: RawLayer) -> RawLayer:
    """Return a layer in which a shape of too many vertices is refused with its row."""
    if raw.geometry is None:
        return raw
    vertices = shapely.get_num_coordinates(raw.geometry)
    large = np.flatnonzero(vertices > MOST_VERTICES)
    if len(large) == 0:
        return raw
    shapes = raw.geometry.copy()
    shapes[large] = None
    why = {int(at): f"{vertices[at]} > {MOST_VERTICES}" for at in large}
    return replace(raw, geometry=shapes, broken={**raw.broken, **why})
