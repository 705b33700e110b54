"""XLSX: a sheet for each table, days as days, texts never formulas, the heading fixed."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import xlsxwriter

from gis.errors import OutputError
from gis.writers.cells import (
    LONGEST_TEXT,
    display_width,
    replace_illegal,
    safe_text,
    sheet_names,
    utf16_length,
)
from gis.writers.columns import Field, Kind, in_utc, text_of
from gis.writers.degrees import in_degrees
from gis.writers.fitting import joined_lists, long_integers_as_text, without_infinities
from gis.writers.places import with_places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from gis.writers.columns import Layer
    from gis.writers.notes import Notes

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384

#: A spreadsheet's numbers keep fifteen digits.
_GREATEST_INTEGER = 10**15 - 1

_FIRST_DAY = dt.date(1900, 1, 1)
_FORMATS = {Kind.DAY: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm:ss"}
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 60, 200
_CUT_MARK = "…"
#: The clock would make each writing another file.
_CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a cell's time has no zone


def write_workbook(layers: Sequence[Layer], path: Path, notes: Notes) -> None:
    """Write tables; of a layer, ``lon`` and ``lat`` of a point inside stand for its shape.

    Parameters
    ----------
    layers
        Layers and tables.
    path
        The file, which must not be there.
    notes
        Told of what a sheet cannot hold as it is.

    Raises
    ------
    OutputError
        If a table has more rows or columns than a sheet, or the coordinate system of a layer
        is not known.
    """
    stored = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(stored, options)
    book.set_properties({"created": _CREATED, "author": "Mangqu"})
    names = sheet_names([layer.name for layer in layers], "_")
    for layer, name in zip(layers, names, strict=True):
        if name != layer.name:
            notes.add("sheet_renamed", layer=layer.name, name=name)
        _write_sheet(book, name, _fit(layer, notes))
    book.close()
    path.write_bytes(stored.getvalue())


def _fit(layer: Layer, notes: Notes) -> Layer:
    """Return a layer as a sheet can hold it."""
    table = without_infinities(joined_lists(layer, notes), notes)
    table = long_integers_as_text(table, -_GREATEST_INTEGER, _GREATEST_INTEGER, notes)
    if table.shapes is not None:
        table = with_places(table, in_degrees(table, notes))
        notes.add("shapes_left_out", layer=layer.name)
    for count, most, problem in (
        (table.rows + 1, MOST_ROWS, "rows_beyond_format"),
        (len(table.fields), MOST_COLUMNS, "columns_beyond_format"),
    ):
        if count > most:
            raise OutputError(problem, layer=layer.name, most=most)
    fields = tuple(_fit_column(field, layer.name, notes) for field in table.fields)
    return type(table)(table.name, fields, None, None, table.rows)


def _fit_column(field: Field, layer: str, notes: Notes) -> Field:
    if field.kind in _FORMATS:
        early = [row for row, day in enumerate(field.cells) if day and _day(day) < _FIRST_DAY]
        notes.add_for("early_days_as_text", early, layer=layer, column=field.name)
        return field
    if field.kind != Kind.TEXT:
        return field
    checks: dict[str, Callable[[str], bool]] = {
        "texts_cut_in_cells": lambda text: utf16_length(text) > LONGEST_TEXT,
        "marks_replaced": lambda text: replace_illegal(text) != text,
        "line_breaks_unified": lambda text: "\r" in text or "\u2028" in text or "\u2029" in text,
    }
    for problem, found in checks.items():
        rows = [row for row, text in enumerate(field.cells) if text and found(text)]
        notes.add_for(problem, rows, layer=layer, column=field.name, most=LONGEST_TEXT)
    return field.as_text(lambda text: safe_text(text, _CUT_MARK))


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _write_sheet(book: xlsxwriter.Workbook, name: str, table: Layer) -> None:
    sheet = book.add_worksheet(name)
    heading = book.add_format({"bold": True, "bottom": 1})
    for at, field in enumerate(table.fields):
        sheet.set_column(at, at, _width(field))
    sheet.freeze_panes(1, 0)
    for at, field in enumerate(table.fields):
        sheet.write_string(0, at, safe_text(field.name, _CUT_MARK), heading)
    writers = [_writer(book, sheet, field) for field in table.fields]
    for row in range(table.rows):
        for at, field in enumerate(table.fields):
            value = field.cells[row]
            if value is not None:
                writers[at](row + 1, at, value)
    if table.fields:
        sheet.autofilter(0, 0, table.rows, len(table.fields) - 1)


def _width(field: Field) -> float:
    shown = [text_of(value) for value in field.cells[:_LOOKED_AT] if value is not None]
    widest = max(display_width(text) for text in (field.name, *shown))
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _writer(
    book: xlsxwriter.Workbook, sheet: Worksheet, field: Field
) -> Callable[[int, int, Any], object]:
    """Return what writes a value of a column into a cell."""
    if field.kind in _FORMATS:
        shown = book.add_format({"num_format": _FORMATS[field.kind]})

        def write_day(row: int, at: int, value: Any) -> None:  # noqa: ANN401 - a date
            if _day(value) < _FIRST_DAY:
                sheet.write_string(row, at, text_of(value))
            else:
                moment = in_utc(value) if isinstance(value, dt.datetime) else value
                sheet.write_datetime(row, at, moment, shown)

        return write_day

    def write_value(row: int, at: int, value: Any) -> None:  # noqa: ANN401 - a plain value
        if field.kind == Kind.BOOLEAN:
            sheet.write_boolean(row, at, value)
        elif field.kind == Kind.TEXT:
            sheet.write_string(row, at, value)
        else:
            sheet.write_number(row, at, value)

    return write_value
