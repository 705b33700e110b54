"""The attribute table of a Shapefile (dBASE III) in UTF-8, each field as wide as its values need.

The usual writers cut texts within a character and numbers to a fixed number of digits; here every
double survives, and a text that is too long is cut between two characters and told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.errors import OutputError
from gis.writers.columns import Field, Kind, text_of
from gis.writers.fitting import (
    joined_lists,
    long_integers_as_text,
    unique_names,
    without_infinities,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from gis.writers.columns import Layer
    from gis.writers.notes import Notes

LONGEST_NAME = 10
LONGEST_TEXT = 254
MOST_FIELDS = 255

#: Eighteen digits, the sign counted: what readers take for an integer of 64 bits.
_LEAST_INTEGER, _GREATEST_INTEGER = -(10**17) + 1, 10**18 - 1

_HEADER = struct.Struct("<BBBBIHH20x")
_FIELD = struct.Struct("<11sc4xBB14x")
_DBASE_III = 3
#: The file's own day would make each writing another file.
_DAY = (80, 1, 1)
_END_OF_FIELDS, _END_OF_FILE = b"\r", b"\x1a"
_LONGEST_DOUBLE = 24
_DECIMALS = 15


def fit_for_dbf(layer: Layer, notes: Notes) -> Layer:
    """Return a layer whose columns a DBF file can hold.

    Parameters
    ----------
    layer
        A layer with any columns.
    notes
        Told of names of more than 10 bytes, texts of more than 254 bytes and those that end with
        a space, times of day, long integers and infinite numbers.

    Raises
    ------
    OutputError
        If there are more columns than a DBF file holds.
    """
    if len(layer.fields) > MOST_FIELDS:
        raise OutputError("columns_beyond_format", layer=layer.name, most=MOST_FIELDS)
    fit = without_infinities(joined_lists(layer, notes), notes)
    fit = long_integers_as_text(fit, _LEAST_INTEGER, _GREATEST_INTEGER, notes)
    fields = [_fit(field, fit.name, notes) for field in fit.fields]
    if not fields:  # a table without any column is none
        fields = [Field("row", Kind.INTEGER, list(range(1, layer.rows + 1)))]
    return unique_names(replace(fit, fields=tuple(fields)), _short_name, (), notes)


def _fit(field: Field, layer: str, notes: Notes) -> Field:
    if field.kind == Kind.MOMENT:
        notes.add("times_as_text", layer=layer, column=field.name)
        return field.as_text(text_of)
    if field.kind != Kind.TEXT:
        return field
    cut = [None if value is None else cut_bytes(value, LONGEST_TEXT) for value in field.cells]
    pairs = list(zip(field.cells, cut, strict=True))
    shorter = [row for row, (whole, part) in enumerate(pairs) if whole != part]
    notes.add_for("texts_cut", shorter, layer=layer, column=field.name, most=LONGEST_TEXT)
    padded = [row for row, (_, part) in enumerate(pairs) if part is not None and part.endswith(" ")]
    notes.add_for("spaces_lost", padded, layer=layer, column=field.name)
    return Field(field.name, field.kind, cut)


def cut_bytes(text: str, most: int) -> str:
    """Return the longest beginning of a text within a number of bytes of UTF-8.

    >>> cut_bytes("盘锦市", 8)
    '盘锦'
    """
    return text.encode()[:most].decode(errors="ignore")


def _short_name(name: str, room: int) -> str:
    return cut_bytes(name, LONGEST_NAME - room)


@dataclass(frozen=True, slots=True)
class _Stored:
    name: str
    mark: bytes
    width: int
    decimals: int
    cells: Callable[[], list[bytes]]


def write_dbf(layer: Layer, path: Path) -> None:
    """Write the columns of a layer that :func:`fit_for_dbf` has made.

    Parameters
    ----------
    layer
        The layer.
    path
        The file; replaced if it is there.
    """
    stored = [_stored(field) for field in layer.fields]
    record_bytes = _record_bytes(stored)
    header_bytes = _HEADER.size + _FIELD.size * len(stored) + 1
    with path.open("wb") as file:
        file.write(_HEADER.pack(_DBASE_III, *_DAY, layer.rows, header_bytes, record_bytes))
        for each in stored:
            file.write(_FIELD.pack(each.name.encode(), each.mark, each.width, each.decimals))
        file.write(_END_OF_FIELDS)
        for record in zip(*(each.cells() for each in stored), strict=True):
            file.write(b" " + b"".join(record))
        file.write(_END_OF_FILE)


def dbf_bytes(layer: Layer) -> int:
    """Return how large the file will be, in bytes."""
    stored = [_stored(field) for field in layer.fields]
    fixed = _HEADER.size + _FIELD.size * len(stored) + 2
    return fixed + layer.rows * _record_bytes(stored)


def _record_bytes(stored: list[_Stored]) -> int:
    return 1 + sum(each.width for each in stored)


def _stored(field: Field) -> _Stored:
    present = [value for value in field.cells if value is not None]
    if field.kind == Kind.TEXT:
        width = max((len(value.encode()) for value in present), default=0)
        return _column(field, b"C", max(width, 1), _left, str)
    if field.kind == Kind.INTEGER:
        width = max((len(str(value)) for value in present), default=1)
        return _column(field, b"N", width, _right, str)
    if field.kind == Kind.NUMBER:
        return _column(field, b"N", _LONGEST_DOUBLE, _right, repr, _DECIMALS)
    if field.kind == Kind.BOOLEAN:
        return _column(field, b"L", 1, _unknown, lambda value: "T" if value else "F")
    return _column(field, b"D", 8, _left, _compact_day)


def _column(
    field: Field,
    mark: bytes,
    width: int,
    padded: Callable[[bytes, int], bytes],
    written: Callable[[Any], str],
    decimals: int = 0,
) -> _Stored:
    def cells() -> list[bytes]:
        return [
            padded(b"" if value is None else written(value).encode(), width)
            for value in field.cells
        ]

    return _Stored(field.name, mark, width, decimals, cells)


def _left(cell: bytes, width: int) -> bytes:
    return cell.ljust(width)


def _right(cell: bytes, width: int) -> bytes:
    return cell.rjust(width)


def _unknown(cell: bytes, width: int) -> bytes:
    return cell or b"?" * width


def _compact_day(day: Any) -> str:  # noqa: ANN401 - a date
    return f"{day.year:04}{day.month:02}{day.day:02}"
