"""Turn what people write for a day into that day, or say what else it might mean."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from gis.layers.values import RefusedValueError
from gis.readers.cells import as_text, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
# with a point it might be a number that lost its last zero
_MONTH = re.compile(r"(?P<year>\d{4})\s*[-/年]\s*(?P<month>\d{1,2})\s*月?")
_TWO_DIGIT_YEAR = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月"
    r"(?:([一二三四五六七八九十廿卅]{1,3})[日号])?"
)
_DIGITS = {mark: at for at, mark in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_TENS = {"十": 10, "廿": 20, "卅": 30}

#: What people write where a period has no end.
ENDLESS = frozenset(
    {
        *("长期", "长期有效", "永久", "永久有效", "至今", "无固定期限", "无期限", "无限期", "无"),
        *("-", "--", "—", "——", "/", "n/a", "none", "permanent", "indefinite", "open-ended"),
    }
)

#: Day 0 of spreadsheets, which take 1900 for a leap year.
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a day has no zone
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000

#: Centuries that two digits may leave out, the likelier first, and the year before which
#: nothing that still holds was decided.
_CENTURIES = (2000, 1900)
_FIRST_YEAR = 1949

_LAST_MONTH = 12


def as_moment(value: object) -> np.datetime64:
    """Return a cell as a moment, to the second; NaT where it is empty.

    ``2026-08-15``, ``2026/8/15``, ``2026.8.15``, ``2026年8月15日``, ``二〇二六年八月十五日`` and
    ``20260815`` are understood, the first four with a time of day; a time zone is dropped, as the
    day counts where it was written down. A cell that is a number counts days as spreadsheets do.

    Raises
    ------
    RefusedValueError
        If it might be more than one day.
    ValueError
        If it is no date.
    """
    if is_missing(value):
        return np.datetime64("NaT", "s")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _moment(datetime.combine(value, time()))
    if _is_serial(value):
        return _moment(_SERIAL_ZERO + timedelta(seconds=round(float(str(value)) * 86_400)))
    text = _plain(value)
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        _refuse_what_is_unclear(text)
        raise ValueError(value)
    parts = {name: int(part) for name, part in match.groupdict("0").items() if name != "zone"}
    day = date(parts["year"], parts["month"], parts["day"])
    clock = time(parts.get("hour", 0), parts.get("minute", 0), parts.get("second", 0))
    return _moment(datetime.combine(day, clock))


def as_day(value: object) -> np.datetime64:
    """Return a cell as the midnight with which a day begins; NaT where it is empty.

    A midnight in UTC is taken as a bare day: a GeoPackage cannot write a moment otherwise.

    Raises
    ------
    RefusedValueError
        If it has a time of day or a time zone, which would be lost, or might be more than one day.
    ValueError
        If it is no date.
    """
    moment = as_moment(value)
    if isinstance(value, datetime):
        offset = value.utcoffset() or timedelta()
    elif isinstance(value, date):
        offset = timedelta()
    else:
        match = _DATE.fullmatch(_plain(value))
        zone = (match and match["zone"]) or ""
        offset = timedelta() if not zone.strip("Z+-0:") else timedelta.max
    day = moment.astype("datetime64[D]").astype(moment.dtype)
    if offset or not (np.isnat(moment) or moment == day):
        raise RefusedValueError("day_with_time")
    return moment


def as_first_day(value: object) -> np.datetime64:
    """Return a cell as the day with which a period begins; of a month, its first.

    Raises
    ------
    ValueError
        As :func:`as_day`.
    """
    month = _month(value)
    return as_day(value) if month is None else _moment(month)


def as_end(value: object) -> np.datetime64:
    """Return a cell as the day before which a period ends; NaT where it has no end.

    Raises
    ------
    RefusedValueError
        If it is a month: the period may end before it or with it.
    ValueError
        As :func:`as_day`.
    """
    if _plain(value).casefold() in ENDLESS:
        return np.datetime64("NaT", "s")
    month = _month(value)
    if month is None:
        return as_day(value)
    following = np.datetime64(month, "M") + 1
    raise RefusedValueError(
        "end_is_a_month",
        before=month.date().isoformat(),
        after=str(following.astype("datetime64[D]")),
    )


def as_last_day(value: object) -> np.datetime64:
    """Return the day before which a period ends of a cell that holds its last day.

    Of a month its last day is meant. The last day of the calendar stays as it is: it stands for
    a period without an end, and no day follows it.

    Raises
    ------
    ValueError
        As :func:`as_day`.
    """
    if _plain(value).casefold() in ENDLESS:
        return np.datetime64("NaT", "s")
    month = _month(value)
    if month is None:
        day = as_day(value)
        last = day if np.isnat(day) else day.astype("datetime64[D]")
        return day if np.isnat(day) or last == np.datetime64(date.max) else _day(last + 1)
    if (month.year, month.month) == (date.max.year, _LAST_MONTH):
        return _day(np.datetime64(date.max))
    return _day((np.datetime64(month, "M") + 1).astype("datetime64[D]"))


def is_last_of_month(day: np.datetime64) -> bool:
    """Tell whether a day is the last of its month."""
    at = day.astype("datetime64[D]")
    return bool((at + 1).astype("datetime64[M]") != at.astype("datetime64[M]"))


def unusual_manner(value: object) -> str:
    """Return the remark that a date, once accepted, deserves for how it is written, or ``""``."""
    if isinstance(value, date) or is_missing(value):
        return ""
    if _is_serial(value):
        return "dates_counted"
    text = _plain(value)
    if text.casefold() in ENDLESS:
        return "dates_endless"
    return "" if _month(value) is None else "dates_of_months"


def _is_serial(value: object) -> bool:
    """Tell whether a cell counts days as spreadsheets do; as text it might be anything."""
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and _FIRST_SERIAL <= value <= _LAST_SERIAL
    )


def _plain(value: object) -> str:
    """Return a cell's text with digits as everybody reads them."""
    text = unicodedata.normalize("NFKC", as_text(value)).strip()
    match = _CHINESE_DATE.fullmatch(text)
    if match is None:
        return text
    year = "".join(str(_DIGITS[mark]) for mark in match[1])
    day = "" if match[3] is None else f"{_numeral(match[3])}日"
    return f"{year}年{_numeral(match[2])}月{day}"


