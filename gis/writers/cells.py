"""Values made fit for a cell or the name of a worksheet, whatever a user wrote."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a cell of a workbook holds at most, in UTF-16 units.
LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINE_BREAK = re.compile("\r\n?|\x85|\u2028|\u2029")
_SHEET_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
#: What makes a formula of a text when a spreadsheet opens it or a person edits its cell;
#: full-width marks do so, too.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_text(value: object, cut_mark: str) -> str:
    r"""Return a text that any worksheet can hold.

    Characters that XML forbids become U+FFFD, line breaks ``\n``; what is longer than a cell
    holds is cut and ends with ``cut_mark``.
    """
    text = replace_illegal(_LINE_BREAK.sub("\n", str(value)))
    if utf16_length(text) <= LONGEST_TEXT:
        return text
    return _cut(text, LONGEST_TEXT - utf16_length(cut_mark)) + cut_mark


def replace_illegal(text: str) -> str:
    """Return a text with U+FFFD for every character that XML forbids."""
    return _ILLEGAL.sub("\ufffd", text)


def harmless(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_MARKS):
        return f"'{value}"
    return value


def sheet_names(wanted: Iterable[str], empty: str, taken: Iterable[str] = ()) -> list[str]:
    """Return a name that a worksheet may bear for each wanted one; no two are alike.

    Parameters
    ----------
    wanted
        Names as they are.
    empty
        What a name becomes of which nothing is left.
    taken
        Names that other sheets of the workbook bear already.
    """
    # spreadsheets compare names without case, and keep "History" for themselves
    used = {"history", *(name.casefold() for name in taken)}
    names = []
    for name in wanted:
        text = _SHEET_NAME_FORBIDDEN.sub("_", " ".join(safe_text(name, "").split()))
        text = _cut(text, LONGEST_SHEET_NAME).strip("' ") or empty
        unique, number = text, 1
        while unique.casefold() in used:
            number += 1
            ending = f" ({number})"
            unique = _cut(text, LONGEST_SHEET_NAME - len(ending)).rstrip("' ") + ending
        used.add(unique.casefold())
        names.append(unique)
    return names


def looks_like_a_formula(text: str) -> bool:
    """Tell whether a text would become a formula when typed into a cell."""
    return text.lstrip(" ").startswith(FORMULA_MARKS)


def as_day(value: object) -> dt.date | None:
    """Return the day that a date, a time stamp or an ISO text names, or None."""
    if value is None or value is pd.NaT or value == "":
        return None
    if isinstance(value, dt.datetime):  # pandas' time stamps too
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value)[:10]
    return dt.date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None


def display_width(text: str) -> float:
    """Return how wide the longest line of a text is, in columns of Latin digits."""
    return max((_line_width(line) for line in text.split("\n")), default=0.0)


def _line_width(line: str) -> float:
    if line.isascii():
        return float(len(line))
    return sum(2.0 if unicodedata.east_asian_width(mark) in "WF" else 1.0 for mark in line)


def utf16_length(text: str) -> int:
    """Return the length of a text as spreadsheets count it."""
    return len(text) + sum(mark > "\uffff" for mark in text)


def _cut(text: str, units: int) -> str:
    """Return the longest beginning of a text within a number of UTF-16 units."""
    # never between the halves of a pair
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")
