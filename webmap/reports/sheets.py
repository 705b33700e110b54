"""What goes onto a worksheet, and how it is written so that no value can do harm."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from gis.writers.cells import as_day, display_width, looks_like_a_formula, safe_text, sheet_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from gis.catalogue import Catalogue

#: Below the 1,048,576 rows of a worksheet, head included.
MOST_ROWS = 1_000_000
#: Title, notice and remark stand above the header.
HEADER_ROW = 3

_EXCEL_FIRST_DAY = dt.date(1900, 3, 1)  # the calendar of spreadsheets is wrong before
_ROWS_MEASURED = 500
_LINE_HEIGHT = 15.0
_HIGHEST_ROW = 400.0  # a worksheet allows 409
_WIDEST_PAGE = 260.0  # readable on A3 across


class Kind(StrEnum):
    """How the values of a column look."""

    TEXT = "text"
    LONG = "long"  # wraps over several lines
    INTEGER = "integer"
    NUMBER = "number"  # one digit after the point
    FINE = "fine"  # three digits
    DEGREES = "degrees"  # six digits
    DATE = "date"
    LINK = "link"  # the name of another sheet


#: The least and the greatest width of a column, in digits.
_WIDTHS = {
    Kind.TEXT: (8.0, 30.0),
    Kind.LONG: (16.0, 60.0),
    Kind.LINK: (8.0, 36.0),
    Kind.INTEGER: (8.0, 14.0),
    Kind.NUMBER: (15.0, 20.0),
    Kind.FINE: (14.0, 20.0),
    Kind.DEGREES: (13.0, 13.0),
    Kind.DATE: (13.0, 13.0),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a worksheet.

    Parameters
    ----------
    key
        Heading ``report.column.<key>`` and explanation ``report.explain.<key>``.
    kind
        How its values look.
    choices
        Name of the list of choices that its drop-down offers, or ``""``.
    strict
        Whether a value outside the choices is refused rather than questioned.
    filled_by_hand
        Whether people fill it in; such a heading has a colour of its own.
    """

    key: str
    kind: Kind = Kind.TEXT
    choices: str = ""
    strict: bool = False
    filled_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A table of rows under its headings.

    Parameters
    ----------
    columns
        The columns, from the left.
    rows
        Value by column key; a missing value leaves the cell empty.
    heading
        Line above the table, where a sheet holds several.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, object]]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of every sheet of a workbook.

    Parameters
    ----------
    project, notice
        As the project states them; ``notice`` may be ``""``.
    as_of
        Day that was asked about.
    """

    project: str
    notice: str
    as_of: dt.date


@dataclass(slots=True)
class Book:
    """A workbook that is being written.

    Parameters
    ----------
    workbook
        Opened by :mod:`webmap.reports.workbook`.
    texts
        Catalogue of the pages.
    head
        Title, notice and date.
    choices
        Texts of each list of choices, by its name.
    """

    workbook: Workbook
    texts: Catalogue
    head: Head
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _formats: dict[tuple[object, ...], Format] = field(default_factory=dict)

    def style(self, **properties: object) -> Format:
        """Return the cell format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            stated = {
                "valign": "vcenter",
                "font_name": self.texts.text("report.font"),
                **properties,
            }
            self._formats[key] = self.workbook.add_format(stated)
        return self._formats[key]

    def write_choices(self, name: str) -> None:
        """Write the lists of choices onto a hidden sheet of that name; to be called last."""
        sheet = self.workbook.add_worksheet(name)
        for index, (key, texts) in enumerate(self.choices.items()):
            for row, text in enumerate((key, *texts)):
                write_value(self, sheet, (row, index), text, Kind.TEXT)
        sheet.hide()

    def choice_range(self, key: str) -> str:
        """Return the reference to a list of choices, or ``""`` where it is empty."""
        texts = self.choices.get(key, ())
        if not texts:
            return ""
        column = chr(ord("A") + list(self.choices).index(key))
        quoted = self.texts.text("report.sheet.choices").replace("'", "''")
        return f"='{quoted}'!${column}$2:${column}${len(texts) + 1}"