def _numeral(text: str) -> int:
    """Return a Chinese numeral below 100, as in 二十一; 0 where it is none."""
    tens, ones = 0, text
    for at, mark in enumerate(text):
        if mark in _TENS:
            before, ones = text[:at], text[at + 1 :]
            if before and (len(before) > 1 or mark != "十" or before not in _DIGITS):
                return 0
            tens = _TENS[mark] * (_DIGITS[before] if before else 1)
            break
    if len(ones) > 1 or (ones and ones not in _DIGITS):
        return 0
    return tens + (_DIGITS[ones] if ones else 0)


def _month(value: object) -> datetime | None:
    """Return the first day of the month that a text names, or None."""
    if not isinstance(value, str):
        return None
    match = _MONTH.fullmatch(_plain(value))
    try:
        return match and datetime.combine(date(int(match[1]), int(match[2]), 1), time())
    except ValueError:
        return None


def _refuse_what_is_unclear(text: str) -> None:
    """Refuse a text that may be a day, with the days that it may be."""
    if re.fullmatch(r"\d{5}(\.0*)?", text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        day = (_SERIAL_ZERO + timedelta(days=int(float(text)))).date()
        raise RefusedValueError("date_is_a_number", reading=day.isoformat())
    if _month(text):
        raise RefusedValueError("date_without_day")
    problem, ways = _ways_to_read(text)
    days = list(dict.fromkeys(_days(ways)))
    days = [day for day in days if problem != _SHORT or day.year >= _FIRST_YEAR] or days
    readings = [day.isoformat() for day in days]
    if readings:
        raise RefusedValueError(problem, readings=" / ".join(readings), reading=readings[0])


#: The problem of a year without its century.
_SHORT = "date_two_digit_year"


def _ways_to_read(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """Return what is unclear about three numbers, and each year, month and day they may be."""
    short = _TWO_DIGIT_YEAR.fullmatch(text)
    if short:
        first, second, third = (int(part) for part in short.groups())
        ways = [(century + first, second, third) for century in _CENTURIES]
        if "/" in text or "." in text:  # as they are written where the day comes first
            ways = [*((century + third, second, first) for century in _CENTURIES), *ways]
        return _SHORT, sorted(ways, key=lambda way: way[0] < _CENTURIES[0])
    last = _YEAR_LAST.fullmatch(text)
    if last:
        first, second, year = (int(part) for part in last.groups())
        return "date_year_last", [(year, first, second), (year, second, first)]
    return "", []


def _day(day: np.datetime64) -> np.datetime64:
    moment: np.datetime64 = day.astype("datetime64[s]")
    return moment


def _days(ways: list[tuple[int, int, int]]) -> Iterator[date]:
    for way in ways:
        try:
            yield date(*way)
        except ValueError:
            continue


def _moment(value: datetime) -> np.datetime64:
    return np.datetime64(value.replace(tzinfo=None, microsecond=0).isoformat(), "s")
