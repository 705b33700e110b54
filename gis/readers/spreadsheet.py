"""Read a sheet of a workbook: XLSX, XLSB, XLS or ODS."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from gis.readers.coordinates import with_coordinates
from gis.readers.limits import MOST_COLUMNS, MOST_ROWS
from gis.readers.raw import FileNote, LayerFile, RawLayer, chosen_layer, unique_columns

if TYPE_CHECKING:
    from gis.readers.desk import Desk

#: A sheet is read as a block, and one cell in its last corner makes the block of the whole sheet.
_MOST_CELLS = 50_000_000


def read_spreadsheet(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a sheet whose first line that is not blank names the columns.

    Dates come as dates, times of day as text. A formula counts with the value that was last
    reckoned for it; blank lines are left out, as are hidden sheets unless named.

    Raises
    ------
    InputError
        If the workbook is damaged, locked or too large, or several sheets hold something and none
        is named.
    """
    try:
        workbook = CalamineWorkbook.from_path(str(source.path))
        with workbook:
            name = _chosen_sheet(workbook, source)
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height * sheet.width > _MOST_CELLS or sheet.height > MOST_ROWS:
                raise source.error("too_many_rows", limit=MOST_ROWS)
            lines: list[list[object]] = [list(line) for line in sheet.to_python()]
            merged = len(sheet.merged_cell_ranges or [])
    except CalamineError as error:
        raise source.error("file_damaged", reason=str(error)) from error
    source = LayerFile(
        source.path, source.shown, name, source.encoding, source.wanted, source.coordinates
    )
    desk.progress(len(lines), len(lines))
    notes = _valueless(source)
    filled = [line for line in lines if any(_is_filled(value) for value in line)]
    if not filled:
        raise source.error("table_empty")
    header, rows = [_heading(value) for value in filled[0]], filled[1:]
    layer = _layer(header, rows, merged, source)
    return with_coordinates(replace(layer, notes=(*layer.notes, *notes)), source)


def _valueless(source: LayerFile) -> list[FileNote]:
    """Return a remark on cells of an XLSX file that hold an error, or a formula never reckoned.

    They come as blanks, which somebody may have meant to be numbers.
    """
    if not zipfile.is_zipfile(source.path):
        return []
    count = 0
    with zipfile.ZipFile(source.path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                count += len(_VALUELESS.findall(archive.read(name)))
    return [FileNote("cells_valueless", {"count": count})] if count else []


#: Cells of the type e, and formulas without a value after them (ECMA-376, 18.3.1.4).
_VALUELESS = re.compile(rb'<c\b[^>]*\bt="e"|</f></c>|<f\b[^>]*/></c>|</f><v></v>|</f><v/>')


def _chosen_sheet(workbook: CalamineWorkbook, source: LayerFile) -> str:
    there = {}
    for about in workbook.sheets_metadata:
        shown = about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
        there[about.name] = int(shown)
    if not source.layer:
        # a sheet without a cell is what new workbooks bring along
        for name in [name for name, shown in there.items() if shown]:
            if workbook.get_sheet_by_name(name).total_height == 0:
                there[name] = 0
    return chosen_layer(there, source)


def _layer(header: list[str], rows: list[list[object]], merged: int, source: LayerFile) -> RawLayer:
    used = [
        at for at, name in enumerate(header) if name or any(_is_filled(row[at]) for row in rows)
    ]
    if len(used) > MOST_COLUMNS:
        raise source.error("too_many_columns", limit=MOST_COLUMNS)
    for at in used:
        if not header[at]:
            raise source.error("column_without_name", column=_letters(at))
    names = [header[at] for at in used]
    unique_columns(names, source)
    columns = {header[at]: [_value(row[at]) for row in rows] for at in used}
    notes = (FileNote("cells_merged", {"count": merged}),) if merged else ()
    return RawLayer(source.layer, len(rows), columns, None, None, (source.path,), notes=notes)


def _is_filled(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _heading(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip().replace("\n", "")


def _value(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (dt.time, dt.timedelta)):
        return str(value)
    return value if _is_filled(value) else None


def _letters(at: int) -> str:
    """Return the name that spreadsheets give a column, counted from 0: A to Z, then AA."""
    name = ""
    at += 1
    while at:
        at, letter = divmod(at - 1, _ALPHABET)
        name = chr(ord("A") + letter) + name
    return name


_ALPHABET = 26
