"""Read a table without geometry from CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from gis.readers.coordinates import with_coordinates
from gis.readers.encoding import text_encoding
from gis.readers.limits import MOST_BYTES
from gis.readers.raw import FileNote, LayerFile, RawLayer, unique_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.readers.desk import Desk

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: In the order of likelihood; a heading holds none of the others.
_SEPARATORS = ",\t;"
#: A border written out as text runs to megabytes, of which Python's reader takes 128 KiB.
csv.field_size_limit(MOST_BYTES - 1)


def read_csv(source: LayerFile, desk: Desk) -> RawLayer:
    """Read comma-separated values whose first line names the columns.

    Raises
    ------
    InputError
        If the encoding is not clear, a line has more or fewer values than there are columns,
        or two columns have one name.
    """
    text, notes = _text(source)
    lines = _lines(text, source)
    header = [name.strip() for name in next(lines, [])]
    if not any(header):
        raise source.error("table_empty")
    unique_columns(header, source)
    rows: list[list[str]] = []
    for row in lines:
        if not row:
            continue
        if len(row) != len(header):
            raise source.error(
                "csv_row_length", row=len(rows) + 1, expected=len(header), found=len(row)
            )
        rows.append(row)
    desk.progress(len(rows), len(rows))
    columns: dict[str, list[object]] = {
        name: [row[at] for row in rows] for at, name in enumerate(header)
    }
    table = RawLayer("", len(rows), columns, None, None, (source.path,), notes=notes)
    return with_coordinates(table, source)


def _text(source: LayerFile) -> tuple[str, tuple[FileNote, ...]]:
    content = source.path.read_bytes()
    if content.startswith(_UTF16_MARKS) and not source.encoding:
        source = replace(source, encoding="utf-16")  # the text that spreadsheets save
    encoding, notes = text_encoding(content.splitlines(), source)
    try:
        text = content.removeprefix(_UTF8_MARK).decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n")
        raise source.error("wrong_encoding", row=max(row, 1), encoding=encoding) from error
    if "\0" in text:
        raise source.error("nul_in_text")
    return text, tuple(notes)


def _lines(text: str, source: LayerFile) -> Iterator[list[str]]:
    head = text.partition("\n")[0]
    separator = next((mark for mark in _SEPARATORS if mark in head), _SEPARATORS[0])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        raise source.error(
            "csv_damaged", row=max(reader.line_num - 1, 1), reason=str(error)
        ) from error