def write_sheet(
    book: Book, name: str, title: str, blocks: Sequence[Block], remark: str = ""
) -> None:
    """Write one sheet, or several where it is too long for one.

    A sheet of one block has a frozen header and a filter; one of several blocks has a filter
    on each, and its head is frozen. The remark stands beside project and date.
    """
    if len(blocks) == 1 and len(blocks[0].rows) > MOST_ROWS:
        block = blocks[0]
        starts = range(0, len(block.rows), MOST_ROWS)
        names = sheet_names([name] * len(starts), name)
        for part, start in zip(names, starts, strict=True):
            rows = block.rows[start : start + MOST_ROWS]
            write_sheet(book, part, title, [Block(block.columns, rows)], remark)
        return
    sheet = book.workbook.add_worksheet(name)
    write_head(book, sheet, title, remark)
    widths = _widths(book, blocks)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    if len(blocks) == 1:
        end = _write_block(book, sheet, HEADER_ROW, blocks[0], widths)
        sheet.autofilter(HEADER_ROW, 0, max(end - 1, HEADER_ROW), len(blocks[0].columns) - 1)
        sheet.freeze_panes(HEADER_ROW + 1, 2)
        sheet.repeat_rows(0, HEADER_ROW)
        sheet.repeat_columns(0, 1)
    else:
        row = HEADER_ROW
        for block in blocks:
            row = _write_filtered_block(book, sheet, row, block, widths) + 1
        sheet.freeze_panes(HEADER_ROW, 1)
        sheet.repeat_rows(0, HEADER_ROW - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    pages_across = math.ceil(sum(widths) / _WIDEST_PAGE) if len(blocks) == 1 else 1
    sheet.fit_to_pages(pages_across, 0)
    sheet.set_footer("&C&P / &N")  # no text of a user: & would be a command there


def write_head(book: Book, sheet: Worksheet, title: str, remark: str = "") -> None:
    """Write title, notice, project, date and remark into the first rows."""
    values = {"project": book.head.project, "as_of": book.head.as_of.isoformat()}
    lines: tuple[tuple[str, dict[str, object]], ...] = (
        (title, {"bold": True, "font_size": 16}),
        (book.head.notice, {"bold": True, "font_color": "#9C0006"}),
        (book.texts.text("report.head", **values) + remark, {"font_color": "#595959"}),
    )
    for row, (stated, look) in enumerate(lines):
        text = safe_text(stated, book.texts.text("report.cut"))
        style = book.style(**look, quote_prefix=looks_like_a_formula(text))
        sheet.write_string(row, 0, text, style)
    sheet.set_row(0, 26)


def write_value(
    book: Book, sheet: Worksheet, cell: tuple[int, int], value: object, kind: Kind
) -> None:
    """Write one value as what it is: a text stays a text whatever it begins with."""
    row, column = cell
    if value is None or value is pd.NaT or value == "":
        sheet.write_blank(row, column, None, book.style(**_look(kind)))
    elif kind in (Kind.TEXT, Kind.LONG):
        _write_text(book, sheet, cell, value, kind)
    elif kind == Kind.LINK:
        quoted = str(value).replace("'", "''")
        link = f"internal:'{quoted}'!A1"
        style = book.style(font_color="#0563C1", underline=1, **_look(Kind.TEXT))
        sheet.write_url(row, column, link, style, string=str(value))
    elif kind == Kind.DATE:
        day = as_day(value)
        if day is None or day < _EXCEL_FIRST_DAY:
            _write_text(book, sheet, cell, value if day is None else day.isoformat(), Kind.TEXT)
        else:
            sheet.write_datetime(row, column, day, book.style(**_look(kind)))
    else:
        number = float(str(value))
        if math.isfinite(number):
            sheet.write_number(row, column, number, book.style(**_look(kind)))
        else:
            sheet.write_blank(row, column, None, book.style(**_look(kind)))


def _look(kind: Kind) -> dict[str, Any]:
    numbers = {
        Kind.INTEGER: "#,##0",
        Kind.NUMBER: "#,##0.0",
        Kind.FINE: "#,##0.000",
        Kind.DEGREES: "0.000000",
        Kind.DATE: "yyyy-mm-dd",
    }
    look: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF"}
    if kind in numbers:
        return {**look, "num_format": numbers[kind]}
    return {**look, "text_wrap": True, "indent": 1}


def _write_text(
    book: Book, sheet: Worksheet, cell: tuple[int, int], value: object, kind: Kind
) -> None:
    text = safe_text(value, book.texts.text("report.cut"))
    look = _look(kind)
    if looks_like_a_formula(text):
        # a text cell is no formula, but editing it would make it one without this prefix
        look["quote_prefix"] = True
    sheet.write_string(*cell, text, book.style(**look))


def _write_block(
    book: Book, sheet: Worksheet, header_row: int, block: Block, widths: Sequence[float]
) -> int:
    """Write headings, rows and drop-downs; return the row after the last."""
    for index, column in enumerate(block.columns):
        heading = book.texts.text(f"report.column.{column.key}")
        sheet.write_string(header_row, index, heading, _header_style(book, column))
    sheet.set_row(header_row, 2 * _LINE_HEIGHT)
    for offset, values in enumerate(block.rows, start=1):
        sheet.set_row(header_row + offset, _row_height(values, block.columns, widths))
        for index, column in enumerate(block.columns):
            cell = (header_row + offset, index)
            write_value(book, sheet, cell, values.get(column.key), column.kind)
    end = header_row + 1 + len(block.rows)
    for index, column in enumerate(block.columns):
        if block.rows:
            _add_validation(book, sheet, (header_row + 1, end - 1, index), column)
    return end


def _write_filtered_block(
    book: Book, sheet: Worksheet, row: int, block: Block, widths: Sequence[float]
) -> int:
    sheet.write_string(row, 0, block.heading, book.style(bold=True, font_size=12))
    header_row = row + 1
    last_column = len(block.columns) - 1
    # a table holds at least one row; an empty one says that there is nothing
    last_row = header_row + max(1, len(block.rows))
    headers = [
        {
            "header": book.texts.text(f"report.column.{column.key}"),
            "header_format": _header_style(book, column),
        }
        for column in block.columns
    ]
    options = {"columns": headers, "style": None}
    sheet.add_table(header_row, 0, last_row, last_column, options)
    _write_block(book, sheet, header_row, block, widths)
    if not block.rows:
        nothing = book.texts.text("report.nothing")
        sheet.write_string(header_row + 1, 0, nothing, book.style(font_color="#595959"))
    return last_row + 1


def _header_style(book: Book, column: Column) -> Format:
    colour = "#FFE699" if column.filled_by_hand else "#DDEBF7"
    return book.style(bold=True, text_wrap=True, border=1, border_color="#BFBFBF", bg_color=colour)


def _add_validation(
    book: Book, sheet: Worksheet, cells: tuple[int, int, int], column: Column
) -> None:
    first, last, index = cells
    if column.choices:
        source = book.choice_range(column.choices)
        if source:
            sheet.data_validation(
                first,
                index,
                last,
                index,
                {
                    "validate": "list",
                    "source": source,
                    "error_type": "stop" if column.strict else "warning",
                    "error_title": book.texts.text("report.validation.title"),
                    "error_message": book.texts.text("report.validation.choice"),
                },
            )
    elif column.filled_by_hand and column.kind == Kind.DATE:
        sheet.data_validation(
            first,
            index,
            last,
            index,
            {
                "validate": "date",
                "criteria": ">=",
                "value": book.head.as_of,
                "error_title": book.texts.text("report.validation.title"),
                "error_message": book.texts.text(
                    "report.validation.date", as_of=book.head.as_of.isoformat()
                ),
            },
        )


def _widths(book: Book, blocks: Sequence[Block]) -> list[float]:
    """Return the width of each column of a sheet, in digits."""
    widths = [0.0] * max(len(block.columns) for block in blocks)
    for block in blocks:
        for index, column in enumerate(block.columns):
            widths[index] = max(widths[index], _width(book, block, column))
    return widths


def _width(book: Book, block: Block, column: Column) -> float:
    # room for the arrow of the filter beside the heading
    heading = display_width(book.texts.text(f"report.column.{column.key}")) + 4
    least, most = _WIDTHS[column.kind]
    if column.filled_by_hand:
        return max(least, 24.0 if column.kind != Kind.DATE else heading)
    if column.kind not in (Kind.TEXT, Kind.LONG, Kind.LINK):
        return max(least, min(heading, most))
    seen = (values.get(column.key) for values in block.rows[:_ROWS_MEASURED])
    # capitals are wider than digits: without spare room the numbers of findings would break
    longest = max((1.15 * display_width(str(value)) + 2 for value in seen if value), default=0.0)
    return max(least, min(max(heading, longest), most))


def _row_height(
    values: Mapping[str, object], columns: Sequence[Column], widths: Sequence[float]
) -> float:
    """Return the height that the longest wrapped text of a row needs, in points.

    Not every program finds it by itself.
    """
    lines = 1
    for column, width in zip(columns, widths, strict=False):
        if column.kind in (Kind.TEXT, Kind.LONG) and values.get(column.key):
            text = str(values[column.key])
            # two digits less: a line never breaks just where the cell ends
            broken = (math.ceil(display_width(line) / (width - 2)) for line in text.split("\n"))
            lines = max(lines, sum(max(1, count) for count in broken))
    return min(lines * _LINE_HEIGHT + 3, _HIGHEST_ROW)
