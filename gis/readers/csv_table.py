"""Read a table without geometry from CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from gis.readers.encoding import guessed_encoding, known_encoding
from gis.readers.raw import FileNote, LayerFile, RawLayer, unique_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

_UTF8_MARK = b"\xef\xbb\xbf"


def read_csv(source: LayerFile) -> RawLayer:
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
    columns: dict[str, list[object]] = {
        name: [row[at] for row in rows] for at, name in enumerate(header)
    }
    return RawLayer("", len(rows), columns, None, None, (source.path,), notes=notes)


def _text(source: LayerFile) -> tuple[str, tuple[FileNote, ...]]:
    content = source.path.read_bytes()
    if source.encoding:
        encoding = known_encoding(source.encoding)
        if encoding is None:
            raise source.error("encoding_unknown", encoding=source.encoding)
    else:
        encoding = guessed_encoding([content])
        if encoding is None:
            raise source.error("encoding_unclear")
    try:
        text = content.removeprefix(_UTF8_MARK).decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n")
        raise source.error("wrong_encoding", row=max(row, 1), encoding=encoding) from error
    if "\0" in text:
        raise source.error("nul_in_text")
    if source.encoding or encoding == "utf-8":
        return text, ()
    return text, (FileNote("encoding_guessed", {"encoding": encoding}),)


def _lines(text: str, source: LayerFile) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise source.error(
            "csv_damaged", row=max(reader.line_num - 1, 1), reason=str(error)
        ) from error
